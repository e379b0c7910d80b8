"""A dataset's published figures against its own facts and its own notes: findings, the surest and largest first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest import pipeline
from computeest.audit import against_note, asked
from computeest.audit.against_note import Reading, Remark
from computeest.estimation.results import Results
from computeest.facts.columns import cells_of
from computeest.facts.table import numbers_of
from computeest.pipeline import Options
from computeest.problems import audits as codes
from computeest.records import check_columns, checks
from computeest.records import columns as flat
from computeest.schema import cells
from computeest.text.numbers import NINETY

if TYPE_CHECKING:
    import pyarrow as pa

#: Above this no published run has come, averaged over all its accelerator time; and below this few have.
_BEST_RUN, _POOR_RUN = 0.75, 0.01
#: How much surer a finding is made by a difference of ten times.
_LARGEST = 1000.0
#: A figure that the note's own arithmetic gives is seldom wrong where the facts say otherwise: they are too few.
_EXPLAINED = 0.4
#: What is counted for a table of n-grams says nothing of a figure.
_NO_NETWORK = "parameters-before-their-time"
#: How large a check's finding is: a column over what would have been usual.
_SIZED_BY = {"methods-disagree": ("agreement", 1.0), "utilization-above-one": ("utilization_implied", 0.5),
             "accelerator-time-mismatch": ("chip_time_apart", 1.0), "size-and-note": ("tokens_apart", 1.0)}
#: Two numbers that the row states for one thing, this far apart: one of them is wrong. A note often says the tokens
#: seen beside the size of a corpus, which few read this often.
_CONTRADICTS = {"accelerator-time-mismatch": 1.0, "size-and-note": 30.0}
#: What is said of the estimate, where facts are missing and nothing in the row is wrong.
_OF_ESTIMATES = frozenset((
    "number-format-assumed", "run-not-estimated", "base-compute-missing", "base-compute-scaled", "base-dominates",
    "base-from-table", "experts-not-stated", "epochs-not-stated", "chips-mixed", "chip-without-peak", "method-failed",
    "unit-not-stated", "chip-uncertain"))
#: What says that the share of a mixture that a token meets was taken and not stated.
_SHARE_TAKEN = "experts-not-stated"
#: Counted operations and accelerator time that differ by no more than slow or good code makes are no finding on a row
#: whose published figure is about what they give.
_SLOW, _GIVES = 30.0, 1.5
#: A figure that cannot be read is one to correct, or a column of another thing.
_UNREAD = 0.5
#: Machines of relays learned with fewer FLOP than any reader takes for a training's: Theseus of 1950 with 40 (Sevilla
#: et al. 2022, the table of their appendix). Those of transistors do more in a second.
_BEFORE_COMPUTERS = 1960.0
_OF_LEVEL = {"error": 0.5, "warning": 0.15}
#: Less sure than that nothing is a finding: facts are missing, and nothing in the row is wrong.
_LEAST_SURE = 0.05
#: How large the finding of an error is that has no size of its own: what cannot be comes before what may be.
_OF_ERROR = 5.0
#: A figure that one of the row's methods gives within this is no mistake that another method finds.
_ONE_GIVES = 2.0
#: A corpus of which nobody says how often it was read may have been read so many times; what is left of a finding then.
_MOST_PASSES, _UNREAD_DATA = 1000.0, 0.15
#: A check that says that a size may count something else than tokens: what is counted with it says little.
_OTHER_UNIT = "samples-for-tokens"
#: TensorFloat-32 is eight times a chip's single precision, and runs 'in fp32' mostly use it.
_TF32, _IN_TF32 = 8.0, 0.2
_NAMED_SPARSE = re.compile(r"\bmoe\b|mixture|sparse|switch", re.IGNORECASE)
#: A corpus smaller than so many tokens for each parameter may be counted in sentences, each of up to so many tokens.
_FEW_TOKENS = 10.0
_OF_A_SENTENCE = 512.0
#: Of a corpus of which nobody says how much was read, a part may have been, down to a fifth: PanGu-alpha's.
_A_PART = 0.2
#: Where a check finds the facts themselves impossible, that the figure differs from them says less.
_FACTS_DOUBTED = 0.5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one row that somebody should look at."""

    #: The row in the table, the first being 1, and its model.
    row: int
    model: str
    code: str
    #: How likely it is that the row has to be corrected, as experience with such findings has it.
    certainty: float
    #: By how much the numbers differ.
    factor: float
    says: str
    published: float | None
    estimate: float | None
    estimate_low: float | None
    estimate_high: float | None
    #: The published figure over what the row's chips could have done in its time.
    utilization: float | None

    @property
    def rank(self) -> float:
        """How sure times how large."""
        return self.certainty * math.log10(max(1.05, min(self.factor, _LARGEST)))

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON has it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Audit:
    """The findings, largest and surest first, and what was looked at."""

    findings: tuple[Finding, ...]
    rows: int
    published: int
    estimated: int
    #: Rows whose published figure lies in the 90 % interval.
    inside: int
    #: Rows whose published figure cannot be read; those that are neither have none.
    unread: int
    #: Rows whose note holds arithmetic; whose figure one of its expressions gives; one or a total that they support.
    arithmetic: int
    by_product: int
    by_total: int

    def surer(self, least: float) -> tuple[Finding, ...]:
        """The findings at least so sure."""
        return tuple(finding for finding in self.findings if finding.certainty >= least)

    def summary(self, least: float = 0.0) -> str:
        """What was looked at, in a line; of findings less sure than `least` only how many there are."""
        shown = len(self.surer(least))
        unsure = len(self.findings) - shown
        more = f", and {unsure} less sure (--least 0 lists them)" if unsure else ""
        notes = (f"; {self.arithmetic} notes hold arithmetic, which gives the published figure in {self.by_product} "
                 f"({self.by_total} with totals)" if self.arithmetic else "")
        rest = ((self.unread, "with one that cannot be read"),
                (self.rows - self.published - self.unread, "without one"))
        others = "".join(f"; {count} {words}" for count, words in rest if count)
        return (f"{self.rows} rows: {self.published} with a published figure, {self.estimated} of them estimated, "
                f"{self.inside} inside the 90 % interval{others}{notes}; {shown} findings{more}")


