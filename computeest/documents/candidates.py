"""Every fact that a document may state: a column, the value's text, the words to quote, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from computeest.contract import Reader
from computeest.documents import chips, cues, density, grammar, origins, passes, respective, scores, stages, tables
from computeest.documents import readers as readings
from computeest.documents.density import Left
from computeest.documents.document import Document, Passage, Table
from computeest.documents.grammar import Said
from computeest.documents.sentences import Sentence, sentences
from computeest.documents.sieve import has_digit
from computeest.problems import CellError
from computeest.schema import cells, fields
from computeest.text import bounds
from computeest.text.number_words import in_digits

#: What a stage of a training has of its own; the rest is the model's.
PER_STAGE = frozenset((
    "tokens", "tokens_seen", "examples", "examples_seen", "words", "text_size", "epochs", "steps", "batch_size",
    "batch_tokens", "sequence_length", "chips", "nodes", "chips_per_node", "cores", "time", "chip_time", "core_time",
    "utilization", "step_utilization", "hardware_flop_utilization", "achieved_rate", "reported_compute", "energy",
    "emissions", "cost"))
#: What says that tokens are counted once: those of a data set, or those that epochs repeat.
_DATA_SET = re.compile(r"\b(?:corpus|corpora|data ?sets?|contain\w*|compris\w*|consist\w*|collect\w*|unique|epochs?|"
                       r"combined|training data|data size)\b", re.IGNORECASE)
#: Parameters of the experts that work for a token.
_ACTIVE = re.compile(r"[\s-]*\(?(?:parameters |params )?(?:are |is )?activ(?:e|ated|ations?)\b", re.IGNORECASE)
#: What may be of one epoch or of all.
_OF_PASSES = frozenset(("tokens", "tokens_seen"))
#: The number that a cell begins with.
_FIGURE = re.compile(r"\W*[\d.,]*\s?(?:[KMBT]\b|\w*illion)?")
#: As many words, most of them numbers, are no sentence.
_FIGURES = 50
#: No batch of so many examples is known; batches of as many tokens are usual.
_MOST_EXAMPLES = 200_000
#: A number that is a batch's or a sequence's is no data set's.
_PARTS, _WHOLES = frozenset(("batch_size", "sequence_length")), frozenset(("tokens", "examples", "words"))
#: What one of several groups of chips has of its own: '512 GPUs for 9 days and 256 GPUs for 3 days'.
_OF_GROUPS = frozenset(("chips", "cores", "time"))
#: A trainer's setting for the batch of a device, and settings beside which it is not that of a step.
_TRAINERS_BATCH = re.compile(r"(?P<per>(?:per_\w+|micro|local|device)_)?(?:train_)?(?:micro_)?batch_size(?:_per_\w+)?")
_SPREAD = re.compile(r"\b(?:total_(?:train_)?batch_size|global_batch_size|num_devices|num_gpus|n_gpus?|world_size"
                     r"|gradient_accumulation(?:_steps)?|distributed_type)\b\W+(?!1\b)\w")
#: A letter or a price: every way of stating a fact has one.
_SAYS = re.compile(r"[^\W\d_]|\$")
_BLANKS = re.compile(r"\s{2,}")
_RANGE = re.compile(r"(\d)\s*(?:-|–|—|to|and)\s*[~≈]?(?=\d)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of one place in the document."""

    column: str
    #: What a paper.yaml would hold, and the value in the column's unit.
    text: str
    value: Any
    quote: str
    place: int
    #: The sentence or the row around it, and where in it the value stands.
    around: str
    begin: int
    stop: int
    sections: tuple[str, ...]
    pattern: str
    #: What a table says of it: the row's or column's label, the header and the caption.
    label: str = ""
    header: str = ""
    caption: str = ""
    kind: str = "prose"
    #: The number of the passage among all, from 0 to 1, and the sentence before.
    position: float = 0.0
    before: str = ""
    #: The stage of the training that it is of; nothing for the whole of it.
    stage: str = ""
    features: frozenset[str] = field(default=frozenset())
    #: Columns and texts that stand or fall with it.
    beside: tuple[tuple[str, str], ...] = ()


#: The line of a model card's template, what says that its hours are all chips', and the longest run that is known.
_HOURS_USED = re.compile(r"\W*hours used\b", re.IGNORECASE)
_OF_CHIPS = re.compile(r"[GTNX]PU|accelerator|chips?\b|devices?\b|cards?\b|[AHV]\d00", re.IGNORECASE)
_LONGEST_RUN = 6.4e7


