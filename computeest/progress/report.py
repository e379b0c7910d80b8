"""Results as text: JSON, CSV, and tables for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from computeest.progress.attribution import Attribution
from computeest.progress.bootstrap import Summary
from computeest.progress.efficiency import Efficiency
from computeest.progress.fit import FrontierFit, doubling_months
from computeest.progress.process import factor_per_year
from computeest.progress.split import Split
from computeest.progress.thresholds import Threshold
from computeest.progress.trend import Trend

Row = Mapping[str, object]


def as_json(value: object) -> str:
    """One JSON document; numbers that are not finite are null, as JSON has none."""
    return json.dumps(_finite(value), indent=2, allow_nan=False)


def as_table(rows: Sequence[Row]) -> str:
    """Aligned columns, numbers to four digits."""
    names = list(rows[0])
    cells = [names] + [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(names))]
    left = [isinstance(rows[0][name], str) for name in names]
    lines = ["  ".join(cell.ljust(width) if text else cell.rjust(width)
                       for cell, width, text in zip(line, widths, left, strict=True)).rstrip() for line in cells]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def fit_rows(fit: FrontierFit) -> list[Row]:
    """Every parameter and derived rate, with standard error and intervals."""
    rates = {"doubling time (months)": fit.doubling_months()}
    rates |= {f"growth of {name.replace('_', ' ')} (ln/year)": value for name, value in fit.growth().items()}
    if fit.bootstrap is not None and len(fit.modes) > 1:
        rates["doubling time in any mode (months)"] = fit.doubling_in_any_mode()
    rates |= {f"doubling time in mode {number} of weight {mode.weight:.2g} (months)":
              Summary(doubling_months(mode.parameters)) for number, mode in enumerate(fit.modes[1:], start=2)}
    return [{"quantity": name, **value.to_dict()} for name, value in {**fit.estimates(), **rates}.items()]


def mode_rows(fit: FrontierFit) -> list[Row]:
    """Every mode with its weight."""
    return [{"mode": number, "weight": mode.weight, "log_likelihood": mode.log_likelihood,
             "log_posterior": mode.log_posterior, "doubling_months": doubling_months(mode.parameters),
             "factor_per_year": factor_per_year(doubling_months(mode.parameters)),
             **mode.parameters}
            for number, mode in enumerate(fit.modes, start=1)]


def prior_rows(fit: FrontierFit) -> list[Row]:
    """The priors that decided, and who chose them."""
    return [{"prior": "slopes", "standard_deviation": fit.priors.slope, "chosen_by": fit.slope_prior_by},
            {"prior": "intercepts", "standard_deviation": fit.priors.intercept, "chosen_by": "default"}]


def attribution_rows(shares: Attribution) -> list[Row]:
    """One row a player."""
    return [{"before": shares.before, "after": shares.after, "space": shares.space, "player": name,
             "share": share.point, "low": share.low, "high": share.high,
             "multiplier": None if shares.multipliers is None else shares.multipliers[name]["point"]}
            for name, share in shares.shares.items()]


def threshold_rows(found: Sequence[Threshold]) -> list[Row]:
    """One row a score: halving time, then the compute of each year."""
    rows: list[Row] = []
    for item in found:
        halving = item.halving_months
        rows.append({
            "score": item.score, "halving_months": None if halving is None else halving.point,
            "low": None if halving is None else halving.low, "high": None if halving is None else halving.high,
            "factor_per_year": None if halving is None else factor_per_year(halving.point),
            "reachable_from": item.reachable_from,
            **{str(year): value if isfinite(value) else "out of reach" for year, value in item.compute.items()},
        })
    return rows


def step_rows(found: Efficiency) -> list[Row]:
    """One row a model that reaches the level."""
    return [step.to_dict() for step in found.steps]


def headline_rows(found: Efficiency) -> list[Row]:
    """The halving time that counts, with growth beside it."""
    return [{"halves every (months)": found.halving["months"], "low": found.halving["low"],
             "high": found.halving["high"], "factor per year": found.growth["point"], "until": found.until,
             "method": found.halving["method"]}]


def halving_rows(found: Efficiency) -> list[Row]:
    """One row a regression."""
    return [halving.to_dict() for halving in found.halvings]


def extra_tables(found: Mapping[str, Any]) -> list[list[Row]]:
    """Rates over time, the test of an interaction, the transfer exponent: those that were asked for."""
    tables: list[list[Row]] = []
    if "rates" in found:
        tables.append(list(found["rates"]))
    if "interaction" in found:
        tables.append([{"interaction of compute and data": "estimate", **found["interaction"]}])
    if "transfer_exponent" in found:
        tables.append([{"transfer": "exponent", **found["transfer_exponent"]}])
    if "posterior" in found:
        tables += posterior_tables(found["posterior"])
    return tables


def posterior_tables(found: Mapping[str, Any]) -> list[list[Row]]:
    """Every parameter and rate as the draws have them, then what judges the draws."""
    rows: list[Row] = [{"posterior": name, **value} for name, value in found["parameters"].items()]
    rates = {"doubling time (months)": found["doubling_months"]}
    rates |= {f"growth of {name.replace('_', ' ')} (ln/year)": value for name, value in
              found["growth_per_year"].items()}
    blank = dict.fromkeys(rows[0])
    rows += [{**blank, "posterior": name, **{key: value[key] for key in ("low", "median", "high")}}
             for name, value in rates.items()]
    judged: Row = {"draws": found["chains"] * found["draws"], "divergences": found["divergences"],
                   "left-out log density": found["loo"]["elpd"], "standard_error": found["loo"]["standard_error"],
                   "largest Pareto k": found["loo"]["largest_pareto_k"],
                   f"within {found['level']:.0%} predictive": found["predictive"]["within_interval"]}
    return [rows, [judged]]


def answer_rows(found: Mapping[str, Any]) -> list[Row]:
    """One row a question."""
    rows: list[Row] = []
    if "prediction" in found:
        one = found["prediction"]
        rows.append({"asked": f"score in {one['year']:g} with {one['compute']:.4g} FLOP", "answer":
                     one["score"]["point"], "low": one["score"]["low"], "high": one["score"]["high"],
                     "one model, low": one["model_low"], "one model, high": one["model_high"],
                     "note": "; ".join(one["extrapolates"])})
    if "compute_needed" in found:
        one = found["compute_needed"]
        rows.append({"asked": f"FLOP for {one['score']:g} in {one['year']:g}", "answer": one["point"],
                     "low": one["low"], "high": one["high"], "one model, low": None, "one model, high": None,
                     "note": "" if one["reachable"] else "out of reach: no compute suffices"})
    if "effective" in found:
        one = found["effective"]
        effective = one["effective_compute"]
        rows.append({"asked": f"effective FLOP of {one['model']} in {one['reference_year']:g}'s algorithms",
                     "answer": effective["point"], "low": effective["low"], "high": effective["high"],
                     "one model, low": None, "one model, high": None,
                     "note": f"trained with {one['compute']:.4g} FLOP"})
    return rows


def split_tables(found: Split) -> tuple[list[Row], ...]:
    """Each record against the first, then what the whole came from, with rates."""
    last = found.records[-1]
    parts: list[Row] = [{"part": part, "factor": getattr(last, part), "share_of_speedup": share}
                        for part, share in found.shares.items()]
    parts.append({"part": "all", "factor": last.speedup, "share_of_speedup": 1.0})
    rates: list[Row] = [{"halves": name, "factor_per_year": factor_per_year(rate["months"]),
                         "months": rate["months"], "low": rate["low"], "high": rate["high"],
                         "method": rate["method"]} for name, rate in (("time", found.time), ("work", found.work))]
    return [record.to_dict() for record in found.records], parts, rates


def trend_rows(found: Trend) -> list[Row]:
    """One row a way of fitting the trend."""
    return [{"trend": name, **growth.to_dict()} for name, growth in found.kinds().items()]


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.1f}" if 1900 <= value < 2200 else f"{value:.4g}"
    return str(value)
