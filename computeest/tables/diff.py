"""What changed between two annotated tables, model by model: by which factor, and why."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from computeest import schema
from computeest.facts.columns import cells_of
from computeest.problems import files as wrong
from computeest.schema.headers import meaning
from computeest.tables.inputs import source as source_of
from computeest.tables.source import Source
from computeest.tables.streams import unreadable
from computeest.text.suggest import did_you_mean

#: A factor this close to 1 is no change: the last digits of a float.
SAME = 1e-9
#: Ends of an interval this close, seen from the estimate, are the same.
_SAME_END = 1e-3
#: Columns of a record that say what the estimate rests on; where there are no inputs beside it, they are the inputs.
_FACTS = ("parameters", "training_tokens", "training_examples", "chip_hours", "utilization", "base_model")
_RECORD = frozenset((
    "model", "published", "link", "organization", "domain", "task", "benchmark", "metric", "year", "score", "flop",
    "flop_low", "flop_high", "log10_flop", "petaflop_s_days", "confidence", "method", "agreement", "training_examples",
    "training_tokens", "parameters", "chip", "chip_hours", "utilization", "utilization_implied", "base_model",
    "base_flop", "assumed", "checks", "problems", "derivation", "sources", "versions"))
_MISSING = ("", "nan", "None")


@dataclass(frozen=True, slots=True)
class Change:
    """One model's change."""

    model: str
    #: changed, added, removed, estimated (had no estimate before), lost (has none any more), basis (the same
    #: estimate or none in both, from other facts, methods, chips or assumptions, or with another interval).
    change: str
    old: float | None
    new: float | None
    #: New over old.
    factor: float | None
    #: What is different: input, chip, base model, assumption, method, version.
    why: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {**asdict(self), "why": list(self.why)}


@dataclass(frozen=True, slots=True)
class _Table:
    """An annotated table: rows of texts by key, and which columns are the record's."""

    rows: Mapping[str, Mapping[str, str]]
    record: Mapping[str, str]
    inputs: tuple[str, ...]
    #: The columns of single methods' answers.
    methods: tuple[str, ...] = ()

    def cell(self, key: str, name: str) -> str:
        """A record's field as text."""
        return self.rows[key].get(self.record.get(name, ""), "")

    def flop(self, key: str) -> float | None:
        """The estimate, None where there is none."""
        return _number(self.cell(key, "flop"))


def diff(old: str, new: str, key: str = "model") -> tuple[list[Change], int]:
    """The changes between two annotated tables, the largest first, and how many rows are the same."""
    before, after = _table(old, key), _table(new, key)
    changes = [change for name in dict.fromkeys([*before.rows, *after.rows])
               if (change := _change(name, before, after)) is not None]
    changes.sort(key=lambda change: (-abs(math.log(change.factor)) if change.factor else -math.inf, change.model))
    both = sum(name in after.rows for name in before.rows)
    return changes, both - sum(change.change not in ("added", "removed") for change in changes)


def _change(name: str, before: _Table, after: _Table) -> Change | None:
    old = before.flop(name) if name in before.rows else None
    new = after.flop(name) if name in after.rows else None
    if name not in before.rows or name not in after.rows:
        return Change(name, "added" if name in after.rows else "removed", old, new, None, ())
    if (old is None and new is None) or (old is not None and new is not None and abs(new / old - 1) <= SAME):
        why = tuple(_why(name, before, after))
        # another version alone is no change of a row
        there = any(not reason.startswith("version: ") for reason in why)
        return Change(name, "basis", old, new, 1.0 if old is not None else None, why) if there else None
    if old is None or new is None:
        return Change(name, "estimated" if old is None else "lost", old, new, None, tuple(_why(name, before, after)))
    return Change(name, "changed", old, new, new / old, tuple(_why(name, before, after)))


