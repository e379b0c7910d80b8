"""What must not be, said out loud: each check's test runs over whole columns, its sentence over the rows it marks."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.contract import TextCheck
from computeest.estimation import parts
from computeest.estimation.intervals import Reach
from computeest.estimation.plan import parameters_of
from computeest.estimation.results import Results
from computeest.facts.lookup import Lookup, distinct, each_once
from computeest.facts.spec import ChipFact, Spec
from computeest.problems import records as codes
from computeest.problems.kind import LEVELS, Finding
from computeest.records import check_columns
from computeest.records.check_columns import Asked, said
from computeest.registry import Registry
from computeest.schema import cells
from computeest.schema.cells import Cell
from computeest.schema.column_map import SCALES


def _of_cells(results: Results) -> Iterator[tuple[int, Finding]]:
    """For each cell that its own words speak against: the row, and what they say."""
    spec, quotes, timed = results.spec, _of_quotes(results.registry), _timed(results.registry)
    for row, column, cell in _cells(spec):
        if column in timed and cells.without_unit(schema.FIELDS[column], cell.text):
            yield row, without_unit(column, f"'{cell.text}'")
        for check in _speaking(quotes, column, cell, spec.runs[row].cells) if cell.quote else ():
            message = said(check.sentence, {"column": column, "text": f"'{cell.text}'"})
            yield row, {"code": check.code, "level": check.level, "message": message}


def _cells(spec: Spec) -> Iterator[tuple[int, str, Cell]]:
    """Each cell once, with its row and column."""
    for row, run in enumerate(spec.runs):
        for column, cell in run.cells.items():
            if run.own and column not in run.own and row and spec.paper[row] == spec.paper[row - 1]:
                continue  # said of the first run that has it from the paper
            yield row, column, cell


@lru_cache(maxsize=8)
def _of_quotes(registry: Registry) -> Mapping[str, Sequence[TextCheck]]:
    """The checks of quotes by the columns that they are of: 1 % of an estimate."""
    checks = registry.text_checks
    return {column: [check for check in checks if column in check.columns]
            for column in {name for check in checks for name in check.columns}}


def _speaking(quotes: Mapping[str, Sequence[TextCheck]], column: str, cell: Cell,
              known: Mapping[str, Cell]) -> Iterator[TextCheck]:
    """The checks that a cell's quote sets off."""
    for check in quotes.get(column, ()):
        if check.says.search(cell.quote) and not _excused(check, column, known):
            yield check


def _excused(check: TextCheck, column: str, known: Mapping[str, Cell]) -> bool:
    """Whether the quote, or another cell, says that the number is meant as it stands."""
    if check.unless is not None and check.unless.search(known[column].quote):
        return True
    return any(name in known and word in known[name].text.lower() for name, word in check.unless_in.items())


def without_unit(column: str, said: str) -> Finding:
    """What to say of a number that stands for a time, and says of what unit."""
    field = schema.FIELDS[column]
    return codes.UNIT_NOT_STATED.says(column=column, said=said, unit=str(field.unit).replace(" * ", "-"),
                                      example=field.example)


#: A chip whose assumed number format is this many times faster than single precision is said to be a guess.
FORMAT_MATTERS = 4.0

