"""Published energy, emissions and cost against ours: docs/consequences.md is written from it; prints the figures.

    python benchmarks/consequences.py
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import computeest
from computeest.hardware import load as hardware
from computeest.problems import InputError
from computeest.text.listing import as_markdown
from computeest.text.yaml_nodes import load, plain

ROOT = Path(__file__).parents[1]
ALL = ("energy", "cost", "carbon")


@dataclass(frozen=True)
class Compared:
    """One published figure beside ours."""

    model: str
    #: energy, carbon, rental, amortized; and for energy whether it was measured, counted or neither.
    kind: str
    boundary: str
    published: float
    #: In the same boundary or on the same basis as the published one; at the wall; by the other tool's formula.
    ours: float | None
    low: float | None
    high: float | None
    wall: float | None
    codecarbon: float | None
    flagged: bool
    tier: str
    source: str
    note: str = ""
    #: Of a figure that is a range.
    between: tuple[float, float] | None = None
    #: Whether the facts say where.
    placed: bool = False
    #: Whether they say the accelerator time.
    timed: bool = True

    @property
    def ratio(self) -> float | None:
        """Ours over the published figure."""
        return None if self.ours is None else self.ours / self.published

    @property
    def held(self) -> bool | None:
        """Whether the 90 % interval holds the published figure."""
        if self.low is None or self.high is None:
            return None
        low, high = self.between or (self.published, self.published)
        return self.low <= high and low <= self.high


def published(path: Path = ROOT / "tests" / "golden" / "consequences.yaml") -> list[dict[str, Any]]:
    """The published runs."""
    root = load(path.read_text("utf-8"))
    return list(plain(root)) if root is not None else []


def ends(text: Any) -> tuple[float, float]:
    """A figure as a range from itself to itself, or the range that it is; NaN for a bound."""
    try:
        found = [float(part) for part in str(text).split("..")]
    except ValueError:
        return math.nan, math.nan
    return found[0], found[-1]


def number(text: Any) -> float:
    """A figure, or the middle (in log) of a range; NaN for a bound, which nothing is compared with."""
    low, high = ends(text)
    return math.sqrt(low * high)


def asked(facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The record of these facts; an empty one where computeest refuses them."""
    try:
        return computeest.estimate({**{k: str(v) for k, v in facts.items()}, **more}, consequences=ALL)
    except InputError:
        return {"consequences": {}, "checks": []}


