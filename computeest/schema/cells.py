"""One cell's text as a value of its column: in the column's unit, within its bounds, or a problem in words."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from computeest import schema
from computeest.problems import CellError
from computeest.problems import facts as wrong
from computeest.schema import Field, cell_times
from computeest.text import chip_words, dates, fold, number_formats, numbers, numerals, sizes, units
from computeest.text.suggest import did_you_mean
from computeest.text.units import UnitError


class Cell(NamedTuple):
    """One fact: its value in the column's unit, and the words and the place it came from."""

    # a tuple, which is made in a fifth of the time of a frozen dataclass: a tenth of many mappings

    #: The column it belongs to: a unit may have sent it to another than its key's.
    column: str
    value: Any
    #: One-sigma spread in natural log.
    sigma: float = 0.0
    #: The paper's own words.
    text: str = ""
    line: int = 0
    source: str = ""
    quote: str = ""
    #: What somebody added to it: 'a mixture of experts'.
    note: str = ""
    #: The chip or machine whose time it is, where the cell names one.
    of_chip: str = ""
    #: How many chips or machines a time is said to be of; NaN where it is not.
    of_chips: float = math.nan
    #: at_least, at_most or vague, where the cell states no more than a bound.
    bound: str = ""
    #: The column that the cell was written under, where it states another fact.
    under: str = ""
    #: Other facts that the same cell states.
    also: tuple[Cell, ...] = ()

    def told(self, line: int, said: Mapping[str, str]) -> Cell:
        """The same with where it stands and what is said of it: source, quote, note; a third of `_replace`'s time."""
        return Cell(self.column, self.value, self.sigma, self.text, line, said.get("source", self.source),
                    said.get("quote", self.quote), said.get("note", self.note), *self[8:])

#: Characters of a cell that is read as a number, a day, a chip or a name; of one that is only words; of one in JSON,
#: and its levels.
LONGEST = 400
LONGEST_WORDS = 20_000
LONGEST_JSON = 1_000_000
DEEPEST_JSON = 24
#: Texts that are only passed on.
_WORDS = frozenset(("stage", "link", "organization", "domain", "task", "benchmark", "metric", "note"))


def most(field: Field) -> int:
    """How many characters a cell of a column may have."""
    return LONGEST_JSON if field.kind in ("mapping", "list") else LONGEST_WORDS if field.name in _WORDS else LONGEST


def short(field: Field, text: str) -> None:
    """CellError where a cell is longer than any that a person writes: nothing longer reaches a reader."""
    if len(text) > most(field) and field.numeric:
        raise CellError(wrong.CELL_TOO_LONG_FOR_NUMBER(text=text[:30]))
    if len(text) > most(field):
        raise CellError(wrong.CELL_TOO_LONG(count=len(text), most=most(field)))


def shortest(texts: Iterable[Any]) -> list[str]:
    """The texts of cells that are short enough to be read."""
    return [str(text) for text in texts if len(str(text)) <= LONGEST]


def from_json(text: str) -> Any:
    """What a cell in JSON holds; ValueError where it is none, or too long or deep to be a paper's."""
    if len(text) > LONGEST_JSON:
        raise ValueError(f"the text has {len(text):,} characters; expected at most {LONGEST_JSON:,}")
    try:
        found = json.loads(text)
    except RecursionError:
        found = None
    level, depth = [found], 0
    while level and depth <= DEEPEST_JSON:
        level, depth = [inner for one in level if isinstance(one, list | dict)
                        for inner in (one.values() if isinstance(one, dict) else one)], depth + 1
    if level or (found is None and text.strip() != "null"):
        raise ValueError(f"values are nested more than {DEEPEST_JSON} levels deep")
    return found


@lru_cache(maxsize=2_048)  # papers estimated together say much alike, and reading it was a third of their time
def read(field: Field, text: str, unit: str | None = None) -> Cell:
    """The cell's value; `unit` is that of a bare number, where it is not the column's own."""
    short(field, text)
    if field.numeric:
        return number(field, text, unit)
    stripped = text.strip()
    if not stripped:
        raise CellError(wrong.CELL_EMPTY(expected=f"such as '{field.example}'" if field.example else ""))
    if field.kind == "date":
        return Cell(field.name, date(stripped), text=stripped)
    if field.kind == "choice":
        return Cell(field.name, choice(field, stripped), text=stripped)
    return Cell(field.name, stripped, text=stripped)


