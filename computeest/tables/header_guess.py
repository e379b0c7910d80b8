"""What a table's columns mean, guessed from their headers and cells, for a person to review."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from computeest import schema
from computeest.facts.headers import magnitude, named
from computeest.facts.table import MISSING
from computeest.problems import CellError
from computeest.schema import cells
from computeest.tables.source import Source
from computeest.text import units
from computeest.text.suggest import nearest
from computeest.text.units import UnitError

#: Rows that are looked at.
SAMPLE = 2000
#: Share of the cells that must look alike for their looks to say what they are.
MOST = 0.7
_SURE, _LIKELY, _PERHAPS = "sure", "likely", "perhaps"

#: Words in headers, all of them needed, and what they mean; the first that fits.
_WORDS: tuple[tuple[frozenset[str], str], ...] = tuple((frozenset(words.split()), column) for words, column in (
    ("chip hours", "chip_time"), ("gpu hours", "chip_time"), ("accelerator hours", "chip_time"),
    ("gpu days", "chip_time"),
    ("base model", "base_model"), ("finetuned from", "base_model"), ("parent model", "base_model"),
    ("number gpus", "chips"), ("num gpus", "chips"), ("gpu count", "chips"), ("number chips", "chips"),
    ("hardware quantity", "chips"), ("accelerator count", "chips"), ("number accelerators", "chips"),
    ("gpu type", "chip"), ("gpu model", "chip"),
    ("hardware type", "chip"), ("training time", "time"), ("train time", "time"), ("wall clock", "time"),
    ("duration", "time"),
    ("active parameters", "active_parameters"), ("active params", "active_parameters"),
    ("parameters", "parameters"), ("params", "parameters"), ("model size", "parameters"),
    ("total tokens", "tokens_seen"), ("tokens seen", "tokens_seen"), ("training tokens", "tokens"),
    ("tokens", "tokens"),
    ("training compute", "reported_compute"), ("compute flop", "reported_compute"), ("flops", "reported_compute"),
    ("dataset size", "examples"), ("training examples", "examples"), ("images", "examples"), ("samples", "examples"),
    ("epochs", "epochs"), ("batch size", "batch_size"), ("steps", "steps"), ("iterations", "steps"),
    ("sequence length", "sequence_length"), ("context length", "sequence_length"),
    ("context window", "sequence_length"),
    ("tflops per gpu", "achieved_rate"), ("achieved flops", "achieved_rate"), ("achieved flop", "achieved_rate"),
    ("mfu", "step_utilization"), ("utilization", "utilization"), ("utilisation", "utilization"),
    ("precision", "number_format"), ("number format", "number_format"), ("numerical format", "number_format"),
    ("publication date", "published"), ("release date", "published"), ("date", "published"), ("year", "published"),
    ("model name", "model"), ("system", "model"), ("model", "model"), ("paper link", "link"), ("url", "link"),
    ("arxiv", "link"), ("link", "link"), ("company", "organization"), ("lab", "organization"),
    ("developer", "organization"),
    ("organization", "organization"), ("domain", "domain"), ("benchmark", "benchmark"), ("accuracy", "score"),
    ("score", "score"), ("accelerator", "chip"), ("hardware", "chip"), ("gpu", "chip"),
    ("architecture family", "family"), ("family", "family"), ("cost", "cost"), ("energy", "energy"),
))
_SPELLINGS = {"hrs": "hours", "hr": "hours", "h": "hours", "no": "number", "#": "number", "num": "number",
              "n": "number", "parameter": "parameters", "param": "params", "token": "tokens", "epoch": "epochs",
              "organisation": "organization", "gpus": "gpus", "flop": "flops", "trained": "training", "of": ""}
_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


@dataclass(frozen=True, slots=True)
class Guess:
    """What one of the table's columns means."""

    header: str
    column: str
    confidence: str
    why: str
    unit: str = ""
    samples: tuple[str, ...] = ()


def guesses(source: Source) -> tuple[list[Guess], list[str]]:
    """A guess for each column that means something, and the columns that do not."""
    found = [_guess(header, values) for header, values in _sampled(source).items()]
    best: dict[str, Guess] = {}
    for guess in filter(None, found):
        rival = best.get(guess.column)
        if rival is None or _rank(guess) < _rank(rival):
            best[guess.column] = guess
    kept = sorted(best.values(), key=lambda g: list(schema.FIELDS).index(g.column))
    taken = {guess.header for guess in kept}
    return kept, [header for header in source.columns if header not in taken]


def _rank(guess: Guess) -> int:
    return (_SURE, _LIKELY, _PERHAPS).index(guess.confidence)


def _sampled(source: Source) -> dict[str, list[str]]:
    """Some cells of each column, those that say something."""
    piece = next(iter(source.pieces()), None)
    if piece is None:
        return {header: [] for header in source.columns}
    table = source.read(piece).table.slice(0, SAMPLE)
    return {header: [text for value in table.column(header).to_pylist()
                     if value is not None and (text := str(value).strip()).lower() not in MISSING]
            for header in source.columns}


def _guess(header: str, values: Sequence[str]) -> Guess | None:
    samples = tuple(dict.fromkeys(values))[:3]
    for column, at in named([header]).columns.items():
        unit = at.unit or (_BRACKETS.findall(header)[-1] if at.scale != 1.0 else "")
        return Guess(header, column, _SURE, "the header is the column's name or an alias", unit, samples)
    by_header = _by_words(header) or _by_spelling(header)
    by_cells = _by_cells(values)
    if by_header is not None and (by_cells is None or by_cells[0] == by_header[0] or by_header[1] == _LIKELY):
        column, confidence, why = by_header
        if not _fits(column, values):
            return None
        if by_cells is not None and by_cells[0] == column:
            confidence, why = _LIKELY, f"{why}, and {by_cells[1]}"
        return _with_unit(Guess(header, column, confidence, why, "", samples))
    if by_cells is not None:
        return Guess(header, by_cells[0], _PERHAPS if by_header else _LIKELY, by_cells[1], "", samples)
    return None


