"""What a table's columns mean, guessed from their headers and cells, for a person to review."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from computeest import schema
from computeest.facts.columns import cells_of
from computeest.facts.known_tables import Known, fold, known
from computeest.schema import header_words
from computeest.schema.header_words import Said
from computeest.schema.headers import own_name
from computeest.tables import cell_kinds
from computeest.tables.source import Source
from computeest.text.fold import EMPTY, no_value

#: Rows that are looked at.
SAMPLE = 2000
#: Units of mass in a header of emissions, which papers state in tonnes and trackers in kilograms.
_MASS = re.compile(r"(?<![A-Za-z])(?:[kM]?g|[kM]?t|tons?|tonnes?|lbs?|pounds?|kilograms?|grams?)(?![A-Za-z])"
                   r"|(?:[kM]?g|[kM]?t(?:ons?|onnes?)?)[ _]?CO", re.IGNORECASE)
#: A table with both has the size and the data of scaling laws under them.
_OF_LAWS = {"N": "N (params)", "D": "D (tokens)"}
_SURE, _LIKELY, _PERHAPS = "sure", "likely", "perhaps"


@dataclass(frozen=True, slots=True)
class Guess:
    """What one of the table's columns means."""

    header: str
    column: str
    confidence: str
    why: str
    unit: str = ""
    samples: tuple[str, ...] = ()
    #: How a date's numbers are ordered, where the column's cells or its header say so.
    order: str = ""
    #: Words of the header beside the column's name: of two headers of one meaning the one with fewer is the column.
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """A column of the table that means nothing to the estimate, or that cannot be understood."""

    header: str
    #: Why; empty where nothing in it looks like a fact.
    why: str = ""
    #: The schema's column that its name is, so that a map must say that it is left out.
    named: str = ""


def guesses(source: Source) -> tuple[list[Guess], list[Left]]:
    """A guess for each column that means something, and the columns that do not."""
    sampled = _sampled(source)
    table = cell_kinds.Around(_names(sampled))
    of = known(tuple(sampled))
    law = _OF_LAWS if set(_OF_LAWS) <= {header.strip("$") for header in sampled} else {}
    found = [_guess(header, law.get(header.strip("$"), header), values, table, of)
             for header, values in sampled.items()]
    kept, left = _one_for_each([one for one in found if isinstance(one, Guess)])
    left += [one for one in found if isinstance(one, Left)]
    order = list(source.columns)
    return (sorted(kept, key=lambda g: list(schema.FIELDS).index(g.column)),
            sorted(left, key=lambda one: order.index(one.header)))


def _one_for_each(found: Iterable[Guess]) -> tuple[list[Guess], list[Left]]:
    """One column for each fact: the surest; of two as sure neither, but of texts the first by name."""
    rivals: dict[str, list[Guess]] = {}
    for guess in found:
        rivals.setdefault(guess.column, []).append(guess)
    kept: list[Guess] = []
    left: list[Left] = []
    for column, several in rivals.items():
        first, *others = sorted(several, key=lambda g: (*_rank(g), g.header))
        equal = [g.header for g in others if _rank(g) == _rank(first)]
        if equal and schema.FIELDS[column].kind != "text":
            both = ", ".join(f"'{header}'" for header in sorted((first.header, *equal)))
            left += [Left(g.header, f"{both} all mean {column}: name the one that is meant", column) for g in several]
            continue
        kept.append(first)
        left += [Left(g.header, f"'{first.header}' is the surer {column}") for g in others]
    return kept, left


def _rank(guess: Guess) -> tuple[int, int]:
    return (_SURE, _LIKELY, _PERHAPS).index(guess.confidence), guess.extra


def _sampled(source: Source) -> dict[str, list[str | None]]:
    """Some rows' cells of each column, None where they say nothing."""
    piece = next(iter(source.pieces()), None)
    if piece is None:
        return {header: [] for header in source.columns}
    table = source.read(piece).table.slice(0, SAMPLE)
    return {header: [text if value is not None and not no_value(text := str(value).strip(), EMPTY) else None
                     for value in cells_of(table.column(header))]
            for header in source.columns}


def _names(sampled: Mapping[str, Sequence[str | None]]) -> Sequence[str | None]:
    """The models' names, where a column says them."""
    for header, values in sampled.items():
        said = own_name(header)
        if said is not None and said.column == "model":
            return values
    return ()


