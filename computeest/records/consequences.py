"""Consequences in words: what a record says of energy, cost and emissions, and how each follows from the facts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.consequences.answers import Answers, Reading
from computeest.contract import Consequence
from computeest.estimation.evaluate import Candidates
from computeest.estimation.plan import Planner
from computeest.estimation.results import Results
from computeest.facts.spec import ChipFact, Looked, PlaceFact
from computeest.records import wording
from computeest.records.derivation import written
from computeest.registry import parameters
from computeest.text import units
from computeest.text.numbers import NINETY

Entry = dict[str, Any]

#: Whom a claim of matched purchases is of, and what it does not say.
_MARKET = "{operator} says that it matches its electricity with purchases of renewable energy"
_NO_MARKET = "what the operator has contracted does not follow from where it is"


def entries(results: Results, paper: int, names: Sequence[str]) -> dict[str, Entry]:
    """What the record of one paper says of these consequences."""
    found: Answers = results.consequences
    return {one.name: _Said(found, results, one, paper).entry() for one in found.wanted if one.name in names}


def told(results: Results, stated: Sequence[Set[str]], asked: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What each paper's record says of the consequences that are asked for, or that its own facts ask for."""
    for index, own in enumerate(stated):
        names = [name for name, one in results.registry.consequences.items()
                 if name in asked or own & set(one.asked_by)]
        yield {"consequences": entries(results, index, names)} if names else {}


def columns(found: Answers) -> dict[str, NDArray[np.float64]]:
    """The consequences as columns of a table: each with the ends of its 90 % interval."""
    made: dict[str, NDArray[np.float64]] = {}
    for one in found.wanted:
        reading = found.reading(one.name)
        low, high = reading.interval()
        made |= {one.column: reading.value, f"{one.column}_low": low, f"{one.column}_high": high}
    return made


def units_of(found: Answers) -> dict[str, str]:
    """The unit of each such column."""
    return {f"{one.column}{end}": one.label for one in found.wanted for end in ("", "_low", "_high")}


