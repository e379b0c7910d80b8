"""One header in words: the column it means, the unit of bare numbers, and what they are counted in.

A header is a name with qualifiers: `Training tokens [in trillions]`. A name is a column's where its words are those of
one of the column's names, and every other word is one that says nothing; a word that says more (`efficiency` beside
`energy`) makes it another thing. Every qualifier must be understood, or the header is not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from computeest import schema
from computeest.text import chip_words, dates, numbers, units
from computeest.text.remembered import remembered
from computeest.text.units import UnitError


@dataclass(frozen=True, slots=True)
class Said:
    """What a header says."""

    column: str
    unit: str | None = None
    scale: float = 1.0
    #: The words of the name that say it; empty where the whole name is the column's name or an alias.
    words: str = ""
    #: Words beside them, which say nothing.
    extra: int = 0
    #: What dates such as 01/02/2020 start with, where the header says so.
    order: str = ""


#: Longer than any header that a person means; nothing longer reaches a reader.
LONGEST = 200

#: What tables call a column beside its names in the schema, all words needed; the last word may be the unit.
_PHRASES: tuple[tuple[str, str], ...] = (
    ("finetuned from", "base_model"), ("fine tuned from", "base_model"), ("parent model", "base_model"),
    ("initialized from", "base_model"), ("backbone model", "base_model"), ("built on", "base_model"),
    ("based on", "base_model"), ("derived from", "base_model"),
    ("hardware quantity", "chips"), ("hardware count", "chips"), ("accelerator count", "chips"),
    ("chip quantity", "chips"), ("gpu quantity", "chips"), ("gpu number", "chips"), ("device count", "chips"),
    ("tpu count", "chips"), ("tpu chips", "chips"),
    ("accelerator model", "chip"), ("accelerator model name", "chip"), ("gpu name", "chip"), ("chip name", "chip"),
    ("chip model", "chip"), ("hardware model", "chip"), ("hardware name", "chip"), ("gpus type", "chip"),
    ("tpu type", "chip"), ("gpu hardware", "chip"), ("compute hardware", "chip"), ("training resources", "chip"),
    ("compute resources", "chip"), ("training accelerator", "chip"),
    ("nodes", "nodes"), ("machines", "nodes"), ("servers", "nodes"), ("hosts", "nodes"), ("node count", "nodes"),
    ("gpus per node", "chips_per_node"), ("accelerators per node", "chips_per_node"),
    ("chips per node", "chips_per_node"), ("gpus per machine", "chips_per_node"), ("gpus/node", "chips_per_node"),
    ("gpus per server", "chips_per_node"), ("accelerators/node", "chips_per_node"),
    ("tpus per node", "chips_per_node"), ("devices per node", "chips_per_node"),
    ("runtime", "time"), ("run time", "time"), ("wall clock", "time"), ("clock time", "time"),
    ("compute time", "chip_time"), ("gpu hours", "chip_time"), ("accelerator hours", "chip_time"),
    ("activated parameters", "active_parameters"), ("params active", "active_parameters"),
    ("model size", "parameters"), ("parameters", "parameters"), ("params", "parameters"), ("weights", "parameters"),
    ("tokens seen", "tokens_seen"), ("tokens consumed", "tokens_seen"), ("tokens", "tokens"), ("words", "words"),
    ("samples seen", "examples_seen"), ("images seen", "examples_seen"), ("examples seen", "examples_seen"),
    ("dataset size", "examples"), ("data set size", "examples"), ("training set size", "examples"),
    ("corpus size", "examples"), *((name, "examples") for name in (
        "corpus", "training data", "dataset", "training dataset", "training corpus")),
    ("data size", "examples"), ("images", "examples"), ("samples", "examples"),
    ("examples", "examples"), ("text size", "text_size"), ("corpus size gb", "text_size"),
    ("compute", "reported_compute"), ("flops", "reported_compute"), ("compute budget", "reported_compute"),
    ("compute flops", "reported_compute"),
    ("macs", "forward_macs"), ("mult adds", "forward_macs"), ("macs per image", "forward_macs"),
    ("forward flops", "forward_flop"), *((f"{forward}flops per {one}", "forward_flop") for forward in ("", "forward ")
                                         for one in ("example", "image", "sample")),
    ("flops per token", "forward_flop_per_token"), ("forward flops per token", "forward_flop_per_token"),
    ("epochs", "epochs"), ("batch size", "batch_size"), ("steps", "steps"), ("iterations", "steps"),
    ("sequence length", "sequence_length"), ("context length", "context_window"),
    ("context window", "context_window"), ("context size", "context_window"),
    ("achieved flops", "achieved_rate"), ("achieved flops per gpu", "achieved_rate"),
    ("achieved per gpu", "achieved_rate"), ("achieved throughput per gpu", "achieved_rate"), ("peak", "peak"),
    ("peak flops", "peak"), ("peak performance", "peak"),
    ("mfu", "utilization"), ("utilization", "utilization"), ("hardware utilization", "utilization"),
    ("flops utilization", "utilization"), ("gpu utilization", "utilization"), ("hfu", "hardware_flop_utilization"),
    ("precision", "number_format"), ("number format", "number_format"), ("numerical format", "number_format"),
    ("numeric format", "number_format"), ("data type", "number_format"),
    ("publication date", "published"), ("release date", "published"), ("version release date", "published"),
    ("date", "published"), ("year", "published"), ("release", "published"), ("released", "published"),
    ("published", "published"), ("created date", "published"), ("publication year", "published"),
    ("release year", "published"),
    ("announcement date", "published"), ("announced", "published"), ("submission date", "published"),
    ("arxiv date", "published"), ("paper date", "published"),
    ("system", "model"), ("system name", "model"), ("model", "model"), ("model name", "model"), ("model id", "model"),
    ("paper link", "link"), ("url", "link"), ("arxiv", "link"), ("link", "link"), ("arxiv link", "link"),
    ("paper url", "link"), ("publication link", "link"), ("source link", "link"),
    ("company", "organization"), ("lab", "organization"), ("developer", "organization"),
    ("creator", "organization"), ("institution", "organization"), ("submitter", "organization"),
    ("organization", "organization"), ("organizations", "organization"), ("domain", "domain"), ("task", "task"),
    ("benchmark", "benchmark"), ("accuracy", "score"), ("acc", "score"), ("score", "score"),
    ("benchmark score", "score"), ("best score", "score"), ("top1", "score"), ("top 1", "score"),
    ("top 1 accuracy", "score"), ("top1 accuracy", "score"), ("top 1 acc", "score"),
    ("hardware", "chip"), ("gpu", "chip"), ("tpu", "chip"), ("accelerator", "chip"), ("chip", "chip"),
    ("family", "family"), ("cost", "cost"), ("compute cost", "cost"), ("energy", "energy"),
    ("energy consumption", "energy"), ("energy consumed", "energy"), ("power consumption energy", "energy"),
    ("hours used", "hours_used"),
    # of the languages whose counts are read: Spanish, French, German, Chinese
    ("parámetros", "parameters"), ("paramètres", "parameters"), ("参数量", "parameters"), ("参数", "parameters"),
    ("modelo", "model"), ("modèle", "model"), ("modell", "model"), ("模型", "model"), ("硬件", "chip"),
    ("matériel", "chip"), ("tiempo", "time"), ("durée", "time"), ("año", "published"), ("année", "published"),
    ("jahr", "published"),
)
#: Data by these names is a number only where a bracket says of what: 'Corpus (tokens)'.
_DATA = frozenset(("corpus", "training data", "dataset", "training dataset", "training corpus"))
#: Words that say which number of the run it is, and not another one.
_HARMLESS = frozenset(("the", "of", "for", "a", "an", "to", "on", "used", "total", "overall", "training", "pretraining",
                       "model", "models", "our", "reported", "estimated", "approximate", "primary", "number",
                       "count", "value", "stated", "in", "and", "all", "amount", "ai", "ml", "run", "final", "is",
                       "was", "required", "needed", "consumed", "训练", "entrenamiento", "entraînement"))
#: Harmless beside some columns, and for others another thing: a model's date is no model.
_NAMES_ONLY = frozenset(("model", "base_model"))
_SPELLINGS = {
    "hrs": "hours", "hr": "hours", "no": "number", "#": "number", "num": "number", "nr": "number", "n": "number",
    "parameter": "parameters", "param": "params", "token": "tokens", "epoch": "epochs", "ep": "epochs", "step": "steps",
    "iteration": "iterations", "iters": "iterations", "word": "words", "sample": "samples", "image": "images",
    "example": "examples", "organisation": "organization", "organisations": "organizations", "flop": "flops",
    "trained": "training", "train": "training", "pretrain": "pretraining", "pre": "", "nodes": "nodes",
    "node": "node", "est": "estimated", "approx": "approximate", "utilisation": "utilization", "mac": "macs",
    "accelerators": "accelerators", "weight": "weights", "ctx": "context", "seq": "sequence", "len": "length",
    "dtype": "precision", "datapoints": "examples", "datapoint": "examples", "dataset": "dataset", "top1": "top1",
    "qty": "quantity", "summed": "total",
}
_SPLIT = re.compile(r"[\s_\-.:,;*()\[\]{}]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
#: '(total, B)' and '(USD, millions)' are two qualifiers.
_LISTED = re.compile(r"\s*[,;]\s+|\s*;\s*")
#: The plural of 'Organization(s)'; a 'Time (s)' is in seconds.
_PLURAL = re.compile(r"(?<=[^\W_])(?<!time)(?<!duration)(?<!clock)(?<!elapsed)\((s|es)\)", re.IGNORECASE)
#: What scaling laws call the size, the data and the compute of a run (Kaplan et al. 2020; Hoffmann et al. 2022).
_SYMBOLS = {"N": "parameters", "D": "tokens", "C": "reported_compute"}
_SYMBOL = re.compile(r"\A\s*\$?(?P<symbol>[NDC])\$?(?:\s*=\s*6\s*[·*×]?\s*N\s*[·*×]?\s*D)?\s*\((?P<name>[^()]+)\)\s*\Z")
#: 'Achieved TFLOPs per GPU' are achieved FLOPs per GPU, in TFLOPs.
_FLOP_WITHIN = re.compile(r"(?<![^\W_])(kilo|mega|giga|tera|peta|exa|zetta|yotta|[KMGTPEZY])(FLOP|MAC)s?(/s)?"
                          r"(?![^\W_])", re.IGNORECASE)
_IN = re.compile(r"^(?P<name>.+?)[\s_]+in[\s_]+(?P<unit>[^\s].*)$", re.IGNORECASE)
_BEHIND = re.compile(r"^(?P<name>.+?)(?:\s*[,;:|]\s*|\s+/\s+|[\s_]+)(?P<unit>[^\s_,]+(?:[\s_]?/[\s_]?[^\s_,]+)?)$")


def read(header: str) -> Said | None:
    """What a header says; None where its words are no column's, or a qualifier is not understood."""
    if len(header) > LONGEST:
        return None
    return _read(header)


