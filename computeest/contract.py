"""What a plugin may import: the descriptors it returns, the hooks it implements, the network it counts with."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, dataclass_transform

import pluggy

from computeest.layers import Network, Shape, planned

if TYPE_CHECKING:
    from computeest.layers.from_onnx import from_onnx
    from computeest.problems import InputError, Problem
    from computeest.problems.kind import Code
    from computeest.schema import Field
    from computeest.schema.column_map import ColumnMap, Source
    from computeest.schema.layout import Layout, Wanted
    from computeest.text import quotes
    from computeest.text.files import file_bytes
    from computeest.text.suggest import did_you_mean

__all__ = [
    "Alias", "Check", "Code", "Column", "ColumnMap", "Consequence", "Default", "Family", "Field", "Found", "InputError",
    "Layout", "Method", "Network", "NewColumn", "Problem", "Published", "Reader", "Rule", "Shape", "Source",
    "TableFormat", "TextCheck", "Wanted", "architecture", "did_you_mean", "file_bytes", "from_onnx", "hookimpl",
    "hookspec", "planned", "quotes",
]

#: Where what only some plugins use lives; loaded at first use, so that a family alone reads no words and no YAML.
_HOMES = {
    "Code": "computeest.problems.kind", "ColumnMap": "computeest.schema.column_map", "Field": "computeest.schema",
    "InputError": "computeest.problems", "Layout": "computeest.schema.layout", "Problem": "computeest.problems",
    "Source": "computeest.schema.column_map", "Wanted": "computeest.schema.layout",
    "did_you_mean": "computeest.text.suggest", "file_bytes": "computeest.text.files",
    "from_onnx": "computeest.layers.from_onnx", "quotes": "computeest.text",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'computeest.contract' has no attribute '{name}'")
    from importlib import import_module

    home = import_module(_HOMES[name])
    found = globals()[name] = getattr(home, name, None) or import_module(f"{_HOMES[name]}.{name}")
    return found


#: What a formula takes and gives: a float, a column of float64, a pint quantity or a symbol, all alike.
Column: TypeAlias = Any
T = TypeVar("T")

hookspec, hookimpl = pluggy.HookspecMarker("computeest"), pluggy.HookimplMarker("computeest")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to fill a column that the paper leaves out, from columns that it gives."""

    #: The column it fills.
    target: str
    #: Plain arithmetic; its parameters are column names, its docstring's first line says what the result means.
    formula: Callable[..., Any]
    #: A key of references.yaml, or a citation in words.
    source: str
    #: The inputs of the usual rule that it goes before, wherever its others are stated: chips and time, of an ensemble.
    beyond: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the record calls it: the formula's own name."""
        return self.formula.__name__


#: What a method's answer can rest on.
RESTS_ON = ("counted", "hardware", "stated")


@dataclass(frozen=True, slots=True)
class Method:
    """One way to reach the training FLOP of a run."""

    name: str
    #: Plain arithmetic, FLOP out; its parameters are column names.
    formula: Callable[..., Any]
    #: One-sigma error of the method itself, in powers of ten, with every input known exactly.
    dex: float
    #: Where the formula is from: a key of references.yaml, or a citation in words.
    source: str
    #: Which method is believed where two disagree: the higher.
    reliability: int = 0
    #: What its answer rests on: `counted` operations, the `hardware` that ran, or what somebody `stated`.
    rests_on: str = "counted"