def audit(table: pa.Table, published: str, notes: str = "", options: Options | None = None) -> Audit:
    """Every finding on a table's rows; `published` and `notes` are its columns, which are no facts."""
    asked.check(table, published, notes)
    options = options or Options()
    texts = [str(cell or "") for cell in cells_of(table.column(notes))] if notes else [""] * table.num_rows
    texts = [text if len(text) <= cells.LONGEST_WORDS else "" for text in texts]
    # the published figure must not be taken for a fact that the estimate rests on
    apart = [name for name in table.column_names if name not in (published, notes)]
    meant = options.columns if options.columns is not None else options.layout.columns_of(apart)
    mapped = meant.columns.get("reported_compute")
    mapped = mapped if mapped is not None and mapped.header == published else None
    figures, unread = numbers_of(table, published, "reported_compute", mapped if mapped and mapped.unit else None)
    unread = asked.without_figure(table, published, unread)
    if mapped is None:
        asked.no_other_unit(published, figures)
    options = replace(options, columns=replace(meant, columns={
        column: source for column, source in meant.columns.items() if source.header not in (published, notes)}))
    found = pipeline.estimated(table, options).results
    base = np.nan_to_num(_column(found, "base_compute"))
    longest = asked.cut_off_at(texts)
    readings = [against_note.read(text, figure if figure > 0 else math.nan, float(base[row]),
                                  whole=len(text) != longest)
                for row, (text, figure) in enumerate(zip(texts, figures.tolist(), strict=True))]
    tokens = meant.columns.get("tokens")
    rows = _Rows(found, figures, readings, unread, asked.speak_of_experts(table, apart),
                 tokens is not None and asked.trained_with(tokens.header), asked.few(table, published, unread))
    findings = sorted(rows.findings(), key=lambda finding: (-finding.rank, finding.row, finding.code))
    low, high = _column(found, "flop_low"), _column(found, "flop_high")
    known = figures > 0
    return Audit(tuple(findings), table.num_rows, int(known.sum()), int((known & ~np.isnan(low)).sum()),
                 int((known & (low <= figures) & (figures <= high)).sum()), len(unread),
                 sum(bool(r.products) for r in readings), sum(r.by_product for r in readings),
                 sum(r.by_total for r in readings))


