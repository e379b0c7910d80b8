"""Chips, and numbers of them, that cells and headers of other columns name: times, counts, nodes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from computeest.facts.spec import OF_CHIPS, ChipFact, Spec
from computeest.problems import facts as wrong
from computeest.problems.chips import CHIP_WORD_UNKNOWN
from computeest.problems.records import CHIP_WORD_NOT_UNDERSTOOD, CHIPS_OR_OF_EACH_NODE, CHIPS_PER_NODE
from computeest.text.chip_words import HOLDERS
from computeest.text.suggest import closest

if TYPE_CHECKING:
    from computeest.hardware import Database, Match, Refusal

#: How far apart two numbers of chips may be of which one is rounded: 'about 1,000 A100s' beside 1,024.
_SAME_NUMBER = 0.05
#: The most chips that one node has, NVIDIA's DGX-2 and AWS' trn1.32xlarge.
MOST_IN_A_NODE = 16
#: Most nodes hold four (Perlmutter, Leonardo), six (Summit) or eight (DGX H100): 16 chips on 2 or 4 of them are all.
_USUAL_IN_A_NODE = (4.0, 6.0, 8.0)


def elsewhere(spec: Spec, database: Database) -> None:
    """The chip that a time or a number of chips names, in rows whose hardware nothing else says."""
    from computeest.hardware import Match

    named = {row: name for row, name in {**spec.count_of, **spec.time_of}.items()
             if name not in HOLDERS and spec.word("chip", row) is None}
    for column, (name, _) in spec.header_of.items():
        for row in np.flatnonzero(~np.isnan(spec.column(column))).tolist():
            if spec.word("chip", row) is None:
                named.setdefault(row, name)
    known = {name for name in set(named.values()) if isinstance(database.find(name, None), Match)}
    for row, name in named.items():
        if name in known:
            spec.words.setdefault("chip", np.full(spec.size, None, dtype=object))[row] = name
            spec.coded.pop("chip", None)


def headers(spec: Spec, database: Database) -> None:
    """Accelerator time under a header that names another chip than the row does, or none, is an error of that cell."""
    from computeest.hardware import Refusal

    for column, (name, of_each) in spec.header_of.items():
        if column not in spec.numbers:
            continue
        match = database.find(name, None)
        if isinstance(match, Refusal):
            _of_unknown(spec, column, name, match)
            continue
        for fact, rows in spec.chips.by_fact():
            if fact.refusal is not None:
                continue
            there = rows[~np.isnan(spec.numbers[column][rows])]
            if not _may_be_one(fact, match):
                for row in there.tolist():
                    if row not in spec.time_of:
                        spec.problem(row, column, wrong.CHIP_OF_TIME_CONTRADICTS(
                            chip=database.chip(match.chip).name, word=name, stated=fact.name, text=fact.text))
                        spec.set(column, row, math.nan)
            elif match.chips_per_unit != 1.0 and not of_each and column in OF_CHIPS and fact.chips_timed == 1.0:
                spec.numbers[column][there] *= match.chips_per_unit


def _of_unknown(spec: Spec, column: str, name: str, refusal: Refusal) -> None:
    """The time of a chip that nobody knows is an error: 'GPU hours (XY-A100)'; '(fp16)' names none."""
    if refusal.fault.code == CHIP_WORD_UNKNOWN.name:
        near = closest(refusal.suggestions) or "see `computeest hardware list`"
        for row in np.flatnonzero(~np.isnan(spec.numbers[column]) & np.isnan(spec.column("peak"))).tolist():
            spec.problem(row, column, wrong.CHIP_OF_TIME_UNKNOWN(name=name, near=near))
            spec.set(column, row, math.nan)


def times(spec: Spec, database: Database) -> None:
    """Accelerator time of what its cell names: a machine is all its chips, and another chip than the run's an error."""
    from computeest.hardware import Refusal

    for row, name in spec.time_of.items():
        column = next((name for name in (*OF_CHIPS, "time") if not math.isnan(spec.get(name, row))), "chip_time")
        fact = spec.chips.at(row) if len(spec.chips.codes) else None
        if name in HOLDERS:
            _of_holder(spec, row, column, name, fact)
            continue
        match = database.find(name, spec.word("published", row))
        if name[:1].isdigit() and (isinstance(match, Refusal) or match.count is None):  # '32 nodes of A100'
            spec.problem(row, column, wrong.MACHINES_OF_TIME_UNKNOWN(machine="machine"))
            spec.set(column, row, math.nan)
            continue
        if isinstance(match, Refusal):
            if math.isnan(spec.get("peak", row)) and (fact is None or fact.refusal is None):
                near = closest(match.suggestions) or "see `computeest hardware list`"
                spec.problem(row, column, wrong.CHIP_OF_TIME_UNKNOWN(name=name, near=near))
                spec.set(column, row, math.nan)
            continue
        if fact is not None and fact.refusal is None and not _may_be_one(fact, match):
            spec.problem(row, column, wrong.CHIP_OF_TIME_CONTRADICTS(chip=database.chip(match.chip).name, word=name,
                                                                     stated=fact.name, text=fact.text))
            spec.set(column, row, math.nan)
            continue
        if match.unknown and spec.word("chip", row) != name:
            spec.readings.append((row, CHIP_WORD_NOT_UNDERSTOOD.says(
                word=match.unknown, text=name, chip=database.chip(match.chip).name)))
        if match.chips > 1 and column != "time" and (fact is None or fact.chips_timed == 1.0):
            _of_all(spec, row, column, match)
            if row in spec.counts_timed:
                count, text = spec.counts_timed[row]
                spec.counts_timed[row] = count * match.chips, text


