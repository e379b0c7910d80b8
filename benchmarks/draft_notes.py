"""What `computeest draft` reads in analysts' notes, held against the cells that they took from the papers.

    python benchmarks/draft_notes.py NOTES.csv ROWS.csv [--list]

NOTES has an id, a model and columns of notes; ROWS the same ids with the cells. A drafted value is right within 2 %,
where both are alike as far as the coarser is written ('16K' and 16384), and where it is a range that holds the cell;
cells that are empty are not counted, since analysts leave out much that their notes say.
"""

from __future__ import annotations

import argparse
import csv
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from computeest.documents import candidates, draft, names, probability, read, roles
from computeest.problems import CellError
from computeest.schema import cells, fields

#: The columns compared: ours, the rows', and the unit of the rows' numbers. Data sets are left out: a row's datapoints
#: may be tokens, words, images or games.
COMPARED = (("parameters", "Parameters", ""), ("epochs", "Epochs", ""), ("time", "Training time (hours)", "hours"),
            ("chips", "Hardware quantity", ""), ("utilization", "Hardware utilization (MFU)", ""),
            ("chip_time", "Training chip-hours", "GPU-hours"), ("number_format", "Numerical format", ""))
NEAR = 0.02
#: A range is read as 90 % of what may be: its ends are so many sigma from its middle.
WHOLE_RANGE = 1.645


def outcomes(notes: Mapping[str, str], row: Mapping[str, str]) -> Iterator[tuple[str, bool, str, str]]:
    """Each drafted value that the row has a cell for: its column, whether it is right, both texts."""
    text = "\n\n".join(f"# {name}\n\n{note}" for name, note in notes.items() if name.endswith("notes") and note)
    document = read.from_text(text, "notes.md")
    named = names.Names(notes["model"], (), notes["model"])
    paper = draft.paper(notes["model"], probability.rated(roles.told(list(candidates.find(document)), named)),
                        note=draft.is_note(document))
    drafted = {fact.reading.column: fact.reading.value for fact in paper.main}
    for column, header, unit in COMPARED:
        said = row.get(header, "").strip()
        if column in drafted and said:
            try:
                ours = cells.read(fields.FIELDS[column], drafted[column])
                theirs = cells.read(fields.FIELDS[column], f"{said} {unit}".strip())
            except CellError:
                continue
            yield column, same(ours, theirs, drafted[column], said), drafted[column], f"{said} {unit}".strip()


def same(ours: cells.Cell, theirs: cells.Cell, drafted: str, said: str) -> bool:
    """Whether two cells state the same: within 2 %, alike as far as the coarser is written, or within a range."""
    if not isinstance(ours.value, float) or not isinstance(theirs.value, float):
        return bool(ours.value == theirs.value)
    if ".." in drafted:
        return bool(abs(math.log(ours.value / theirs.value)) <= WHOLE_RANGE * ours.sigma + NEAR)
    digits = min(_digits(drafted), _digits(said))
    return abs(ours.value - theirs.value) <= NEAR * abs(theirs.value) or \
        f"{ours.value:.{digits - 1}e}" == f"{theirs.value:.{digits - 1}e}"


def _digits(text: str) -> int:
    """How many figures a number is written with: 2 of '16K', 1 of '0.8', 3 of '100' and of '420.0'."""
    figures = re.search(r"\d[\d,]*(?:\.\d*[1-9])?", text)
    return max(1, len(re.sub(r"\D", "", figures[0]).lstrip("0"))) if figures else 1


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notes", type=Path)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--list", action="store_true", help="print every value that differs")
    options = parser.parse_args()
    with options.rows.open(newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    right: Counter[str] = Counter()
    read_of: Counter[str] = Counter()
    with options.notes.open(newline="") as file:
        for notes in csv.DictReader(file):
            for column, same, ours, theirs in outcomes(notes, rows.get(notes["id"], {})):
                read_of[column] += 1
                right[column] += same
                if options.list and not same:
                    print(f"{notes['model']}: {column}: {ours}; the row has {theirs}")
    for column, _, _ in COMPARED:
        if read_of[column]:
            print(f"{column:16}{right[column]:5d} of {read_of[column]:4d} right: {right[column] / read_of[column]:.3f}")
    print(f"{'all':16}{right.total():5d} of {read_of.total():4d} right: {right.total() / max(1, read_of.total()):.3f}")


if __name__ == "__main__":
    main()