#: By how much a number may be off that leaves out how the model was trained: rollouts are mostly more than training.
LEFT_OUT = 3.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding on some of the papers."""

    papers: Sequence[int] | NDArray[np.intp]
    finding: Finding
    #: What it says of each of them, where that is not the same.
    messages: Sequence[str] = ()


def by_paper(results: Results) -> dict[int, list[Finding]]:
    """What the checks say of the papers of which they say anything, as [{code, level, message}], worst first."""
    found: dict[int, list[Finding]] = {}
    for mark in _marks(results):
        own = [mark.finding | {"message": message} for message in mark.messages] or repeat(mark.finding)
        for index, finding in zip(np.asarray(mark.papers, dtype=np.intp).tolist(), own, strict=False):
            found.setdefault(index, []).append(finding)
    several = results.spec.size != len(results.first)
    for index, more in found.items():
        if several:  # runs may say the same, and one after the other
            more = found[index] = [dict(finding) for finding in sorted({tuple(f.items()) for f in more})]
        if len(more) > 1:
            more.sort(key=lambda f: LEVELS.index(f["level"]))
    return found


def texts(results: Results) -> Lookup[str]:
    """What the checks say, in one line a paper; those of papers that say the same are written once."""
    count, marks = len(results.first), list(_marks(results))
    place, words, sizes, levels = list[int](), list[str](), list[int](), list[int]()
    for number, mark in enumerate(marks):
        own = mark.messages or (mark.finding["message"],)
        head = f"{mark.finding['code']} ({mark.finding['level']}): "
        words += [head + message.replace("; ", ", ") for message in own]
        sizes += [1] * len(mark.messages) or [len(mark.papers)]
        place += [number] * len(own)
        levels += [LEVELS.index(mark.finding["level"])] * len(own)
    lines: Lookup[str] = Lookup.of(words, str)
    if several := results.spec.size != count:  # runs may say the same, and one after the other
        items = [(mark.finding["code"], mark.finding["level"], message) for mark in marks
                 for message in mark.messages or (mark.finding["message"],)]
        ranked = {item: rank for rank, item in enumerate(sorted(set(items)))}
        place = [ranked[item] for item in items]
    papers = np.concatenate([np.zeros(0, dtype=np.intp), *(np.asarray(m.papers, dtype=np.intp) for m in marks)])
    level, order_, said = (np.repeat(np.array(each, dtype=np.intp), sizes) for each in (levels, place, lines.codes))
    # as one number: a third of what np.lexsort takes
    order = np.argsort((papers * len(LEVELS) + level) * (len(marks) + len(words)) + order_, kind="stable")
    if several:
        order = order[(np.diff(papers[order], prepend=-1) != 0) | (np.diff(order_[order], prepend=-1) != 0)]
    papers, said = papers[order], said[order]
    begins = np.diff(papers, prepend=-1) != 0
    marked, one = papers[begins], np.cumsum(begins) - 1
    rank = np.arange(len(papers)) - np.flatnonzero(begins)[one]
    ranks = np.full((int(rank.max(initial=-1)) + 1, len(marked)), -1, dtype=np.intp)
    ranks[rank, one] = said
    # papers by what all their findings say: one by one they took a fifth of a table's time
    first, kind = distinct(*ranks) if len(marked) else (marked, marked)
    codes_ = np.full(count, -1, dtype=np.intp)
    codes_[marked] = kind
    return Lookup(codes_, tuple("; ".join(lines.facts[code] for code in codes if code >= 0)
                                for codes in ranks[:, first].T.tolist()))


#: By how much a number without a unit is off where people mean hours or days, or megawatt-hours.
_UNIT_FACTORS = {"second": 86400.0, "chip * second": 86400.0, "core * second": 86400.0, "joule": 3.6e9}


@lru_cache(maxsize=8)
def _timed(registry: Registry) -> frozenset[str]:
    """The columns of which a number may lack its unit: to ask all cells took 8 % of many mappings."""
    return frozenset(name for name, field in registry.columns.fields.items() if field.unit in _UNIT_FACTORS)


def _unitless(results: Results) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Columns whose numbers say no unit, with the papers that have them."""
    spec = results.spec
    of_papers: dict[str, list[int]] = {}
    timed = _timed(results.registry)
    for row, run in enumerate(spec.runs):
        for column in timed.intersection(run.cells):
            if cells.without_unit(schema.FIELDS[column], run.cells[column].text):
                of_papers.setdefault(column, []).append(int(spec.paper[row]))
    for column, papers in of_papers.items():
        yield column, each_once(np.array(papers, dtype=np.intp))
    for column, bare in spec.unitless.items():
        yield column, each_once(spec.paper[bare])


