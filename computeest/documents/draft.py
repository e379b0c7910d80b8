"""A document's facts as papers: what a careful analyst would start from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from computeest import registry
from computeest.documents import (
    architecture,
    candidates,
    cues,
    experts,
    names,
    passes,
    probability,
    roles,
    stages,
    subjects,
)
from computeest.documents.candidates import Candidate
from computeest.documents.document import Document
from computeest.registry import Registry
from computeest.schema import fields

#: From this probability on a reading is the draft's value; from the lower one on it is an alternative or not used.
VALUE = 0.5
ALTERNATIVE = 0.03
#: A value less likely than this beside another of its sentence that is at least so likely: neither is the fact.
SURE, RIVAL = 0.7, 0.3
MOST_ALTERNATIVES = 4
MOST_NOT_USED = 30
#: The run that the stages behind it add to.
PRETRAINING = "pretraining"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a fact, with the words that state it."""

    column: str
    value: str
    quote: str
    place: int
    probability: float
    #: Why it was left out, or what makes it doubtful.
    why: str = ""
    #: Columns and values that stand or fall with it and are in its quote.
    beside: tuple[tuple[str, str], ...] = ()
    #: Whether it may be of one epoch or of all, and whether it is of a table, whose row speaks of other models too.
    passes_unsaid: bool = False
    tabled: bool = False
    #: The sentence that it stands in.
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the draft, with the other readings of it."""

    reading: Reading
    alternatives: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A stage of the training with the facts that are its own."""

    stage: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The draft of one model's paper; where it has runs, its facts are what they share."""

    model: str
    facts: tuple[Fact, ...]
    not_used: tuple[Reading, ...]
    runs: tuple[Run, ...] = ()
    #: The network's shape, where a table states one that has the parameters stated.
    shape: architecture.Shape | None = None
    #: What says that it is a mixture of experts, where nothing says how many of its parameters are active.
    experts: experts.Kind | None = None

    @property
    def everything(self) -> tuple[Fact, ...]:
        """Its facts and those of its runs."""
        return (*self.facts, *(fact for run in self.runs for fact in run.facts))

    @property
    def main(self) -> tuple[Fact, ...]:
        """The facts of the paper as a whole, or of its pretraining: what a row of a table can hold."""
        return (*self.facts, *(fact for run in self.runs if run.stage == PRETRAINING for fact in run.facts))


@dataclass(frozen=True, slots=True)
class Draft:
    """What was drafted of one document."""

    document: Document
    papers: tuple[Paper, ...]
    #: Other models of the document, which a draft by name is to be had of.
    others: tuple[str, ...] = ()


def drafted(document: Document, model: str = "", loaded: Registry | None = None) -> Draft:
    """The draft of a document: a paper of each of its models that enough is said of, or of the one that is named.

    The readers of the plugins loaded find facts beside our own grammar; DocumentError where one of them fails.
    """
    loaded = registry.load() if loaded is None else loaded
    named = names.find(document)
    found, left_out = candidates.weighed(document, tuple(loaded.readers.values()))
    document = replace(document, notes=(*document.notes, left_out)) if left_out else document
    if model:
        main = names.folded(named.main)
        named = names.Names(named.family or model, named.variants, model)
        told = roles.told(found, named)
        if main and names.folded(model) != main:
            told = _by_name(told, named)
        alone = paper(model, probability.rated(told), note=is_note(document))
        return Draft(document, (_shaped(alone, document, named, loaded),))
    made = [_shaped(one, document, names.Names(named.family, named.variants, one.model), loaded)
            for one in papers(found, named, note=is_note(document))]
    made[0] = replace(made[0], model=names.titled(document, named))
    return Draft(document, tuple(made), tuple(other for other in names.siblings(named)
                                              if other not in {paper.model for paper in made}))


def _shaped(paper: Paper, document: Document, named: names.Names, loaded: Registry) -> Paper:
    """A paper with its network's shape, where a table states one that its parameters confirm, or with its kind."""
    columns = {fact.reading.column: fact.reading for fact in paper.facts}
    if "parameters" not in columns or "active_parameters" in columns:
        return paper
    if (kind := experts.kind(document, named)) is not None:
        return replace(paper, experts=kind)
    read = candidates.value("parameters", columns["parameters"].value)
    return replace(paper, shape=architecture.find(document, named, read[2], loaded)) if read else paper


