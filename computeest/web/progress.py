"""Results of `computeest progress ... --format json` as figures and tables of a page."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from computeest.web import figures, numbers
from computeest.web.figures import Figure

#: A plane that a script draws: title, x and y with label and log, series with points.
Plane = dict[str, Any]
_SCORES = (0.6, 0.7, 0.8, 0.84, 0.88)
#: Compute past what anybody could train with only stretches the axis.
_MOST, _LEAST = 1e28, 1e12
_ENDS = ("point", "low", "high")


@dataclass(frozen=True, slots=True)
class Table:
    """What it lists, headings, and rows of texts."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """One result as a page shows it."""

    title: str
    says: Sequence[str] = ()
    rows: Sequence[Figure] = ()
    planes: Sequence[Plane] = ()
    tables: Sequence[Table] = ()


def kind(found: Any) -> str:
    """Which command wrote a JSON document, empty where none of them did."""
    if not isinstance(found, dict):
        return ""
    return next((name for name, wanted in _KEYS.items() if wanted <= found.keys()), "")


#: The keys by which a result is known.
_KEYS: Mapping[str, set[str]] = {
    "losses": {"objective", "modes", "doubling_months"}, "fit": {"estimates", "modes"},
    "attribution": {"shares", "before", "after"}, "efficiency": {"steps"}, "efficiencies": {"preset", "levels"},
    "trend": {"ignoring_errors"}, "thresholds": {"thresholds"}, "comparison": {"models"},
    "split": {"speedup", "factors", "records"}, "splits": {"tables"}, "prediction": {"n", "level", "prediction"},
    "needed": {"n", "level", "compute_needed"}, "effective": {"n", "level", "effective"},
}


def parts(found: Mapping[str, Any], name: str) -> list[Part]:
    """A result as parts of a page: one, or of a preset of several levels one each."""
    known = kind(found)
    if known == "efficiencies":
        return [_efficiency(level, str(level.get("name") or name)) for level in found["levels"]]
    makers: dict[str, Callable[[Mapping[str, Any], str], Part]] = {
        "fit": _fit, "losses": _losses, "attribution": _attribution, "efficiency": _efficiency, "trend": _trend,
        "thresholds": _thresholds, "comparison": _comparison, "split": _split, "splits": _splits}
    return [makers.get(known, _prediction)(found, name)]


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
    estimates = dict(found["estimates"])
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
    ends = {"floor": float(found.get("floor") or 0.0), "ceiling": 1.0 - float(found.get("irreducible_error") or 0.0)}
    years, sizes = np.arange(2012.0, 2023.0, 0.25), np.geomspace(1e5, 1e11, 61)
    needed = [_series(f"score {score:g}", years, compute_needed(vector, where, score, years, where.data, **ends))
              for score in _SCORES]
    frontier = [_series(f"{year}", sizes, compute_needed(vector, where, 0.8, float(year), sizes, **ends))
                for year in range(2012, 2023, 2)]
    return [_plane("Compute that each score needs, at the centre's size of data", "year of the algorithms",
                   needed), _plane("Frontiers: data and compute that reach a score of 0.8, by year",
                                   "training examples", frontier, log=True)]


def _series(name: str, x: Any, y: Any) -> dict[str, Any]:
    points = [{"x": float(a), "y": float(b)} for a, b in zip(x, y, strict=True)
              if math.isfinite(b) and _LEAST < b < _MOST]
    return {"name": name if points else f"{name} (out of reach)", "kind": "line", "points": points}


def _plane(title: str, x: str, series: Sequence[Mapping[str, Any]], *, log: bool = False,
           y: str = "training compute, FLOP") -> Plane:
    return {"title": title, "x": {"label": x, "log": log, "whole": "year" if x.startswith("year") else ""},
            "y": {"label": y, "log": True}, "series": list(series)}


def _attribution(found: Mapping[str, Any], name: str) -> Part:
    """Of scores a share is a summary; of losses a number, with low and high beside all of them."""
    shares = {key.replace("_", " "): {k: None if value is None else 100 * value for k, value in each.items()}
              for key, each in _shares(found).items()}
    said, rows = [f"From {found['before']} to {found['after']}"], []
    if "loss_before" in found:
        said[0] += (f": a loss of {numbers.plain(found['loss_before'])} to {numbers.plain(found['loss_after'])} nats, "
                    "its fall shared out.")
    else:
        said[0] += (f": a score of {numbers.plain(found.get('score_before'))} to "
                    f"{numbers.plain(found.get('score_after'))}, shared out on the scale of "
                    f"{found.get('space', 'accuracy')}.")
    gain = found.get("compute_equivalent_gain")
    said += [f"The algorithms are worth {numbers.times(gain)} the compute."] if gain else []
    factors = {key.replace("_", " "): each for key, each in (found.get("multipliers") or {}).items()}
    if factors:
        rows = [figures.intervals("The same as factors of compute", factors, "factor", log=True)]
    return Part(f"Where the gain is from: {name}", said,
                [figures.intervals("Shares of the gain, %", shares, "percent"), *rows])


def _shares(found: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    """Each share with its interval, whichever of the two ways a result has them."""
    low, high = found.get("low") or {}, found.get("high") or {}
    return {key: {part: each.get(part) for part in _ENDS} if isinstance(each, Mapping) else
            {"point": each, "low": low.get(key), "high": high.get(key)} for key, each in found["shares"].items()}


def _thresholds(found: Mapping[str, Any], name: str) -> Part:
    from computeest.progress.thresholds import spans

    series, rows = [], []
    for each in found["thresholds"]:
        points = [{"x": float(year), "y": flop} for year, flop in each["compute"].items() if flop is not None]
        label = f"score {each['score']:g}" + ("" if points else " (out of reach)")
        series.append({"name": label, "kind": "line", "points": points})
        rows.append((f"{each['score']:g}", _months(each.get("halving_months")).removeprefix("is "),
                     "" if each.get("reachable_from") is None else f"{each['reachable_from']:.1f}",
                     spans(each.get("extrapolated") or ())))
    return Part(f"Compute that each score needs: {name}", ["What a score needs halves from year to year."],
                planes=[_plane("Compute that each score needs, by year", "year", series)],
                tables=[Table("Halving times", ("score", "halves in", "within reach from", "beyond the records in"),
                              rows)])


def _efficiency(found: Mapping[str, Any], name: str) -> Part:
    best, moore = numbers.times(found.get("best_factor")), numbers.times(found.get("moore_factor"))
    reached = f"At a level of {numbers.plain(found['level'])}" if found.get("level") is not None else "At its level"
    says = [f"{reached}, the best needs {best} less compute than "
            f"{found.get('baseline')}; Moore's law alone gives {moore}.", *(found.get("warnings") or ())]
    ratio = "ratio" in str(found.get("counts_of") or "")  # such a table says how many times the best, and no compute
    points = [{"x": each.get("year"), "y": each.get("flop"), "label": each.get("model")} for each in found["steps"]
              if each.get("flop") and each.get("year")]
    rows = [(str(each.get("method")), str(each.get("records")), _months({"point": each.get("months"), "low": each.get(
        "low"), "high": each.get("high")}).removeprefix("is ")) for each in found.get("halving_months") or ()]
    models = [{"name": "models", "kind": "points", "points": points}]
    return Part(f"Efficiency: {name}", says,
                planes=[_plane("Compute of the models that reach the level", "year", models,
                               y="times the compute of the best" if ratio else "training compute, FLOP")],
                tables=[Table("Halving times", ("method", "records", "halves in"), rows)])


def _trend(found: Mapping[str, Any], name: str) -> Part:
    names = {"ignoring_errors": "all, errors ignored", "with_errors": "all, with their errors",
             "record_holders": "record holders"}
    grown = {words: {"point": each["doubling_months"], "low": each.get("doubling_low"),
                     "high": each.get("doubling_high")} for key, words in names.items() if (each := found.get(key))}
    return Part(f"Growth of training compute: {name}",
                [f"Record holders: {', '.join(map(str, found.get('holders') or ()))}.", *(found.get("warnings") or ())],
                [figures.intervals("Months in which training compute doubles", grown, "months")])


def _comparison(found: Mapping[str, Any], name: str) -> Part:
    heads = [str(key) for key in (found["models"] or [{}])[0]]
    rows = [[numbers.plain(value) if isinstance(value, (int, float)) else str(value) for value in each.values()]
            for each in found["models"]]
    return Part(f"Models compared: {name}", tables=[Table("Models", [head.replace("_", " ") for head in heads], rows)])


def _losses(found: Mapping[str, Any], name: str) -> Part:
    """A fit of losses: how fast what does as much as parameters, data and compute grows, and what falls are due to."""
    rates = {key: each for key, each in found["doubling_months"].items() if isinstance(each, Mapping)}
    says = [f"Model: {found.get('model')}" + (f" ({found['says']})" if found.get("says") else "") +
            f"; {found.get('n')} evaluations; intervals of {found.get('level') or 0.9:.0%} by bootstrap.",
            f"Effective compute doubles: the time {_months(rates.get('compute'))}.", *(found.get("warnings") or ())]
    weights = {f"mode {number}: doubles in {numbers.plain((mode.get('doubling_months') or {}).get('compute'))} months":
               100 * mode["weight"] for number, mode in enumerate(found["modes"], 1) if mode.get("weight") is not None}
    rows = [figures.intervals("Months in which it does as much as twice of each", rates, "months"),
            figures.intervals("Growth, ln a year", found.get("growth_per_year") or {}, "ln per year")]
    gains = {f"at {numbers.plain(each['compute'])} FLOP in {each['year']:g}": each
             for each in found.get("group_gain") or ()}
    rows += [figures.intervals("What the group is worth, as a factor of compute", gains, "factor", log=True)] if gains \
        else []
    rows += [figures.bars("Weight of each minimum of the objective, %", weights, "percent")] if weights else []
    falls = [(f"{each['before']} to {each['after']}", *(numbers.percent(share) for share in each["shares"].values()))
             for each in found.get("shapley") or ()]
    heads = [key.replace("_", " ") for key in found["shapley"][0]["shares"]] if falls else []
    tables = [Table("Where the fall of the loss from one model to another is from", ("models", *heads), falls)] \
        if falls else []
    if found.get("variants"):
        tables.append(_comparison({"models": found["variants"]}, "").tables[0])
    return Part(f"Fit of losses: {name}", says, rows, tables=tables)


def _prediction(found: Mapping[str, Any], name: str) -> Part:
    """What a fit expects: a score, the compute that one needs, the effective compute of a model."""
    says = [f"By a fit of {found['n']} records; intervals of {found['level']:.0%}."]
    rows: list[Figure] = []
    if (asked := found.get("prediction")) is not None:
        says.append(f"In {asked['year']:g}, with {numbers.plain(asked['compute'])} FLOP and "
                    f"{numbers.plain(asked['data'])} examples.")
        says += [f"Beyond the records in {', '.join(map(str, asked['extrapolates']))}."] if asked.get("extrapolates") \
            else []
        model = {"point": asked["score"]["point"], "low": asked.get("model_low"), "high": asked.get("model_high")}
        rows.append(figures.intervals("Score to be expected", {"of models in the mean": asked["score"],
                                                              "of one model": model}, "score"))
    flop = {}
    if (needed := found.get("compute_needed")) is not None:
        if needed.get("reachable", True):
            flop[f"for a score of {needed['score']:g} in {needed['year']:g}"] = needed
        else:
            says.append(f"A score of {needed['score']:g} is out of reach in {needed['year']:g} at any compute.")
    if (own := found.get("effective")) is not None:
        flop[f"{own['model']}, as it was"] = {"point": own["compute"]}
        flop[f"{own['model']}, with the algorithms of {own['reference_year']:g}"] = own["effective_compute"]
    rows += [figures.intervals("Compute", flop, "training compute, FLOP", log=True)] if flop else []
    return Part(f"What a fit expects: {name}", says, rows)


def _split(found: Mapping[str, Any], name: str) -> Part:
    """Records of time to a level: how much of the speed-up is of chips, of their number, and of algorithms."""
    factors = ", ".join(f"{key} {numbers.times(value)}" for key, value in found["factors"].items() if value)
    says = [f"The last record is {numbers.times(found['speedup'])} as fast as the first: {factors}."]
    halving = {words: {"point": each["months"], "low": each.get("low"), "high": each.get("high")} for key, words in
               (("halving_time", "the time"), ("halving_work", "the work of the algorithms"))
               if (each := found.get(key))}
    series = [{"name": words, "kind": "line", "points": [
        {"x": each["year"], "y": each[key], "label": f"{each['model']}: {words}"} for each in found["records"]
        if each.get(key)]} for key, words in (("speedup", "all of it"), ("hardware", "chips"), ("scale", "more chips"),
                                              ("algorithm", "algorithms"))]
    shares = {key: 100 * value for key, value in (found.get("shares") or {}).items() if value is not None}
    return Part(f"Hardware and algorithms: {name}", says,
                [figures.intervals("Months in which it halves", halving, "months"),
                 figures.bars("Shares of the speed-up, % of its logarithm", shares, "percent")],
                [_plane("How much faster than the first record", "year", series, y="times as fast")])


def _splits(found: Mapping[str, Any], name: str) -> Part:
    """Old and new algorithms on old and new chips: the factor of each."""
    factors = {f"{each['level']}: {part}": {"point": each[part]} for each in found["tables"]
               for part in ("hardware", "algorithm", "both") if each.get(part)}
    keys = list(dict.fromkeys(key for each in found["tables"] for key in each))
    rows = [[str(each.get(key) or "") if key == "level" else numbers.plain(each.get(key)) for key in keys]
            for each in found["tables"]]
    return Part(f"Hardware and algorithms: {name}", ["How many times less each takes."],
                [figures.intervals("Factors", factors, "factor", log=True)] if factors else [],
                tables=[Table("Every factor", [key.replace("_", " ") for key in keys], rows)])