@dataclass(frozen=True, slots=True)
class Consequence:
    """Something that a run has besides its FLOP, such as the energy that it took; it is never part of them."""

    #: What `--with` and the record call it: energy.
    name: str
    #: Its unit in the words of units.txt, in which records give it, and how they write it: megawatt_hour, MWh.
    unit: str
    label: str
    #: Ways to count it, by name, the one preferred first: plain arithmetic whose parameters are columns. Several may
    #: cover different things (the chips alone, the whole data centre) or rest on different terms (bought, rented).
    formulas: Mapping[str, Callable[..., Any]]
    #: A key of references.yaml, or a citation in words.
    source: str
    #: One-sigma error of the formulas themselves in natural log, with every input known exactly.
    sigma: float = 0.0
    #: The column of words that says which formula is meant, and what its words mean: {"on-demand": "rental"}.
    chosen_by: str = ""
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: The column in which authors state it themselves: theirs is shown beside, and held against ours.
    stated: str = ""
    #: Facts that ask for it where they are stated.
    asked_by: tuple[str, ...] = ()
    #: What its entry tells beside the number: `year` and `usd_2023` (prices), `market` (what the operator has bought).
    tells: tuple[str, ...] = ()
    #: What a way to count it is called, one and several: the boundaries of energy, the bases of a cost.
    way: tuple[str, str] = ("basis", "bases")

    @property
    def column(self) -> str:
        """The column of tables that holds it: energy_mwh."""
        return f"{self.name}_{self.label.lower()}"


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication states of one variant; `computeest plugin check` holds the family's counts against it."""

    #: Where it says so, such as "He et al. 2015, Table 1", or a key of references.yaml.
    source: str
    parameters: float | None = None
    active_parameters: float | None = None
    trainable_parameters: float | None = None
    #: Of one example; many publications call multiply-adds FLOP, so state as MAC what they counted as MAC.
    forward_flop: float | None = None
    forward_macs: float | None = None
    forward_flop_per_token: float | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """Forward FLOP of one example through one kind of network; a multiply-add is two."""

    #: The value of the `family` column.
    name: str
    #: architecture.* in, a counted Network out (or just the forward FLOP of one example, as a number).
    #: Its parameters are the family's own; defaults stand where the family has a usual value. A family of many
    #: parameters takes one frozen dataclass instead, whose fields are the parameters.
    forward: Callable[..., Network | float]
    #: What one example is: image, sequence, position, ...
    example: str
    #: Where the architecture is from: a key of references.yaml, or a citation in words.
    source: str
    #: Named members: `resnet-50` -> {"depth": 50}.
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    #: What publications state of them: `resnet-50` -> Published("...", parameters=25.56e6, forward_macs=4.09e9).
    published: Mapping[str, Published] = field(default_factory=lambda: MappingProxyType({}))
    #: Parameters of `forward` that change no count, each with the reason: "the FLOP do not depend on the heads".
    no_effect: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: Why `published` is empty, where nobody states a figure of any variant.
    unpublished: str = ""

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """What `architecture:` may state: the parameters of `forward`, or the fields of the dataclass it takes."""
        return _parameters(self.forward)

    @property
    def means(self) -> Mapping[str, str]:
        """What parameters mean, where the dataclass says it: `field(default=0, metadata={"means": "..."})`."""
        shape = shape_of(self.forward)
        return {} if shape is None else {f.name: f.metadata["means"] for f in fields(shape) if "means" in f.metadata}

    def count(self, **architecture: Any) -> Network | float:
        """The forward pass of one example of this architecture."""
        shape = shape_of(self.forward)
        return self.forward(**architecture) if shape is None else self.forward(shape(**architecture))


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def architecture(shape: type[T]) -> type[T]:
    """The frozen dataclass that a family of many parameters takes; its fields are the parameters.

    Nothing but its `__init__` differs from `dataclass(frozen=True)`: that sets field by field through
    `object.__setattr__`, this one stores them (6.2 -> 1.9 us for the 43 of a decoder, of which counting takes 16).
    """
    made: Any = dataclass(frozen=True)(shape)
    if hasattr(made, "__post_init__") or any(one.default_factory is not MISSING or not one.init or one.kw_only
                                             for one in fields(made)):
        return made  # type: ignore[no-any-return]
    defaults = {one.name: one.default for one in fields(made) if one.default is not MISSING}
    names = [one.name for one in fields(made)]
    taken = ", ".join(f"{name}=defaults['{name}']" if name in defaults else name for name in names)
    stored = "".join(f" values['{name}'] = {name}\n" for name in names)
    written: dict[str, Any] = {"defaults": defaults}
    exec(f"def __init__(self, {taken}):\n values = self.__dict__\n{stored}", written)  # noqa: S102  names of fields
    made.__init__ = written["__init__"]
    return made  # type: ignore[no-any-return]


@cache
def shape_of(forward: Callable[..., Any]) -> Any:
    """The dataclass whose fields are a family's parameters, where `forward` takes one; else None."""
    taken = list(inspect.signature(forward).parameters.values())
    if len(taken) != 1:
        return None
    kind = taken[0].annotation
    if isinstance(kind, str):  # as modules that import annotations from the future have it
        kind = getattr(inspect.unwrap(forward), "__globals__", {}).get(kind)
    return kind if isinstance(kind, type) and is_dataclass(kind) else None


@cache
def _parameters(forward: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    shape = shape_of(forward)
    if shape is None:
        return inspect.signature(forward).parameters
    found = {}
    for one in fields(shape):
        default = one.default if one.default_factory is MISSING else one.default_factory()
        found[one.name] = inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, annotation=one.type,
                                            default=inspect.Parameter.empty if default is MISSING else default)
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Alias:
    """What a library calls a member, and what it builds by that name that the member has not."""

    #: As the library writes it; case counts only where two names differ in nothing else.
    name: str
    #: A variant of any family, or a family that has no variants.
    member: str
    #: torchvision, timm, huggingface, or where else the name is from.
    library: str
    #: Parameters of the family that it sets otherwise: the resolution, the head, a width.
    differs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    #: Why the network of this name is not counted, where it is known and is not: then `member` is empty.
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Something that facts and results must not say together."""

    #: What the record calls it: words joined by hyphens.
    code: str
    #: info, warning or error.
    level: str
    #: Columns in (facts by name, `flop_by_METHOD`, and the results that docs/checks.md lists), true where the check has
    #: something to say; a missing fact says nothing, but for a parameter with a default, which is NaN where it lacks.
    test: Callable[..., Any]
    #: What it says, with the columns in braces: "the facts imply a utilization of {utilization_implied:.2f}".
    sentence: str
    #: By what factor the answer may be off where it speaks: both ends widen by it. An error widens by ten at least.
    widens: float = 1.0
    #: What the answer would be instead, as a multiple of it, of columns, the first the fact in doubt: one end widens.
    instead: Callable[..., Any] | None = None


@dataclass(frozen=True, slots=True)
class Default:
    """What is taken where nobody states a column: an assumption, which the record names."""

    value: float
    #: One-sigma spread in natural log.
    sigma: float
    #: A key of references.yaml, or a citation in words.
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A kind of fact that the schema does not have, for a plugin's methods, rules and checks to rest on."""

    #: Its name, meaning, unit (in the words of units.txt), bounds and aliases.
    field: Field
    default: Default | None = None


