"""What became of a table's rows, in a few lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Example rows that are kept for each kind of problem.
EXAMPLES = 5
#: Kinds of problems that are told apart; beyond, they are counted together.
MOST_KINDS = 1000
_OTHERS = "other problems"
_QUOTED = re.compile(r"(?<!\w)'(?! )(?:[^']|'(?=\w))*(?<! )'(?!\w)|\d[\d,.e+-]*")


@dataclass(slots=True)
class Summary:
    """Counts of rows; row numbers count data rows from 1."""

    rows: int = 0
    methods: Counter[str] = field(default_factory=Counter)
    confidence: Counter[str] = field(default_factory=Counter)
    #: Rows without an estimate: that lack facts, and that have something wrong.
    lacking: int = 0
    rejected: int = 0
    #: Rows with something wrong that could be estimated all the same.
    despite: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[int]] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    #: How many estimates rest on each assumption.
    assumed: Counter[str] = field(default_factory=Counter)

    @property
    def estimated(self) -> int:
        """Rows with an estimate."""
        return self.rows - self.lacking - self.rejected

    @property
    def flawless(self) -> bool:
        """Whether every row has an estimate and nothing wrong."""
        return not self.lacking and not self.rejected and not self.despite

    def count(self, methods: Mapping[str, int], confidence: Mapping[str, int], estimated: NDArray[np.bool_],
              problems: Mapping[int, str], reasons: Mapping[int, str]) -> None:
        """Take in some rows: which are estimated, what is wrong with which, and what the others lack."""
        self.methods.update(methods)
        self.confidence.update(confidence)
        wrong = np.zeros(len(estimated), dtype=bool)
        wrong[list(problems)] = True
        self.rows += len(estimated)
        self.despite += int((estimated & wrong).sum())
        self.rejected += int((~estimated & wrong).sum())
        self.lacking += int((~estimated & ~wrong).sum())
        for row, text in sorted(problems.items()):
            for kind in _kinds(text):
                self._note(kind, row + 1)
        for row, text in reasons.items():
            if not wrong[row]:
                self._note(text, row + 1)

    def _note(self, kind: str, row: int) -> None:
        if kind not in self.problems and len(self.problems) >= MOST_KINDS:
            kind = _OTHERS
        self.problems[kind] += 1
        known = self.examples.setdefault(kind, [])
        if len(known) < EXAMPLES:
            known.append(row)

    def add(self, later: Summary) -> None:
        """Take in the summary of the rows that follow."""
        for kind, count in later.problems.items():
            own = kind if kind in self.problems or len(self.problems) < MOST_KINDS else _OTHERS
            self.problems[own] += count
            known = self.examples.setdefault(own, [])
            known.extend(self.rows + row for row in later.examples.get(kind, ())[:EXAMPLES - len(known)])
        self.methods.update(later.methods)
        self.confidence.update(later.confidence)
        self.lacking += later.lacking
        self.rejected += later.rejected
        self.despite += later.despite
        self.rows += later.rows
        self.notes |= later.notes
        self.assumed.update(later.assumed)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"rows": self.rows, "methods": dict(self.methods), "confidence": dict(self.confidence),
                "lacking": self.lacking, "rejected": self.rejected, "despite": self.despite,
                "problems": dict(self.problems), "examples": self.examples, "notes": list(self.notes),
                "assumed": dict(self.assumed)}

    @classmethod
    def of_dict(cls, found: Mapping[str, Any]) -> Summary:
        """From what JSON holds."""
        return cls(found["rows"], Counter(found["methods"]), Counter(found["confidence"]), found["lacking"],
                   found["rejected"], found["despite"], Counter(found["problems"]),
                   {kind: list(rows) for kind, rows in found["examples"].items()}, dict.fromkeys(found["notes"]),
                   Counter(found["assumed"]))

    def lines(self, most: int = 8) -> list[str]:
        """For people: what became of the rows, how sure the estimates are, what was wrong most often."""
        parts = [f"{self.estimated:,} estimated" + _brackets(self.methods)]
        parts += [f"{count:,} {words}" for count, words in (
            (self.lacking, "lack facts" if self.lacking != 1 else "lacks facts"), (self.rejected, "rejected")) if count]
        found = [f"{self.rows:,} row{'s' * (self.rows != 1)}: {', '.join(parts)}"]
        words = [f"{self.confidence[word]:,} {word}" for word in ("confident", "likely", "speculative")
                 if self.confidence[word]]
        if words:
            found.append(f"confidence: {', '.join(words)}")
        if self.despite:
            found.append(f"{self.despite:,} estimated from the other facts in spite of a problem")
        ranked = sorted(self.problems.items(), key=lambda item: (-item[1], self.examples[item[0]]))
        if ranked:
            found.append("most frequent problems (rows are counted from 1, below the header):")
        for kind, count in ranked[:most]:
            rows = [*map(str, self.examples[kind]), *["..."] * (count > len(self.examples[kind]))]
            found.append(f"  {count:,} x {kind}: row{'s' * (count != 1)} {', '.join(rows)}")
        if len(ranked) > most:
            found.append(f"  and {len(ranked) - most:,} other kinds: see the column 'problems'")
        return [*found, *(f"note: {note}" for note in self.notes)]


@lru_cache(maxsize=1024)
def _kinds(text: str) -> tuple[str, ...]:
    """The kinds of what is wrong with a row, by the text that says it, which other rows mostly share."""
    kinds: list[str] = []
    depth = 0
    for part in _QUOTED.sub("…", text).split("; "):  # what is quoted, or expected in brackets, may hold a semicolon
        if depth > 0:
            kinds[-1] += f"; {part}"
        else:
            kinds.append(part)
        depth = max(depth, 0) + part.count("(") - part.count(")")
    return tuple(kinds)


def _brackets(counts: Counter[str]) -> str:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return f" ({', '.join(f'{count:,} {name}' for name, count in ranked)})" if ranked else ""
