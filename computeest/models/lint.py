"""Whether what the table says of a model can be: sizes against names, counts against stated compute, dates, names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from computeest.hardware.lint.shapes import Finding, Spot
from computeest.models.entry import Entry
from computeest.text import dates, numbers
from computeest.text.model_names import fold, series_of, split
from computeest.text.units import UnitError

#: Developers round, and leave out embeddings or a vision tower: OLMo 2 1B has 1.48B parameters, Gemma 2 2B has 2.6B.
SIZE = 1.5
#: 6 x parameters x tokens leaves out attention, and the scores of a large vocabulary in a small model (Cerebras-GPT
#: 111M: 1.75 times); further apart, one of the facts is wrong.
COMPUTE = 2.0
#: The most FLOP/s that a chip of today computes densely in 16 bits, and what no training run has fallen below.
FASTEST, SLOWEST = 2.5e15, 1e12
#: A judgement spans at least this from end to end.
JUDGED = 3.0
#: No model that anybody starts from is older.
FIRST = date(2010, 1, 1)


def lint(entries: Iterable[Entry], today: date | None = None) -> list[Finding]:
    """Everything that is wrong, or looks wrong, with these entries together."""
    table = list(entries)
    named = {fold(entry.name): entry for entry in table}
    found = list(_clashes(table))
    for entry in table:
        for check in (_form, _parameters, _judgements, _stated_compute, _accelerator_time):
            found += check(entry)
        found += _days(entry, today or date.today())
        found += _bases(entry, named)
    return sorted(found, key=lambda finding: (finding.spot.file, finding.spot.line, finding.code))


def _at(entry: Entry) -> Spot:
    return Spot(entry.file, entry.line, entry.id, entry.id)


def _number(text: str, unit: str = "") -> float:
    """The value of a fact, NaN where it is not stated or cannot be read: the schema says what is wrong with it."""
    try:
        return numbers.to_unit(text, unit) if unit else numbers.read(text).value
    except UnitError:
        return math.nan


def _clashes(table: Iterable[Entry]) -> Iterator[Finding]:
    """One name, one model."""
    owners: dict[str, str] = {}
    for entry in table:
        for name in entry.names:
            owner = owners.setdefault(fold(name), entry.id)
            if owner != entry.id:
                yield _at(entry).error("duplicate-name", f"'{name}' also names {owner}")
        spellings = [fold(name) for name in (entry.name, *entry.aliases, *entry.tuned)]
        for name in sorted({name for name in spellings if spellings.count(name) > 1}):
            yield _at(entry).warning("redundant-name", f"'{name}' is given twice")


def _form(entry: Entry) -> Iterator[Finding]:
    """An id is the name in small letters; a name says which model it is."""
    if entry.id != entry.id.lower() or " " in entry.id:
        yield _at(entry).error("id", "is no word of small letters, digits, points and hyphens")
    for name in entry.names:
        if not any(letter.isalpha() for letter in name):
            yield _at(entry).error("name", f"'{name}' holds no letter")


def _parameters(entry: Entry) -> Iterator[Finding]:
    """Parameters against the size in the name, and those that work on one token against all."""
    every = _number(entry.text("parameters"))
    active = _number(entry.text("active_parameters"))
    if active > every:
        yield _at(entry).error("active-above-all", f"has {active:.3g} active parameters of {every:.3g}")
    _, named = series_of(entry.name)
    if named and every and max(every / named, named / every) > SIZE and "active_parameters" not in entry.facts:
        yield _at(entry).error("size-in-name", f"has {every:.3g} parameters, and {named:.3g} by its name")


def _judgements(entry: Entry) -> Iterator[Finding]:
    """What nobody published is as wide as what is known of others like it."""
    for column, value, source in entry.values():
        if source.judgement and not math.exp(2 * numbers.NINETY * numbers.read(value).sigma) > JUDGED:
            yield _at(entry).error("narrow-judgement", f"{column} is judged, and spans less than {JUDGED:g} times")


def _counted(entry: Entry) -> float:
    """6 x parameters x tokens, NaN where the entry states them otherwise."""
    parameters = entry.text("active_parameters") or entry.text("parameters")
    return 6 * _number(parameters) * _number(entry.text("tokens_seen")) if "flop_per_parameter" not in entry.facts \
        else math.nan


def _stated_compute(entry: Entry) -> Iterator[Finding]:
    """Tokens x parameters against the developer's own figure."""
    stated, counted = _number(entry.text("reported_compute"), "FLOP"), _counted(entry)
    if max(counted / stated, stated / counted) > COMPUTE:
        yield _at(entry).error("stated-compute", f"is {stated:.3g} FLOP, and 6 x parameters x tokens are {counted:.3g}")


def _accelerator_time(entry: Entry) -> Iterator[Finding]:
    """The rate that stated accelerator time means, against what chips can do."""
    seconds = _number(entry.text("chip_time"), "chip * second")
    rate = _counted(entry) / seconds
    if rate > FASTEST or rate < SLOWEST:
        yield _at(entry).error("accelerator-time", f"6 x parameters x tokens in its accelerator time are {rate:.3g} "
                                                   "FLOP/s for each chip")


def _days(entry: Entry, today: date) -> Iterator[Finding]:
    """Published neither before there was such a thing nor after today, and sources opened by today."""
    published = dates.read(entry.text("published"))
    if published is None or not FIRST <= published <= today:
        yield _at(entry).error("dates", f"published: '{entry.text('published')}' is no day from {FIRST} to today")
    for key, source in entry.sources.items():
        opened = dates.read(source.accessed) if source.accessed else today
        if opened is None or opened > today:
            yield _at(entry).error("dates", f"source {key}: '{source.accessed}' is no day up to today")


def _bases(entry: Entry, named: Mapping[str, Entry]) -> Iterator[Finding]:
    """Base models are in the table, and not newer than what starts from them."""
    for name in split(entry.text("base_model")):
        base = named.get(fold(name))
        if base is None:
            yield _at(entry).error("base-unknown", f"starts from '{name}', which is no name of the table")
            continue
        days = [dates.read(model.text("published")) for model in (base, entry)]
        if days[0] and days[1] and days[0] > days[1]:
            yield _at(entry).error("dates", f"is older ({days[1]}) than its base model {base.id} ({days[0]})")