def _guess(header: str, spelled: str, cells: Sequence[str | None], table: cell_kinds.Around,
           of: Known | None) -> Guess | Left:
    values = [cell for cell in cells if cell is not None]
    samples = tuple(dict.fromkeys(values))[:3]
    said = header_words.read(spelled)
    if of is not None and fold(header) in of.means:
        meant = of.means[fold(header)]
        if meant is None:
            own = own_name(header)
            return Left(header, f"in tables of {of.name} no fact of the training run", own.column if own else "")
        settled = cell_kinds.settled(meant, cells, table)
        if not isinstance(settled, str):
            return Guess(header, settled.said.column, _SURE, f"a header of {of.name}'s tables", unit_of(settled.said),
                         samples)
    if said is None:
        by_cells = None if cell_kinds.foreign(header) else cell_kinds.kind(header, values)
        if by_cells is None:
            return Left(header)
        column, why = by_cells
        return Guess(header, column, _PERHAPS if column == "score" else _LIKELY, why, "", samples, extra=9)
    settled = _of_no_mass(said, header, values) or cell_kinds.settled(said, cells, table)
    if isinstance(settled, str):
        named = own_name(header)
        return Left(header, settled, named.column if named is not None else "")
    why, confidence = _worded(said, spelled if spelled != header else "")
    if settled.why:
        why = f"{why}, and {settled.why}"
        if settled.said.scale != said.scale or settled.said.column != said.column:
            confidence = max(confidence, _LIKELY, key=(_SURE, _LIKELY, _PERHAPS).index)
    return Guess(header, settled.said.column, confidence, why, unit_of(settled.said), samples,
                 settled.said.order, said.extra + bool(said.words))


def _worded(said: Said, spelled: str) -> tuple[str, str]:
    """Why a header is that column's, and how sure that is."""
    if spelled:
        return f"beside {' and '.join(_OF_LAWS)} it is '{spelled}'", _LIKELY
    if said.words:
        return f"the header says '{said.words}'", _LIKELY if said.extra <= 2 else _PERHAPS
    return "the header is the column's name or an alias", _SURE


def _of_no_mass(said: Said, header: str, values: Sequence[str]) -> str:
    """Why emissions are not understood that neither the header nor the cells give a unit."""
    if said.column != "emissions" or _MASS.search(header) or not any(map(cell_kinds.number, values)):
        return ""
    return "neither the header nor its cells say a unit: emissions: {column: ..., unit: kg}"


_WORDS = {1e3: "thousand", 1e6: "million", 1e9: "billion", 1e12: "trillion"}


def unit_of(said: Said) -> str:
    """The unit of bare numbers as a map writes it, which the map's reader reads as the same."""
    return " ".join(part for part in (_WORDS.get(said.scale, ""), said.unit or "") if part)


def _quoted(header: str) -> str:
    """A header in quotes, with what would steer a terminal, and no YAML holds, as escapes."""
    return json.dumps(header, ensure_ascii=not header.isprintable())


def as_yaml(found: Iterable[Guess], left: Sequence[Left], table: str) -> str:
    """The map as YAML, with what each guess rests on."""
    lines = [f"# The columns of {' '.join(table.split())}, guessed: review each line, then",
             f"# computeest annotate {' '.join(table.split())} --columns THIS_FILE -o OUT",
             "# column of the schema: header, or {column: HEADER, unit: UNIT}, or {constant: VALUE}; null leaves out"]
    taken = set()
    for guess in found:
        taken.add(guess.column)
        more = [f"{key}: {text}" for key, text in (("unit", guess.unit), ("order", guess.order)) if text]
        header = _quoted(guess.header)
        entry = f"{{column: {header}, {', '.join(more)}}}" if more else header
        samples = ", ".join(f"'{' '.join(s.split())[:40]}'" for s in guess.samples)
        lines.append(f"{guess.column}: {entry}  # {guess.confidence}: {guess.why}"
                     + (f"; cells: {samples}" if samples else ""))
    for one in left:
        if one.why:
            shown = _quoted(one.header)
            lines.append(f"# not understood: {shown}: {' '.join(one.why.split())}")
        if one.named and one.named not in taken:
            taken.add(one.named)
            lines.append(f"{one.named}: null")
    silent = [one.header for one in left if not one.why]
    if silent:
        lines.append("# not understood, and passed through: " + ", ".join(map(_quoted, silent)))
    return "\n".join(lines) + "\n"


def counts(found: Iterable[Guess]) -> Mapping[str, int]:
    """How many guesses there are of each confidence."""
    confidences = [guess.confidence for guess in found]
    return {word: confidences.count(word) for word in (_SURE, _LIKELY, _PERHAPS)}
