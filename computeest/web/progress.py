"""Results of `computeest progress ... --format json` as figures and tables of a page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from computeest.web import figures, numbers
from computeest.web.figures import Figure

#: A plane that a script draws: title, x and y with label and log, series with points.
Plane = dict[str, Any]
_SCORES = (0.6, 0.7, 0.8, 0.84, 0.88)
#: Compute past what anybody could train with only stretches the axis.
_MOST, _LEAST = 1e28, 1e12


@dataclass(frozen=True, slots=True)
class Part:
    """One result as a page shows it."""

    title: str
    says: Sequence[str] = ()
    rows: Sequence[Figure] = ()
    planes: Sequence[Plane] = ()
    #: Headings, and rows of texts.
    table: tuple[Sequence[str], Sequence[Sequence[str]]] = ((), ())
    facts: Mapping[str, Any] = field(default_factory=dict)


def kind(found: Any) -> str:
    """Which command wrote a JSON document, empty where none of them did."""
    if not isinstance(found, dict):
        return ""
    keys = {"fit": {"estimates", "modes"}, "attribution": {"shares", "before", "after"}, "efficiency": {"steps"},
            "trend": {"ignoring_errors"}, "thresholds": {"thresholds"}, "comparison": {"models"}}
    for name, wanted in keys.items():
        if wanted <= found.keys():
            return name
    return ""


def part(found: Mapping[str, Any], name: str) -> Part:
    """A result as a part of a page."""
    makers = {"fit": _fit, "attribution": _attribution, "efficiency": _efficiency, "trend": _trend,
              "thresholds": _thresholds, "comparison": _comparison}
    return makers[kind(found)](found, name)


def _months(summary: Mapping[str, Any] | None) -> str:
    if not summary or summary.get("point") is None:
        return "is not determined"
    low, high = summary.get("low"), summary.get("high")
    if low is None or high is None:
        return f"is {numbers.plain(summary['point'])} months"
    if low < 0 < high or low < 0:
        return (f"is {numbers.plain(summary['point'])} months at the point fit, and its interval is open: growth may "
                "be zero")
    return f"is {numbers.plain(summary['point'])} months ({numbers.plain(low)} to {numbers.plain(high)})"


def _fit(found: Mapping[str, Any], name: str) -> Part:
    level = found.get("level")
    says = [f"Model: {found.get('model')}; {found.get('n')} records; "
            f"intervals of {level:.0%} by bootstrap." if level else f"Model: {found.get('model')}.",
            f"Effective compute doubles: the time {_months(found.get('doubling_months'))}."]
    estimates = {key.replace("_", " "): each for key, each in found["estimates"].items()}
    growth = {f"growth of {key.replace('_', ' ')}": each for key, each in found.get("growth_per_year", {}).items()}
    weights = {f"mode {number}: doubles in {numbers.plain(mode.get('doubling_months'))} months": 100 * mode["weight"]
               for number, mode in enumerate(found["modes"], 1)}
    rows = [figures.intervals("Parameters of the fit", estimates, "value"),
            *([figures.intervals("Growth, ln a year", growth, "ln per year")] if growth else []),
            figures.bars("Weight of each mode of the posterior, %", weights, "percent")]
    return Part(f"Fit of the frontier: {name}", says, rows, _of_fit(found))


def _of_fit(found: Mapping[str, Any]) -> list[Plane]:
    """Thresholds and Pareto frontiers at the point fit, of the model that has a factor for compute and for data."""
    parameters, centre = found["parameters"], found.get("centre")
    if list(parameters)[:6] != ["a1", "a_y", "a_c", "b1", "b_y", "b_d"] or not centre:
        return []
    import numpy as np

    from computeest.progress.records import Centre
    from computeest.progress.thresholds import compute_needed

    vector = np.array(list(parameters.values()))
    where = Centre(float(centre["year"]), float(centre["compute"]), float(centre["data"]))
    ceiling = 1.0 - float(found.get("irreducible_error") or 0.0)
    years, sizes = np.arange(2012.0, 2023.0, 0.25), np.geomspace(1e5, 1e11, 61)
    needed = [_series(f"score {score:g}", years, compute_needed(vector, where, score, years, where.data,
                                                                ceiling=ceiling)) for score in _SCORES]
    frontier = [_series(f"{year}", sizes, compute_needed(vector, where, 0.8, float(year), sizes, ceiling=ceiling))
                for year in range(2012, 2023, 2)]
    return [_plane("Compute that each score needs, at the centre's size of data", "year of the algorithms",
                   needed), _plane("Frontiers: data and compute that reach a score of 0.8, by year",
                                   "training examples", frontier, log=True)]


def _series(name: str, x: Any, y: Any) -> dict[str, Any]:
    points = [{"x": float(a), "y": float(b)} for a, b in zip(x, y, strict=True)
              if math.isfinite(b) and _LEAST < b < _MOST]
    return {"name": name if points else f"{name} (out of reach)", "kind": "line", "points": points}


def _plane(title: str, x: str, series: Sequence[Mapping[str, Any]], *, log: bool = False) -> Plane:
    return {"title": title, "x": {"label": x, "log": log}, "y": {"label": "training compute, FLOP", "log": True},
            "series": list(series)}


def _attribution(found: Mapping[str, Any], name: str) -> Part:
    shares = {key.replace("_", " "): {k: None if each.get(k) is None else 100 * each[k] for k in
                                      ("point", "low", "high")} for key, each in found["shares"].items()}
    gain = found.get("compute_equivalent_gain")
    says = [f"From {found['before']} to {found['after']}: a score of {numbers.plain(found.get('score_before'))} to "
            f"{numbers.plain(found.get('score_after'))}, shared out on the scale of {found.get('space', 'accuracy')}."]
    says += [f"The algorithms are worth {numbers.times(gain)} the compute."] if gain else []
    return Part(f"Where the gain is from: {name}", says,
                [figures.intervals("Shares of the gain, %", shares, "percent")])


def _thresholds(found: Mapping[str, Any], name: str) -> Part:
    series, rows = [], []
    for each in found["thresholds"]:
        points = [{"x": float(year), "y": flop} for year, flop in each["compute"].items() if flop is not None]
        label = f"score {each['score']:g}" + ("" if points else " (out of reach)")
        series.append({"name": label, "kind": "line", "points": points})
        rows.append((f"{each['score']:g}", _months(each.get("halving_months")).removeprefix("is "),
                     "" if each.get("reachable_from") is None else f"{each['reachable_from']:.1f}"))
    return Part(f"Compute that each score needs: {name}", ["What a score needs halves from year to year."],
                planes=[_plane("Compute that each score needs, by year", "year", series)],
                table=(("score", "halves in", "within reach from"), rows))


def _efficiency(found: Mapping[str, Any], name: str) -> Part:
    best, moore = numbers.times(found.get("best_factor")), numbers.times(found.get("moore_factor"))
    says = [f"At a level of {numbers.plain(found.get('level'))}, the best needs {best} less compute than "
            f"{found.get('baseline')}; Moore's law alone gives {moore}."]
    points = [{"x": each.get("year"), "y": each.get("flop"), "label": each.get("model")} for each in found["steps"]
              if each.get("flop") and each.get("year")]
    rows = [(str(each.get("method")), str(each.get("records")), _months({"point": each.get("months"), "low": each.get(
        "low"), "high": each.get("high")}).removeprefix("is ")) for each in found.get("halving_months") or ()]
    models = [{"name": "models", "kind": "points", "points": points}]
    return Part(f"Efficiency: {name}", says,
                planes=[_plane("Compute of the models that reach the level", "year", models)],
                table=(("method", "records", "halves in"), rows))


def _trend(found: Mapping[str, Any], name: str) -> Part:
    names = {"ignoring_errors": "all, errors ignored", "with_errors": "all, with their errors",
             "record_holders": "record holders"}
    grown = {words: {"point": each["doubling_months"], "low": each.get("doubling_low"),
                     "high": each.get("doubling_high")} for key, words in names.items() if (each := found.get(key))}
    return Part(f"Growth of training compute: {name}",
                [f"Record holders: {', '.join(map(str, found.get('holders') or ()))}."],
                [figures.intervals("Months in which training compute doubles", grown, "months")])


def _comparison(found: Mapping[str, Any], name: str) -> Part:
    heads = [str(key) for key in (found["models"] or [{}])[0]]
    rows = [[numbers.plain(value) if isinstance(value, (int, float)) else str(value) for value in each.values()]
            for each in found["models"]]
    return Part(f"Models compared: {name}", table=([head.replace("_", " ") for head in heads], rows))