#: What is a setting, or known by a name: no bound is meant by 'up to 4096 tokens' of a sequence.
_NO_BOUND = frozenset(("batch_size", "batch_tokens", "sequence_length", "chips_per_node", "active_parameters", "score"))
_WORDS_BEFORE = 40


def written(one: Candidate) -> tuple[str, str]:
    """The column and text that a paper has a reading in: a card's hours may be of one chip or of all.

    The template says `Hours used` and no more; hours that no run lasts are those of all chips together. What the words
    before a number make a bound is one, and what they say is about so: '>10,000 GPU hours', '~30 days'.
    """
    column, text = _whose_hours(one)
    sign = _sign(one)
    return column, f"{sign}{text}" if sign and value(column, f"{sign}{text}") is not None else text


def _sign(one: Candidate) -> str:
    """The sign of the bound that a number in a sentence is, or of one that is about so; nothing where it is a value."""
    if not isinstance(one.value, float) or one.column in _NO_BOUND or "as its name says" in one.features:
        return ""
    if one.around[one.begin:one.stop].rstrip().endswith("+") and not _BOUNDED.search(one.text):
        return ">"
    if one.column in _STOPPED and _STOPS.search(one.around):
        return "<"
    if one.around[one.begin:one.stop].lstrip()[:1] in ("~", "≈"):
        return "~"
    return bounds.sign_before(one.around[max(0, one.begin - _WORDS_BEFORE):one.begin])


#: A run that stops early has so many epochs or steps at most.
_STOPPED, _STOPS = frozenset(("epochs", "steps")), re.compile(r"\bearly[\s-]stop", re.IGNORECASE)
#: A text that has its bound with it.
_BOUNDED = re.compile(r"^\s*[<>≤≥~≈]|\d\+")


def _whose_hours(one: Candidate) -> tuple[str, str]:
    if one.column != "chip_time" or not _HOURS_USED.match(one.header) or one.value > _LONGEST_RUN or \
            _OF_CHIPS.search(one.around, one.begin):
        return one.column, one.text
    return "hours_used", re.sub(r"(?i)\b[GTN]PU-", "", one.text)


def find(document: Document, readers: Sequence[Reader] = ()) -> Sequence[Candidate]:
    """The candidates of a document, in its order, those that plugins' readers find among them."""
    return weighed(document, readers)[0]


def weighed(document: Document, readers: Sequence[Reader] = ()) -> tuple[list[Candidate], str]:
    """The candidates of a document, and what to say where it has more than are weighed: which are left out."""
    left = density.Left(sum(len(block.plain) if isinstance(block, Passage) else
                            sum(len(cell.text) for row in block.rows for cell in row) for block in document.blocks))
    found: list[Candidate] = []
    try:
        for one in _found(document, readers, left):
            left.take("readings", one.place)
            found.append(one)
    except density.SpentError as spent:
        return found, spent.said(document.counts)
    return found, ""


def _found(document: Document, readers: Sequence[Reader], left: Left) -> Iterator[Candidate]:
    total = max(1, len(document.blocks))
    spread = any(_SPREAD.search(passage.plain) for passage in document.passages)
    for number, block in enumerate(document.blocks):
        position = number / total
        if isinstance(block, Table):
            # a plot's axes and bars look like a table, but nobody captions them as one
            plot = document.counts == "page" and not block.caption
            for stated in tables.facts(block):
                if _of_device(stated.header, spread):
                    continue
                left.take("known cells", stated.cell.place)
                for one in _of_table(stated, "table", position):
                    yield replace(one, features=one.features | {"uncaptioned"}) if plot else one
            yield from _within_cells(block, position, left)
            continue
        for stated in tables.field(block):
            if not _of_device(stated.header, spread):
                yield from _of_table(stated, "field", position)
        if not _is_reference(block):
            yield from _of_passage(block, position, readers, left)
        yield from _dated(block, number, position, document.counts == "page")


def _of_device(header: str, spread: bool) -> bool:
    """Whether a trainer's setting is the batch of one device: `train_batch_size` beside more devices or accumulation.

    Hugging Face's trainer writes `total_train_batch_size` into a card where the batch of a step is another.
    """
    key = _TRAINERS_BATCH.fullmatch(header.strip(" `*-"))
    return key is not None and (spread or key["per"] is not None)


def _is_reference(passage: Passage) -> bool:
    return bool(passage.sections) and re.match(r"references|bibliography|acknowledg|citation", passage.sections[0],
                                               re.IGNORECASE) is not None


