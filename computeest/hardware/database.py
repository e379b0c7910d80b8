"""All chips, families and machines, and the questions asked of them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeest.hardware import files
from computeest.hardware.chip import Chip, build
from computeest.hardware.files import File
from computeest.hardware.find.answer import Match, Refusal
from computeest.hardware.find.finder import Finder
from computeest.hardware.peak import Peak, choose
from computeest.text import kept
from computeest.text.kept import Document, Stamp
from computeest.text.package_data import files as files_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from computeest.hardware.places import Places
    from computeest.hardware.prices import Prices

#: Folders and files that hold everything compiling imports or reads: a change in any makes old documents worthless.
_COMPILERS = ("__init__.py", "version.py", "problems/__init__.py", "problems/kind.py", "problems/chips.py",
              "problems/texts.py", "units.txt", "text", "hardware")

#: What a document has entries of, of which few are asked for; "" is what it has beside them.
_BY_NAME = ("chips", "money", "")
#: Databases that are kept: one for each set of overlays that somebody uses in turn.
_MOST_LOADED = 8


class Database:
    """Every chip that a paper can name; `load` makes one."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._built: dict[str, Chip] = {}
        self._turns: list[datetime.date] | None = None
        #: What its users found in it and want to remember for as long as there is this database.
        self.remembered: dict[Any, Any] = {}
        #: What overlays replaced.
        self.warnings: tuple[str, ...] = tuple(document["warnings"])

    @cached_property
    def _finder(self) -> Finder:
        return Finder(self._document, self.chip)

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

    def of_generations(self, words: Set[str]) -> tuple[str, ...]:
        """The names of the chips of the generations among these words ('hopper'), fastest first."""
        made = [pair for word, pairs in self._document["generations"].items() if word in words for pair in pairs]
        return tuple(name for _, name in sorted(made, key=lambda pair: (-pair[0], pair[1])))

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

        return Places(self._document["money"]["places"])

    @cached_property
    def prices(self) -> Prices:
        """What chips cost: prices.yaml."""
        from computeest.hardware.prices import Prices

        return Prices(self._document["money"]["prices"])

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
    digest = _digest(_ours(), overlays)
    body = kept.recall_bytes("hardware", digest, head=True)
    return Database(_compiled(digest, overlays) if body is None else _read(body, partial(_compiled, digest, overlays)))


def _compiled(digest: str, overlays: tuple[File, ...]) -> Document:
    """The document of the files, which is kept under this digest."""
    from computeest.hardware.compile import document  # PyYAML and pint: only for what is new

    found = document((*files.package_files(), *overlays))
    if _digest(_ours(), overlays) == digest:  # nobody wrote to the files while they were read
        kept.keep_bytes("hardware", digest, _written(found), head=True)
    return found


def _written(document: Document) -> bytes:
    """A document as it is kept: each part as a line of JSON, behind one that says where it lies, with its checksum."""
    texts: list[bytes] = []
    head: dict[str, dict[str, Any]] = {}
    end = 0
    for kind, parts in ((kind, document[kind] if kind else document) for kind in _BY_NAME):
        head[kind] = {}
        for name, part in parts.items():
            if kind or name not in _BY_NAME:
                texts.append(json.dumps(part, separators=(",", ":")).encode() + b"\n")
                start, end = end, end - len(texts[-1])  # from the end: how long the first line is follows from these
                head[kind][name] = [end, start or None, kept.digest(texts[-1])]
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + b"".join(reversed(texts))


def _read(body: bytes, again: Callable[[], Document]) -> Document:
    """A document whose parts are read when they are asked for; compiled again where one is damaged."""
    head = json.loads(body[:body.index(b"\n")])
    parts = {kind: _Parts(kind, head[kind], body, again) for kind in _BY_NAME}
    return _OnAsking(parts.pop(""), parts)


class _OnAsking(dict[str, Any]):
    """A document whose parts are read when they are first asked for."""

    def __init__(self, parts: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        super().__init__(known)
        self._parts = parts

    def __missing__(self, name: str) -> Any:
        found = self[name] = self._parts[name]
        return found


class _Parts(Mapping[str, Any]):
    """Parts of a document that was kept, each read when it is asked for."""

    def __init__(self, kind: str, places: Mapping[str, tuple[int, int | None, str]], body: bytes,
                 again: Callable[[], Document]) -> None:
        self._kind, self._places, self._body, self._again = kind, places, body, again
        self._anew: Mapping[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        start, end, seal = self._places[name]
        text = self._body[start:end]
        if self._anew is None and kept.digest(text) != seal:
            self._anew = self._again()[self._kind] if self._kind else self._again()
        return json.loads(text) if self._anew is None else self._anew[name]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _ours() -> Iterator[Stamp]:
    """The state of the database that comes with computeest, and of the code that compiles it."""
    yield from kept.stamps(files.package_folder(), files.ENDINGS)
    yield from compilers(files_of("computeest"))


def compilers(folder: Path | Traversable) -> Iterator[Stamp]:
    """The state of the files of the package in this folder that decide what a compiled document looks like."""
    for name in _COMPILERS:
        for inner, size, changed in kept.stamps(folder / name):
            yield f"{name}:{inner}", size, changed


def _digest(ours: Iterable[Stamp], overlays: Sequence[File] = ()) -> str:
    """Tells apart any two sets of files, and any two versions of the code that compiles them."""
    said = json.dumps([list(ours), [(file.name, file.layer) for file in overlays]])
    return kept.digest(said.encode(), *(file.content for file in overlays))