def _of_all(spec: Spec, row: int, column: str, match: Match) -> None:
    """A time of several chips as that of all: '240 hours on 8 A100 (2 nodes)', of which each node may have eight."""
    if row in spec.time_of_each:
        return
    spec.numbers[column][row] *= match.chips
    if match.times > 1:
        low, high = spec.alternatives.setdefault(column, (np.full(spec.size, np.nan), np.full(spec.size, np.nan)))
        low[row], high[row] = spec.numbers[column][row], spec.numbers[column][row] * match.times


def counts(spec: Spec) -> None:
    """A time that says how many chips ran for it is an error beside another number of chips."""
    _of_nodes(spec)
    for row, (count, text) in spec.counts_timed.items():
        stated = spec.get("chips", row)
        column = "chip_time" if not math.isnan(spec.get("chip_time", row)) else "core_time"
        fact = spec.chips.at(row) if len(spec.chips.codes) else None
        units = {1.0, fact.chips_per_unit} if fact is not None and fact.refusal is None else {1.0}
        if math.isnan(stated) or any(abs(count * unit / stated - 1) < _SAME_NUMBER for unit in units):
            continue
        spec.problem(row, column, wrong.CHIPS_CONTRADICT(text=text, counted=count, stated=stated))
        spec.set(column, row, math.nan)


