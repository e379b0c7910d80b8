"""Facts in tables: a column or a row whose header means a column of the schema, with the header's unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from computeest.documents import cues
from computeest.documents.document import Passage, Table, TableCell

#: What headers say, in order: the first that matches decides. Empty: a header that means something else.
_COMPILED = tuple((re.compile(regex, re.IGNORECASE), str(column))
                  for regex, column in cues.data("cues.yaml")["headers"])
_UNITS: tuple[tuple[str, str], ...] = (
    (r"\bin billions?|\(B\)|\bbillions? of|×\s*10\^?9|\(bn\)|\(billions?\)", "B"),
    (r"\bin millions?|\(M\)|\bmillions? of|×\s*10\^?6|\(millions?\)", "M"),
    (r"\bin trillions?|\(T\)|\btrillions? of|×\s*10\^?12|\(trillions?\)", "T"),
    (r"\bin thousands?|\(K\)|×\s*10\^?3", "k"),
)
_FLOP_UNITS = re.compile(r"\b(zetta|exa|peta|tera|giga|yotta|[ZEPTGY])FLOPs?(?:[/-]s)?([\s-]*days?)?", re.IGNORECASE)
_TIMES = re.compile(r"\b(hours?|days?|weeks?|minutes?|hrs?|h|d)\b", re.IGNORECASE)
_MASS = re.compile(r"\b(?:kg|kilograms?|tonnes?|tons?|t(?=\s?CO))\b", re.IGNORECASE)
_VALUE = re.compile(r"[~≈<>]?\s*\$?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?\s*"
                    r"(?:[KkMBTm](?![A-Za-z])|thousand|million|billion|trillion)?")
_SCALED = re.compile(r"[KkMBT]$|illion$|[eE]\d+$|thousand$")
_KEY = re.compile(r"^\W*(?:[-*•]\s*)?(?P<key>[A-Z][\w /#()-]{1,40}?)\s*:\s+(?P<value>\S.*)$", re.DOTALL)
_ABOUT = re.compile(r"^(?:about|around|approximately|roughly|approx\.?|up to)\s+", re.IGNORECASE)
LONGEST = 300
#: What grows during a run, as a chain of arrows says it: '512 → 1024'.
_GROWING = re.compile(rf"\s*(?:→|⇒|➔|➜|-{{1,2}}>)\s*({_VALUE.pattern})")
_MAY_GROW = ("batch_size", "sequence_length")
#: A table with as many rows compares models or lists checkpoints.
_MANY = 4


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact that stands under or beside its header."""

    column: str
    text: str
    cell: TableCell
    #: What the cell belongs to: the row's label under a header, the column's beside one.
    label: str
    header: str
    caption: str
    sections: tuple[str, ...]
    pattern: str


def facts(table: Table) -> Iterator[Stated]:
    """The facts of a table, read by columns and by rows."""
    heads = [_header(table, k) for k in range(len(table.rows[0]))]
    above = [meaning(head) for head in heads]
    label = ""
    for row in table.rows[table.headers:]:
        first = next((k for k, cell in enumerate(row) if cell.text), 0)
        label = row[first].text or label
        beside = meaning(row[first].text)
        for k, cell in enumerate(row):
            if not cell.text:
                continue
            if above[k] == "published" and len(table.rows) > 3:
                continue  # dates of many things
            if above[k] and (k or above[k] != "parameters"):
                many = len(table.rows) - table.headers >= _MANY
                yield from _stated(above[k], heads[k], cell, label, table, "column of many" if many else "column")
            elif k > first and beside and not above[k]:
                alone = sum(bool(other.text) for other in row) < 3 and len(row) - first < 3
                yield from _stated(beside, row[first].text, cell, heads[k], table, "setting" if alone else "row")


