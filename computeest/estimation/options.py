"""How facts are estimated: what the user chose, and what of it there is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from computeest import registry, schema
from computeest.contract import Layout
from computeest.estimation import assumptions
from computeest.estimation.assumptions import Assumption
from computeest.estimation.base_models import Ancestors
from computeest.hardware import load as load_hardware
from computeest.problems import UsageError
from computeest.schema.column_map import ColumnMap
from computeest.schema.headers import read as read_map
from computeest.text.suggest import did_you_mean

#: What `computeest.estimate` takes beside the options.
_BESIDE = ("facts", "thresholds", "samples")


@dataclass(frozen=True, slots=True)
class Options:
    """How facts are estimated; the same options, input and versions give the same bytes out."""

    columns: ColumnMap | None = None
    preset: str = ""
    assume: tuple[tuple[str, str], ...] = ()
    prefer: str = ""
    plugins: tuple[str, ...] = ()
    hardware: tuple[Path, ...] = ()
    #: Published compute by model name, for base models that are not among the papers or rows.
    reference: tuple[tuple[str, float], ...] = ()
    #: Whether a table's cells may name files to be read, such as a config.json.
    allow_files: bool = False
    #: What is known of base models, where the rows are part of a larger table.
    ancestors: Ancestors | None = None
    #: What is asked of the runs besides FLOP: energy, cost, carbon.
    consequences: tuple[str, ...] = ()

    @classmethod
    def of(cls, *, columns: ColumnMap | None = None, preset: str = "",
           assume: Mapping[str, str | float] | None = None, prefer: str = "", plugins: Sequence[str] | str = (),
           hardware: Sequence[Path | str] | Path | str = (), reference: Mapping[str, float] | None = None,
           consequences: Sequence[str] | str = (), allow_files: bool = False, **unknown: Any) -> Options:
        """The options as callers write them; UsageError for what there is not, TypeError for one of no such name."""
        for name in unknown:
            there = sorted({*(cls.of.__kwdefaults__ or ()), *_BESIDE} - {name})
            near = did_you_mean(name, there) or f"there are {', '.join(there)}"
            raise TypeError(f"no option is called '{name}'; {near}")
        for what, given, such in (("assume", assume, "{'utilization': 0.4}"), ("reference", reference, "{'A': 1e21}")):
            if given and not isinstance(given, Mapping):
                raise UsageError(f"{what} is a {type(given).__name__}; it takes a mapping, such as {such}")
        options = cls(columns, preset, tuple((name, str(value)) for name, value in (assume or {}).items()), prefer,
                      _all(plugins), tuple(map(Path, _all(hardware))), tuple((reference or {}).items()), allow_files,
                      None, _all(consequences))
        options.check()
        return options

    def check(self) -> None:
        """UsageError for a preset, a method, an assumption or a plugin that there is not."""
        loaded = self.registry
        loaded.layout(self.preset)
        if self.prefer and self.prefer not in loaded.methods:
            raise UsageError(f"no method is called '{self.prefer}'; there are {', '.join(loaded.methods)}")
        _ = assumptions_of(loaded, self.assume, self.preset), self.asked
        load_hardware(self.hardware)

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of the consequences that are asked for."""
        if not self.consequences:
            return ()
        found: dict[str, None] = {}
        for name in (part.strip().lower() for text in self.consequences for part in text.split(",")):
            if name and name not in (there := self.registry.consequences):
                raise UsageError(f"no consequence is called '{name}'; "
                                 + (did_you_mean(name, there) or f"there are {', '.join(there)}"))
            if name:
                found[name] = None
        return tuple(found)

    @property
    def registry(self) -> registry.Registry:
        """The plugins that are installed and asked for."""
        return registry.load(registry.named(self.plugins) if self.plugins else ())

    @property
    def layout(self) -> Layout:
        """The conventions of the table's layout."""
        return self.registry.layout(self.preset)

    def map_in(self, path: Path, headers: Sequence[str]) -> ColumnMap:
        """The map in a YAML file, over what the layout, or the headers by themselves, mean."""
        return read_map(path, headers, self.layout.columns_of(headers) if self.preset else None)

    def columns_of(self, headers: Sequence[str]) -> ColumnMap:
        """What a table's headers mean: as a map has it, or else as the layout does."""
        return self.columns if self.columns is not None else self.layout.columns_of(headers)

    @property
    def assumptions(self) -> Mapping[str, Assumption]:
        """What is taken where the facts are silent."""
        return assumptions_of(self.registry, self.assume, self.preset)

    def unheeded(self, assumed: Set[str], methods: Set[str]) -> list[str]:
        """What was asked for and changed nothing: an assumption that no estimate rests on, a method with no answer."""
        columns = {name: schema.column(name) or name for name, _ in self.assume}
        said = [f"--assume {name}={value} changes nothing: no estimate rests on an assumed {columns[name]}"
                for name, value in self.assume if columns[name] not in assumed]
        if self.prefer and self.prefer not in methods:
            said.append(f"--prefer {self.prefer} changes nothing: {self.prefer} has no answer here")
        return said


def _all(given: Any) -> tuple[Any, ...]:
    """What is given, which may be one alone."""
    return (given,) if isinstance(given, (str, Path)) else tuple(given)


@lru_cache(maxsize=8)
def assumptions_of(loaded: registry.Registry, assume: tuple[tuple[str, str], ...],
                   layout: str) -> Mapping[str, Assumption]:
    """What is taken where the facts are silent, made once: it was a tenth of an estimate."""
    return assumptions.with_overrides(dict(assume), layout, loaded.defaults)