def number(field: Field, text: str, unit: str | None = None) -> Cell:
    """A numeric cell in the unit of the column it belongs to."""
    short(field, text)
    if numbers.is_bare(text) and not field.says and len(text) <= numbers.LONGEST and (value := float(text)) < math.inf:
        return _bare(field, text, value, unit)
    field = _all_passes(field, text)
    if field.name in _OF_DATA and _PLAYED.search(text):
        raise CellError(wrong.PLAYING_TIME(text=text.strip(), wanted=units.describe(field.unit or "")))
    if field.says and (said := field.says.get(fold.letters(text))) is not None:
        return Cell(field.name, float(said), text=text.strip())
    if field.name == "parameters" and (both := sizes.all_and_active(text)) is not None:
        return number(field, both[0])._replace(
            text=text.strip(), also=(number(schema.FIELDS["active_parameters"], both[1]),))
    try:
        numbers.sure_of_power(text, field.unit in _LARGE)
        if field.unit == "parameter" and numbers.multiplies(text):
            raise CellError(wrong.MIXTURE_MULTIPLIED(text=text.strip()))
        timed = _read(field, numerals.with_point(text, unit))
        column, factor = _place(field, _of_the_key(timed.quantity.unit, unit), text)
    except UnitError as error:
        raise _refused(field, text, error) from None
    target = schema.FIELDS[column]
    found = timed.quantity.within(target.low / factor, target.high / factor)
    value = found.value * factor
    _bounded(target, value, text)
    if not found.bound:
        _ends_bounded(target, value, found.sigma, text)
    return Cell(column, value, found.sigma, text.strip(), of_chip=timed.name, of_chips=timed.count,
                bound=found.bound, under=_under(field, column))


def _bare(field: Field, text: str, value: float, unit: str | None) -> Cell:
    """A number as programs write it, which says nothing else: a third of the time of what may say more."""
    try:
        column, factor = _place(field, unit, text)
    except UnitError as error:
        raise _refused(field, text, error) from None
    _bounded(schema.FIELDS[column], value * factor, text)
    return Cell(column, value * factor, 0.0, text, under=_under(field, column))


def _under(field: Field, column: str) -> str:
    """The column that a fact of another one was written under."""
    return field.name if column not in (field.name, *field.routes.values()) else ""


def _refused(field: Field, text: str, error: UnitError) -> CellError:
    from computeest.schema import cell_hints  # only for what is refused

    return CellError(cell_hints.better(error.fault, field, text).expecting(_such_as(field)))


def _read(field: Field, text: str) -> cell_times.Timed:
    """The number in a cell; what stands in brackets behind it is left out where it says nothing of the number."""
    rate = units.is_rate(field.unit or "dimensionless")
    refused: list[UnitError] = []
    for said in _without_asides(text):
        try:
            if field.name in cell_times.COLUMNS:
                return cell_times.read(said)
            return cell_times.Timed(numbers.read(_plain(field, said), rate=rate, bounds=True),
                                    chip_words.of_count(said) if field.name == "chips" else "")
        except UnitError as error:
            refused.append(error)
    if (again := _AGAIN.fullmatch(text)) is not None:
        return _said_twice(field, again["first"], again["second"], refused[0])
    raise refused[0]


def _without_asides(text: str) -> Iterator[str]:
    """The text, and then each time what is left of it without brackets or a source behind it."""
    yield text
    if not numbers.is_bare(text):
        yield from dict.fromkeys(said for aside in (_ASIDE, _ACCORDING) if (said := aside.sub("", text)) != text)


def _own_factor(field: Field, unit: str | None) -> float:
    """From a unit to the column's own of that dimension; UnitError where it has none."""
    own = field.unit or "dimensionless"
    same = (one for one in (own, *field.also) if unit and units.dimension(one) == units.dimension(unit))
    return units.factor(unit, next(same, own)) if unit else 1.0


