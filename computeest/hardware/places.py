"""Where a data centre is, who runs it, and what its electricity emits: questions asked of the files of grids."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from computeest.text import fold
from computeest.text.suggest import closest, nearest

#: Spread (one sigma in natural log) for each year that a number is away from the one asked for, and at most.
A_YEAR, AT_MOST = 0.03, 0.3
#: Texts that are remembered with the place they mean: more than a table has regions.
MOST_REMEMBERED = 10_000
#: Where authors say that they take a country's average, nothing of where in the country is open.
AVERAGE = 0.08
#: A country's PUE is nobody's; a region's is stated to two figures.
REGIONS_PUE = 0.03

_AVERAGE = re.compile(r"\b(?:national\s+)?(?:average|mean)(?:\s+grid)?\b", re.IGNORECASE)
_SAID_OF = re.compile(r"\b(?:assumed|convention|grid|data ?cent(?:er|re)s?|region|state of|zone|hpc|cluster|somewhere|"
                      r"located|location|in|the|site)\b", re.IGNORECASE)
_PARTS = re.compile(r"[,;()/|]|\s[-–—]\s|\s(?:and|or)\s")
#: The finest of what a text names is meant.
_RANKS = {"region": 3, "state": 2, "country": 1, "world": 0}
_WORLD = frozenset(("world", "europe", "asia", "africa", "north-america", "south-america", "oceania", "eu"))


@dataclass(frozen=True, slots=True)
class Value:
    """A looked-up number, how far it may be off, and where it is from."""

    value: float
    #: One-sigma spread in natural log.
    sigma: float
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs a data centre."""

    id: str
    name: str
    place: str
    #: Since when it says to match each year's electricity with renewable energy, and where; 0 where it does not.
    matched_since: int
    matched_source: str


