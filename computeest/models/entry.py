"""One model of the table: its names, its facts as a paper.yaml's keys, and where each was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """A paper, model card or page that values were taken from."""

    key: str
    title: str
    url: str = ""
    #: When it was last opened; empty where it never was.
    accessed: str = ""
    #: The value was entered without opening the source.
    unopened: bool = False
    #: Nothing is published: a judgement of ours, which must be a wide range.
    judgement: bool = False

    @property
    def words(self) -> str:
        """The source as a record cites it, with what a reader should know of it."""
        mark = " (not opened)" if self.unopened else " (a judgement)" if self.judgement else ""
        return f"{self.title}{mark}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A model that others start from."""

    id: str
    name: str
    #: Other spellings of the name.
    aliases: tuple[str, ...]
    #: Releases made of it by tuning whose own compute is not published: at least this model's.
    tuned: tuple[str, ...]
    developer: str
    file: str
    line: int
    #: The facts as the file has them: column -> {value, source, at}, `runs` a list of the same.
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: The sources of this entry, by key.
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Every spelling that means this model or a release tuned from it."""
        return (self.id, self.name, *self.aliases, *self.tuned)

    def paper(self) -> dict[str, Any]:
        """The entry as paper.yaml says such things, each value with its source in words."""
        return {"model": self.name, "organization": self.developer, **self._cells(self.facts)}

    def values(self) -> Iterator[tuple[str, str, Source]]:
        """Every value of the entry with its column and its source; those of runs too."""
        for facts in (self.facts, *self.facts.get("runs", ())):
            for column, fact in facts.items():
                if isinstance(fact, dict) and "source" in fact:
                    yield column, fact["value"], self.sources[fact["source"]]

    def text(self, column: str) -> str:
        """A fact's value as the file has it; empty where the entry does not state it at its top."""
        fact = self.facts.get(column, "")
        return str(fact["value"] if isinstance(fact, dict) and "value" in fact else fact)

    def _cells(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {column: self._cell(column, fact) for column, fact in facts.items()}

    def _cell(self, column: str, fact: Any) -> Any:
        if column == "runs":
            return [self._cells(run) for run in fact]
        if not isinstance(fact, dict) or "source" not in fact:
            return fact
        where = f", {fact['at']}" if fact.get("at") else ""
        return {"value": fact["value"], "source": f"{self.sources[fact['source']].words}{where}"}
