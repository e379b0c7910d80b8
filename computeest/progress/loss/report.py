"""A loss report as tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from computeest.progress.loss.session import LossReport
from computeest.progress.loss.shapley import LossShares
from computeest.progress.process import factor_per_year

Row = Mapping[str, object]


def tables(found: LossReport) -> tuple[list[Row], ...]:
    """Rates, minima, shares, variants, and a group's gain."""
    return (rate_rows(found), mode_rows(found), share_rows(found.shapley),
            [_short(row) for row in found.variants], [dict(gain) for gain in found.gains])


def rate_rows(found: LossReport) -> list[Row]:
    """Doubling times in months with their intervals, growth beside them, and what the authors found."""
    published = found.published()
    theirs = published["doubling_months"] if published else {}
    rows: list[Row] = []
    for name, rate in found.fit.rates().items():
        months = rate.doubling()
        row = {"effective": name, "doubling_months": months["point"], "low": months["low"],
               "median": months["median"], "high": months["high"], "growth_ln_per_year": rate.point,
               "factor_per_year": rate.factor()["point"]}
        rows.append({**row, "published": theirs.get(name)} if isinstance(theirs, Mapping) and theirs else row)
    return rows


def mode_rows(found: LossReport) -> list[Row]:
    """Every minimum of the objective."""
    return [{"minimum": number, "objective": round(mode.objective, 6), "weight": mode.weight,
             **{f"{name}_months": value for name, value in found.fit.mode_rates(mode).items()},
             "compute_factor_per_year": factor_per_year(found.fit.mode_rates(mode)["compute"]),
             **dict(zip(found.fit.names, map(float, mode.vector), strict=True))}
            for number, mode in enumerate(found.fit.modes, start=1)]


def share_rows(shares: Sequence[LossShares]) -> list[Row]:
    """One row a pair of models."""
    return [{"before": item.before, "after": item.after, "loss_before": item.loss_before, "loss_after": item.loss_after,
             **item.shares} for item in shares]


def _short(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "says"} | {"says": row["says"]}