def _column(results: Results, name: str) -> NDArray[np.float64]:
    found = results.columns.get(name)
    return found if found is not None else np.full(len(results.first), np.nan)


@dataclass(frozen=True, slots=True)
class _Rows:
    """A table's results beside its published figures and its notes."""

    results: Results
    published: NDArray[np.float64]
    readings: list[Reading]
    #: Rows whose published figure is no FLOP, and why.
    unread: Mapping[int, str]
    #: Rows whose words speak of a mixture of experts.
    of_experts: Set[int] = frozenset()
    #: Whether the tokens are those that were read in training, so that no row leaves open how often.
    trained_with: bool = False
    #: Rows whose figure is fewer FLOP than a column of them holds.
    few: Set[int] = frozenset()

    def findings(self) -> Iterator[Finding]:
        """Every remark on every row."""
        columns = {name: _column(self.results, name) for name in ("flop", "flop_low", "flop_high", "sigma", "capacity",
                                                                  "base_compute", "agreement",
                                                                  "utilization_implied", "tokens_seen", "parameters")}
        columns |= self._stated_twice()
        columns["published_year"] = check_columns.published_year(self.results.spec)[self.results.first]
        said, all_parameters = checks.by_paper(self.results), _counted_with(self.results, "active_share")
        once = set() if self.trained_with else _counted_with(self.results, "epochs")
        bought = _bought(self.results)
        names = [str(self.results.spec.word("model", int(row)) or "") for row in self.results.first]
        methods = flat.methods_named(self.results)
        for row, reading in enumerate(self.readings):
            values = {name: float(column[row]) for name, column in columns.items()}
            values["published"] = float(self.published[row])
            values["base_compute"] = 0.0 if math.isnan(values["base_compute"]) else values["base_compute"]
            values["capacity"] = math.nan if row in bought else values["capacity"]
            dense = row in all_parameters and (
                reading.sparse or row in self.of_experts or bool(_NAMED_SPARSE.search(names[row])))
            dense |= any(check["code"] == _SHARE_TAKEN for check in said.get(row, []))
            lacking = {"methods-disagree"} if row in once or dense else set()
            # a corpus of which nobody says how much was read, and chips that could have done what is published
            spare = row in once and _POOR_RUN < _implied(values) <= _BEST_RUN
            lacking |= {"utilization-above-one"} if dense or spare or row in bought else set()
            told = said.get(row, [])
            if self._by_code_alone(values, row):
                told = [check for check in told if check["code"] != "methods-disagree"]
            remarks = [*reading.remarks, *_of_checks(told, values, lacking)]
            if row in self.unread and not (row in self.few and values["published_year"] < _BEFORE_COMPUTERS):
                remarks.append(Remark.of(codes.PUBLISHED_NOT_READ, _UNREAD, 1.5, what=self.unread[row]))
            if row in self.results.lineage.missing:
                values["base_compute"] = math.nan
            if values["published"] > 0:
                doubted = any(check["level"] == "error" for check in said.get(row, []))
                trust = _EXPLAINED if reading.by_total or reading.quoted else 1.0
                trust *= _FACTS_DOUBTED if doubted else 1.0
                trust *= _EXPLAINED if dense else 1.0
                in_tf32 = self._in_tf32(row)
                remarks += _utilization(values, in_tf32=in_tf32)
                method = methods.at(row) or ""
                by_hardware = self._rests_on(method) == "hardware"
                trust *= _EXPLAINED if self._given_by_one(values["published"], row) else 1.0
                trust *= _EXPLAINED if by_hardware and _POOR_RUN < _implied(values) <= _BEST_RUN else 1.0
                # an answer between what is counted and what the chips did is no mistake of either
                trust *= _EXPLAINED if in_tf32 and _BEST_RUN < _implied(values) < _TF32 else 1.0
                trust *= _EXPLAINED if any(check["code"] == _OTHER_UNIT for check in told) else 1.0
                few = values["tokens_seen"] < _FEW_TOKENS * values["parameters"]
                most = _MOST_PASSES * (_OF_A_SENTENCE if few else 1.0)
                passes = values["published"] / values["flop"]
                trust *= _UNREAD_DATA if row in once and 1 < passes <= most else 1.0
                # GPT-3 read 300B of its 500B tokens (Brown et al. 2020, table 2.2), PanGu-alpha a fifth of its corpus
                trust *= _EXPLAINED if row in once and _A_PART <= passes < 1 else 1.0
                if all(check["code"] != _NO_NETWORK for check in told):
                    remarks += _interval(values, method, reading, trust)
            yield from (self._finding(row, remark, values) for remark in remarks if remark.certainty >= _LEAST_SURE)

    def _stated_twice(self) -> dict[str, NDArray[np.float64]]:
        """How far apart two numbers are that a row states for one thing, NaN where it states one or none."""
        spec, first = self.results.spec, self.results.first
        low, high = spec.alternatives.get("tokens", (np.full(spec.size, np.nan),) * 2)
        with np.errstate(all="ignore"):
            apart = np.abs(np.log(spec.column("chip_time") / (spec.column("chips") * spec.column("time"))))
            return {"chip_time_apart": np.exp(apart[first]), "tokens_apart": (high / low)[first]}

    def _by_code_alone(self, values: Mapping[str, float], row: int) -> bool:
        """Whether methods disagree by how well chips are used, and the published figure lies where they do."""
        counted, timed = (next(iter(self._given(row, kind)), math.nan) for kind in ("counted", "hardware"))
        usual = values["agreement"] < _SLOW if counted < timed else values["utilization_implied"] <= _BEST_RUN
        return usual and min(counted, timed) / _GIVES < values["published"] < max(counted, timed) * _GIVES

    def _given_by_one(self, published: float, row: int) -> bool:
        """Whether a method gives the published figure that the estimate does not rest on."""
        taken = float(_column(self.results, "flop")[row])
        others = (*self._given(row, "counted"), *self._given(row, "hardware"))
        near = [published / _ONE_GIVES < flop < published * _ONE_GIVES for flop in (taken, *others)]
        return not near[0] and any(near[1:])

    def _rests_on(self, method: str) -> str:
        """What the one method that was taken rests on; nothing where several were."""
        known = self.results.registry.methods.get(method)
        return known.rests_on if known is not None else ""

    def _given(self, row: int, rests_on: str) -> list[float]:
        """What the methods that rest on that answer, those that do."""
        answers = (float(_column(self.results, f"flop_by_{name}")[row])
                   for name, method in self.results.registry.methods.items() if method.rests_on == rests_on)
        return [answer for answer in answers if not math.isnan(answer)]

    def _in_tf32(self, row: int) -> bool:
        """Whether a run in single precision may have used TensorFloat-32."""
        fact = self.results.spec.chips.at(int(self.results.first[row])) if len(self.results.spec.chips.codes) else None
        return fact is not None and fact.tf32 and fact.number_format == "fp32"

    def _finding(self, row: int, remark: Remark, values: Mapping[str, float]) -> Finding:
        model = self.results.spec.word("model", int(self.results.first[row]))
        published, flop, low, high = (_or_none(values[n]) for n in ("published", "flop", "flop_low", "flop_high"))
        return Finding(row + 1, str(model or ""), remark.code, remark.certainty, remark.factor, remark.sentence,
                       published, flop, low, high, _or_none(_implied(values)))


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def _implied(values: Mapping[str, float]) -> float:
    """The utilization that the published figure implies; unknown where most of the figure is the base model's."""
    own = values["published"] - values["base_compute"]
    trusted = values["base_compute"] == 0 or own > 0.5 * values["published"]
    return own / values["capacity"] if trusted and values["capacity"] > 0 else math.nan


