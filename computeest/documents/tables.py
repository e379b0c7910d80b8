"""Facts in tables: a column or a row whose header means a column of the schema, with the header's unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from computeest.documents import cues
from computeest.documents.document import Passage, Table, TableCell
from computeest.schema import fields, header_words, headers
from computeest.schema.header_words import Said
from computeest.text import numerals, units

#: What headers say, in order: the first that matches decides. Empty: a header that means something else.
_COMPILED = tuple((re.compile(regex, re.IGNORECASE), str(column))
                  for regex, column in cues.data("cues.yaml")["headers"])
_FLOP_UNITS = re.compile(r"\b(zetta|exa|peta|tera|giga|yotta|[ZEPTGY])(?:FLOPs?|F(?=[\s-]*days?))"
                         r"(?:[/-]s|/?ps)?([\s-]*days?)?", re.IGNORECASE)
_TIMES = re.compile(r"\b(hours?|days?|weeks?|minutes?|hrs?|h|d)\b", re.IGNORECASE)
_MASS = re.compile(r"\b(?:kg|kilograms?|tonnes?|tons?|t(?=\s?CO))\b", re.IGNORECASE)
_LEAD = re.compile(r"[~≈<>]?\s*\$?\s*")
_SCALED = re.compile(r"[A-Za-z^]|\*\*|[⁰¹²³⁴⁵⁶⁷⁸⁹]")
_LETTERS = {1e3: "k", 1e6: "M", 1e9: "B", 1e12: "T"}
#: Words of a scale, those that no number is read with too, without a number of their own before them.
_SCALE_WORD = re.compile(r"(?<![\d.])(?<!\d[\s-])(?:\b(?:[KkMBT]|MM|mn|bn|tn|mio|mrd|lakhs?|crores?|hundreds?"
                         r"|thousands?|\w*illi(?:on|ard)\w*)\b|[x×*]?\s*10\s*\^)", re.IGNORECASE)
#: What goes on with a number is none of its own: a decimal comma, a factor.
_GOES_ON = re.compile(r"[.,]?\d|[x×*·]\s*\d")
#: What a header counts in without brackets: 'in K', ', thousands', '× 10^6'.
_COUNTED_IN = re.compile(r"(?:(?<=in )|(?<=[,:] ))\w+$|[×x*]\s*10\s*\^\s*\d+")
_BEHIND = re.compile(cues.text("behind_numbers"), re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][^\s(),;:|/]*")
_KEY = re.compile(r"^\W*(?:[-*•]\s*)?(?P<key>(?:[A-Z]|[a-z]+_)[\w /#()×^-]{1,40}?)\s*:\s+(?P<value>\S.*)$", re.DOTALL)
_ABOUT = re.compile(r"^(?:about|around|approximately|roughly|approx\.?|up to)\s+", re.IGNORECASE)
LONGEST = 300
#: A name has no more words in small letters: 'Llama 2 base model'.
_WORDS_OF_NAME = 2
#: What grows during a run, as a chain of arrows says it: '512 → 1024'.
_GROWING = re.compile(r"\s*(?:→|⇒|➔|➜|-{1,2}>)\s*(?=\d)")
#: Columns whose units have spellings of their own.
_WITH_UNITS = frozenset(("emissions", "energy", "text_size", "utilization", "reported_compute"))
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
    heads = [header_of(table, k) for k in range(len(table.rows[0]))]
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


def header_of(table: Table, k: int) -> str:
    """A column's header, of all its lines."""
    return " ".join(dict.fromkeys(row[k].text for row in table.rows[:table.headers] if row[k].text))


@lru_cache(maxsize=1024)
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
        if len(text) < (LONGEST if column == "base_model" else 100) and (column != "base_model" or _is_name(text)):
            yield _with(found, column, text)
        return
    if column in ("parameters", "active_parameters") and re.search(r"\(?(?:activ|total)", text, re.IGNORECASE):
        return  # two numbers, which the grammar tells apart
    result = re.search(r"=\s*(\d[\d,]*)\s*$", text)  # of a product that is written out
    text = result[1] if result else _ABOUT.sub("", text)
    if re.match(r"\d+\s*[x×*]\s*\d", text):
        return
    number, end = _written(text)
    rest = text[end:].strip()
    if not number or (".." in number and column not in _MAY_GROW) or not _reads_on(column, rest):
        return
    if in_unit := _in_unit(column, header, number, rest):
        yield _with(found, column, in_unit)


def _is_name(text: str) -> bool:
    """Whether what a base model is said to be is a name and no sentence of it."""
    return sum(word.isalpha() and word.islower() for word in text.split()) <= _WORDS_OF_NAME


def _written(text: str) -> tuple[str, int]:
    """The number that a cell begins with, a chain of arrows as its first and last, and where it ends."""
    lead = _LEAD.match(text)
    begin = lead.end() if lead else 0
    first = numerals.scan(text, begin, small=True)
    if first is None:
        return "", begin
    end, last = first.end, ""
    while (arrow := _GROWING.match(text, end)) and (following := numerals.scan(text, arrow.end(), small=True)):
        last, end = f"..{text[arrow.end():following.end]}", following.end
    return f"{text[begin:first.end]}{last}", end


def _reads_on(column: str, rest: str) -> bool:
    """Whether what stands behind a number is understood: an unread word may be its scale."""
    rest = rest.lstrip("+ ")
    if _GOES_ON.match(rest) or _SCALE_WORD.search(rest):
        return False
    word = _WORD.match(rest)
    if word is None or column in _WITH_UNITS or _BEHIND.match(rest):
        return True
    return any(_is_unit(text) for text in (re.split(r"[(),;:|]", rest)[0].strip(), word[0].rstrip(".*†‡")))


def _is_unit(text: str) -> bool:
    try:
        units.canonical(text)
    except units.UnitError:
        return False
    return True


@lru_cache(maxsize=1024)
def _counted(column: str, header: str) -> Said | None:
    """What a header says that its numbers are counted in; None where it names a scale that is not understood."""
    said = headers.own_name(header)
    if said is not None and said.column in (column, *fields.FIELDS[column].routes.values()):
        return said
    raised = re.sub(r"([×x*]\s*10)(?=\d{1,2}\b)", r"\1^", header)  # figures whose raising was lost
    if raised != header:
        return _counted(column, raised)
    time = _TIMES.search(header)
    unit = units.canonical(f"GPU-{time[1] if time else 'hours'}") if column == "chip_time" else None
    said = Said(column, unit)
    for text in (*header_words.brackets_of(header), *_COUNTED_IN.findall(header)):
        more = header_words.qualified(said, text)
        if more is None and _SCALE_WORD.search(text):
            return None
        said = more or said
    return said


def _in_unit(column: str, header: str, number: str, rest: str) -> str:
    """The number with the scale and unit that the words behind it or the header say; nothing where unread."""
    said = _counted(column, header)
    if said is None:
        return ""
    if not _SCALED.search(number):
        number += _LETTERS.get(said.scale, "")
    if column == "reported_compute":
        unit = _FLOP_UNITS.search(f"{rest} {header}")
        return f"{number} {unit[1]}FLOP{'/s-day' if unit[2] else ''}" if unit else f"{number} {said.unit or 'FLOP'}"
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
    if column == "batch_size" and (re.match(r"tokens?\b", rest, re.IGNORECASE) or said.column == "batch_tokens"):
        return f"{number} tokens"
    return number


def _with(found: Stated, column: str, text: str) -> Stated:
    return Stated(column, " ".join(text.split()), found.cell, found.label, found.header, found.caption, found.sections,
                  found.pattern)