def said(facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What computeest says of these facts besides FLOP; nothing where it refuses."""
    return dict(asked(facts, **more)["consequences"])


def flagged(facts: dict[str, Any], **more: Any) -> bool:
    """Whether the stated figure is said to contradict its own facts."""
    return any(check["code"] == "stated-contradicts-facts" for check in asked(facts, **more)["checks"])


def codecarbon(facts: dict[str, Any], grid: float | None) -> tuple[float | None, float | None]:
    """MWh and t by codecarbon's formula where it measures nothing: hours x rated power, PUE 1; x grid intensity."""
    chip = hardware().find(str(facts.get("chip", "")))
    power = hardware().chip(chip.chip).tdp if hasattr(chip, "chip") else None
    hours = str(facts.get("chip_time", "")).partition(" ")[0]
    if power is None or not hours:
        return None, None
    energy = float(hours) * power / 1e6
    return energy, energy * grid / 1000 if grid is not None else None


def compared() -> Iterator[Compared]:
    """Every published figure beside ours; the run's own power, PUE and grid only where authors' counting is redone."""
    for one in published():
        facts = one["facts"]
        plain_ = said(facts)
        as_counted = said({**facts, **one.get("counted", {})}) if one.get("counted") else plain_
        rest = {"tier": one["tier"], "source": one["source"], "note": one.get("note", "")}
        if "energy" in one and not math.isnan(number(one["energy"]["MWh"])):
            yield _energy(one, facts, plain_, as_counted, rest)
        if "emissions" in one and not math.isnan(number(one["emissions"]["t"])):
            yield _carbon(one, facts, plain_, as_counted, rest)
        if "cost" in one and not math.isnan(number(one["cost"]["usd"])):
            yield _cost(one, facts, rest)


def _energy(one: dict[str, Any], facts: dict[str, Any], ours: dict[str, Any], counted: dict[str, Any],
            rest: dict[str, Any]) -> Compared:
    found, boundary = ours.get("energy", {}), str(one["energy"]["boundary"])
    kind = "measured" if str(one["energy"]["kind"]).startswith("measured") else \
        "counted" if str(one["energy"]["kind"]).startswith("circular") else "other"
    same = counted.get("energy", {}).get("boundaries", {}).get("authors", {}) if kind == "counted" else \
        found.get("boundaries", {}).get(boundary, {})
    if kind == "other":
        same = {key: found.get(key) for key in ("value", "low", "high")}
    value = number(one["energy"]["MWh"])
    return Compared(one["model"], f"energy, {kind}", boundary, value, same.get("value"), same.get("low"),
                    same.get("high"), found.get("value"), codecarbon(facts, None)[0],
                    flagged(facts, energy=f"{value} MWh"), **rest)


def _carbon(one: dict[str, Any], facts: dict[str, Any], ours: dict[str, Any], counted: dict[str, Any],
            rest: dict[str, Any]) -> Compared:
    found, basis = ours.get("carbon", {}), str(one["emissions"]["basis"])
    authors = counted.get("carbon", {}).get("bases", {}).get("authors", {}).get("value")
    location = "location" in basis and "counterfactual" not in basis
    grid = found.get("assumed", {}).get("grid_intensity")
    value = number(one["emissions"]["t"])
    return Compared(one["model"], "carbon, location" if location else "carbon, other", basis, value,
                    found.get("value"), found.get("low"), found.get("high"), authors,
                    codecarbon(facts, grid)[1], flagged({**facts, **one.get("counted", {})}, emissions=f"{value} t",
                                                        emissions_basis="market" if basis == "net" else "location"),
                    **rest, placed="region" in facts, timed="chip_time" in facts)


def _cost(one: dict[str, Any], facts: dict[str, Any], rest: dict[str, Any]) -> Compared:
    amortized = "amortized" in str(one["cost"]["basis"])
    spot, listed = "spot" in str(one["cost"]["basis"]), "list price" in str(one["cost"]["basis"])
    basis = "amortized" if amortized else "spot" if spot else "on-demand" if listed else "rental"
    found = said(facts, price_basis=basis).get("cost", {})
    scale = found["usd_2023"] / found["value"] if amortized and found.get("value") else 1.0
    shown = {key: found[key] * scale if found.get(key) else None for key in ("value", "low", "high")}
    return Compared(one["model"], f"cost, {'amortized' if amortized else 'rental'}", basis,
                    number(one["cost"]["usd"]), shown["value"], shown["low"], shown["high"], None, None,
                    flagged=False, **rest, between=ends(one["cost"]["usd"]))


def figures(found: list[Compared]) -> dict[str, dict[str, Any]]:
    """For each kind: how many, how many compared, the median of ours over theirs, and how many intervals held."""
    groups: dict[str, list[Compared]] = {}
    for one in found:
        for group in _groups(one):
            groups.setdefault(group, []).append(one)
    return {group: _figures(rows) for group, rows in sorted(groups.items())}


def _groups(one: Compared) -> Iterator[str]:
    if one.kind == "energy, measured":
        yield "energy measured at the node" if one.boundary.startswith("node") else "energy measured at the chips"
    elif one.kind == "energy, counted":
        yield "energy as authors count"
    elif one.kind == "carbon, location" and not one.note.startswith("INCONSISTENT"):
        yield "emissions by location, " + ("accelerator time not stated" if not one.timed else
                                           "region known" if one.placed else "region unknown")
    elif one.kind.startswith("cost"):
        yield one.kind


def _figures(rows: list[Compared]) -> dict[str, Any]:
    ratios = [one.ratio for one in rows if one.ratio is not None]
    held = [one.held for one in rows if one.held is not None]
    return {"figures": len(rows), "compared": len(ratios),
            "median of ours / published": round(statistics.median(ratios), 3) if ratios else None,
            "furthest": round(max((max(r, 1 / r) for r in ratios), default=math.nan), 2),
            "intervals that hold it": f"{sum(held)} of {len(held)}"}


def tables() -> str:
    """The tables of docs/consequences.md."""
    found = list(compared())
    rows = [{"group": group, **{key: str(value) for key, value in of.items()}} for group, of in figures(found).items()]
    text = as_markdown(("group", "figures", "compared", "median of ours / published", "furthest",
                        "intervals that hold it"), rows)
    for title, start, head in (("Energy, MWh", "energy", "at the wall"),
                               ("Emissions, t CO2e", "carbon", "as authors count"), ("Cost, USD", "cost", "")):
        some = [one for one in found if one.kind.startswith(start)]
        columns = ["model", "kind", "published", "of", "ours", "90 %",
                   *([head, "codecarbon's formula"] if head else []), "ours / published", "source"]
        text += f"\n### {title}\n\n" + as_markdown(columns, [_row(one, head) for one in some])
    return text


def _row(one: Compared, head: str) -> dict[str, str]:
    ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
    return {"model": one.model, "kind": one.kind.partition(", ")[2], "published": _shown(one.published),
            "of": one.boundary, "ours": _shown(one.ours), "90 %": "" if one.low is None else
            f"{_shown(one.low)} to {_shown(one.high)}", head: _shown(one.wall),
            "codecarbon's formula": _shown(one.codecarbon),
            "ours / published": ratio + (" (flagged)" if one.flagged else ""), "source": one.source}


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    everything = list(compared())
    for group, of in figures(everything).items():
        print(group, of)
    print("flagged:", [one.model for one in everything if one.flagged])
    for one in everything:
        print(f"{one.kind:18} {one.model[:44]:44} {_shown(one.published):>10} {_shown(one.ours):>10} "
              f"{'' if one.ratio is None else format(one.ratio, '.2f'):>6} {one.held} {one.boundary[:30]}")