def widened(results: Results) -> Results:
    """The results, wider where a check says that they are off by a factor, or that something in them cannot be."""
    reach = Reach(len(results.first))
    asked = Asked(results)
    _widen_by_checks(asked, reach)
    for row in parts.left_out(results):
        reach.add(results.spec.paper[row], LEFT_OUT)
    for column, papers in _unitless(results):
        reach.add(papers[rests_on(results, column)[papers]], _UNIT_FACTORS[str(schema.FIELDS[column].unit)])
    for column, (full, scale) in results.spec.in_full.items():
        papers = each_once(results.spec.paper[full])
        reach.add(papers[rests_on(results, column)[papers]], 1 / scale, both=False)
    if machines := list(_machines(results)):
        counted = rests_on(results, "chips")
        for row, fact in machines:
            paper = results.spec.paper[row]
            reach.add(paper, fact.chips_per_unit if counted[paper] else 1.0)
    ends = reach.ends(results.columns)
    return results.after(asked, {**results.columns, **ends} if ends else results.columns)


def _widen_by_checks(asked: Asked, reach: Reach) -> None:
    """What checks of facts and results, and of quotes, say of how far answers may be off."""
    results, spec = asked.results, asked.results.spec
    for check, marked in asked.speaking(of_reach=True):
        reach.add(spec.paper[marked], check_columns.widens(check))
        if check.instead is not None:
            marked = marked[rests_on(results, parameters_of(check.instead)[0], filled=True)[spec.paper[marked]]]
            multiple = np.ones(spec.size)
            with np.errstate(all="ignore"):
                rows, said = asked.answers(check.instead)
            multiple[rows] = np.nan_to_num(said, nan=1.0)
            reach.add(spec.paper[marked], 1 + _share(results, marked) * (multiple[marked] - 1), both=False)
    quotes = _of_quotes(results.registry)
    resting: dict[str, NDArray[np.bool_]] = {}
    for row, column, cell in _cells(spec):
        for quote in _speaking(quotes, column, cell, spec.runs[row].cells) if cell.quote else ():
            if quote.instead == 1:
                continue
            if column not in resting:
                resting[column] = rests_on(results, column)
            if resting[column][spec.paper[row]]:
                stated = spec.get(quote.times, row) if quote.times else np.nan
                by = quote.instead if np.isnan(stated) else stated
                here = np.array([row])
                reach.add(spec.paper[here], 1 + _share(results, here) * (by - 1), both=False)


