"""Whose fact a candidate is, and of what: the words around it, the headings above it, the models that it names."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from computeest.documents import architecture, cues, stages, subjects, tables
from computeest.documents.candidates import Candidate
from computeest.documents.grammar import NAMED_ACTIVE
from computeest.documents.names import Names, folded, rounding, size
from computeest.documents.sieve import Sieve

_NEAR = 70
#: Words further away than this, in a sentence that never ends, say nothing of a number.
_FAR = 1500
#: A heading above so large a share of a document's facts is its title.
_MOST_UNDER = 0.7
_PRETRAINS = re.compile(r"\bpre-?train(?!ed)", re.IGNORECASE)
_S, _C, _H = cues.patterns("sentence"), cues.patterns("near"), cues.patterns("headings")
_IN_SENTENCE, _BESIDE = (Sieve((item, item[1].pattern) for item in found.items()) for found in (_S, _C))


def told(found: Sequence[Candidate], names: Names) -> list[Candidate]:
    """The candidates with what speaks for and against each of them."""
    found = _of_no_other(found, names)
    found = _results(_without_title(_staged([one for one in found if not _is_itself(one, names)])), names)
    same: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    most: dict[tuple[str, str], float] = defaultdict(float)
    keys = [_key(candidate) for candidate in found]
    for candidate, key in zip(found, keys, strict=True):
        same[key].add(candidate.around)
        if isinstance(candidate.value, float):
            most[key[:2]] = max(most[key[:2]], candidate.value)
    counts = Counter({key: len(places) for key, places in same.items()})
    counts.update((column, stage, "") for column, stage, _ in same)  # how many values a column has
    apart = {at for at, one in enumerate(found) if not one.stage and architecture.is_of_part(one)}
    apart = set() if apart and architecture.is_part_itself(found, names) else apart
    return [replace(one, features=one.features | _told_of(one, key, names, counts, most)
                    | ({"of a component"} if at in apart else set()))
            for at, (one, key) in enumerate(zip(found, keys, strict=True))]


def _of_no_other(found: Sequence[Candidate], names: Names) -> list[Candidate]:
    """The candidates without the active parameters in the names of other sizes: '3B-A800M' beside an 8B."""
    named = [one for one in found if one.pattern == NAMED_ACTIVE]
    alone = len({one.value for one in named}) == 1 and not size(names.main)
    return [one for one in found if one.pattern != NAMED_ACTIVE or alone or _in_name(one, names)]


def _in_name(one: Candidate, names: Names) -> bool:
    return f"a{folded(one.text)}" in folded(names.main)


def _is_itself(one: Candidate, names: Names) -> bool:
    """Whether a base model is the document's own model, of which another was made."""
    return one.column == "base_model" and one.kind != "field" and folded(one.text.rpartition("/")[2]) in {
        folded(names.main), folded(names.family)}


#: What is said against any fact of a stage behind the pretraining, which is nothing against it as that stage's.
_OF_STAGES = frozenset(("of tuning", "fine-tunes", "in tuning section", "in tuning section itself", "adds", "stage",
                        "in extension section", "in extension section itself", "names a variant"))


_OF_ANOTHER = frozenset(("names another size", "heading names another size", "row is another size"))
_OF_NODES = frozenset(("nodes", "chips_per_node"))
#: A model card's line for what the model was trained on, which need not say so: 'Hardware Type: 8x H100'.
_HARDWARE = re.compile(r"[\W_]*hardware(?: type| used)?[\W_]*:", re.IGNORECASE)


def _results(found: Sequence[Candidate], names: Names) -> list[Candidate]:
    """The candidates; scores say whether they are this model's, and the first that is leads the paper."""
    first = True
    told_of = []
    for one in found:
        if one.column == "score":
            before = one.around[:one.begin]
            own = bool(_AROUND["ours"].search(before) or names.own(before)) and not (
                names.others(before) or names.varied(before, _AROUND["tuned"].pattern))
            one = replace(one, features=one.features | ({"own result"} if own else set())
                          | ({"first own result"} if own and first else set()))
            first = first and not own
        told_of.append(one)
    return told_of


def _told_of(one: Candidate, key: tuple[str, str, str], names: Names, counts: Counter[tuple[str, str, str]],
             most: dict[tuple[str, str], float]) -> set[str]:
    said = {*_words(one), *_models(one, names), *_standing(one, key, counts, most), *subjects.told(one, names)}
    if one.column in _OF_NODES:
        said -= {"near node", "near per", "no word of training"}  # as every sentence about nodes is
    if one.column == "chips" and _HARDWARE.match(one.around):
        said -= {"no word of training", "no word of training @ hardware"}
    if one.stage and said & _OF_ANOTHER:
        said.add("stage of another")
    return {name for name in said if name.partition(" @ ")[0] not in _OF_STAGES} if one.stage else said


