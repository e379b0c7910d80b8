"""Clauses on consequences: several formulas of one quantity, none of which is part of the FLOP."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from computeest import schema
from computeest.contract import Consequence
from computeest.kit import formulas
from computeest.kit.finding import ClauseError, Clauses, cited, documented
from computeest.problems import fails, told
from computeest.registry import parameters
from computeest.text.suggest import did_you_mean
from computeest.text.units import registry

#: The clauses that every formula is held to, by name.
_OF_FORMULAS: dict[str, Callable[[Any], str]] = {
    "columns": partial(formulas.columns, target="flop"), "missing": formulas.missing, "rows": formulas.rows,
    "positive": formulas.positive, "elasticity": formulas.elasticity, "documented": documented,
}


def clauses(one: Consequence) -> Clauses:
    """What a consequence is held to: its formulas as any method's, and its words."""
    yield "named", partial(named, one)
    yield "unit", partial(unit, one)
    for name, clause in _OF_FORMULAS.items():
        yield name, partial(of_each, one, clause)
    yield "apart", partial(apart, one)
    yield "cited", partial(cited, one.source)
    yield "spread", partial(spread, one)
    yield "chosen", partial(chosen, one)


def of_each(one: Consequence, clause: Callable[[Any], str]) -> str:
    """A clause held against every formula."""
    said = [f"{way}: {clause(formula)}" for way, formula in one.formulas.items()]
    return "; ".join(said) if len(said) == 1 else f"{len(said)} formulas, {said[0]}"


def named(one: Consequence) -> str:
    """Lower-case words for the name, and a label that a column can end in."""
    if not one.formulas:
        raise ClauseError("it has no formula")
    for column in filter(None, (one.stated, one.chosen_by, *one.asked_by)):
        if column not in schema.FIELDS:
            near = did_you_mean(column, schema.FIELDS)
            raise ClauseError(f"it speaks of '{column}', which is no column" + (f"; {near}" if near else ""))
    if schema.key(one.name) != one.name or not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", one.column):
        raise ClauseError(f"'{one.name}' and '{one.label}' make the column '{one.column}': lower-case words are "
                          "expected")
    if one.name in schema.FIELDS and one.stated != one.name:
        raise ClauseError(f"'{one.name}' is a column of facts already; name it as what authors state (`stated`)")
    return one.column


def unit(one: Consequence) -> str:
    """Every formula gives one quantity, and it is the one that records show."""
    quantity = registry().Quantity
    for way, formula in one.formulas.items():
        made = formula(**{name: quantity(1.0, schema.FIELDS[name].unit or "dimensionless")
                          for name in parameters(formula)})
        try:
            formulas.units(formula, "flop", unit=str(made.units))
            made.to(one.unit)
        except fails() as error:  # pint raises many kinds, and a formula anything
            said = str(error).lower() if isinstance(error, ClauseError) else told(error)
            raise ClauseError(f"'{way}' is not in {one.unit}: {said}") from None
    return f"proved to be in {one.unit}"


def apart(one: Consequence) -> str:
    """It rests on no answer of a method and none rests on it: FLOP are no part of what they cost."""
    for way, formula in one.formulas.items():
        if "flop" in parameters(formula):
            raise ClauseError(f"'{way}' takes 'flop'; the run's own is run_flop, from which accelerator time follows")
    return "never part of the FLOP"


def spread(one: Consequence) -> str:
    """Its own error is a spread."""
    if not 0 <= one.sigma <= 3:
        raise ClauseError(f"sigma is {one.sigma:g}; expected one sigma in natural log, such as 0.2")
    return f"{one.sigma:g} in natural log"


def chosen(one: Consequence) -> str:
    """The words that choose a formula are those of its column, and each means a formula."""
    if not one.chosen_by:
        return f"{next(iter(one.formulas))} first"
    words = schema.FIELDS[one.chosen_by].choices
    for word in words:
        if one.words.get(word, word) not in one.formulas:
            raise ClauseError(f"'{word}' of {one.chosen_by} means none of {', '.join(one.formulas)}")
    return ", ".join(words)