def _said_twice(field: Field, first: str, second: str, refused: UnitError) -> cell_times.Timed:
    """A number that brackets say again in another unit: '504 hours (3 weeks)'."""
    try:
        found, other = _read(field, first), _read(field, second)
        unit, other_unit = found.quantity.unit, other.quantity.unit
        if unit and other_unit:
            factor = units.factor(other_unit, unit)
        else:  # a number without a unit is in the column's own
            own = _own_factor(field, unit or other_unit)
            factor = own if other_unit else 1 / own
    except UnitError:
        raise refused from None
    if abs(other.quantity.value * factor / found.quantity.value - 1) > _SAME_AGAIN:
        raise UnitError(wrong.SAID_TWICE_APART(first=first.strip(), second=second.strip()))
    return found

#: Words in brackets at the end that hold no number and nothing that changes it: '1 trillion tokens (web)'; or how much
#: more or less it is than another row's: '0.17 (-3.2 %)'; or marks of a source.
_ASIDE = re.compile(r"\s*\((?![^()]*(?:\b(?:per|each|x|times|words?|sparse|active|embedding|non|total|cumulative"
                    r"|million|billion|trillion|thousand|[kmbt]|percent|hours?|days?|seconds?|minutes?|months?|years?"
                    r"|estimated|characters?|bytes?|samples?|examples?)\b|[\d%$/*×]))[^()]*\)\s*$|\s*\([+−–-]\d[\d.]*\s?%\)\s*$"
                    rf"|{numbers.MARKS}", re.IGNORECASE)
#: '504 hours (3 weeks)': how far apart two statements of one number are where both are rounded.
_AGAIN = re.compile(r"(?P<first>[^()]*\S)\s*\((?:[=≈~]|or|i\.e\.,?)?\s*(?P<second>[^()]*\d[^()]*)\)\s*")
_SAME_AGAIN = 0.03
#: '24 days, according to [[the paper]](link)'.
_ACCORDING = re.compile(r"(?<!\s)(?:\s*+,)?\s++(?:according to|as (?:stated|reported)|see|per the|from the)\s.*$"
                        r"|(?<!\s)\s*+\[\[.*$", re.IGNORECASE)
#: What is counted in a corpus: 'hours' there are those of audio or video, and no time that the training took.
_OF_DATA = frozenset(("tokens", "tokens_seen", "examples", "examples_seen", "words", "words_seen"))
_PLAYED = re.compile(r"\d\s*(?:[kKM]\s*)?(?:thousand\s+|million\s+)?(?:h(?:ou)?rs?|h|minutes?|min|years?|decades?"
                     r"|(?:days?|weeks?|months?)\s+of)\b", re.IGNORECASE)
#: Facts that a cell may state under the key of another one, by the unit that only they have.
_MOVED = {"FLOP": "reported_compute", "step": "steps", "token": "tokens_seen", "example": "examples_seen",
          "epoch": "epochs", "chip * second": "chip_time", "core * second": "core_time", "second": "time",
          "dollar": "cost", "joule": "energy"}
#: Where such a cell is read: columns of amounts of work, whose words people mix up.
_MIXED_UP = frozenset(("time", "chip_time", "core_time", "cost", "energy", "steps", "epochs", "tokens", "examples"))
#: A time under a key of accelerator time has most likely lost its GPU: it is no wall-clock time.
_NOT_MOVED = {("chip_time", "time"), ("core_time", "time")}
#: '300 epochs on ImageNet-21k': whose passes they were is no part of their number.
_DATA_SET = re.compile(r"(?<=epochs)\s+(?:on|over|of)\s+(?:the\s+)?[A-Z][\w.-]*(?:\s+[A-Z\d][\w.-]*)*\s*$")
#: '1.4T tokens seen' are those of all epochs together.
_SEEN = re.compile(r"\b(?:tokens|examples|images|samples|words)\s+(?:seen|processed|consumed)\s*$", re.IGNORECASE)

