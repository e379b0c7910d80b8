"""How much of a dataset's published compute its own notes reproduce: python benchmarks/audit.py NOTES.csv TRUTH.csv

NOTES holds the columns `id` and "Training compute notes", TRUTH `id` and `truth_flop`. The control holds each note
against another row's figure: what remains is what products equal by chance.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from computeest.audit.arithmetic import Product, close, products

CONTROLS = 50


def rows(notes: Path, truth: Path) -> tuple[list[list[Product]], list[float]]:
    with truth.open(encoding="utf-8", newline="") as file:
        figures = {row["id"]: float(row["truth_flop"]) for row in csv.DictReader(file) if row["truth_flop"]}
    with notes.open(encoding="utf-8", newline="") as file:
        texts = {row["id"]: row["Training compute notes"] for row in csv.DictReader(file)}
    return [products(texts.get(key, "")) for key in figures], list(figures.values())


def by_product(found: Sequence[Product], figure: float) -> bool:
    return any(product.written and close(product.value, figure) for product in found)


def by_total(found: Sequence[Product], figure: float) -> bool:
    """A product, or a total or stated result that the arithmetic supports."""
    stated = (reading for p in found if p.holds and p.stated is not None for reading in p.stated.readings)
    return any(close(value, figure) for value in (*(p.value for p in found), *stated))


def main(notes: str, truth: str) -> None:
    found, figures = rows(Path(notes), Path(truth))
    print(f"{len(figures)} rows with a published figure, {sum(bool(f) for f in found)} whose note holds arithmetic")
    chance = random.Random(0)
    for name, holds in (("a product written in the note", by_product), ("a product, or a total it supports", by_total)):
        share = sum(map(holds, found, figures)) / len(figures)
        shuffled = []
        for _ in range(CONTROLS):
            others = chance.sample(found, len(found))
            shuffled.append(sum(map(holds, others, figures)) / len(figures))
        control = f"{sum(shuffled) / CONTROLS:.2%}, at most {max(shuffled):.2%}"
        print(f"{name:36s} {share:6.1%} within 1 %; notes shuffled {control}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