def _of_passage(passage: Passage, position: float, readers: Sequence[Reader], left: Left) -> Iterator[Candidate]:
    if not readers and not _SAYS.search(passage.plain):
        return
    before = lead = ""
    for sentence in sentences(passage):
        left.take("sentences", sentence)
        if _is_figures(sentence.plain):
            continue
        lead = stages.opened(sentence.plain) or lead
        for one in respective.apart(sentence):
            found = [*readings.said(one.plain, passage.sections, readers), *chips.said(one.plain),
                     *grammar.said(one.plain), *origins.said(one.plain), *scores.said(one.plain)]
            yield from _of_sentence(one, found, position, left, before, lead)
        before = sentence.plain


def _is_figures(plain: str) -> bool:
    """Whether a sentence is none, but figures of a plot or of a table that was not seen as one: most of many words."""
    words = plain.split()
    return len(words) >= _FIGURES and 2 * sum(map(has_digit, words)) > len(words)


def _of_sentence(sentence: Sentence, found: Sequence[Said], position: float, left: Left, before: str = "",
                 lead: str = "") -> Iterator[Candidate]:
    seen: set[tuple[str, int]] = set()
    parts = {said.start for said in found if said.column in _PARTS}
    # beside a number of nodes, the chips of each are no number of chips
    of_each = {said.start for said in found if said.column == "chips_per_node"} \
        if any(said.column == "nodes" for said in found) else frozenset()
    groups = [(said.begin, said.stop) for said in found if said.pattern == "groups of chips"]
    for said in found:
        if (said.column, said.start) in seen or (said.column in _WHOLES and said.start in parts):
            continue
        left.take("numbers", sentence)
        if (said.column == "chips" and said.start in of_each) or \
                cues.no_fact(said.column, sentence.plain, said.start, said.end):
            continue
        seen.add((said.column, said.start))
        one_of_several = said.column in _OF_GROUPS and any(begin <= said.start < stop for begin, stop in groups)
        for one in _made(said, sentence, position, before, lead):
            yield replace(one, features=one.features | {"of one group"}) if one_of_several else one


def _made(said: Said, sentence: Sentence, position: float, before: str, lead: str = "") -> Iterator[Candidate]:
    read = value(said.column, said.text)
    if read is None:
        return
    column, text, number = read
    column, text = _meant(column, text, number, sentence.plain[max(0, said.start - 90):said.end + 40])
    column, of_passes = _counted(column, sentence.plain, said.start, said.end)
    if column == "parameters" and _ACTIVE.match(sentence.plain, said.end):
        column = "active_parameters"
    begin, stop = _quoted(sentence.plain, said.begin, said.stop) if column != "published" else (said.begin, said.stop)
    passage = sentence.passage
    stage = stages.of_sentence(sentence.plain, said.start, passage.sections, lead) if column in PER_STAGE else ""
    plain = sentence.plain
    before_it, it, behind_it = plain[:said.start], plain[said.start:said.end], plain[said.end:]
    # markup and other models' numbers are blanked: what is near a number is told by words, not by blanks
    if _is_blanked(plain):
        before_it, it, behind_it = (_BLANKS.sub(" ", part) for part in (before_it, it, behind_it))
    yield Candidate(column, text, number, sentence.quote(begin, stop), sentence.place(begin),
                    f"{before_it}{it}{behind_it}", len(before_it), len(before_it) + len(it), passage.sections,
                    said.pattern, kind=passage.kind, position=position, before=before, stage=stage,
                    features=of_passes, beside=said.beside)


@lru_cache(maxsize=16)
def _is_blanked(plain: str) -> bool:
    """Whether a sentence has blanks beside one another: asked once for all its numbers."""
    return _BLANKS.search(plain) is not None


def _counted(column: str, text: str, start: int, end: int) -> tuple[str, frozenset[str]]:
    """Tokens as those of one epoch or of all, by the epochs that stand beside them; and whether that is left open."""
    counted = passes.of(text, start, end) if column in _OF_PASSES else ""
    return ({"one": "tokens", "all": "tokens_seen", "unsaid": "tokens"}.get(counted, column),
            frozenset((passes.UNSAID,) if counted == "unsaid" else ()))


def _meant(column: str, text: str, number: Any, near: str) -> tuple[str, str]:
    """The column that a number and the words near it mean: tokens of a batch, of a data set, or seen in all."""
    if column == "batch_size" and isinstance(number, float) and number >= _MOST_EXAMPLES:
        return "batch_tokens", f"{text} tokens"
    if column == "tokens" and not _DATA_SET.search(near):
        return "tokens_seen", text
    return column, text