@remembered(16_384)
def _read(header: str) -> Said | None:
    exact = schema.column(header)
    if exact is not None and exact in schema.INPUTS:
        return Said(exact, schema.FIELDS[exact].unit_aliases.get(schema.key(header)))
    if (of_chips := chip_words.with_chips(header)) != header:
        if chip_words.of_header(header):
            return None  # whether the nodes are of that machine, or of so many of that chip, nobody says
        found = _read(of_chips)
        return found if found is not None and found.column == "chip_time" else None
    if (of_law := _SYMBOL.match(header)) is not None:
        found = _read(of_law["name"])
        return found if found is not None and found.column == _SYMBOLS[of_law["symbol"]] else None
    plain = _PLURAL.sub("", header)
    brackets = _BRACKETS.findall(plain)
    bare = " ".join(_BRACKETS.sub(" ", plain).split())
    for name, behind in _parted(bare):
        found = _named(name)
        for text in (*behind, *(part for listed in brackets for part in _LISTED.split(listed))):
            found = qualified(found, text) if found is not None else None
        if found is not None and not (found.words in _DATA and not brackets and not behind):
            return found
    return _unit_alone(bare) if not brackets else None


def _unit_alone(bare: str) -> Said | None:
    """A header that is no more than a unit of accelerator or core time or of compute: 'H100-days', 'PF-days'."""
    try:
        unit = units.canonical(bare)
    except UnitError:
        return None
    for column in ("chip_time", "core_time"):
        if units.dimension(unit) == units.dimension(own := str(schema.FIELDS[column].unit)):
            # 'GPU ms' are how long one pass takes
            return Said(column, unit) if units.factor(unit, own) >= 1 else None
    of_compute = " * " in unit and units.dimension(unit) == units.dimension("FLOP")
    return Said("reported_compute", unit, words=bare.lower()) if of_compute else None


