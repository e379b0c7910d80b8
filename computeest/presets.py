"""Known layouts of tables: which headers mean what, and what their conventions are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from computeest.columns import ColumnMap, Source
from computeest.problems import InputError, Problem
from computeest.spec import Spec
from computeest.suggest import did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

#: Above this many data points a model of several domains, language among them, counts tokens rather than pairs.
_TOKENS_FROM = 1e10


@dataclass(frozen=True, slots=True)
class Preset:
    """A layout; this one changes nothing."""

    columns: ColumnMap | None = None

    def prepare(self, table: pa.Table) -> pa.Table:
        """The table as its headers mean it."""
        return table

    def adjust(self, spec: Spec, table: pa.Table) -> None:
        """Facts that the layout's conventions say beyond its cells."""


def preset(name: str) -> Preset:
    """The layout of that name."""
    if name not in PRESETS:
        raise InputError([Problem("", 0, "preset", f"no preset is called '{name}'",
                                  did_you_mean(name, PRESETS) or f"there are {', '.join(PRESETS)}")])
    return PRESETS[name]


_EPOCH = ColumnMap({
    "model": Source("Model"),
    "published": Source("Publication date"),
    "link": Source("Link"),
    "organization": Source("Organization"),
    "domain": Source("Domain"),
    "task": Source("Task"),
    "parameters": Source("Parameters"),
    "examples": Source("Training dataset size (datapoints)"),
    "epochs": Source("Epochs"),
    "time": Source("Training time (hours)", "hour"),
    "chip": Source("Training hardware"),
    "chips": Source("Hardware quantity"),
    "chip_time": Source("Training chip-hours", "chip * hour"),
    "step_utilization": Source("Hardware utilization (MFU)"),
    "number_format": Source("Numerical format"),
    "base_model": Source("Base model"),
})

#: Headers that earlier exports used for the same columns.
_EPOCH_EARLIER = {
    "System": "Model", "Training dataset size (gradients)": "Training dataset size (datapoints)",
    "Hardware utilization": "Hardware utilization (MFU)", "Training dataset size": "Training dataset size (datapoints)",
    "Finetuned from": "Base model", "Organization (from Organization)": "Organization",
}

#: One sigma in natural log by which cells of the database differ from what a run used: a data set's size from the
#: tokens a model saw, hours and chips of a paper from those of the final run. Measured as the scatter between the
#: database's cells and the published figures; two exports of the database differ by more than 1.5x in 8 % of the rows.
_EPOCH_SPREADS = {"tokens": 0.5, "examples": 0.5, "epochs": 0.2, "chip_time": 0.4, "time": 0.35, "chips": 0.15}

#: No dense model above 600e9 parameters has been published, and since 2023 none above Llama 3.1's 405e9; mixtures of
#: experts of that size use 3 to 15 % of their parameters for a token (DeepSeek-V3 5.5 %, GLaM 8 %, Arctic 3.5 %).
_LARGEST_DENSE, _LARGEST_SINCE_2023, _SHARE = 6e11, 4.1e11, 0.08

#: The active parameters that a mixture of experts carries in its name: 'Qwen3-30B-A3B'.
_ACTIVE = re.compile(r"(?:^|[-_ ])A(\d+(?:\.\d+)?)B(?:$|[-_ (])")


@dataclass(frozen=True, slots=True)
class EpochPreset(Preset):
    """Epoch AI's database of models, as downloaded.

    Data points are tokens in rows of the language domain, and in rows of several domains that hold too many to be
    anything else; samples elsewhere. They are the size of the data set, epochs apart. The utilization is what authors
    state, which is mostly that of a step. Parameters are all of a mixture of experts.
    """

    columns: ColumnMap | None = _EPOCH

    def prepare(self, table: pa.Table) -> pa.Table:
        """Earlier exports' headers as today's; columns that an export leaves out are empty."""
        import pyarrow as pa

        renamed = table.rename_columns([
            _EPOCH_EARLIER[name] if name in _EPOCH_EARLIER and _EPOCH_EARLIER[name] not in table.column_names else name
            for name in table.column_names])
        if "Model" not in renamed.column_names:
            raise InputError([Problem("", 0, "Model", "the table has no such column",
                                      "Epoch AI's export; or name the columns with a column map")])
        for source in _EPOCH.columns.values():
            if source.header not in renamed.column_names:
                renamed = renamed.append_column(source.header, pa.nulls(renamed.num_rows, pa.string()))
        return renamed

    def adjust(self, spec: Spec, table: pa.Table) -> None:
        """Data points as tokens where they are, and active parameters where the name says them."""
        points = spec.column("examples")
        tokens = _counts_tokens(spec, points) & ~np.isnan(points)
        spec.fill("tokens", points, tokens)
        spec.numbers["examples"] = np.where(tokens, np.nan, points)
        spec.fill("active_parameters", _named_active(spec), np.ones(spec.size, dtype=bool))
        for column, sigma in _EPOCH_SPREADS.items():
            if column in spec.numbers:
                spec.sigmas[column] = np.full(spec.size, sigma)
        _experts_by_size(spec)


def _counts_tokens(spec: Spec, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    known: dict[str, tuple[bool, bool]] = {}
    language, only = np.zeros(spec.size, dtype=bool), np.zeros(spec.size, dtype=bool)
    for row in range(spec.size):
        domain = spec.word("domain", row) or ""
        if domain not in known:
            fields = {part.strip().lower() for part in domain.split(",")}
            known[domain] = ("language" in fields, fields <= {"language", "medicine", "recommendation", "search"})
        language[row], only[row] = known[domain]
    with np.errstate(invalid="ignore"):
        return (language & only) | (language & (points >= _TOKENS_FROM))


def _experts_by_size(spec: Spec) -> None:
    """Spread, and for the largest a share, for models so large that most of their size and time are mixtures of experts."""
    parameters, tokens = spec.column("parameters"), spec.column("tokens")
    years = np.array([day.year if day is not None else 0 for day in spec.words.get("published", [None] * spec.size)])
    silent = np.isnan(spec.column("active_parameters")) & ~np.isnan(tokens)
    with np.errstate(invalid="ignore"):
        largest = silent & ((parameters > _LARGEST_DENSE) | ((parameters > _LARGEST_SINCE_2023) & (years >= 2023)))
        likely = silent & ~largest & (parameters > 1e11) & (years >= 2024)
    if largest.any():
        spec.fill("active_share", np.full(spec.size, _SHARE), largest, np.full(spec.size, 1.0))
    if likely.any():
        spec.sigmas["parameters"] = np.where(likely, 0.8, spec.sigmas.get("parameters", np.zeros(spec.size)))


def _named_active(spec: Spec) -> NDArray[np.float64]:
    found = np.full(spec.size, np.nan)
    for row in range(spec.size):
        if match := _ACTIVE.search(str(spec.word("model", row) or "")):
            found[row] = float(match[1]) * 1e9
    return found


PRESETS: dict[str, Preset] = {"epoch": EpochPreset()}