@dataclass(frozen=True, slots=True)
class TextCheck:
    """Something that a fact's own quote says against its number."""

    #: What the record calls it: words joined by hyphens.
    code: str
    #: The columns whose quotes are read.
    columns: tuple[str, ...]
    #: What the quote says where there is something to say ...
    says: re.Pattern[str]
    #: When it speaks, for the page on checks: 'the quote beside the tokens speaks of words'.
    title: str
    #: The sentence, with {column} and the cell's {text} in it.
    sentence: str
    unless: re.Pattern[str] | None = None  #: ... unless it also says this.
    #: Columns and a word in lower case that excuses it in their text: {"chip": "core"}, of a count of cores.
    unless_in: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    level: str = "warning"
    #: What the number would be instead, as a multiple of it: one end of the interval widens.
    instead: float = 1.0
    #: The column whose value is that multiple where the run has one, rather than `instead`: the chips of '8 per GPU'.
    times: str = ""


@dataclass(frozen=True, slots=True)
class TableFormat:
    """A format of whole tables, read or written in one go; rows are Arrow's (`pyarrow.Table`)."""

    name: str  #: What `--format` and `--input-format` call it.
    suffixes: tuple[str, ...]  #: How its files end: (".ods",).
    #: The table in a file, every column's cells as numbers or texts.
    read: Callable[[Path], Any] | None = None
    #: Write a table to a file that is not there yet.
    write: Callable[[Any, Path], None] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A fact that a reader found in a sentence: what it is of, and where its words stand."""

    #: A column of the schema, and the value as a paper.yaml would have it: '4,000 GPU-hours'.
    column: str
    value: str
    #: Where the value's own words begin and end in the sentence.
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Reader:
    """A way to find facts in the sentences of a document; `draft` judges whose they are, as it does with its own."""

    name: str
    #: The facts of a sentence, given the headings above it, the outermost first.
    find: Callable[[str, Sequence[str]], Iterable[Found]]
    #: A sentence, and the column and value of every fact that is found in it.
    example: str
    finds: tuple[tuple[str, str], ...]


class Hooks:
    """The hooks that computeest calls; a plugin implements those it needs, each marked with `hookimpl`."""

    @hookspec
    def computeest_methods(self) -> list[Method]:  # type: ignore[empty-body]
        """Return the estimation methods this plugin adds."""

    @hookspec
    def computeest_rules(self) -> list[Rule]:  # type: ignore[empty-body]
        """Return the rules that fill what papers leave implicit."""

    @hookspec
    def computeest_families(self) -> list[Family]:  # type: ignore[empty-body]
        """Return the model families whose forward pass this plugin counts."""

    @hookspec
    def computeest_aliases(self) -> list[Alias]:  # type: ignore[empty-body]
        """Return what libraries call members of families, of any plugin's."""

    @hookspec
    def computeest_checks(self) -> list[Check]:  # type: ignore[empty-body]
        """Return the checks that this plugin adds."""

    @hookspec
    def computeest_columns(self) -> list[NewColumn]:  # type: ignore[empty-body]
        """Return the kinds of facts that this plugin adds to the schema."""

    @hookspec
    def computeest_text_checks(self) -> list[TextCheck]:  # type: ignore[empty-body]
        """Return the checks of quotes that this plugin adds."""

    @hookspec
    def computeest_layouts(self) -> list[Layout]:  # type: ignore[empty-body]
        """Return the layouts of tables that this plugin knows."""

    @hookspec
    def computeest_formats(self) -> list[TableFormat]:  # type: ignore[empty-body]
        """Return the formats of tables that this plugin reads or writes."""

    @hookspec
    def computeest_consequences(self) -> list[Consequence]:  # type: ignore[empty-body]
        """Return what runs have besides FLOP: energy, cost, emissions, water."""

    @hookspec
    def computeest_readers(self) -> list[Reader]:  # type: ignore[empty-body]
        """Return the readers that find facts in documents for `computeest draft`."""