def brackets_of(header: str) -> list[str]:
    """What stands in a header's brackets and says anything."""
    return [text for text in _BRACKETS.findall(_PLURAL.sub("", header)) if not _NOTHING.fullmatch(text.strip())]


def _parted(bare: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A header without its brackets as a name and what stands behind it, the whole as a name first."""
    yield bare, ()
    if match := _FLOP_WITHIN.search(bare):
        counted = match[2].upper()
        yield (f"{bare[:match.start()]}{counted.lower()}s{bare[match.end():]}",
               (f"{match[1].lower() if match[1][1:] else match[1].upper()}{counted}{'/s' if match[3] else 's'}",))
    if match := _IN.match(bare):
        yield match["name"], (match["unit"],)
    if match := _BEHIND.match(bare):
        yield match["name"], (match["unit"],)


def words_of(name: str) -> frozenset[str]:
    """The words of a header, in one spelling."""
    return frozenset(_SPELLINGS.get(word, word) for word in _parts(name)) - {""}


def _parts(name: str) -> list[str]:
    return [*filter(None, _SPLIT.split(_CAMEL.sub(" ", name).replace("#", " # ").lower()))]


def _unabbreviated(name: str) -> tuple[str, ...]:
    """The words of a header in their order, in full; of one thing and several, as it has them."""
    spelled = ((word, _SPELLINGS.get(word, word)) for word in _parts(name))
    return tuple(word if full == f"{word}s" else full for word, full in spelled if full)


@cache
def _spelled() -> dict[tuple[str, ...], str]:
    """The schema's own names by their words in full: 'train_time_hrs' is `training_time_hours`."""
    found: dict[tuple[str, ...], str] = {}
    for name, column in schema.NAMES.items():
        if column in schema.INPUTS and schema.FIELDS[column].kind != "list":
            found.setdefault(_unabbreviated(name), name)
    return found


@cache
def _known() -> dict[frozenset[str], tuple[str, str | None, str]]:
    """The words of every name: the column, the unit that the name says, and the name as it is shown."""
    found: dict[frozenset[str], tuple[str, str | None, str]] = {}
    for name, column in (*schema.NAMES.items(), *_PHRASES):
        if column in schema.INPUTS and schema.FIELDS[column].kind != "list":
            unit = schema.FIELDS[column].unit_aliases.get(name)
            found.setdefault(words_of(name), (column, unit, name.replace("_", " ")))
    for name, column in _PHRASES:
        found[words_of(name)] = (column, found[words_of(name)][1], name)
    return found


def _named(name: str) -> Said | None:
    """The column whose name has these words, and no other word that says anything; the longest such name."""
    exact = schema.column(name)
    if exact is not None and exact in schema.INPUTS:
        return Said(exact, schema.FIELDS[exact].unit_aliases.get(schema.key(name)))
    if (same := _spelled().get(_unabbreviated(name))) is not None:
        return Said(column := schema.NAMES[same], schema.FIELDS[column].unit_aliases.get(same))
    words = words_of(name)
    best: list[tuple[int, str, Said]] = []
    for needed, (column, unit, shown) in _known().items():
        extra = words - needed
        if needed <= words and extra <= _HARMLESS:
            best.append((len(extra), column, Said(column, unit, words=shown, extra=len(extra))))
    best.sort(key=lambda one: one[:2])
    if not best or (len(best) > 1 and best[0][0] == best[1][0] and best[0][1] != best[1][1]):
        return None
    return best[0][2] if best[0][1] not in _NAMES_ONLY or best[0][0] <= 1 else None


#: Qualifiers that say nothing of the number.
_NOTHING = re.compile(r"(?:\[?h{1,2}:mm(?::ss)?\]?|if (?:applicable|known|any|available|reported)|optional"
                      r"|est\.?|estimated?|approx\.?"
                      r"|approximate|primary|reported|stated|published|total|from organi[sz]ation|training|train"
                      r"|pre-?training|core only|dense|#|no\.?|number|count)", re.IGNORECASE)
#: How a compute was counted, and no unit of it: 'Compute (6ND)'.
_SIX_N_D = re.compile(r"(?:C\s*)?[=≈~]?\s*6\s*[·*×]?\s*N\s*[·*×]?\s*D")
_DATE_ORDER = re.compile(r"(?P<day>d{1,2}[/.-]m{1,3}[/.-]y{2,4})|(?P<month>m{1,3}[/.-]d{1,2}[/.-]y{2,4})"
                         r"|y{4}(?:[/.-]m{1,2}(?:[/.-]d{1,2})?)?", re.IGNORECASE)
#: '2023 USD': dollars of that year.
_YEAR_OF_MONEY = re.compile(r"\b(?:19|20)\d\d\s*(?=USD|US\$|\$|dollars?)", re.IGNORECASE)
_PLURAL_SCALE = re.compile(r"\b(thousand|million|billion|trillion|quadrillion)s\b", re.IGNORECASE)
_FACTOR = re.compile(r"^[x×*]\s*(?=\d)|^in\s+|^per\s+(?=1)", re.IGNORECASE)
#: 'teraflops-s/days' for teraflop/s-days, as OpenAI's tables have it.
_SECONDS_FIRST = re.compile(r"flops?-s/days?", re.IGNORECASE)
#: '$M' and 'M$' are millions of dollars.
_MONEY = re.compile(r"\A(?:(?:US)?\$\s?(k|m|mn|b|bn)|(k|m|mn|b|bn)\s?(?:US)?\$)\Z", re.IGNORECASE)
_MONEY_SCALES = {"k": "thousand", "m": "million", "mn": "million", "b": "billion", "bn": "billion"}
_KINDS_OF_PARAMETERS = {"active": "active_parameters", "activated": "active_parameters",
                        "trainable": "trainable_parameters"}
#: Columns whose numbers are counted in thousands or millions without a word of what.
_COUNTED = frozenset(("parameter", "token", "example", "word", "step", "dollar", "FLOP", "MAC"))
#: Columns whose header may name the chip whose time it is: 'GPU hours (A100)'.
_TIMES = frozenset(("time", "chip_time", "core_time"))
#: Of these '(b)' is billions, as '7b' is.
_THINGS = frozenset(("parameter", "token", "token/epoch", "word", "word/epoch", "example", "example/epoch", "step"))
_SMALL = frozenset("mbt")
_LETTERS = frozenset((1e3, 1e6, 1e9, 1e12))
_PREFIXES = {1e3: "kilo", 1e6: "mega", 1e9: "giga", 1e12: "tera", 1e15: "peta", 1e18: "exa", 1e21: "zetta",
             1e24: "yotta"}


def qualified(said: Said, text: str) -> Said | None:
    """What a header says with one more qualifier; None where that is not understood."""
    text = " ".join(text.split())
    field = schema.FIELDS[said.column]
    if not text or _NOTHING.fullmatch(text) or _SYMBOLS.get(text) == said.column:
        return said
    if said.column == "reported_compute" and _SIX_N_D.fullmatch(text):
        return said
    if field.kind == "date":
        match = _DATE_ORDER.fullmatch(text)
        return replace(said, order=_order(match)) if match else None
    if not field.numeric:
        return said if words_of(text) <= _HARMLESS else None
    if field.unit == "dimensionless":
        return _of_share(said, text)
    found = _of_number(said, field, text)
    if found is None and said.column in _TIMES and text[:1].isalpha() and chip_words.named(text):
        return said  # the reader of the column asks the header for the chip
    return found


def _order(match: re.Match[str]) -> str:
    return dates.DAY_FIRST if match["day"] else dates.MONTH_FIRST if match["month"] else ""


def _of_share(said: Said, text: str) -> Said | None:
    """A share in percent, or one whose bracket names its kind."""
    word = text.lower()
    if word in ("%", "percent", "pct", "in %", "in percent"):
        return replace(said, unit="percent")
    if word in ("fraction", "share", "0-1", "0..1"):
        return said
    kinds = {"mfu": ("utilization",), "hfu": ("utilization",), "top-1": ("score",), "top1": ("score",)}
    if said.column not in kinds.get(word, ()):
        return None
    return replace(said, column="hardware_flop_utilization") if word == "hfu" else said


def _of_number(said: Said, field: schema.Field, text: str) -> Said | None:
    text = _SECONDS_FIRST.sub("flop/s-days", _PLURAL_SCALE.sub(r"\1", _YEAR_OF_MONEY.sub("", text)))
    text = _MONEY.sub(lambda m: f"{_MONEY_SCALES[(m[1] or m[2]).lower()]} USD", _FACTOR.sub("", text).strip())
    if said.column == "parameters" and text.lower() in _KINDS_OF_PARAMETERS:
        return replace(said, column=_KINDS_OF_PARAMETERS[text.lower()])
    if text in _SMALL and field.unit in _THINGS:
        text = text.upper()  # as in cells: '7b' of parameters are no bytes
    plain = text[:1].isdigit()
    for spelled in (text, text.replace("FLOPS", "FLOPs")) if text == "FLOPS" else (text,):
        try:
            found = numbers.read(spelled if plain else f"1 {spelled}", rate=units.is_rate(field.unit or ""))
        except UnitError:
            continue
        if found.sigma or found.value <= 0 or abs(math.log10(found.value) - round(math.log10(found.value))) > 1e-9:
            continue  # '2023' or '8 to 16' counts in nothing
        if (placed := _placed(said, field, found.unit, found.value)) is not None:
            return placed
    return None


def _placed(said: Said, field: schema.Field, unit: str | None, scale: float) -> Said | None:
    """The column that a unit belongs to: the header's own, or where that one's unit leads."""
    scale *= said.scale
    if unit is None:
        own = (field.unit or "").partition("/")[0]
        counted = own in _COUNTED or said.unit is not None
        return _scaled(said, said.unit, own, scale) if counted and scale != said.scale else None
    if said.unit is not None and units.dimension(unit) == units.dimension(said.unit):
        return _scaled(said, unit, unit, scale)
    dimension = units.dimension(unit)
    if dimension == "dimensionless":
        return None
    for own in (field.unit or "dimensionless", *field.also):
        if units.dimension(own) == dimension:
            # '(tokens)' of a column of tokens only says what they are, while '(s)' says that a time is in seconds
            nothing = units.factor(unit, own) == 1.0 and "second" not in own and own != "joule"
            return _scaled(said, None if nothing else unit, own, scale)
        if " * " in own and units.dimension(own) == units.dimension(f"{own.partition(' * ')[0]} * {unit}"):
            return _scaled(said, f"{own.partition(' * ')[0]} * {unit}", unit, scale)
    for other, column in field.routes.items():
        if units.dimension(other) == dimension:
            target = schema.FIELDS[column]
            one = any(units.dimension(u) == dimension and units.factor(unit, u) == 1.0
                      for u in (target.unit or "", *target.also))
            return _scaled(replace(said, column=column), None if one else unit, other, scale)
    return None


def _scaled(said: Said, unit: str | None, own: str, scale: float) -> Said | None:
    """With what numbers are counted in: a letter that cells may leave out, or a prefix of the unit."""
    if scale == 1.0 or scale in _LETTERS:
        return replace(said, unit=unit, scale=scale)
    word = unit or own
    prefix = next((name for value, name in _PREFIXES.items() if math.isclose(value, scale)), None)
    return replace(said, unit=f"{prefix}{word}", scale=1.0) if prefix and re.fullmatch(r"[A-Za-z]+", word) and \
        word.upper() in ("FLOP", "MAC") else None