def _why(name: str, before: _Table, after: _Table) -> Iterator[str]:
    """What is different about one model, the paper's own facts first."""
    yield from _facts(name, before, after)
    for field, word in (("chip", "chip"), ("base_flop", "base model"), ("method", "method"),
                        ("confidence", "confidence")):
        one, other = before.cell(name, field), after.cell(name, field)
        if not _same(one, other):
            yield f"{word}: {_shown(one)} -> {_shown(other)}"
    yield from _intervals(name, before, after)
    for method in after.methods:
        one, other = before.rows[name].get(method, ""), after.rows[name].get(method, "")
        if method in before.methods and not _same(one, other) and _same(before.cell(name, "flop"),
                                                                         after.cell(name, "flop")):
            yield f"{method.removeprefix('flop_by_')}: {_shown(one)} -> {_shown(other)}"
    assumed = [dict(part.partition("=")[::2] for part in table.cell(name, "assumed").split(", ") if part)
               for table in (before, after)]
    for column in dict.fromkeys([*assumed[0], *assumed[1]]):
        if assumed[0].get(column) != assumed[1].get(column):
            yield f"assumption: {column} {assumed[0].get(column, 'none')} -> {assumed[1].get(column, 'none')}"
    if before.cell(name, "problems") != after.cell(name, "problems"):
        yield f"problem: {_shown(before.cell(name, 'problems'))} -> {_shown(after.cell(name, 'problems'))}"
    versions = [dict(part.rpartition(" ")[::2] for part in table.cell(name, "versions").split("; ") if part)
                for table in (before, after)]
    for part in dict.fromkeys([*versions[0], *versions[1]]):
        if versions[0].get(part) != versions[1].get(part):
            yield f"version: {part} {versions[0].get(part, 'none')} -> {versions[1].get(part, 'none')}"


def _facts(name: str, before: _Table, after: _Table) -> Iterator[str]:
    """The inputs that differ; where the tables have no inputs in common or none differs, the record's facts."""
    old, new = before.rows[name], after.rows[name]
    inputs = [c for c in after.inputs if c in before.inputs]
    found = [c for c in inputs if not _same(old.get(c, ""), new.get(c, ""))]
    for column in found:
        yield f"input: {column} {_shown(old.get(column, ''))} -> {_shown(new.get(column, ''))}"
    for fact in () if found else _FACTS:
        one, other = before.cell(name, fact), after.cell(name, fact)
        if fact in before.record and fact in after.record and not _same(one, other) and \
                not (inputs and fact == "utilization"):  # assumed, and said as such, where no input says it
            yield f"input: {after.record[fact]} {_shown(one)} -> {_shown(other)}"


def _intervals(name: str, before: _Table, after: _Table) -> Iterator[str]:
    """The interval where it is wider, narrower or lies otherwise about the estimate."""
    ends = [[_number(table.cell(name, end)) for end in ("flop_low", "flop_high")] for table in (before, after)]
    flops = [table.flop(name) for table in (before, after)]
    if any(value is None for value in (*ends[0], *ends[1], *flops)):
        return
    about = [[end / flop for end in pair] for pair, flop in zip(ends, flops, strict=True)]  # type: ignore[operator]
    if any(abs(new / old - 1) > _SAME_END for old, new in zip(*about, strict=True)):
        shown = [f"[{pair[0]:.3g}, {pair[1]:.3g}]" for pair in ends]
        yield f"interval: {shown[0]} -> {shown[1]}"


def _same(one: str, other: str) -> bool:
    first, second = _number(one), _number(other)
    if first is not None and second is not None:
        return first == second or abs(first / second - 1) <= SAME if second else first == second
    return (one in _MISSING and other in _MISSING) or one == other


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _shown(text: str) -> str:
    return "none" if text in _MISSING else text if len(text) <= 60 else f"{text[:57]}..."


def _table(name: str, key: str) -> _Table:
    """The table's rows by key; a key that comes again is numbered."""
    with tempfile.TemporaryDirectory(prefix="computeest-") as keep:
        return _rows_of(source_of(name, keep=Path(keep)), name, key)


def _rows_of(source: Source, name: str, key: str) -> _Table:
    record = {}
    for field in _RECORD:
        own = f"{field}_estimated" if f"{field}_estimated" in source.columns else field
        if own in source.columns:
            record[field] = own
    if "flop" not in record:
        raise unreadable(name, wrong.DIFF_WITHOUT_FLOP())
    by = record.get("model", "") if key == "model" else key
    if by not in source.columns:
        raise unreadable(name, wrong.DIFF_KEY_MISSING(key=key,
                                                      near=did_you_mean(key, source.columns) or "write --key COLUMN"))
    inputs = tuple(c for c in source.columns if c not in record.values() and not c.startswith("flop_by_"))
    meant = tuple(c for c in inputs if meaning(c)[0] in schema.INPUTS)
    rows: dict[str, dict[str, str]] = {}
    for piece in source.pieces():
        table = source.read(piece).table
        for row in zip(*map(cells_of, table.columns), strict=True):
            texts = {column: "" if value is None else str(value)
                     for column, value in zip(table.column_names, row, strict=True)}
            rows[_numbered(texts[by], rows)] = texts
    return _Table(rows, record, tuple(c for c in meant if meaning(c)[0] not in ("model", "note")) or inputs,
                  tuple(c for c in source.columns if c.startswith("flop_by_")))


def _numbered(name: str, taken: Mapping[str, Any]) -> str:
    own, count = name, 1
    while own in taken:
        count += 1
        own = f"{name} ({count})"
    return own