class _Said:
    """One consequence of one paper."""

    def __init__(self, found: Answers, results: Results, one: Consequence, paper: int) -> None:
        self.found, self.results, self.one, self.paper = found, results, one, paper
        place = int(found.chosen[one.name][paper])
        self.way = tuple(one.formulas)[place] if place >= 0 else ""
        self.rows = list(results.as_written(paper))

    def entry(self) -> Entry:
        """What the record says."""
        one, word = self.one, self.one.way
        value, low, high = self._of(self.way) if self.way else (None, None, None)
        entry: Entry = {"value": value, "low": low, "high": high, "unit": one.label, word[0]: self.way or None}
        place = next((fact for row in self.rows if (fact := self.found.spec.places.at(row)) is not None), None)
        entry |= self._told(place, value)
        ways = {way: self._of(way) for way in one.formulas}
        entry[word[1]] = {way: dict(zip(("value", "low", "high"), numbers, strict=True))
                          for way, numbers in ways.items() if numbers[0] is not None}
        if one.stated:
            stated = float(self.found.stated[one.name][self.paper])
            entry["stated"] = None if math.isnan(stated) else stated
        entry["assumed"] = self._assumed()
        entry["derivation"] = "\n".join(self._lines())
        entry["sources"] = list(dict.fromkeys(self._sources()))
        entry["problem"] = self._problem()
        return entry

    def _of(self, way: str) -> tuple[float | None, float | None, float | None]:
        reading: Reading = self.found.readings[(self.one.name, way)]
        value, sigma = float(reading.value[self.paper]), float(reading.sigma[self.paper])
        if math.isnan(value):
            return None, None, None
        return value, value * math.exp(-NINETY * sigma), value * math.exp(NINETY * sigma)

    def _told(self, place: PlaceFact | None, value: float | None) -> Entry:
        """What stands beside the number: the year of the dollars, what the operator has bought."""
        told: Entry = {}
        for name in self.one.tells:
            if name == "year":
                told["year"] = place.year if place is not None else None
            elif name == "usd_2023":
                known = place is not None and value is not None and not math.isnan(place.dollars)
                told["usd_2023"] = value * place.dollars if known and place is not None and value is not None else None
            elif name == "market":
                claims = place is not None and bool(place.matched)
                told["market"] = {
                    "value": 0.0 if claims else None,
                    "says": _MARKET.format(operator=place.operator) if claims and place is not None else _NO_MARKET,
                    "source": place.matched if claims and place is not None else None}
        return told

    def _places(self) -> Iterator[tuple[int, Candidates, int]]:
        for row in self.rows:
            for candidates, at in self.found.candidates(self.one.name, self.way, [row]):
                yield row, candidates, at

    def _assumed(self) -> Entry:
        """What nobody stated: defaults, and what was looked up for the place, the year and the chip's price."""
        values: dict[str, list[Any]] = {}
        for row, candidates, at in self._places():
            for name in (*candidates.plan.assumed, *candidates.plan.given):
                if name in candidates.plan.assumed:
                    definition = self.results.assumptions[name].definition
                    if definition and not self.results.assumptions[name].cases:
                        continue
                elif self._looked(name, row) is None and not self._estimated(name, row):
                    continue
                number = _shown(name, float(candidates.values[name][at]))
                values.setdefault(name, [])
                if number not in values[name]:
                    values[name].append(number)
        words = {name: word for row in self.rows if (fact := self.found.spec.places.at(row)) is not None
                 for name, word in fact.words.items() if name == self.one.chosen_by}
        return {**{name: numbers[0] if len(numbers) == 1 else numbers for name, numbers in sorted(values.items())},
                **words}

    def _looked(self, name: str, row: int) -> Looked | None:
        """A number that was looked up for a run and not stated."""
        fact = self.found.spec.places.at(row)
        stated = self.results.spec.runs[row].cells if self.results.spec.runs else {}
        if fact is None or name not in fact.found or name in stated or \
                not math.isnan(self.results.spec.get(name, row)):
            return None
        looked = fact.found[name]
        return looked if looked.source else None

    def _of_chip(self, name: str, row: int) -> ChipFact | None:
        """The chip whose entry says a node's power; None where the paper does."""
        chip = self.found.spec.chips.at(row)
        there = name == "node_power" and chip is not None and not math.isnan(chip.node_power)
        return chip if there and math.isnan(self.results.spec.get("power_per_chip", row)) else None

    def _estimated(self, name: str, row: int) -> bool:
        """Whether nobody measured a node's power."""
        chip = self._of_chip(name, row)
        return chip is not None and chip.node_power_estimated

    def _lines(self) -> Iterator[str]:
        """One line a rule, from the facts to the number."""
        several = len(self.rows) > 1
        for row, candidates, at in self._places():
            run = f"run {self.results.spec.runs[row].number}: " if several and self.results.spec.runs else ""
            for step in candidates.plan.steps:
                last = step.target == "flop"
                if last and len(step.inputs) == 1 and len(candidates.plan.steps) > 1:
                    continue  # the same again
                answer = float(candidates.flop[at] if last else candidates.values[step.target][at])
                target = self.one.name if last else step.target
                parts = [target, written(step.formula, {name: name for name in step.inputs}),
                         written(step.formula, {name: self._input(name, row, candidates, at) for name in step.inputs}),
                         self._amount(answer) if last else wording.amount(step.target, answer)]
                yield f"{run}{' = '.join(dict.fromkeys(parts))}   [{step.source}]"
        if self.way:
            value, low, high = self._of(self.way)
            yield (f"{self.one.name}: {value:.4g} {self.one.label} ({self.one.way[0]}: {self.way}), with 90 % between "
                   f"{low:.3g} and {high:.3g}")

    def _amount(self, raw: float) -> str:
        from computeest.consequences.answers import per_unit

        return f"{raw / per_unit(self.one):.4g} {self.one.label}"

    def _input(self, name: str, row: int, candidates: Candidates, at: int) -> str:
        text = wording.amount(name, float(candidates.values[name][at]))
        if name in candidates.plan.assumed:
            return f"{text} (assumed)"
        if name not in candidates.plan.given:
            return text
        looked = self._looked(name, row)
        if looked is not None:
            return f"{text} ({looked.says})"
        cell = self.results.spec.runs[row].cells.get(name) if self.results.spec.runs else None
        if cell is not None and cell.source:
            return f"{text} ({cell.source})"
        chip = self.results.spec.chips.at(row)
        if cell is None and chip is not None and schema.FIELDS[name].said_by and "chip" in schema.FIELDS[name].said_by:
            return f"{text} ({chip.name}{', estimated' if self._estimated(name, row) else ''})"
        return text

    def _sources(self) -> Iterator[str]:
        for row, candidates, _ in self._places():
            for name in candidates.plan.given:
                looked = self._looked(name, row)
                if looked is not None:
                    yield looked.source
                elif (chip := self._of_chip(name, row)) is not None:
                    yield chip.node_power_source
            yield from (step.source for step in candidates.plan.steps)
            yield from (self.results.assumptions[name].source for name in candidates.plan.assumed)

    def _problem(self) -> str | None:
        """Why there is no number, or what it leaves out."""
        said = []
        if self.way and bool(self.found.reading(self.one.name).partial[self.paper]):
            said.append("some runs lack facts, so the number covers only the others")
        unknown = self._lacking("grid_intensity")
        if unknown and any("grid_intensity" in (*candidates.plan.given, *candidates.plan.assumed)
                           for _, candidates, _ in self._places()):
            said.append(unknown)
        if not self.way:
            said.append(_needs(self.found, self.one, self.rows[0], self._lacking))
        return "; ".join(said) or None

    def _lacking(self, column: str) -> str:
        return next((fact.lacking[column] for row in self.rows
                     if (fact := self.found.spec.places.at(row)) is not None and column in fact.lacking), "")