def _staged(found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates; where only the first of several stages is ever told apart, what is said of it is of the whole."""
    parts = {one.stage for one in found if one.stage and one.stage not in stages.ADDED}
    alone = len(parts) == 1 and not parts & stages.LATER
    return [replace(one, stage="") if alone and one.stage in parts else one for one in found]


def _without_title(found: Sequence[Candidate]) -> list[Candidate]:
    """The candidates without the heading that nearly all of them stand under, which tells nothing of any."""
    firsts = Counter(candidate.sections[0] for candidate in found if candidate.sections)
    title, times = firsts.most_common(1)[0] if firsts else ("", 0)
    if times < _MOST_UNDER * len(found):
        return list(found)
    return [replace(one, sections=one.sections[1:]) if one.sections[:1] == (title,) else one for one in found]


def _key(candidate: Candidate) -> tuple[str, str, str]:
    value = f"{candidate.value:.3g}" if isinstance(candidate.value, float) else str(candidate.value).lower()
    return candidate.column, candidate.stage, value


def _clause(one: Candidate) -> str:
    """The clause before a value; 'Compared to the original, ...' says nothing of what follows."""
    introduced = _AROUND["introduced"].match(one.around, 0, one.begin)
    before = one.around[max(introduced.end() if introduced else 0, one.begin - 120):one.begin]
    return _AROUND["clause"].split(before)[-1]


def _part(one: Candidate) -> str:
    """What of a sentence is about a value: '96,000 hours' is apart from 'of which 21,000 were the last's'."""
    begin = max((border.end() for border in _AROUND["part"].finditer(one.around, max(0, one.begin - _FAR), one.begin)),
                default=max(0, one.begin - _FAR))
    border = _AROUND["part"].search(one.around, one.stop, one.stop + _FAR)
    return one.around[begin:border.start() if border else one.stop + _FAR]


#: What several trainings are added up to: 'training all nine models took 400K GPU hours'.
_TOTALS = frozenset(("chip_time", "energy", "emissions", "cost"))
#: What is of every one of several runs where it is of all of them.
_OF_ALL_ALIKE, _NOT_OF_CHIPS = frozenset(("chip", "number_format")), frozenset(("of all",))
#: What words of a caption and a label, which are no sentence, say nothing of.
_NOT_OF_TABLES = frozenset(("supposes", "compares", "others' verb"))
#: What is said of fine-tuning as of training.
_OF_ANY_TRAINING = frozenset(("in training section", "in training section itself", "trains", "we train", "takes"))
_GROUPS = {"nodes": "hardware", "chips_per_node": "nodes",
           "chip": "hardware", "chips": "hardware", "time": "hardware", "chip_time": "hardware", "cores": "hardware",
           "number_format": "hardware", "utilization": "hardware", "achieved_rate": "hardware",
           "tokens": "data", "tokens_seen": "data", "examples": "data", "examples_seen": "data", "words": "data",
           "text_size": "data", "steps": "run", "epochs": "run", "batch_size": "run", "batch_tokens": "run",
           "sequence_length": "length", "parameters": "size", "active_parameters": "size"}


def _around(one: Candidate) -> str:
    """The sentence, or what of a very long one is near the value."""
    return one.around[max(0, one.begin - _FAR):one.stop + _FAR]


def _words(one: Candidate) -> Iterator[str]:
    """What the sentence, the words beside the value and the headings say, of all columns and of this group."""
    yield f"column {one.column}"
    yield f"pattern {one.pattern} of {one.column}"
    yield f"kind {one.kind}"
    if one.column in _BY_ITSELF:
        yield from _headings(one.sections)
        return
    if _began(one):
        yield from (name for name in _headings(one.sections) if name not in _OF_STAGES)
        return  # a stamp or a line with a date stands for itself, whatever was printed beside it
    text = f"{_around(one)} {one.caption}" if one.kind == "table" else _around(one)
    yield from _special(one)
    if one.sections and tables.meaning(one.sections[-1]) == one.column:
        yield "heading is its key"
    near = one.around[max(0, one.begin - _NEAR):one.stop + _NEAR // 2]
    group = _GROUPS.get(one.column, "other")
    unsaid = _NOT_OF_TABLES if one.kind == "table" else _NOT_OF_CHIPS if one.column in _OF_ALL_ALIKE else ()
    # one text for all the numbers of a sentence, whichever of its blanks stand beside them
    said = [*(name for name in _sentence_says(text.replace("  ", " ")) if name not in unsaid),
            *(name for name, pattern in _BESIDE.through(near) if pattern.search(near)), *_headings(one.sections)]
    if group != "size" and ("in tuning section" in said or ("fine-tunes" in said and "pretrains" not in said)):
        yield "of tuning"
        said = [name for name in said if name not in _OF_ANY_TRAINING]
    for name in said:
        yield name
        yield f"{name} @ {group}"


#: A stamp, a line with a date or a result stands for itself.
_BY_ITSELF = frozenset(("published", "score"))


def _began(one: Candidate) -> bool:
    """Whether it is said in as many words that a training began as a model, which is another one and tuned."""
    return one.column == "base_model" and (one.pattern == "began as" or one.kind == "field")


#: Less than this is no training run's: a step of a recipe, a sample's length, a FLOP count of one pass.
_SMALLEST = {"steps": 100, "words": 1e6, "tokens": 1e6, "tokens_seen": 1e6, "examples": 500, "examples_seen": 500,
             "text_size": 0.05, "sequence_length": 16, "parameters": 1e4, "active_parameters": 1e4, "time": 600,
             "batch_tokens": 500, "chip_time": 3600, "reported_compute": 1e14, "chip_power": 20}
#: More than this is none either: years that an agent lived in a simulation, tokens taken for parameters.
_LARGEST = {"parameters": 2e13, "active_parameters": 2e13, "time": 6.4e7, "chips": 1e6, "epochs": 1e5,
            "batch_size": 1e6, "chip_power": 3000, "utilization": 0.99}
_AROUND = {name: re.compile(regex, re.IGNORECASE) for name, regex in cues.parts("around").items()}
#: What the words before a number may say, by what they need.
_BEFORE = Sieve((name, _AROUND[name].pattern) for name in ("before", "others", "ours"))
_FIGURES = re.compile(r"\d[\d.]*")
#: As many figures beside a number are those of a plot's axis or of a table that was not seen as one.
_MANY_FIGURES = 7


def _special(one: Candidate) -> Iterator[str]:
    """What matters for one column alone."""
    if isinstance(one.value, float) and one.value < _SMALLEST.get(one.column, 0.0):
        yield "too small"
    if isinstance(one.value, float) and one.value > _LARGEST.get(one.column, math.inf):
        yield "too large"
    before, behind = one.around[max(0, one.begin - 120):one.begin], one.around[one.stop:one.stop + 80]
    may_be, in_prose = _BEFORE.through(before), one.kind not in ("table", "field")
    if in_prose and "before" in may_be and _AROUND["before"].search(before):
        yield "trained so much"
        yield f"trained so much @ {_GROUPS.get(one.column, 'other')}"
    if "others" in may_be and _AROUND["others"].search(_clause(one)):
        yield "clause of others"
    if in_prose and "ours" in may_be and _AROUND["ours"].search(before):
        yield "ours"
    if in_prose and len(_FIGURES.findall(before[-60:] + behind[:60])) >= _MANY_FIGURES:
        yield "many figures"
    if one.column == "cost" and _is_of_money(_around(one)):
        yield "of money"
    yield from _of_one(one.column, before, behind)
    if one.column in _TOTALS and _AROUND["several"].search(_part(one)):
        yield "of several trainings"
    passes = f"{before[-40:]} {behind[:25]} {one.header}"
    if one.column == "reported_compute" and _AROUND["per_pass"].search(passes):
        yield "of one pass"


def _of_one(column: str, before: str, behind: str) -> Iterator[str]:
    """What is of one machine or device and not of the whole run: '8 GPUs per node', 'a batch size of 8 per GPU'."""
    if column in ("chips", "cores") and (_AROUND["node"].search(before[-_NEAR:])
                                         or _AROUND["node_behind"].search(behind)):
        yield "of one node"
    if column in ("batch_size", "batch_tokens") and (_AROUND["device"].search(before)
                                                     or _AROUND["device_behind"].search(behind)):
        yield "of one device"


@lru_cache(maxsize=256)
def _is_of_money(text: str) -> bool:
    return _AROUND["money"].search(text) is not None


@lru_cache(maxsize=256)
def _sentence_says(text: str) -> tuple[str, ...]:
    """What a sentence says of all its numbers: looked for once, however many they are."""
    return tuple(name for name, pattern in _IN_SENTENCE.through(text) if pattern.search(text))


@lru_cache(maxsize=256)
def _headings(sections: tuple[str, ...]) -> tuple[str, ...]:
    """What the headings say."""
    return tuple(_headed(sections))


def _headed(sections: tuple[str, ...]) -> Iterator[str]:
    named = [section for section in sections if section][-2:]
    if not named:
        yield "in front"
    for at, section in enumerate(named):
        for name, pattern in _H.items():
            if name == "in tuning section" and _PRETRAINS.search(section):
                continue  # 'Pretraining (feature alignment)', 'Pre-training and fine-tuning'
            if pattern.search(section):
                yield name
                if at == len(named) - 1:
                    yield f"{name} itself"


def _models(one: Candidate, names: Names) -> Iterator[str]:
    """Which models the sentence or the row names, and which the headings above it."""
    if one.column == "published":
        return
    text = f"{one.label} {one.header}" if one.kind == "table" else _around(one)
    if _began(one):  # it is another model, said beside this one
        text = one.around[:one.begin]
    if not _began(one) or names.family:
        yield from _named(one, names, text)
    wanted = folded(names.main)
    if wanted:
        yield from _sizes(one, names, wanted, text)
    if one.label and one.kind == "table":
        yield _row(one, names, wanted)
    heading = " ".join(one.sections[-2:])
    if names.own(heading):
        yield "heading names the model"
    elif names.family and names.others(heading):
        yield "heading names others"


def _named(one: Candidate, names: Names, text: str) -> Iterator[str]:
    """Whether a text names the model, a variant of it, or others, and which of them before the value."""
    own, others = names.own(text), names.others(text)
    if own:
        yield "names the model"
    elif one.before and _AROUND["pronoun"].search(_around(one)):
        before = names.own(one.before), names.others(one.before)  # which say what 'it' is
        yield from ("it is the model",) if before[0] else ("it is another",) if before[1] else ()
    headed = " ".join(one.sections[-2:])
    if names.varied(text if own else one.before, _AROUND["tuned"].pattern) or \
            names.varied(headed, _AROUND["tuned"].pattern):
        yield "names a variant"
    if others:
        yield "names others" if own else "names others only"
        earlier = [match for match in others if match.start() < one.begin]
        if earlier and one.kind != "table" and not names.own(text[earlier[-1].start():one.begin]):
            yield "another before it"
            if not own and _S["trains"].search(text):
                yield "another is trained"


def _sizes(one: Candidate, names: Names, wanted: str, text: str) -> Iterator[str]:
    """Which size of the model is meant."""
    headed = names.sizes(" ".join(one.sections))
    if headed and not any(map(names.its, headed)):
        yield "heading names another size"
    elif headed:
        yield "heading names its size"
    sizes = names.sizes(text)
    if sizes and one.column not in ("parameters", "active_parameters"):
        if len(set(sizes)) > 1 and one.kind != "table" and (clause := subjects.of_clause(one, names)):
            sizes = [clause]
        yield "names its size" if any(map(names.its, sizes)) else "names another size"
    said, apart = size(names.main), rounding(names.main)
    if said and one.column == "parameters" and isinstance(one.value, float):
        yield "as its name says" if abs(one.value - said) <= apart else "not as its name says"
    if one.pattern == NAMED_ACTIVE and _in_name(one, names):
        yield "as its name says"


def _row(one: Candidate, names: Names, wanted: str) -> str:
    """What the label of a table's row or column says of the models."""
    label = folded(re.sub(r"\(.*?\)|\[.*?\]", "", one.label))
    sizes = names.sizes(one.label)
    if "@" in one.label:
        return "row is a checkpoint"
    its = len(label) > 1 and names.its(label)
    if wanted and label and (wanted in folded(one.label) or (its and len(label) > 2 and wanted.endswith(label))
                             or (its and (sizes or names.own(one.label))) or any(map(names.its, sizes))):
        return "row is the model"
    if re.fullmatch(r"(?:sub)?total|sum|all|average|mean", label):
        return "row is a total"
    if sizes and wanted:
        return "row is another size"
    if names.own(one.label):
        return "row is of the family"
    cited = re.search(r"\d{4}\)|\[\d+\]|et al", one.label)
    return "row is another" if cited or names.others(one.label) else "row names no model"


def _standing(one: Candidate, key: tuple[str, str, str], counts: Counter[tuple[str, str, str]],
              most: dict[tuple[str, str], float]) -> Iterator[str]:
    """How it stands among the candidates of its column."""
    values = counts[one.column, one.stage, ""]
    yield "the only value" if values == 1 else "one of few values" if values < 4 else "one of many values"
    if one.column == "parameters" and ("active_parameters", "", key[2]) in counts:
        yield "as many as are active"
    times = counts[key]
    if times > 1:
        yield "said twice"
    if times > 3:
        yield "said often"
    if isinstance(one.value, float) and one.value >= 0.999 * most[key[:2]]:
        yield f"largest @ {_GROUPS.get(one.column, 'other')}"
    if one.column == "sequence_length" and one.value > 65_536:
        yield "longer than is trained on" if one.value < 1e6 else "longer than anybody trains on"
    if subjects.is_of_some(one, most):
        yield "for so many steps"
    if one.position < 0.15:
        yield "early"
    elif one.position > 0.7:
        yield "late"
