"""All chips, families and machines, and the questions asked of them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.hardware import files
from computeest.hardware.chip import Chip, build
from computeest.hardware.files import File
from computeest.hardware.find.answer import Match, Refusal
from computeest.hardware.find.finder import Finder
from computeest.hardware.peak import Peak, choose
from computeest.text import kept
from computeest.text.kept import Document
from computeest.text.package_data import files as files_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from computeest.hardware.places import Places
    from computeest.hardware.prices import Prices

#: Folders and files that hold everything compiling imports or reads: a change in any makes old documents worthless.
_COMPILERS = ("__init__.py", "version.py", "problems/__init__.py", "problems/kind.py", "problems/chips.py",
              "problems/texts.py", "units.txt", "text", "hardware")

#: Databases that are kept: one for each set of overlays that somebody uses in turn.
_MOST_LOADED = 8


class Database:
    """Every chip that a paper can name; `load` makes one."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._built: dict[str, Chip] = {}
        self._finder = Finder(document, self.chip)
        self._turns: list[datetime.date] | None = None
        #: What its users found in it and want to remember for as long as there is this database.
        self.remembered: dict[Any, Any] = {}
        #: What overlays replaced.
        self.warnings: tuple[str, ...] = tuple(document["warnings"])

    def __iter__(self) -> Iterator[Chip]:
        return (self.chip(chip_id) for chip_id in self._document["chips"])

    def __len__(self) -> int:
        return len(self._document["chips"])

    def __contains__(self, chip_id: object) -> bool:
        return chip_id in self._document["chips"]

    @property
    def ids(self) -> tuple[str, ...]:
        """Every chip's id, in the order of the files."""
        return tuple(self._document["chips"])

    @property
    def families(self) -> Mapping[str, Mapping[str, Any]]:
        """Names that several chips share: families.yaml."""
        return self._document["families"]  # type: ignore[no-any-return]

    @property
    def systems(self) -> Mapping[str, Mapping[str, Any]]:
        """Machines and what is in them: systems.yaml."""
        return self._document["systems"]  # type: ignore[no-any-return]

    def chip(self, chip_id: str) -> Chip:
        """The chip with this id; KeyError when there is none."""
        found = self._built.get(chip_id)
        if found is None:
            found = self._built[chip_id] = build(chip_id, self._document["chips"][chip_id])
        return found

    def since(self, chip_id: str) -> datetime.date | None:
        """The first day anybody outside could know of the chip, as `Chip.since`; the chip itself is not built."""
        day = self._document["since"].get(chip_id)
        return datetime.date.fromisoformat(day) if day else None

    def turns(self, text: str = "") -> Sequence[datetime.date]:
        """The days on which some name in a text begins or ceases to mean something, in order; without one, any name."""
        if text:
            return self._finder.turns(text)
        if self._turns is None:
            self._turns = _turns(self)
        return self._turns

    def find(self, text: str, published: datetime.date | None = None) -> Match | Refusal:
        """The one chip that a paper's words mean, and how many of it; a refusal says why it cannot be told."""
        return self._finder.find(text, published)

    def find_all(self, text: str, published: datetime.date | None = None) -> list[Match] | Refusal:
        """Every chip that a paper's words list: 'NVIDIA A100,NVIDIA V100' is two."""
        return self._finder.find_all(text, published)

    def accelerators(self, found: list[Match]) -> list[Match]:
        """What was found without the processors of the hosts, where there are accelerators beside them."""
        return self._finder.accelerators(found)

    @cached_property
    def places(self) -> Places:
        """Where data centres are, and who runs them: grids.yaml."""
        from computeest.hardware.places import Places

        return Places(json.loads(self._document["places"]))

    @cached_property
    def prices(self) -> Prices:
        """What chips cost: prices.yaml."""
        from computeest.hardware.prices import Prices

        return Prices(json.loads(self._document["prices"]))

    def peak(self, chip_id: str, number_format: str | None = None) -> Peak | Refusal:
        """FLOP/s of one chip in the number format a paper states, or in the one its training would use."""
        return choose(self.chip(chip_id), number_format)


def _turns(database: Database) -> list[datetime.date]:
    """The days on which some name begins or ceases to mean something, in order."""
    found = {day for day in map(database.since, database.ids) if day is not None}
    days = [day for family in database.families.values() for key in ("default-before", "default-from")
            for day in family.get(key, ())]
    days += [system[key] for system in database.systems.values() for key in ("from", "until") if key in system]
    return sorted(found | {datetime.date.fromisoformat(str(day)) for day in days})


def load(overlays: Sequence[Path] = ()) -> Database:
    """The database that comes with computeest, with the entries of the user's own directories put over it."""
    return _loaded(files.all_overlays(overlays))


@lru_cache(maxsize=_MOST_LOADED)
def _loaded(overlays: tuple[File, ...]) -> Database:
    contents = (*files.package_files(), *overlays)
    digest = _digest((*_code(), *contents))
    body = kept.recall_bytes("hardware", digest)
    if body is None:
        from computeest.hardware.compile import document  # PyYAML and pint: only for what is new

        found = document(contents)
        kept.keep_bytes("hardware", digest, _written(found))
        return Database(found)
    return Database(_read(body))


def _written(document: Document) -> bytes:
    """A document as it is kept: each chip as a line of JSON, behind one that says where each begins and ends."""
    texts = {name: json.dumps(chip, separators=(",", ":")).encode() + b"\n" for name, chip in document["chips"].items()}
    ends = dict(zip(texts, accumulate(map(len, texts.values())), strict=True))
    head = document | {"chips": {name: [ends[name] - len(text), ends[name]] for name, text in texts.items()}}
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + b"".join(texts.values())


def _read(body: bytes) -> Document:
    """A document whose chips are read when they are asked for: all of them take 4 % of `estimate PAPER`."""
    head, _, texts = body.partition(b"\n")
    found: Document = json.loads(head)
    return found | {"chips": _Chips(found["chips"], texts)}


class _Chips(Mapping[str, Any]):
    """The entries of chips, each read when it is asked for."""

    def __init__(self, places: Mapping[str, tuple[int, int]], texts: bytes) -> None:
        self._places, self._texts = places, texts

    def __getitem__(self, name: str) -> Any:
        start, end = self._places[name]
        return json.loads(self._texts[start:end])

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@cache
def _code() -> tuple[File, ...]:
    return tuple(compilers(files_of("computeest")))


def compilers(folder: Path | Traversable) -> Iterator[File]:
    """The files of the package in this folder that decide what a compiled document looks like."""
    for name in _COMPILERS:
        yield from _below(folder / name, name)


def _below(entry: Path | Traversable, name: str) -> Iterator[File]:
    if entry.is_dir():
        for inner in sorted(entry.iterdir(), key=lambda inner: inner.name):
            if inner.is_dir() or inner.name.endswith(".py"):
                yield from _below(inner, f"{name}/{inner.name}")
    else:
        yield File(name, entry.read_bytes())


def _digest(contents: Sequence[File]) -> str:
    """Tells apart any two sets of files, and any two versions of the code that compiles them."""
    state = kept.blake2b(digest_size=16)
    for file in contents:
        state.update(f"{file.name}\0{file.layer}\0{len(file.content)}\0".encode())
        state.update(file.content)
    return state.hexdigest()