def _of_nodes(spec: Spec) -> None:
    """A number of chips beside a number of nodes: fewer than these are those of each, and a few may be."""
    if not {"nodes", "chips"} <= spec.numbers.keys():
        return
    nodes, chips = spec.column("nodes"), spec.column("chips")
    with np.errstate(invalid="ignore"):
        per_node, machine = spec.column("chips_per_node"), spec.chips.column("chips_per_unit")
        beside = (nodes > 1) & np.isnan(per_node) & (~(machine > 1) | (chips != nodes * machine))
        usual = (chips > _USUAL_IN_A_NODE[-1]) & np.isin(chips / nodes, _USUAL_IN_A_NODE)
        fewer, few = beside & (chips < nodes), beside & (chips >= nodes) & (chips <= MOST_IN_A_NODE) & ~usual
        each, beyond = (nodes > 1) & (chips == per_node), chips > nodes * per_node * (1 + _SAME_NUMBER)
    for row in np.flatnonzero(beyond).tolist():
        spec.problem(row, "chips", wrong.CHIPS_CONTRADICT(
            text=f"{nodes[row]:g} nodes of {per_node[row]:g}", counted=nodes[row] * per_node[row], stated=chips[row]))
        spec.set("chips", row, math.nan)
        spec.set("nodes", row, math.nan)
    for row in np.flatnonzero(fewer).tolist():
        spec.readings.append((row, CHIPS_PER_NODE.says(chips=chips[row], nodes=nodes[row],
                                                       all=chips[row] * nodes[row])))
    for row in np.flatnonzero(few | each).tolist():
        spec.readings.append((row, CHIPS_OR_OF_EACH_NODE.says(chips=chips[row], nodes=nodes[row],
                                                              all=chips[row] * nodes[row])))
    if fewer.any() or each.any():
        spec.numbers["chips"] = np.where(fewer | each, chips * nodes, chips)
    if few.any() or each.any():
        low, high = spec.alternatives.get("chips", (np.nan, np.nan))
        spec.alternatives["chips"] = np.where(few | each, chips, low), np.where(few | each, chips * nodes, high)


def of_others(spec: Spec, database: Database) -> None:
    """A number of chips that names another chip than the run's is an error: '64 V100s' beside an A100."""
    for row, name in spec.count_of.items():
        fact, found = spec.chips.at(row), database.find_all(name, spec.word("published", row))
        if fact is None or fact.refusal is not None or not isinstance(found, list):
            continue
        others = [match for match in database.accelerators(found) if not _may_be_one(fact, match)]
        if others:
            names = " and ".join(database.chip(match.chip).name for match in others)
            spec.problem(row, "chips", wrong.CHIP_OF_COUNT_CONTRADICTS(chip=names, word=name, stated=fact.name,
                                                                       text=fact.text))
            spec.set("chips", row, math.nan)


#: How the names of TPUs begin; every other chip is called a GPU somewhere.
_TPUS = "google-tpu"
#: Of GPUs a pod is several nodes, and nobody knows how many.
_OF_TPUS = frozenset(("pod", "slice"))


def lines(spec: Spec) -> None:
    """A count or a time that names another line of accelerators than the run's chip is an error: '64 TPUs' of A100."""
    for (row, column), (line, text) in spec.lines.items():
        fact = spec.chips.at(row)
        if fact is None or fact.refusal is not None or math.isnan(spec.get(column, row)):
            continue
        chips = (*fact.chip.split("+"), *fact.alternatives)
        if line not in ["TPU" if chip.startswith(_TPUS) else "GPU" for chip in chips]:
            kind = wrong.CHIP_OF_COUNT_CONTRADICTS if column == "chips" else wrong.CHIP_OF_TIME_CONTRADICTS
            spec.problem(row, column, kind(chip=f"{line}s", word=text, stated=fact.name, text=fact.text))
            spec.set(column, row, math.nan)


def _of_holder(spec: Spec, row: int, column: str, name: str, fact: ChipFact | None) -> None:
    """Node-hours as those of the chips that one node has, where the hardware's name says how many."""
    held = 1.0 if fact is None or fact.refusal is not None else fact.chips_per_unit
    if held <= 1 and not math.isnan(spec.get("chips_per_node", row)):
        held = spec.get("chips_per_node", row)
    if held <= 1 or (name in _OF_TPUS and (fact is None or not fact.chip.startswith(_TPUS))):
        spec.problem(row, column, wrong.MACHINES_OF_TIME_UNKNOWN(machine=name))
        spec.set(column, row, math.nan)
        return
    spec.numbers[column][row] *= held


def _may_be_one(fact: ChipFact, match: Match) -> bool:
    """Whether the chip of a run and that of its time may be the same."""
    run, time = {fact.chip, *fact.chip.split("+"), *fact.alternatives}, {match.chip, *match.alternatives}
    return not run.isdisjoint(time)