def _share(results: Results, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """What runs have of the answer, which another number of those runs leaves as it is."""
    with np.errstate(all="ignore"):
        share = np.exp(results.reconciled.of_runs.log[rows]) / results.columns["flop"][results.spec.paper[rows]]
    return np.where(np.isnan(share), 1.0, np.minimum(np.maximum(share, 0.0), 1.0))


def _in_words(said: tuple[int, Finding]) -> tuple[int | str, ...]:
    """An order of findings of cells, whatever order the cells stand in, of a paper or of a table's columns."""
    return said[0], said[1]["code"], said[1]["message"]


def _marks(results: Results) -> Iterator[Mark]:
    asked = Asked.of(results)
    for check, marked in asked.speaking():
        finding = {"code": check.code, "level": check.level, "message": ""}
        yield Mark(results.spec.paper[marked], finding, asked.sentences(check, marked))
    for row, one in sorted(_of_cells(results), key=_in_words):
        yield Mark((int(results.spec.paper[row]),), one)
    for column, bare in sorted(results.spec.unitless.items()):
        yield Mark(np.flatnonzero(bare), without_unit(column, "a number"))
    for column, (full, scale) in results.spec.in_full.items():
        yield Mark(np.flatnonzero(full), codes.PERHAPS_IN_FULL.says(column=column, scale=SCALES[scale]))
    yield from (Mark((int(results.spec.paper[row]),), one) for row, one in sorted(results.spec.readings, key=_in_words))
    yield from _of_dates(results)
    yield from _of_chips(results)
    yield from _of_machines(results)
    if results.reconciled.partial.any():
        partial = np.flatnonzero(results.reconciled.partial)
        yield Mark(partial, codes.RUN_NOT_ESTIMATED.says(
            lacking="some of the paper's runs lack facts", covers="covers only the others"))
    yield from _of_search(results)
    for row, facts in parts.left_out(results).items():
        lacking = {schema.HELD_BY[name] for name in facts} - set(facts)
        of = f"what else is needed for {' and '.join(sorted(lacking))} is not" if lacking else "another way was taken"
        yield Mark((int(results.spec.paper[row]),), codes.PRACTICE_LEFT_OUT.says(facts=" and ".join(facts), lacking=of))
    yield from _of_lineage(results)
    yield from _of_methods(results)
    for rows, method, sentence in results.evaluation.failures:
        yield Mark(each_once(results.spec.paper[rows]),
                   codes.METHOD_FAILED.says(method=method, why=sentence))


def _of_search(results: Results) -> Iterator[Mark]:
    """Findings of runs that searched for those that count."""
    apart = results.spec.apart
    if apart is None:
        return
    for place, paper in enumerate(results.spec.apart_of):
        if np.isnan(results.columns["search_flop"][paper]):
            roles = sorted({str(apart.word("role", int(row))) for row in np.flatnonzero(apart.paper == place)})
            yield Mark((paper,), codes.SEARCH_NOT_ESTIMATED.says(roles=" and ".join(roles)))


def _of_chips(results: Results) -> Iterator[Mark]:
    """Findings of the look-up of chips, each chip's once."""
    lookup, resting = results.spec.chips, rests_on(results, "peak")
    peak, paper = results.by_run.get("peak"), results.spec.paper
    without = np.isnan(peak) if peak is not None else np.ones(results.spec.size, dtype=bool)
    for chip, rows in lookup.by_fact():
        if chip.refusal is not None:
            continue
        papers = each_once(paper[rows])
        for what, code in ((chip.mixed, codes.CHIPS_MIXED), (chip.ambiguous, codes.CHIP_AMBIGUOUS)):
            if what:
                yield Mark(papers, code.says(what=what))
        if chip.unknown:
            yield Mark(papers, codes.CHIP_WORD_NOT_UNDERSTOOD.says(word=chip.unknown, text=chip.text, chip=chip.name))
        if chip.flag:
            level = "warning" if chip.flag.startswith("low confidence") else "info"
            yield Mark(papers, codes.CHIP_UNCERTAIN.says(what=chip.flag, level=level))
        guess = resting[papers] & (chip.format_gap > FORMAT_MATTERS)
        guessed = papers[guess]
        if len(guessed):
            yield Mark(guessed, codes.NUMBER_FORMAT_ASSUMED.says(
                chip=chip.name, gap=chip.format_gap, number_format=chip.number_format))
        if chip.note:
            yield Mark(papers[~guess], codes.NUMBER_FORMAT.says(what=chip.note))
        if chip.no_peak:
            yield Mark(each_once(paper[rows[without[rows]]]), codes.CHIP_WITHOUT_PEAK.says(what=chip.no_peak))


def _of_dates(results: Results) -> Iterator[Mark]:
    """Papers of the future: of a month or a year, those that have not begun."""
    published, today = results.spec.kinds("published"), datetime.date.today()
    if not any(day > today for day in published.facts):  # as in most tables: 1 % of their time
        return
    for day, papers in Lookup(published.codes[results.first], published.facts).by_fact():
        if day > today and day.isoformat() > today.isoformat()[:len(day.isoformat())]:
            yield Mark(papers, codes.DATE_IN_FUTURE.says(day=day.isoformat()))


def _machines(results: Results) -> Iterator[tuple[int, ChipFact]]:
    """Runs that count machines where chips are counted: the 64 of a DGX A100 may be GPUs as well."""
    spec, chips = results.spec, results.spec.column("chips")
    many = [fact.chips_per_unit > 1 and math.isnan(fact.chips) for fact in spec.chips.facts]
    if not any(many):  # as of most papers: 1 % of an estimate
        return
    for row in np.flatnonzero(np.array([*many, False])[spec.chips.codes] & ~np.isnan(chips)).tolist():
        fact = spec.chips.facts[spec.chips.codes[row]]
        if chips[row] not in (fact.chips_per_unit, fact.chips_per_unit * spec.get("nodes", row)):
            yield row, fact


def _of_machines(results: Results) -> Iterator[Mark]:
    chips = results.spec.column("chips")
    for row, fact in _machines(results):
        yield Mark((int(results.spec.paper[row]),), codes.MACHINES_COUNTED.says(
            text=fact.text, each=fact.chips_per_unit, all=chips[row]))


def rests_on(results: Results, column: str, filled: bool = False) -> NDArray[np.bool_]:
    """For each paper whether most of the answer comes from methods that use a fact, stated or (`filled`) any."""
    share, names = np.zeros(len(results.first)), results.reconciled.methods
    for candidates in results.evaluation.candidates:
        if column in (candidates.values if filled else candidates.plan.given):
            papers = each_once(results.spec.paper[candidates.rows])
            share[papers] += results.reconciled.weight[papers, names.index(candidates.plan.method.name)]
    return np.asarray(share > 0.5)


def _of_methods(results: Results) -> Iterator[Mark]:
    """Methods that have an answer, of which the estimate takes nothing."""
    reconciled, flop = results.reconciled, results.reconciled.flop
    left = (reconciled.weight == 0) & ~np.isnan(reconciled.method_flop) & ~np.isnan(flop)[:, None]
    for place, name in enumerate(reconciled.methods if np.count_nonzero(left) else ()):
        said = reconciled.method_flop[:, place]
        for index in np.flatnonzero(left[:, place]).tolist():
            yield Mark((index,), codes.METHOD_LEFT_OUT.says(
                method=name, flop=said[index], factor=max(said[index] / flop[index], flop[index] / said[index])))


def _of_lineage(results: Results) -> Iterator[Mark]:
    """Findings about base models."""
    lineage, own = results.lineage, results.reconciled.flop
    if lineage.missing:
        from computeest.models.near import near  # only where a base model is not known
    for index, name in lineage.missing.items():
        yield Mark((index,), codes.BASE_COMPUTE_MISSING.says(
            base=name, near=near(name) if results.spec.runs else ""))
    for index, name in lineage.same_run.items():
        yield Mark((index,), codes.BASE_DESCRIBED_AGAIN.says(base=name))
    for index, name in lineage.counted_in.items():
        yield Mark((index,), codes.BASE_ADDED_TWICE.says(base=name))
    found = [(index, codes.BASE_FROM_TABLE.says(base=name)) for index, (name, _) in lineage.bundled.items()]
    found += [(index, codes.BASE_OF_OTHER_SIZE.says(base=name, size=size, own=parameters))
              for index, (name, size, parameters) in lineage.other_size.items()]
    yield from (Mark((index,), finding) for index, finding in found)
    for index, sentence in lineage.scaled.items():
        yield Mark((index,), codes.BASE_COMPUTE_SCALED.says(what=sentence))
    for index, name in lineage.cycles.items():
        yield Mark((index,), codes.BASE_CYCLE.says(base=name))
    if not np.count_nonzero(lineage.base == lineage.base):  # as of most papers
        return
    with np.errstate(invalid="ignore"):
        small = np.flatnonzero(own < 0.1 * lineage.base).tolist()
    for index in small:
        yield Mark((index,), codes.BASE_DOMINATES.says(own=own[index]))
    alone = np.flatnonzero(~np.isnan(lineage.base) & np.isnan(own))
    yield Mark(alone, codes.RUN_NOT_ESTIMATED.says(
        lacking="the facts of the model's own run are missing", covers="is its base model's"))
