"""What must hold between answers: twice as much is twice the compute, and what says the same is estimated the same."""

from __future__ import annotations

import csv
import json
import math
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from . import making
from .trying import IN_FORMATS, annotated, written

_CHIPS = (("A100 SXM4 80GB", "bf16"), ("V100 SXM2 16GB", "fp16"), ("H100 SXM5 80GB", "bf16"), ("TPU v3", "bf16"))


def made(chance: Random) -> dict[str, Any]:
    """Facts of a run that is counted and of one that is timed, and a column that means nothing."""
    chip, number_format = chance.choice(_CHIPS)
    return {
        "parameters": chance.choice((1e6, 7e9, 1.75e11, 3.3e8)),
        "tokens": chance.uniform(1, 9) * 10 ** chance.randint(8, 12), "hours": chance.choice((3, 29, 500)),
        "chips": chance.choice((1, 8, 1000)), "chip": chip, "number_format": number_format,
        "forms": chance.sample(IN_FORMATS, 2),
        "junk": [making.text(chance).replace("\0", "")[:200] for _ in range(2)],
        "share": chance.choice((0.5, 0.25, 0.1)),
    }


def faults(given: dict[str, Any]) -> list[str]:
    """What does not hold."""
    from computeest import estimate

    size, tokens, hours, chips = (given[name] for name in ("parameters", "tokens", "hours", "chips"))
    counted = {"parameters": size, "tokens_seen": tokens}
    timed = {"chip": given["chip"], "chips": chips, "time": f"{hours} hours", "number_format": given["number_format"]}
    found = []

    def alike(one: Any, other: Any, factor: float, what: str) -> None:
        for name in ("flop", "flop_low", "flop_high"):
            if not math.isclose(one[name] * factor, other[name], rel_tol=1e-9):
                found.append(f"{what}: {name} {one[name]} and {other[name]}")
                return

    first, second = estimate(counted), estimate(timed)
    alike(first, estimate({**counted, "tokens_seen": 2 * tokens}), 2, "twice the tokens")
    alike(first, estimate({**counted, "parameters": 2 * size}), 2, "twice the parameters")
    alike(second, estimate({**timed, "chips": 2 * chips}), 2, "twice the chips")
    alike(second, estimate({**timed, "time": f"{60 * hours} minutes"}), 1, "hours in minutes")
    alike(second, estimate({**timed, "time": f"{hours * 3600} seconds"}), 1, "hours in seconds")
    alike(first, estimate({**counted, "tokens_seen": f"{tokens / 1e9!r} billion tokens"}), 1, "tokens in billions")
    alike(first, estimate(dict(reversed(counted.items()))), 1, "another order")
    alike(first, estimate({**counted, "note": given["junk"][0]}), 1, "a note")
    parts = [{"tokens_seen": tokens * given["share"]}, {"tokens_seen": tokens * (1 - given["share"])}]
    cut = estimate({"parameters": size, "runs": parts})
    if not math.isclose(first["flop"], cut["flop"], rel_tol=1e-9):
        found.append(f"a run in two: {first['flop']} and {cut['flop']}")
    turned = estimate({"parameters": size, "runs": list(reversed(parts))})
    alike(cut, turned, 1, "runs in another order")
    return found + _in_tables(given, {**counted, **timed}, [counted, timed], [first, second])


def _in_tables(
    given: dict[str, Any], every: dict[str, Any], papers: list[dict[str, Any]], expected: list[Any]
) -> list[str]:
    """The same rows in every format, alone or not, and with a column that means nothing: one answer."""
    headers = list(every)
    rows = [["" if paper.get(name) is None else str(paper[name]) for name in headers] for paper in papers]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for suffix in given["forms"]:
            path, out = Path(folder) / f"in.{suffix}", Path(folder) / f"{suffix}.csv"
            written(
                path, [*headers, "no such thing"], [[*row, junk] for row, junk in zip(rows, given["junk"], strict=True)]
            )
            annotated(path, out)
            with out.open(encoding="utf-8", newline="") as file:
                got = [
                    [float(row[name] or "nan") for name in ("flop", "flop_low", "flop_high")]
                    for row in csv.DictReader(file)
                ]
            wanted = [[record[name] for name in ("flop", "flop_low", "flop_high")] for record in expected]
            if len(got) != len(wanted) or not all(
                math.isclose(*pair, rel_tol=1e-9)
                for ours, theirs in zip(got, wanted, strict=True)
                for pair in zip(ours, theirs, strict=True)
            ):
                return [f"{suffix}: {json.dumps(got)} for {json.dumps(wanted)}"]
    return []