def field(passage: Passage) -> Iterator[Stated]:
    """The fact of a line such as '- Hours used: 150000'."""
    if passage.kind not in ("prose", "item") or len(passage.plain) > 600:
        return
    match = _KEY.match(" ".join(passage.plain[:LONGEST].split()))
    column = meaning(match["key"]) if match else ""
    if match is not None and column:
        cell = TableCell(match["value"], " ".join(passage.text[:LONGEST].split())[:180], passage.place(0))
        yield from _value(column, match["key"], cell, Stated(column, "", cell, "", match["key"], "", passage.sections,
                                                             "field"))


def _header(table: Table, k: int) -> str:
    """A column's header, of all its lines."""
    return " ".join(dict.fromkeys(row[k].text for row in table.rows[:table.headers] if row[k].text))


def meaning(header: str) -> str:
    """The column of the schema that a header means, or nothing."""
    if len(header) > 80:
        return ""
    return next((column for pattern, column in _COMPILED if pattern.search(header.strip())), "")


def _stated(column: str, header: str, cell: TableCell, label: str, table: Table, how: str) -> Iterator[Stated]:
    yield from _value(column, header, cell, Stated(column, "", cell, label, header, table.caption, table.sections, how))


def _value(column: str, header: str, cell: TableCell, found: Stated) -> Iterator[Stated]:
    """The cell's value with the unit that its header gives it."""
    text = cell.text
    if column in ("chip", "base_model", "published", "number_format"):
        if len(text) < 100:
            yield _with(found, column, text)
        return
    if column in ("parameters", "active_parameters") and re.search(r"\(?(?:activ|total)", text, re.IGNORECASE):
        return  # two numbers, which the grammar tells apart
    result = re.search(r"=\s*(\d[\d,]*)\s*$", text)  # of a product that is written out
    text = result[1] if result else _ABOUT.sub("", text)
    if re.match(r"\d+\s*[x×*]\s*\d", text):
        return
    match = _VALUE.match(text)
    if match is None:
        return
    number = match[0].strip().lstrip("~≈<>$ ")
    behind = match.end()
    last = ""
    while grown := _GROWING.match(text, behind):
        last, behind = grown[1].strip(), grown.end()
    if last:
        if column not in _MAY_GROW:
            return
        number = f"{number}..{last}"
    rest = text[behind:].strip()
    yield _with(found, column, _in_unit(column, header, number, rest))


def _in_unit(column: str, header: str, number: str, rest: str) -> str:
    if column == "reported_compute":
        unit = _FLOP_UNITS.search(f"{rest} {header}")
        said = f"{unit[1]}FLOP" + (f"/s-{'day'}" if unit[2] else "") if unit else "FLOP"
        return f"{number} {said}"
    if column in ("time", "chip_time"):
        unit = _TIMES.search(rest) or _TIMES.search(header)
        time = unit[1] if unit else ""
        return f"{number} {'GPU-' if column == 'chip_time' else ''}{time or ('hours' if column == 'chip_time' else '')}"
    if column == "utilization":
        return f"{number} %" if "%" in rest or "%" in header else number
    if column == "energy":
        unit = re.search(r"[kKMG]Wh", f"{rest} {header}")
        return f"{number} {unit[0]}" if unit else number
    if column == "emissions":
        unit = _MASS.search(rest) or _MASS.search(header)
        return f"{number} {'t' if unit is None or unit[0][0].lower() == 't' else unit[0]}"
    if column == "text_size":
        unit = re.search(r"\b[GT]i?B\b", f"{rest} {header}")
        return f"{number} {unit[0].replace('i', '')}" if unit else number
    if column == "batch_size" and re.match(r"tokens?\b", rest, re.IGNORECASE):
        return f"{number} tokens"
    scale = next((letter for pattern, letter in _UNITS if re.search(pattern, header, re.IGNORECASE)), "")
    return f"{number}{scale}" if scale and not _SCALED.search(number) else number


def _with(found: Stated, column: str, text: str) -> Stated:
    return Stated(column, " ".join(text.split()), found.cell, found.label, found.header, found.caption, found.sections,
                  found.pattern)