def papers(found: Sequence[Candidate], named: names.Names, by: Mapping[str, float] | None = None, *,
           note: bool = False) -> list[Paper]:
    """The papers of a document's models, the main one first."""
    main = paper(named.main, probability.rated(roles.told(found, named), by), note=note)
    others = [_sibling(found, names.Names(named.family, named.variants, other), by)
              for other in names.siblings(named)]
    return [main, *(other for other in others if other is not None)]


#: What says that a reading is of the very size that is drafted, and how sure it must be of a size that is not the main.
_BY_NAME = frozenset(("row is the model", "as its name says", "names its size", "heading names its size"))
_SURELY = 0.85
#: What is of all sizes of a model where it is said of several and of none by name, and what says that it is of one.
_SHARED = frozenset(("chip", "chip_power", "number_format"))
_SEVERAL = re.compile(r"\b(?:models|networks|sizes|all|both|each|cumulative|combined)\b", re.IGNORECASE)
_RELEASED = re.compile(r"\brelease date\b", re.IGNORECASE)
_OF_A_SIZE = _BY_NAME | {"names another size", "heading names another size", "row is another size"}


def _sibling(found: Sequence[Candidate], named: names.Names, by: Mapping[str, float] | None) -> Paper | None:
    """The paper of another size: what is said of it alone, by name; None where that is too little."""
    told = roles.told(found, named)
    facts = [fact for fact in paper(named.main, probability.rated(_by_name(told, named), by)).main
             if fact.reading.probability >= _SURELY]
    if not facts:
        return None
    columns = {fact.reading.column for fact in facts}
    shared = [one for one in told if one.column in _SHARED - columns and not one.features & _OF_A_SIZE
              and (one.kind == "field" or _SEVERAL.search(one.around))]
    dates = [one for one in told if one.column == "published"]
    if "published" not in columns and len({one.value for one in dates}) == 1:
        shared += [one for one in dates if _RELEASED.search(one.around)]  # the only date, and one of a release
    facts += [fact for fact in paper(named.main, probability.rated(shared, by)).facts
              if fact.reading.probability >= _SURELY]
    return Paper(named.main, tuple(sorted(facts, key=lambda fact: list(fields.FIELDS).index(fact.reading.column))), ())


def _by_name(told: Sequence[Candidate], named: names.Names) -> list[Candidate]:
    """What is said of a model that is not the document's main one, and of no other."""
    return [one for one in told if one.features & _BY_NAME and _alone(one, named)]


def _alone(one: Candidate, named: names.Names) -> bool:
    """Whether a reading's words name one size of the model and no other."""
    text = f"{one.label} {one.header}" if one.kind == "table" else one.around
    if not one.features & _BY_NAME - {"heading names its size"}:
        text = f"{text} {' '.join(one.sections)}"  # a heading that names several sizes is of none of them
    wanted = names.folded(named.main)
    if one.kind != "table" and (said := subjects.of_clause(one, named)):
        return named.its(said)
    sizes = named.sizes(text)
    if one.kind == "table" and not sizes and wanted not in names.folded(text) and not _its_suffix(one.label, named):
        return False  # a row of the family, which is its main model's
    return all(map(named.its, sizes)) and not any(
        names.folded(other) in names.folded(text) for other, _ in named.variants
        if names.folded(other) != wanted and names.folded(other) not in wanted)


def _its_suffix(label: str, named: names.Names) -> bool:
    """Whether a row is called by what tells the model from others of its family: 'medium' of 'Whisper medium'."""
    suffix = names.folded(named.main).removeprefix(names.folded(named.family))
    return len(suffix) > 2 and names.folded(label) == suffix


#: Columns that say once more, or less well, what another says.
_INSTEAD = {"tokens_seen": ("tokens",), "examples_seen": ("examples",), "words": ("tokens", "tokens_seen"),
            "text_size": ("tokens", "tokens_seen", "words")}


def _said_already(reading: Reading, facts: Sequence[Fact]) -> bool:
    """Whether another column says it: the same number of tokens, or tokens where this is the text's size."""
    others = [fact.reading for fact in facts if fact.reading.column in _INSTEAD.get(reading.column, ())]
    return any(reading.column in ("words", "text_size") or _number(other) == _number(reading) for other in others)


def _number(reading: Reading) -> object:
    read = candidates.value(reading.column, reading.value)
    return f"{read[2]:.3g}" if read and isinstance(read[2], float) else reading.value


def is_note(document: Document) -> bool:
    """Whether a document is somebody's notes: sentences without headings, but for what the notes are on, or tables."""
    headings = [passage.plain for passage in document.passages if passage.kind == "heading"]
    return not document.tables and all(heading.strip().lower().endswith("notes") for heading in headings)


