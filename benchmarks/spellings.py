"""How many strings of a table the chips are found in, and how many are read wrong without a word.

    python benchmarks/spellings.py TABLE.csv [--all]

The table has the columns `string`, `chip` (an id of the database, or `refuse` where no chip may be answered) and
`chips` (empty where the string does not say how many). A refusal where a chip was expected costs a minute; another
chip, or another number of chips without doubt being said, is what must not happen. `refuse` means "never another
chip": the one that the string names in full is right.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from pathlib import Path

from computeest.hardware import Match, load
from computeest.text.fold import letters


def judged(row: dict[str, str]) -> tuple[str, str]:
    """right, refused, doubted or wrong; and what was answered."""
    found = load().find(row["string"])
    if not isinstance(found, Match):
        return "right" if row["chip"] == "refuse" else "refused", found.reason
    said = f"{found.chip} x {found.chips:g}"
    if row["chip"] == "refuse":
        return "right" if names_it(row["string"], found.chip) else "wrong", said
    chip = found.chip == row["chip"]
    if chip and (not row["chips"] or abs(found.chips - float(row["chips"])) < 1e-6):
        return "right", said
    count = not row["chips"] or abs(found.chips - float(row["chips"])) < 1e-6
    doubted = (count and row["chip"] in found.alternatives) or (chip and "leaves open" in found.why)
    return "doubted" if doubted else "wrong", said


def names_it(text: str, chip: str) -> bool:
    """Whether a text is one of the names of the chip or of a family that it is of, but for what it says of GPUs."""
    entry = load().chip(chip)
    bare = letters(text).removesuffix("gpu").removeprefix("nvidia").removeprefix("geforce")
    of_family = [alias for family in load().families.values() if chip in family["members"]
                 for alias in family["aliases"]]
    return any(letters(name).removesuffix("gpu").endswith(bare) for name in (entry.name, *entry.aliases, *of_family))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("--all", action="store_true", help="print the refused and doubted strings too")
    asked = parser.parse_args()
    counts: Counter[str] = Counter()
    with asked.table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            verdict, said = judged(row)
            counts[verdict] += 1
            if verdict == "wrong" or (asked.all and verdict != "right"):
                print(f"{verdict:8} {row['string']!r}: {said}; expected {row['chip']} x {row['chips'] or 'any'}")
    total = sum(counts.values())
    print(f"{counts['right']} of {total} right, {counts['refused']} refused, {counts['doubted']} with doubt said that "
          f"holds the right answer, {counts['wrong']} wrong")


if __name__ == "__main__":
    main()
