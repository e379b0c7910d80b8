"""A run that happened, as the facts of a paper: the same keys, the same estimate, the same file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from computeest.pipeline import estimate
from computeest.problems import InputError
from computeest.text.files import write_whole


@dataclass(slots=True)
class Run:
    """What is known of a run: facts by the keys of paper.yaml, and what could not be found out."""

    facts: dict[str, Any] = field(default_factory=dict)
    #: What was not counted or not found, in words.
    notes: list[str] = field(default_factory=list)

    def record(self, **options: Any) -> Mapping[str, Any]:
        """The estimate of these facts; InputError where they allow none."""
        return estimate(self.facts, **options)

    @property
    def utilization(self) -> float | None:
        """Share of the chips' dense peak that was achieved; None where the chip, the time or the FLOP are not known."""
        if {"chip", "time"} - self.facts.keys():
            return None
        try:
            # what the chips could do needs no guess of how busy they were
            found = self.record().get("utilization_implied")
        except InputError:
            return None
        return None if found is None else float(found)

    def paper(self) -> dict[str, Any]:
        """The facts, with the utilization that they imply."""
        implied = None if "utilization" in self.facts else self.utilization
        if implied is None or not 0 < implied <= 1:
            return dict(self.facts)
        said = {"value": round(implied, 6), "source": "measured: FLOP counted over chips x time x peak"}
        return {**self.facts, "utilization": said}

    def text(self) -> str:
        """The run as the text of a paper.yaml, the notes above it."""
        import yaml

        lines = "".join(f"# {' '.join(note.split())}\n" for note in self.notes)
        return lines + yaml.safe_dump(self.paper(), sort_keys=False, allow_unicode=True, width=120)

    def write(self, path: str | Path) -> Path:
        """Write the run as a paper.yaml, which appears whole or not at all."""
        write_whole(Path(path), self.text())
        return Path(path)
