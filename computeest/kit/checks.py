"""Clauses on checks: what facts and results must not say together, said as a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from inspect import signature

import numpy as np

from computeest import schema
from computeest.contract import Check
from computeest.kit.finding import ClauseError, Clauses, documented
from computeest.kit.formulas import ROWS, points
from computeest.problems.kind import LEVELS
from computeest.records.check_columns import RESULTS
from computeest.registry import Registry, parameters
from computeest.text.suggest import did_you_mean


def clauses(check: Check, registry: Registry) -> Clauses:
    """What a check is held to."""
    known = (*schema.NUMERIC, *RESULTS, *(f"flop_by_{name}" for name in registry.methods))
    yield "columns", partial(columns, check, known)
    yield "code", partial(code, check)
    yield "rows", partial(rows, check)
    yield "missing", partial(missing, check)
    yield "sentence", partial(sentence, check)
    yield "documented", partial(documented, check.test)


def columns(check: Check, known: tuple[str, ...]) -> str:
    """Every parameter is a column or a result."""
    names = parameters(check.test)
    if not names:
        raise ClauseError("its test asks for no column")
    for name in names:
        if name not in known:
            near = did_you_mean(name, known)
            raise ClauseError(f"'{name}' is no column and no result" + (f"; {near}" if near else ""))
    return ", ".join(names)


def code(check: Check) -> str:
    """Words joined by hyphens, and a level that records know."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", check.code):
        raise ClauseError(f"the code '{check.code}' is not lower-case words joined by hyphens, such as 'chip-too-new'")
    if check.level not in LEVELS:
        raise ClauseError(f"the level '{check.level}' is none of {', '.join(reversed(LEVELS))}")
    return check.level


def _values(check: Check) -> Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    names = parameters(check.test)
    of_schema = points(tuple(name for name in names if name in schema.NUMERIC))
    draw = np.random.default_rng(7)
    return {name: of_schema[name] if name in of_schema else np.exp(draw.uniform(-3, 3, ROWS)) for name in names}


def _marked(check: Check, values: Mapping[str, object]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    with np.errstate(all="ignore"):
        answer = np.asarray(check.test(**values))
    if answer.dtype != np.bool_:
        raise ClauseError(f"its test gives {answer.dtype} values; expected true or false for each row")
    return answer


def rows(check: Check) -> str:
    """True or false for each row, at once as one by one."""
    values = _values(check)
    whole = _marked(check, values)
    if whole.shape != (ROWS,):
        raise ClauseError(f"{ROWS} rows in, an array of shape {whole.shape} out")
    single = [bool(_marked(check, {name: np.float64(column[row]) for name, column in values.items()}))
              for row in range(ROWS)]
    if whole.tolist() != single:
        raise ClauseError("its test says one thing of a column and another of its rows")
    return f"{ROWS} rows at once and one by one alike"


def missing(check: Check) -> str:
    """A missing fact says nothing, but for a parameter with a default, which may lack."""
    values = _values(check)
    may_lack = {name for name, one in signature(check.test).parameters.items() if one.default is not one.empty}
    for name in values.keys() - may_lack:
        if _marked(check, {**values, name: np.full(ROWS, np.nan)}).any():
            raise ClauseError(f"its test is true without {name}; a missing fact must say nothing")
    return "silent where a fact is missing"


def sentence(check: Check) -> str:
    """The sentence can be said with the columns that its test takes."""
    names = parameters(check.test)
    try:
        said = check.sentence.format(**dict.fromkeys(names, 1.5))
    except KeyError as error:
        raise ClauseError(f"the sentence says {{{error.args[0]}}}, which its test does not take; it takes "
                          f"{', '.join(names)}") from None
    except (ValueError, IndexError) as error:
        raise ClauseError(f"the sentence cannot be filled in: {error}") from None
    if len(said.split()) < 4:
        raise ClauseError(f"'{said}' is no sentence")
    return check.sentence