#: '350m' and '1t' of what is counted: in a time they might be minutes and tonnes of anything.
_SMALL_SCALE = re.compile(r"(?<=\d)([mt])(?=\s*$|[\s-]+[A-Za-z])")
_COUNTED = frozenset(("parameter", "example", "example/epoch", "token", "token/epoch", "word", "word/epoch", "step",
                      "example/step", "token/step"))
_LARGE = _COUNTED - {"example/step", "token/step"} | {"FLOP", "FLOP/example", "MAC/example", "chip * second"}
#: What has no thousandths, so that a point in front of three figures may part its thousands.
WHOLE = _COUNTED | {"chip", "core", "token/example"}


def _plain(field: Field, text: str) -> str:
    """The text without names, and with a number's scale in the capital that says it for sure."""
    if field.name == "epochs":
        return _DATA_SET.sub("", text)
    if field.name == "chips":
        return chip_words.multiplied(text)
    if field.unit in ("gram", "gram/joule"):
        from computeest.text import gases  # which few cells are

        return gases.plain(text)
    return _SMALL_SCALE.sub(lambda match: match[1].upper(), text) if field.unit in _COUNTED else text

#: Units that nobody means where none is written: a bare time is mostly hours or days.
_SMALL_UNITS = frozenset(("second", "chip * second", "core * second", "joule"))
_BARE = re.compile(r"(?:about|around|approximately|roughly)?[~≈\d.,+\-eE\s]+"
                   r"(?:(?:[kKMBG]|thousand|million|billion)\b)?\s*")


def without_unit(field: Field, text: str) -> bool:
    """Whether a text is a number alone, of a column whose own unit is seldom meant."""
    bare = _BARE.match(text) if field.unit in _SMALL_UNITS and text else None
    return bare is not None and (bare.end() == len(text) or units.says_nothing(text[bare.end():]))


def _all_passes(field: Field, text: str) -> Field:
    of_one = field.name in ("tokens", "examples", "words")
    return schema.FIELDS[f"{field.name}_seen"] if of_one and _SEEN.search(text) else field


def _of_the_key(unit: str | None, key: str | None) -> str | None:
    """The unit of the text, or that of the key: the hours of `gpu_hours: 320,256 hours` are GPU-hours."""
    if unit is None or key is None or key.startswith(f"{unit}/"):
        return key or unit  # '$2' of a price is its dollars for an hour
    counted = key.rpartition(" * ")[0]
    return f"{counted} * {unit}" if counted and units.dimension(unit) == units.dimension("second") else unit


def _place(field: Field, unit: str | None, text: str) -> tuple[str, float]:
    """The column that the unit says, and the factor to that column's unit."""
    if unit is None:
        return field.name, 1.0
    dimension = units.dimension(unit)
    for own in (field.unit or "dimensionless", *field.also):
        if units.dimension(own) == dimension:
            return field.name, units.factor(unit, own)
    for other, column in field.routes.items():
        if units.dimension(other) == dimension:
            target = schema.FIELDS[column]
            same = (u for u in (target.unit or "", *target.also) if units.dimension(u) == dimension)
            return column, units.factor(unit, next(same))
    moved = next((column for other, column in _MOVED.items() if units.dimension(other) == dimension), "") \
        if field.name in _MIXED_UP else ""
    if moved and (field.name, moved) not in _NOT_MOVED:
        return _place(schema.FIELDS[moved], unit, text)
    raise CellError(wrong.UNIT_OF_ANOTHER_KIND(text=text.strip(), found=units.describe(unit),
                                               wanted=units.describe(field.unit or "dimensionless"),
                                               such_as=_of_all(field, dimension) or _such_as(field),
                                               slip=_rate_for_count(field, dimension, text),
                                               key=_key_for(dimension)))


def _such_as(field: Field) -> str:
    return f"write {units.describe(field.unit or 'dimensionless')}, such as '{field.example}'"


def _of_all(field: Field, dimension: str) -> str:
    """What to write for the time of one fold of several."""
    if field.name != "time" or not dimension.endswith("/ [fold]"):
        return ""
    return "write the time of all folds, such as '5 folds x 12 hours'"


