"""Clauses on methods and rules: a formula is bare arithmetic from columns to a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.contract import Method, Rule
from computeest.kit.finding import ClauseError, Clauses, cited, documented
from computeest.registry import parameters
from computeest.text.suggest import did_you_mean

Floats = NDArray[np.float64]
Formula = Callable[..., Any]

ROWS = 9
_NUDGE = 1e-5


def clauses(item: Method | Rule) -> Clauses:
    """What a method's or a rule's formula is held to."""
    target = item.target if isinstance(item, Rule) else "flop"
    yield "columns", partial(columns, item.formula, target)
    yield "units", partial(units, item.formula, target)
    yield "missing", partial(missing, item.formula)
    yield "rows", partial(rows, item.formula)
    yield "positive", partial(positive, item.formula)
    yield "elasticity", partial(elasticity, item.formula)
    yield "documented", partial(documented, item.formula)
    yield "cited", partial(cited, item.source)
    if isinstance(item, Method):
        yield "spread", partial(spread, item)


def columns(formula: Formula, target: str) -> str:
    """Every parameter is a column, and so is the target."""
    names = parameters(formula)
    if not names:
        raise ClauseError("it needs no column; a formula without facts is an assumption")
    for name in names if target == "flop" else (*names, target):
        if name not in schema.NUMERIC:
            near = did_you_mean(name, schema.NUMERIC)
            raise ClauseError(f"'{name}' is no column" + (f"; {near}" if near else ""))
    return f"{target} from {', '.join(names)}"


def points(names: tuple[str, ...]) -> dict[str, Floats]:
    """Positive values within each column's bounds, the same every time; the first row is ones where that is allowed."""
    draw = np.random.default_rng(20)
    found = {}
    for name in names:
        field = schema.FIELDS[name]
        low = max(field.low, min(1e-2, field.high / 1e4))
        high = min(field.high, 1e4 * low)
        values = np.exp(draw.uniform(np.log(low), np.log(high), ROWS))
        values[0] = 1.0 if field.low <= 1 <= field.high else values[0]
        values.flags.writeable = False  # a formula that writes into its inputs would change somebody's table
        found[name] = values
    return found


def units(formula: Formula, target: str, unit: str = "") -> str:
    """Called with quantities in the schema's units, the formula gives the target's unit, and the same number."""
    import pint

    from computeest.text.units import registry

    unit = unit or ("FLOP" if target == "flop" else str(schema.FIELDS[target].unit))
    values = {name: float(column[1]) for name, column in points(parameters(formula)).items()}
    quantity = registry().Quantity
    try:
        answer = formula(**{name: quantity(value, schema.FIELDS[name].unit) for name, value in values.items()})
        answer = answer if isinstance(answer, quantity) else quantity(answer, "dimensionless")
        number = float(answer.to(unit).magnitude)
    except pint.DimensionalityError as error:
        raise ClauseError(f"not in {unit}: {str(error).lower()}") from None
    plain = float(formula(**values))
    if not np.isclose(number, plain, rtol=1e-9, atol=0):
        raise ClauseError(f"{number:g} {unit} with units, {plain:g} without: units of one dimension are mixed")
    return f"proved to be in {unit}"


def missing(formula: Formula) -> str:
    """A missing fact gives a missing answer, whichever fact it is."""
    values = points(parameters(formula))
    for name in values:
        answer = called(formula, {**values, name: np.full(ROWS, np.nan)})
        if not np.isnan(answer).all():
            known = answer[~np.isnan(answer)][0]
            raise ClauseError(f"without {name} it still gives {known:g}; a missing fact must give a missing answer")
    return "missing in, missing out"


def rows(formula: Formula) -> str:
    """Whole columns give what row by row gives."""
    values = points(parameters(formula))
    whole = called(formula, values)
    single = np.array([float(formula(**{name: float(column[row]) for name, column in values.items()}))
                       for row in range(ROWS)])
    if not np.allclose(whole, single, rtol=1e-12, atol=0, equal_nan=True):
        row = int(np.flatnonzero(~np.isclose(whole, single, rtol=1e-12, atol=0, equal_nan=True))[0])
        raise ClauseError(f"row {row + 1} is {whole[row]:g} in a column and {single[row]:g} on its own")
    return f"{ROWS} rows at once and one by one alike"


def positive(formula: Formula) -> str:
    """Positive facts give a positive answer."""
    values = points(parameters(formula))
    answer = called(formula, values)
    wrong = np.flatnonzero(~(np.isfinite(answer) & (answer > 0)))
    if wrong.size:
        given = ", ".join(f"{name}={column[wrong[0]]:.3g}" for name, column in values.items())
        raise ClauseError(f"gives {answer[wrong[0]]:g} for {given}")
    return "positive for positive facts"


def elasticity(formula: Formula) -> str:
    """The relative change for a relative change of each fact is a finite number: it carries uncertainty."""
    values = points(parameters(formula))
    said = []
    for name in values:
        with np.errstate(all="ignore"):
            up = called(formula, {**values, name: values[name] * np.exp(_NUDGE)})
            down = called(formula, {**values, name: values[name] * np.exp(-_NUDGE)})
            slope = (np.log(up) - np.log(down)) / (2 * _NUDGE)
        if not np.isfinite(slope).all():
            raise ClauseError(f"its change with {name} is not finite, so {name}'s uncertainty cannot be carried to it")
        low, high = float(slope.min()), float(slope.max())
        said.append(f"{name} {low:.2g}" if high - low < 1e-3 else f"{name} {low:.2g} to {high:.2g}")
    return ", ".join(said)


def spread(method: Method) -> str:
    """The method says its own error, in powers of ten."""
    if not np.isfinite(method.dex) or method.dex < 0 or method.dex > 3:
        raise ClauseError(f"dex is {method.dex}; expected the one-sigma error in powers of ten, such as 0.1")
    return f"one sigma is a factor of {10**method.dex:.2f}"


def called(formula: Formula, values: Mapping[str, Floats]) -> Floats:
    """The formula's answer for whole columns; one number for all rows is no answer for rows."""
    with np.errstate(all="ignore"):
        answer = np.asarray(formula(**values), dtype=np.float64)
    if answer.shape != (ROWS,):
        raise ClauseError(f"{ROWS} rows in, an array of shape {answer.shape} out")
    return answer