def _needs(found: Answers, one: Consequence, row: int, lacking: Any) -> str:
    """What would make a consequence possible: the way to count it that needs the fewest facts."""
    stated = {each.stated for each in found.wanted if each.stated} | {"energy", "emissions", "cost"}
    present = frozenset(name for name in found.spec.numbers if not math.isnan(found.spec.get(name, row)))
    not_there = stated | ({"run_flop"} - present)
    rules = tuple(rule for rule in found.planner.rules if not_there.isdisjoint(parameters(rule.formula)))
    planner = Planner(found.planner.methods, rules, found.planner.assumptions)
    missing = {name: ways[0] for name, ways in planner.missing(present - stated).items()
               if name.partition("/")[0] == one.name and ways}
    if not missing:
        names = tuple(name for formula in one.formulas.values() for name in parameters(formula))
        whys = dict.fromkeys(why for name in names if (why := lacking(name)))
        other = " (or chip_price)" if "chip_price" in names else ""
        return ("; ".join(whys) or "its facts do not allow it") + other
    way, names = min(missing.items(), key=lambda item: (len(item[1]), item[0]))
    chip = found.spec.chips.at(row)
    parts = dict.fromkeys(_ask(name, chip.name if chip is not None else "", lacking(name)) for name in sorted(names))
    # 'chip (or power_per_chip)' asks for the chip already
    asked = [part for part in parts if not any(other.startswith(f"{part} (") for other in parts)]
    return f"{way.partition('/')[2]} needs {' and '.join(asked)}"


def _ask(name: str, chip: str, why: str) -> str:
    """A missing column as what a paper may state in its place."""
    if name in ("chip_power", "node_power", "counted_power"):
        return f"power_per_chip (no power of {chip} is known)" if chip else "chip (or power_per_chip)"
    if name in ("chip_price", "hardware_price", "electricity_price"):
        return f"chip_price ({why})" if why else "chip and published (or chip_price)"
    return schema.FIELDS[name].asks_for or name


def _shown(name: str, value: float) -> float:
    """A value in the unit in which people write its bare number: grams for a kilowatt-hour, dollars for an hour."""
    field = schema.FIELDS[name]
    unit = field.unit_aliases.get(name)
    shown = value / units.factor(unit, field.unit or "dimensionless") if unit and field.unit else value
    return float(f"{shown:.6g}")