def _by_words(header: str) -> tuple[str, str, str] | None:
    text = _BRACKETS.sub(" ", header).replace("#", " # ")
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    words = {_SPELLINGS.get(word, word) for word in re.split(r"[\s_\-/.:]+", text.lower()) if word}
    for needed, column in _WORDS:
        if needed <= words:
            extra = len(words - needed - {""})
            shown = " ".join(sorted(needed, key=text.lower().find))
            return column, _LIKELY if extra <= 1 else _PERHAPS, f"the header says '{shown}'"
    return None


def _by_spelling(header: str) -> tuple[str, str, str] | None:
    close = nearest(_BRACKETS.sub("", header), [n for n in schema.NAMES if schema.NAMES[n] in schema.INPUTS], 1, 0.8)
    close = [name for name in close if name[0] == header.strip()[:1].lower()]
    return (schema.NAMES[close[0]], _PERHAPS, f"the header is like '{close[0]}'") if close else None


def _with_unit(guess: Guess) -> Guess:
    """The unit that the header says in brackets or as its last word, where it is one of the column's quantity."""
    field = schema.FIELDS[guess.column]
    brackets = _BRACKETS.findall(guess.header)
    said = [*brackets, guess.header.rpartition("_")[2], guess.header.rpartition(" ")[2]]
    for text in said if field.numeric else ():
        if text in brackets and magnitude(text, guess.column) is not None:
            return replace(guess, unit=text)
        for word in (text, _SPELLINGS.get(text.lower(), "")):
            try:
                unit = units.canonical(word) if word else ""
            except UnitError:
                continue
            if unit and _converts(unit, field):
                return replace(guess, unit=unit)
    if guess.column == "chip_time" and (match := re.search(r"hour|day", guess.header.lower())):
        return replace(guess, unit=f"chip * {match[0]}")
    return guess


def _converts(unit: str, field: schema.Field) -> bool:
    """Whether a unit is another one of the column's quantity."""
    for own in (field.unit or "dimensionless", *field.also):
        if units.dimension(own) == units.dimension(unit) != units.dimension("dimensionless"):
            return units.factor(unit, own) != 1.0
    return False


def _fits(column: str, values: Sequence[str]) -> bool:
    """Whether most cells are values of the column, as far as it says what those look like."""
    field = schema.FIELDS[column]
    return field.kind == "text" or not values or _share(values, lambda text: _reads(field, text)) >= MOST / 2


def _reads(field: schema.Field, text: str) -> bool:
    try:
        cells.read(field, text)
    except CellError as error:
        # too much or too little in the column's own unit is a number all the same: the header's unit may be another
        return field.numeric and " is " in error.what and "not" not in error.what
    return True


def _by_cells(values: Sequence[str]) -> tuple[str, str] | None:
    """What the cells look like."""
    if not values:
        return None
    for column, words, test in (
        ("link", "the cells are links", lambda t: bool(re.match(r"https?://|arxiv:|doi:|10\.\d{4}", t.lower()))),
        ("published", "the cells are dates", lambda t: bool(re.fullmatch(r"\d{4}-\d{2}(-\d{2})?([T ].*)?", t))),
        ("number_format", "the cells are number formats", lambda t: _reads(schema.FIELDS["number_format"], t)),
        ("reported_compute", "the cells are FLOP", lambda t: "flop" in t.lower() and
         _reads(schema.FIELDS["reported_compute"], t)),
        ("score", "the cells are percentages", lambda t: bool(re.fullmatch(r"\d+(\.\d+)?\s?%", t))),
        ("chip", "the cells are chips", _is_chip),
    ):
        if _share(values, test) >= MOST:
            return column, words
    return None


def _is_chip(text: str) -> bool:
    from computeest.hardware import Refusal, load

    return not text.replace(".", "").isdigit() and not isinstance(load(()).find(text), Refusal)


def _share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    some = values[:200]
    known: dict[str, bool] = {}
    return sum(known[t] if t in known else known.setdefault(t, bool(test(t))) for t in some) / len(some)


def as_yaml(found: Iterable[Guess], unknown: Sequence[str], table: str) -> str:
    """The map as YAML, with what each guess rests on."""
    lines = [f"# The columns of {' '.join(table.split())}, guessed: review each line, then",
             f"# computeest annotate {' '.join(table.split())} --columns THIS_FILE -o OUT",
             "# column of the schema: header, or {column: HEADER, unit: UNIT}, or {constant: VALUE}; null leaves out"]
    for guess in found:
        header = json.dumps(guess.header, ensure_ascii=False)
        entry = f"{{column: {header}, unit: {guess.unit}}}" if guess.unit else header
        samples = ", ".join(f"'{' '.join(s.split())[:40]}'" for s in guess.samples)
        lines.append(f"{guess.column}: {entry}  # {guess.confidence}: {guess.why}"
                     + (f"; cells: {samples}" if samples else ""))
    if unknown:
        lines.append("# not understood, and passed through: " + json.dumps(list(unknown), ensure_ascii=False)[1:-1])
    return "\n".join(lines) + "\n"


def counts(found: Iterable[Guess]) -> Mapping[str, int]:
    """How many guesses there are of each confidence."""
    confidences = [guess.confidence for guess in found]
    return {word: confidences.count(word) for word in (_SURE, _LIKELY, _PERHAPS)}
