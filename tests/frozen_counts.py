"""Every member's parameters and FLOP as they were counted last: `python tests/frozen_counts.py` writes them anew.

Published figures hold a count to what their authors rounded. These hold it to itself, to the last digit, so that a
change of a size, of a default or of a formula is seen in the diff of golden/counts.csv, and meant.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import cast

from computeest import registry
from computeest.contract import Family, Network
from computeest_plugins.huggingface.family import from_config, model_types

GOLDEN = Path(__file__).parent / "golden" / "counts.csv"
#: What a configuration of defaults is counted for.
TOKENS = 64
COUNTS = ("parameters", "active_parameters", "forward_flop", "backward_flop", "elementwise_flop")
HEAD = ("family", "member", *COUNTS)
HUGGING_FACE = "config.json"


def families() -> dict[str, Family]:
    """Those that have members, by name."""
    return {name: family for name, family in registry.load().families.items() if family.variants}


def of_family(family: Family) -> list[tuple[str, ...]]:
    """The rows of a family's members."""
    return [_row(family.name, name, cast(Network, family.count(**keys)))
            for name, keys in sorted(family.variants.items())]


def of_type(kind: str) -> tuple[str, ...]:
    """The row of a configuration that states its type and nothing else; one that needs more is refused."""
    try:
        return _row(HUGGING_FACE, kind, from_config({"model_type": kind}, TOKENS))
    except ValueError:
        return (HUGGING_FACE, kind, "refused", *[""] * (len(COUNTS) - 1))


def kept() -> list[tuple[str, ...]]:
    """The rows as they were written."""
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def _row(family: str, member: str, network: Network) -> tuple[str, ...]:
    return (family, member, *(str(getattr(network, count)) for count in COUNTS))


def main() -> None:
    """Write every row."""
    with GOLDEN.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        for _, family in sorted(families().items()):
            writer.writerows(of_family(family))
        writer.writerows(of_type(kind) for kind in sorted(model_types()))


if __name__ == "__main__":
    main()