def _utilization(values: Mapping[str, float], *, in_tf32: bool) -> Iterator[Remark]:
    """Utilizations that cannot be, or that nobody reaches."""
    used = _implied(values)
    told = {"published": values["published"], "used": used, "capacity": values["capacity"]}
    if used > 1:
        sure = _IN_TF32 if in_tf32 and used < _TF32 else 0.85
        yield Remark.of(codes.PUBLISHED_ABOVE_ONE, sure, used / 0.5, **told)
    elif used > _BEST_RUN:
        yield Remark.of(codes.PUBLISHED_HIGH, 0.5, used / 0.4, **told)
    elif used < _POOR_RUN:
        yield Remark.of(codes.PUBLISHED_LOW, 0.35, 0.2 / used, **told)


def _interval(values: Mapping[str, float], method: str, reading: Reading, trust: float) -> Iterator[Remark]:
    """A published figure outside the 90 % interval of what the row's facts give."""
    published, flop, low, high = (values[name] for name in ("published", "flop", "flop_low", "flop_high"))
    if math.isnan(flop) or low <= published <= high:
        return
    factor = max(published / flop, flop / published)
    if published < 0.9 * values["base_compute"]:
        # a note that adds figures up may well have added another value for the base model
        yield Remark.of(codes.BASE_LEFT_OUT, 0.1 if reading.by_sum else 0.35, factor, published=published,
                        base=values["base_compute"])
        return
    # in spreads of that side: an interval need not lie evenly about the number
    distance = NINETY * math.log(published / flop) / math.log((high if published > flop else low) / flop)
    sure = round(min(0.6, 0.2 + 0.1 * (distance - 1.6)) * trust, 2)
    beside = "; the note's arithmetic gives it, so the row's cells and its note differ" if reading.by_total else ""
    yield Remark.of(codes.OUTSIDE_INTERVAL, sure, factor, published=published, low=low, high=high, flop=flop,
                    by=method.replace("+", " and ") or "the base model alone", beside=beside)