def _dated(passage: Passage, number: int, position: float, paged: bool) -> Iterator[Candidate]:
    """The date of a first page, and that of a section which is called so."""
    whole = Sentence(passage, 0, min(len(passage.plain), 20_000), 0)
    found: list[Said] = []
    if (passage.place(0) == 1 and paged) or number < 8:
        found += origins.stamp(passage)
        if len(passage.plain) < 80 or (number < 6 and paged):
            found += origins.dates(passage.plain, "date in front")
    if passage.kind != "heading" and re.search(r"\bdate\b|^released?$", " ".join(passage.sections[-1:]), re.IGNORECASE):
        found += list(origins.dates(passage.plain[:200], "date in its section"))[:1]
    for said in found:
        yield from _made(said, whole, position, "")


def _within_cells(table: Table, position: float, left: Left) -> Iterator[Candidate]:
    """What sentences in the cells of a small table of settings say."""
    for row in table.rows[table.headers:]:
        label = next((cell.text for cell in row if cell.text), "")
        for cell in row[1:]:
            if cell.text == label or not re.search(r"\d.*[a-z]{3}", cell.text) or len(cell.text) > 400:
                continue
            passage = Passage(cell.text, cell.text, "item", (*table.sections, label), ((0, cell.place),))
            said = (*chips.said(cell.text), *grammar.said(cell.text))
            for found in _of_sentence(Sentence(passage, 0, len(cell.text), 0), said, position, left):
                quote = cell.quote if len(cell.quote) < 250 else found.quote
                yield replace(found, quote=quote, kind="table", label=label, caption=table.caption,
                              around=f"{label}: {cell.text}", begin=found.begin + len(label) + 2,
                              stop=found.stop + len(label) + 2, pattern=f"{found.pattern} in cell")


def _quoted(plain: str, begin: int, stop: int, longest: int = 180) -> tuple[int, int]:
    """The sentence, or the words around a pattern where the sentence is long."""
    if len(plain) <= longest:
        return 0, len(plain)
    spare = max(0, longest - (stop - begin))
    first = plain.find(" ", max(0, begin - spare // 2), begin) if begin > spare // 2 else -1
    last = plain.rfind(" ", stop, min(len(plain), stop + spare // 2))
    return max(0, first + 1), (last if last > stop and stop + spare // 2 < len(plain) else len(plain)
                               if stop + spare // 2 >= len(plain) else stop)


def _of_table(stated: tables.Stated, kind: str, position: float) -> Iterator[Candidate]:
    read = value(stated.column, stated.text)
    if read is None:
        return
    column, text, number = read
    column, text = _meant(column, text, number, stated.header)
    around = f"{stated.label} {stated.header}: {stated.cell.text}".strip()
    begin = around.rfind(stated.cell.text)
    figure = _FIGURE.match(around, begin)
    column, of_passes = _counted(column, around, begin, figure.end() if figure else begin)
    kind, label = ("field", "") if stated.pattern == "setting" else (kind, stated.label)
    stage = stages.of_table(stated.label, stated.header, stated.caption, stated.sections) if column in PER_STAGE else ""
    yield Candidate(column, text, number, stated.cell.quote, stated.cell.place, around, begin, len(around),
                    stated.sections, stated.pattern, label, stated.header, stated.caption, kind, position, stage=stage,
                    features=of_passes)


@lru_cache(maxsize=4096)
def value(column: str, text: str) -> tuple[str, str, Any] | None:
    """A text as the schema reads it: the column that its unit says, the text and the value; None where it is none."""
    if column == "chip":
        text = re.sub(r"^\d[\d,]*\s*(?:[x×*]\s*)?(?=[A-Z])(?!Gi?B)|(?<=\d)s$", "", text).strip()
        return (column, text, chips.identity(text)) if text and chips.identity(text) else None
    if column == "base_model":
        return (column, text, text) if text.strip() else None
    text = re.sub(r"(?<=\d)-(?=(?:thousand|million|billion|trillion)\b)", " ", text, flags=re.IGNORECASE)
    if product := re.fullmatch(r"(\d+)\s*[x×*]\s*(\d+)", text):
        text = str(int(product[1]) * int(product[2]))
    text = _RANGE.sub(r"\1..", in_digits(text)) if fields.FIELDS[column].numeric else text
    for tried in dict.fromkeys((text, re.sub(r"(?<=\d)(?=[KkMB]\b)|\s+(?=[KkMBT]\b)", "", text))):
        try:
            cell = cells.read(fields.FIELDS[column], tried)
        except CellError:
            continue
        if cell.under:
            continue
        if cell.bound and bounds.split(tried)[1] is not None:  # not the middle of what it leaves
            stated = value(column, bounds.split(tried)[0])
            return (stated[0], tried, stated[2]) if stated else None
        if column == "published":
            return column, str(cell.value)[:10 if re.search(r"\d\D+\d", text) else 7], cell.value
        return cell.column, tried, cell.value
    return None