@dataclass(frozen=True, slots=True)
class Place:
    """A country, a state or a cloud's region."""

    id: str
    name: str
    kind: str
    country: str
    operator: str = ""
    #: The authors say that they take its average.
    average: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a text names no place, and what was expected."""

    reason: str
    expected: str


class Places:
    """All places and operators of the database."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._sources: Mapping[str, str] = document["sources"]
        self._places: dict[str, Place] = {}
        self._by_name: dict[str, list[str]] = {}
        self._operators: dict[str, str] = {}
        self._seen: dict[tuple[str, str], Place | Unknown] = {}
        for kind in ("countries", "states", "cloud-regions"):
            for key, entry in document[kind].items():
                self._add(kind, key, entry)
        for key, entry in document["operators"].items():
            for name in (key, entry["name"], *entry.get("also", ())):
                self._operators[fold.letters(str(name))] = key

    def _add(self, kind: str, key: str, entry: Mapping[str, Any]) -> None:
        parent = entry.get("place", key)
        country = entry.get("country") or self._document["states"].get(parent, {}).get("country", parent)
        rank = "world" if key in _WORLD else {"countries": "country", "states": "state"}.get(kind, "region")
        self._places[key] = Place(key, str(entry["name"]), rank, country, entry.get("operator", ""))
        names = [key, str(entry["name"]), *map(str, entry.get("also", ()))]
        spelled = [fold.words(name) for name in names]
        if entry.get("operator") == "microsoft":
            spelled.append(f"azure:{fold.letters(str(entry['name']))}")
        for name in dict.fromkeys(spelled):
            self._by_name.setdefault(name, []).append(key)

    def operator(self, text: str) -> Operator | None:
        """Who a text names, or None: many run data centres that are not listed."""
        folded = fold.letters(text)
        key = self._operators.get(folded)
        if key is None:
            words = [fold.letters(part) for part in _PARTS.split(text)]
            found = dict.fromkeys(self._operators[word] for word in words if word in self._operators)
            key = next(iter(found)) if len(found) == 1 else None
        if key is None:
            return None
        entry = self._document["operators"][key]
        matched = entry.get("matched", {})
        return Operator(key, entry["name"], entry.get("place", ""), int(matched.get("since", 0)),
                        self._sources.get(matched.get("source", ""), ""))

    def place(self, text: str, operator: str = "") -> Place | Unknown:
        """The place that a text means, the finest where it names several that lie within one another."""
        found = self._seen.get((text, operator))
        if found is None:
            if len(self._seen) > MOST_REMEMBERED:
                self._seen.clear()
            found = self._seen[(text, operator)] = self._read(text, operator)
        return found

    def _read(self, text: str, operator: str) -> Place | Unknown:
        average = _AVERAGE.search(text) is not None
        plain = " ".join(_SAID_OF.sub(" ", _AVERAGE.sub(" ", text)).split())
        found: dict[str, None] = {}
        american = re.search(r"\bU\.?S\.?(?:A\.?)?\b|United States", text) is not None
        for part in dict.fromkeys((text, plain, *_PARTS.split(plain))):
            found |= dict.fromkeys(self._named(part.strip(), operator, american))
            if found and part in (text, plain):
                break
        return self._one(text, [self._places[key] for key in found], average)

    def _named(self, part: str, operator: str, american: bool) -> list[str]:
        """What one part of a text may name."""
        words = fold.words(part)
        if not words:
            return []
        keys = self._by_name.get(words) or self._by_name.get(f"azure:{fold.letters(part)}") or []
        if not keys:
            first, _, rest = words.partition(" ")
            named = self._operators.get(first)
            if named and rest:  # 'AWS us-west-2'
                return self._named(rest, named, american)
        if not keys and american and re.fullmatch(r"[A-Z]{2}", part):
            keys = self._by_name.get(f"us {words}", [])
        if not keys and re.search(r"[a-z]{2,} [a-z]{4,}", words):  # 'us-east' is one of several
            keys = [key for name, these in self._by_name.items()
                    if name.startswith(words) and re.fullmatch(r" ?\d", name[len(words):])
                    for key in these]
        of_operator = [key for key in keys if operator and self._places[key].operator == operator]
        nobodys = [key for key in keys if not operator or self._places[key].operator in ("", operator)]
        return of_operator or nobodys or keys

    def _one(self, text: str, found: list[Place], average: bool) -> Place | Unknown:
        if not found:
            names = (name for name in self._by_name if len(name) > 3)
            return Unknown(f"'{text}' is no place that is known", closest(nearest(fold.words(text), names))
                           or "a country, a state such as 'US-GA', or a cloud's region such as 'us-central1'")
        countries = {place.id for place in found if place.kind == "country"}
        finer = [place for place in found if _RANKS[place.kind] > 1]
        within = [place for place in finer if not countries or place.country in countries]
        if len(found) == 2 and len(countries) == 1 and finer and not within and \
                fold.words(found[0].name) == fold.words(found[1].name):
            return Unknown(f"'{text}' is a country and a state", f"'{finer[0].name}, US' or '{next(iter(countries))}'")
        best = max(_RANKS[place.kind] for place in (within or found))
        chosen = [place for place in (within or found) if _RANKS[place.kind] == best]
        if len({place.id for place in chosen}) == 1:
            one = chosen[0]
            return Place(one.id, one.name, one.kind, one.country, one.operator, average)
        if len({place.country for place in chosen}) == 1 and all(place.kind == "region" for place in chosen):
            return Place("+".join(place.id for place in chosen), " or ".join(place.name for place in chosen), "region",
                         chosen[0].country, chosen[0].operator, average)
        return Unknown(f"'{text}' names several places: {', '.join(place.name for place in chosen)}", "one place a run")

    def intensity(self, place: Place, year: int | None) -> Value | None:
        """g CO2e for a kWh where the place takes its electricity, by location."""
        found = [value for key in place.id.split("+") if (value := self._of(key, year)) is not None]
        if not found:
            return None
        logs = [math.log(one.value) for one in found]
        middle = math.fsum(logs) / len(logs)
        apart = math.sqrt(math.fsum((log - middle) ** 2 for log in logs) / len(logs))
        sigma = math.hypot(max(one.sigma for one in found), apart)
        if place.average:
            sigma = AVERAGE
        return Value(math.exp(middle), sigma, f"{place.name}, {found[0].says}", found[0].source)

    def _of(self, key: str, year: int | None) -> Value | None:
        entry = next((self._document[kind][key] for kind in ("cloud-regions", "states", "countries")
                      if key in self._document[kind]), None)
        if entry is None:
            return None
        if "grams" not in entry:
            return self._of(entry["place"], year)
        value, off, said = at_year(entry["grams"], year)
        sigma = math.hypot(float(entry.get("spread", 0.2)), min(AT_MOST, A_YEAR * off))
        return Value(value, sigma, said, self._sources[entry["source"]])

    def world(self, year: int | None) -> Value:
        """The mean of all electricity."""
        found = self._of("world", year)
        if found is None:
            raise KeyError("world")
        return found

    def pue(self, operator: str, place: Place | None, year: int | None) -> Value | None:
        """The PUE of a cloud's region, else of all that its operator runs; None where neither says one."""
        if place is not None and place.kind == "region" and "+" not in place.id:
            entry = self._document["cloud-regions"][place.id]
            if "pue" in entry:
                value, off, said = at_year(entry["pue"]["years"], year)
                return Value(value, math.hypot(REGIONS_PUE, A_YEAR / 3 * off), f"{place.name}, {said}",
                             self._sources[entry["pue"]["source"]])
        entry = self._document["operators"].get(operator, {})
        if "pue" not in entry:
            return None
        value, off, said = at_year(entry["pue"]["years"], year)
        return Value(value, math.hypot(float(entry.get("spread", 0.1)), A_YEAR / 3 * off), f"{entry['name']}, {said}",
                     self._sources[entry["pue"]["source"]])

    def of_id(self, key: str) -> Place:
        """The place with this id."""
        return self._places[key]

    def kinds(self) -> Iterable[str]:
        """Every name of a place or an operator, folded."""
        return (*self._by_name, *self._operators)


def at_year(values: Mapping[str, Any], year: int | None) -> tuple[float, int, str]:
    """A series at a year: between two years in log, else the nearest; how far off that is, and in words of when."""
    known = {int(name): float(value) for name, value in values.items()}
    wanted = max(known) if year is None else year
    if wanted in known:
        return known[wanted], 0, str(wanted)
    before, after = [y for y in known if y < wanted], [y for y in known if y > wanted]
    if before and after:
        low, high = max(before), min(after)
        share = (wanted - low) / (high - low)
        between = math.exp((1 - share) * math.log(known[low]) + share * math.log(known[high]))
        return between, min(wanted - low, high - wanted), f"{wanted}, between {low} and {high}"
    near = max(before) if before else min(after)
    return known[near], abs(wanted - near), f"that of {near}"