def _counted_with(results: Results, assumed: str) -> set[int]:
    """Rows whose operations are counted with a fact that nobody states."""
    return {int(paper) for candidates in results.evaluation.candidates
            if candidates.plan.method.rests_on == "counted" and assumed in candidates.plan.assumed
            for paper in results.spec.paper[candidates.rows]}


def _bought(results: Results) -> set[int]:
    """Rows whose accelerator time is what their cost bought at the price of the day, which nobody measured."""
    return {int(paper) for candidates in results.evaluation.candidates
            if candidates.plan.method.rests_on == "hardware" and "chip_price" in candidates.elasticity
            for paper in results.spec.paper[candidates.rows]}


def _of_checks(said: list[dict[str, str]], values: Mapping[str, float],
               lacking: Set[str]) -> Iterator[Remark]:
    """What the checks say of the row's facts by themselves, apart from codes that facts are `lacking` for.

    Methods mostly disagree where nobody states the epochs, so that a corpus read many times counts once, or which share
    of a mixture's parameters is active: nothing in the row is wrong.
    """
    for check in said:
        if check["level"] in _OF_LEVEL and check["code"] not in _OF_ESTIMATES and check["code"] not in lacking:
            of = _SIZED_BY.get(check["code"])
            factor = values[of[0]] / of[1] if of is not None and values[of[0]] > 0 else \
                _OF_ERROR if check["level"] == "error" else 1.5
            # the factor of two statements is the larger over the smaller
            contradicts = factor > _CONTRADICTS.get(check["code"], math.inf)
            yield Remark(check["code"], _OF_LEVEL["error" if contradicts else check["level"]], factor, check["message"])