#: What is told of a number of parameters that is not the one in the model's name, which notes seldom tell apart.
_NOT_ITS_SIZE = "not as its name says"


def _of_note(rated: Sequence[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """Readings of notes, in which nothing tells which of several values is meant: none of them is likely enough."""
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    keys = probability.same_values([one for one, _ in rated])
    for column, stage, value in keys:
        values[column, stage].add(value)
    return [(one, chance if len(values[key[:2]]) == 1 and _NOT_ITS_SIZE not in one.features
             else min(chance, 0.9 * VALUE)) for (one, chance), key in zip(rated, keys, strict=True)]


def paper(model: str, rated: Sequence[tuple[Candidate, float]], *, note: bool = False) -> Paper:
    """The paper that rated readings make: the likeliest of each column where it is likely enough."""
    rated = _of_note(rated) if note else rated
    by_stage: dict[str, list[tuple[Candidate, float]]] = defaultdict(list)
    for candidate, chance in rated:
        by_stage[candidate.stage].append((candidate, chance))
    facts, left_out = _chosen(by_stage.pop("", []))
    found = {}
    for stage, readings in by_stage.items():
        found[stage], doubtful = _chosen(readings)
        left_out += [replace(reading, why="; ".join(filter(None, (f"of {stage} alone", reading.why))))
                     for reading in doubtful]
    facts, of_another = _active_of_another(facts)
    left_out += of_another
    facts, runs, apart = _runs(facts, found)
    left_out = [*left_out, *apart]
    left_out.sort(key=lambda reading: -reading.probability)
    return Paper(model, tuple(facts), tuple(left_out[:MOST_NOT_USED]), tuple(runs))


def _active_of_another(facts: list[Fact]) -> tuple[list[Fact], list[Reading]]:
    """The facts without active parameters that a sentence says of other sizes than the one drafted, and those."""
    stated = {fact.reading.column: fact.reading for fact in facts}
    active, total = stated.get("active_parameters"), stated.get("parameters")
    if active is None or total is None or active.tabled or active.quote == total.quote or \
            not subjects.active_of_another(active.value, active.quote, total.value):
        return facts, []
    return [fact for fact in facts if fact.reading is not active], [replace(active, why="of another size")]


def _chosen(rated: Iterable[tuple[Candidate, float]]) -> tuple[list[Fact], list[Reading]]:
    """The facts of a stage, and what is too doubtful to be one."""
    by_column: dict[str, list[tuple[Candidate, float]]] = defaultdict(list)
    for candidate, chance in rated:
        by_column[candidate.column].append((candidate, chance))
    facts: list[Fact] = []
    left_out: list[Reading] = []
    for column in (name for name in fields.FIELDS if name in by_column):
        # the likeliest first: of thousands no other is asked for
        readings = list(islice(_distinct(by_column[column]), 1 + MOST_ALTERNATIVES))
        first = readings[0]
        likely = [reading for reading in readings[1:] if reading.probability >= ALTERNATIVE]
        if first.probability < SURE and likely and first.sentence == likely[0].sentence != "" and \
                likely[0].probability >= RIVAL:
            left_out += [replace(reading, why="; ".join(filter(None, ("one of two in its sentence", reading.why))))
                         for reading in (first, likely[0])]
        elif first.probability >= VALUE:
            if not _said_already(first, facts):
                facts.append(Fact(first, tuple(likely)))
            elif first.column == "tokens_seen":
                facts = [_twice(fact) for fact in facts]
        else:
            left_out += [reading for at, reading in enumerate(readings[:2])
                         if reading.probability >= ALTERNATIVE or (reading.why and not at)]
    return _passes(_counted(facts, left_out)), left_out


def _twice(fact: Fact) -> Fact:
    """Tokens that are both a data set's and those seen, as the document says of one number."""
    return replace(fact, reading=replace(fact.reading, passes_unsaid=True)) if fact.reading.column == "tokens" else fact


def _passes(facts: list[Fact]) -> list[Fact]:
    """The facts; tokens that may be of one epoch or of all are both, so that an estimate spans what they leave open."""
    repeated = [fact.reading for fact in facts if fact.reading.column == "epochs" and _more_than_one(fact.reading)]
    unsaid = [fact.reading for fact in facts if fact.reading.passes_unsaid]
    if not repeated or not unsaid or any(fact.reading.column == "tokens_seen" for fact in facts):
        return facts
    why = "; ".join(filter(None, (unsaid[0].why, "the tokens may be of one epoch or of all")))
    return [*facts, Fact(replace(unsaid[0], column="tokens_seen", why=why))]


def _more_than_one(epochs: Reading) -> bool:
    read = candidates.value("epochs", epochs.value)
    return read is not None and read[2] > 1


def _counted(facts: list[Fact], left_out: list[Reading]) -> list[Fact]:
    """The facts with one way to count chips: their number, or nodes and the chips of each."""
    columns = {fact.reading.column for fact in facts}
    if "chips" not in columns and columns >= _NODES:
        return facts
    left_out += [replace(fact.reading, why="the number of chips is drafted" if "chips" in columns else
                         "a count of nodes or of the chips of each alone") for fact in facts
                 if fact.reading.column in _NODES]
    return [fact for fact in facts if fact.reading.column not in _NODES]


_NODES = frozenset(("nodes", "chips_per_node"))
#: What says how long a run was; without one of these a stage is no run.
_AMOUNTS = frozenset(("tokens", "tokens_seen", "examples", "examples_seen", "words", "text_size", "steps", "epochs",
                      "time", "chip_time", "hours_used", "core_time", "reported_compute"))


#: What can be of all stages together, so that none of them may have it again.
_WHOLE = frozenset(("time", "chip_time", "hours_used", "core_time", "reported_compute", "energy", "emissions", "cost"))


def _runs(facts: list[Fact], found: Mapping[str, list[Fact]]) -> tuple[list[Fact], list[Run], list[Reading]]:
    """What the paper as a whole has, its runs, and what of its stages is told apart from both.

    The parts of a run whose whole is stated would count it twice: they are other readings of it. Stages behind the
    pretraining add to it, and become runs beside it.
    """
    columns = {fact.reading.column for fact in facts}
    said = {(fact.reading.column, _number(fact.reading)) for fact in facts if fact.reading.column in _AMOUNTS}
    found = {stage: [fact for fact in own if (fact.reading.column, _number(fact.reading)) not in said]
             for stage, own in found.items()}
    told = {stage: own for stage, own in found.items() if any(fact.reading.column in _AMOUNTS for fact in own)}
    apart = [replace(fact.reading, why=f"of {stage} alone") for stage, own in found.items() if stage not in told
             for fact in own]
    parts = sorted(stage for stage in told if stage not in stages.ADDED)
    once = _WHOLE.union(*({fact.reading.column for fact in told[stage]} & _AMOUNTS for stage in parts))
    if len(parts) > 1 and not columns & once:
        whole = [fact for fact in facts if fact.reading.column in _AMOUNTS]
        apart += [replace(fact.reading, why="of all stages together") for fact in whole]
        facts = [fact for fact in facts if fact not in whole]
    elif parts:
        facts = [_with(fact, [other.reading for stage in parts for other in told[stage]]) for fact in facts]
        apart += [replace(fact.reading, why=f"of {stage} alone") for stage in parts for fact in told[stage]
                  if fact.reading.column not in columns]
        parts = []
    added = [Run(stage, tuple(told[stage])) for stage in stages.ADDED if stage in told]
    before = [Run(stage, tuple(told[stage])) for stage in parts]
    if added and not before:
        own = tuple(fact for fact in facts if fact.reading.column in candidates.PER_STAGE)
        if own or "base_model" not in columns:
            before = [Run(PRETRAINING, own)]
            facts = [fact for fact in facts if fact not in own]
    return facts, [*before, *added], apart


def _with(fact: Fact, readings: Iterable[Reading]) -> Fact:
    """A fact with the readings of its column among its alternatives."""
    more = [reading for reading in readings if reading.column == fact.reading.column
            and reading.value not in {fact.reading.value, *(other.value for other in fact.alternatives)}]
    return replace(fact, alternatives=(*fact.alternatives, *more)[:2 * MOST_ALTERNATIVES])


def _distinct(rated: Sequence[tuple[Candidate, float]]) -> Iterator[Reading]:
    """Each value once, in the words that state it best."""
    seen = set()
    for (candidate, chance), key in zip(rated, probability.same_values([one for one, _ in rated]), strict=True):
        if key not in seen:
            seen.add(key)
            yield Reading(*candidates.written(candidate), candidate.quote, candidate.place, round(chance, 2),
                          _doubts(candidate), candidate.beside, passes.UNSAID in candidate.features,
                          candidate.kind == "table", "" if candidate.kind == "table" else candidate.around)


def _doubts(candidate: Candidate) -> str:
    """What speaks against a reading, in words."""
    against = [name for name, weight in probability.reasons(candidate, most=5) if weight < -0.3]
    words = cues.words("in_words")
    return "; ".join(words[name] for name in against if name in words)