def _rate_for_count(field: Field, dimension: str, text: str) -> str:
    """The usual slips: 'FLOPS', which is FLOP/s, for a count, and multiply-adds for FLOP."""
    if dimension == units.dimension("MAC") and field.unit == "FLOP":
        return "; a multiply-add is two FLOP: write twice as many"
    if dimension == units.dimension("FLOP/second") and not units.is_rate(field.unit or "") and "/" not in text:
        return "; FLOPS in capitals is FLOP/s: for a count write FLOP"
    return ""


def _key_for(dimension: str) -> str:
    if "[flop]" in dimension:
        return ""
    keys = [name for name in schema.NUMERIC
            if name in schema.INPUTS and units.dimension(schema.FIELDS[name].unit or "") == dimension]
    return f"; the key for it is '{keys[0]}'" if keys and dimension != units.dimension("dimensionless") else ""


def _bounded(field: Field, value: float, text: str) -> None:
    said = f"'{text.strip()}'"
    if (field.unit == "chip" and value > 1 and numbers.maybe_thousands(value)) or (
            field.unit in WHOLE and numbers.points_thousands(text, value)):
        raise CellError(wrong.POINT_BETWEEN_THOUSANDS(text=said, value=value, thousands=1000 * value))
    if value > field.high:
        percent = field.high == 1.0 and value <= 100 and "%" not in text
        expected = f"if it is in percent, write '{text.strip()} %'" if percent else _such_as(field)
        raise CellError(wrong.VALUE_TOO_LARGE(text=said, more_than=_more_than(field, value), expected=expected))
    if value < field.low or (value == field.low and not field.low_included) or 0 < value < field.least:
        what = "negative" if value < 0 else "zero" if value == 0 else \
            f"{value:.4g} {_unit(field)}, and less than {field.least:.4g} cannot be"
        raise CellError(wrong.VALUE_TOO_SMALL(text=said, found=what, such_as=_such_as(field)))

#: An end of a range may lie this far beyond a bound: a spread is symmetric in log, and reaches over it at the edge.
_OVER_THE_EDGE = 1.5


def _ends_bounded(field: Field, value: float, sigma: float, text: str) -> None:
    """Refuse a range of which an end, and not only the middle, cannot be."""
    for end in (value * math.exp(-numbers.NINETY * sigma), value * math.exp(min(numbers.NINETY * sigma, 700.0))):
        if end > field.high * _OVER_THE_EDGE or end < field.low / _OVER_THE_EDGE:
            raise CellError(wrong.RANGE_TOO_WIDE(text=text.strip(), end=end, such_as=_such_as(field)))


def _more_than(field: Field, value: float) -> str:
    if field.unit == "dimensionless":
        return f"more than {field.high:.4g}"
    return f"{value:.4g} {_unit(field)}, and more than {field.high:.4g} cannot be"


def _unit(field: Field) -> str:
    return f"{field.unit}".replace(" * ", "-")


def date(text: str, order: str = "") -> datetime.date:
    """A day, or a month or a year at its own precision; `order` is that of the numbers of a column's dates."""
    try:
        found = dates.read(text, order)
    except ValueError:
        raise CellError(wrong.DAY_THAT_IS_NOT(text=text[:40])) from None
    if found is None and dates.doubtful(text):
        raise CellError(wrong.DATE_DAY_OR_MONTH(text=text[:40]))
    if found is None:
        raise CellError(wrong.NOT_A_DATE(text=text[:40], near=dates.of_serial(text)))
    return found


def choice(field: Field, text: str) -> str:
    """The word of a closed list that the text means; of several number formats the narrowest."""
    if field.name == "number_format":
        word = number_formats.read(text)
    else:
        word = next((one for one in field.choices if fold.letters(one) == fold.letters(text)), fold.letters(text))
    word = str(field.says.get(word or "", word))
    if word in field.choices:
        return word
    raise CellError(wrong.CHOICE_UNKNOWN(text=text[:60], choices=", ".join(field.choices),
                                         near=did_you_mean(text, field.choices)))
