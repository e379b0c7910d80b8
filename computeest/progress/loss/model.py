"""Augmented scaling laws: a loss as a sum of terms that fall with parameters, with data, and with better algorithms.

Ho et al. 2024 (arXiv:2403.05812), equation 3 and their appendix's 20 variants, each as data: which parameter multiplies
which column of which term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from computeest.progress.model import Array

#: Exponents past this size are no loss that anybody could measure; bounding them keeps exp() finite.
_STEEPEST = 60.0
#: A benchmark's own offset, rate or exponent: added to the reference benchmark's.
OWN = "own"


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One parameter in the exponent of a term: what it multiplies, and whether each benchmark has one of its own."""

    name: str
    #: `constant`, `year`, `log_parameters`, `log_data`, `log_compute`, `log_year_x_parameters`, ...
    column: str
    by_benchmark: bool = False

    @property
    def sign(self) -> float:
        """A constant lifts the loss; a rate or an exponent lowers it."""
        return 1.0 if self.column == "constant" else -1.0


@dataclass(frozen=True, slots=True)
class LossModel:
    """Loss = sum of exp(exponent) over terms, plus what is linear: each exponent linear in the parameters."""

    name: str
    says: str
    terms: tuple[tuple[Coefficient, ...], ...]
    linear: tuple[Coefficient, ...] = ()
    #: Data are counted with the epochs that repeat them.
    repeats: bool = False

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the model reads."""
        every = (*self.linear, *(one for term in self.terms for one in term))
        split = {"group" for one in every if one.name.endswith(("_old", "_new"))}
        return frozenset({one.column for one in every} | split)

    def parameters(self, benchmarks: Sequence[str]) -> tuple[str, ...]:
        """Names of all parameters for these benchmarks, the first of which is the reference."""
        names: dict[str, None] = {}
        for one in (*self.linear, *(one for term in self.terms for one in term)):
            names.setdefault(one.name)
            if one.by_benchmark:
                names.update(dict.fromkeys(f"{one.name.removesuffix('_const')}_{name}" for name in benchmarks[1:]))
        return tuple(names)

    def designs(self, columns: Mapping[str, Array], benchmark: Sequence[str] | np.ndarray,
                benchmarks: Sequence[str]) -> tuple[tuple[Array, ...], Array]:
        """For each term, and for what is linear, one row an observation and one column a parameter."""
        names = self.parameters(benchmarks)
        own = np.asarray(benchmark)
        parts = [_design(term, names, columns, own, benchmarks) for term in (*self.terms, self.linear)]
        return tuple(parts[:-1]), parts[-1]


def _design(term: Sequence[Coefficient], names: Sequence[str], columns: Mapping[str, Array], benchmark: np.ndarray,
            benchmarks: Sequence[str]) -> Array:
    count = len(columns["constant"])
    design = np.zeros((count, len(names)))
    for one in term:
        sign = 1.0 if one.name == "gamma" else one.sign
        column = sign * np.asarray(columns[one.column], dtype=np.float64)
        if one.name.endswith("_old"):
            column = column * (1.0 - columns["group"])
        elif one.name.endswith("_new"):
            column = column * columns["group"]
        design[:, names.index(one.name)] += column
        if one.by_benchmark:
            for name in benchmarks[1:]:
                at = names.index(f"{one.name.removesuffix('_const')}_{name}")
                design[:, at] += column * (benchmark == name)
    return design


def predict(terms: Sequence[Array], linear: Array, vectors: Array) -> tuple[list[Array], Array]:
    """Each term, and the loss, at parameter vectors: one row a vector, one column an observation."""
    parts = [np.exp(np.clip(vectors @ term.T, -_STEEPEST, _STEEPEST)) for term in terms]
    return parts, np.asarray(sum(parts) + vectors @ linear.T)


def _term(letter: str, resource: str, column: str, *, offset: bool = True, rate: str = "yes", own: bool = False,
          shared: str | None = None, split: bool = False, bend: bool = False) -> tuple[Coefficient, ...]:
    """One term: a constant, perhaps a yearly rate, and an exponent of the resource."""
    found = [Coefficient(f"{letter}_const", "constant", offset)]
    if rate != "no":
        found.append(Coefficient(shared or f"{letter}_year", "year", rate == OWN))
    if split:
        found += [Coefficient(f"{letter}_{resource}_old", column), Coefficient(f"{letter}_{resource}_new", column)]
    else:
        found.append(Coefficient(f"{letter}_{resource}", column, own))
    if bend:
        found.append(Coefficient(f"{letter}_rate", f"log_year_x_{column}"))
    return tuple(found)


def _law(number: int, says: str, linear: tuple[Coefficient, ...] = (), named: str = "", **how: object) -> LossModel:
    """A variant with a parameter and a data term; `a_` and `b_` say what only one of them has."""
    both = {key: value for key, value in how.items() if not key.startswith(("a_", "b_"))}
    own = {letter: {key[2:]: value for key, value in how.items() if key.startswith(f"{letter}_")} for letter in "ab"}
    terms = (_term("a", "param", "log_parameters", **{**both, **own["a"]}),  # type: ignore[arg-type]
             _term("b", "data", "log_data", **{**both, **own["b"]}))  # type: ignore[arg-type]
    return LossModel(named or f"m{number}", says, terms, linear, repeats=number == 20)


_COMPUTE = LossModel("m18", "compute alone", ((
    Coefficient("a_const", "constant", by_benchmark=True), Coefficient("a_year", "year"),
    Coefficient("a_compute", "log_compute")),))

#: The authors' 20 variants, by their numbers.
VARIANTS: Mapping[str, LossModel] = {model.name: model for model in (
    _law(1, "no offsets", offset=False),
    _law(2, "no offsets, algorithms make data go further", offset=False, a_rate="no"),
    _law(3, "no offsets, algorithms make parameters go further", offset=False, b_rate="no"),
    _law(4, "no offsets, rate in parameters by benchmark", offset=False, a_rate=OWN),
    _law(5, "no offsets, rate in data by benchmark", offset=False, b_rate=OWN),
    _law(6, "no offsets, both rates by benchmark", offset=False, rate=OWN),
    _law(7, "offsets, both rates: the authors' main model"),
    _law(8, "offsets, algorithms make data go further", a_rate="no"),
    _law(9, "offsets, algorithms make parameters go further", b_rate="no"),
    _law(10, "offsets, both rates by benchmark", rate=OWN),
    _law(11, "offsets, rates and exponents by benchmark", rate=OWN, own=True),
    _law(12, "offsets, one rate for both terms", shared="a_year"),
    _law(13, "offsets, both rates, exponents of old and new architectures", split=True),
    _law(14, "offsets, exponents that change with time, no rates", rate="no", bend=True),
    _law(15, "offsets, both rates, exponents that change with time", bend=True),
    _law(16, "offsets, no progress", rate="no"),
    _law(17, "offsets, exponents of old and new architectures, no rates", rate="no", split=True),
    _COMPUTE,
    _law(19, "offsets, both rates, and a term in the vocabulary's size",
         linear=(Coefficient("gamma", "log_vocabulary"),)),
    _law(20, "offsets, both rates, data with repeated epochs"),
)}

#: Hoffmann et al. 2022 (arXiv:2203.15556), equation 10, with better algorithms in both terms: what no size brings away
#: is a parameter of its own.
HOFFMANN = _law(0, "offsets, both rates, and a loss that no resources take away",
                linear=(Coefficient("irreducible", "constant"),), named="hoffmann")
EVERY: Mapping[str, LossModel] = {**VARIANTS, HOFFMANN.name: HOFFMANN}


def with_group_gain(model: LossModel) -> LossModel:
    """The model with a factor that one group of rows (transformers, say) has on its whole loss."""
    gain = Coefficient("group_gain", "group")
    return LossModel(f"{model.name}+group", f"{model.says}, and a factor for the group",
                     tuple((*term, gain) for term in model.terms), model.linear, model.repeats)
