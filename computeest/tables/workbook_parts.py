"""The parts of an .xlsx file, each read piece by piece up to a limit: what a stranger packed cannot fill the memory."""

from __future__ import annotations

import datetime
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat

from computeest.problems import FaultError
from computeest.problems import files as wrong
from computeest.tables.streams import unreadable

#: What Excel itself holds: rows and columns of a sheet, characters of a cell.
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST_CELL = 32_767
#: Cells of the first sheet, gaps before the last one of each row counted in.
MOST_CELLS = 20_000_000
#: Parts of the file, and bytes unpacked: of one that says how others are read, of the texts that cells share.
MOST_PARTS = 5_000
LARGEST_PART = 4 << 20
LARGEST_TEXTS = 64 << 20
#: Bytes of a sheet in which nothing begins or ends: more than its longest cell takes.
_LONGEST_ELEMENT = 1 << 20
#: Levels of elements: a sheet has a dozen.
_DEEPEST = 64
_BLOCK = 1 << 16

_BROKEN = (OSError, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error,
           expat.ExpatError)
Attributes = dict[str, str]


class PartError(FaultError):
    """What is wrong with a part."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the first sheet is, and how its cells are read."""

    sheet: str
    texts: str
    #: Styles by number that show a number as a day, and of these the ones that show a span of time.
    days: frozenset[int]
    spans: frozenset[int]
    epoch: datetime.datetime


def rows(path: Path, name: str) -> Iterator[list[Any]]:
    """The rows of the first sheet, cells as texts, numbers, truths and times; InputError says what is wrong with it."""
    try:
        with zipfile.ZipFile(path) as archive:
            plan = _plan(archive)
            texts = _texts(archive, plan.texts)
    except FileNotFoundError:
        raise unreadable(name, wrong.TABLE_MISSING()) from None
    except PartError as error:
        raise unreadable(name, error.fault) from None
    except _BROKEN as error:
        raise unreadable(name, wrong.WORKBOOK_BROKEN(error=_short(error))) from None
    try:
        with zipfile.ZipFile(path) as archive:
            sheet = _Sheet(plan, texts)
            for block in _blocks(archive, plan.sheet):
                yield from sheet.take(block)
            sheet.close()
    except PartError as error:
        raise unreadable(name, error.fault) from None
    except _BROKEN as error:
        raise unreadable(name, wrong.SHEET_UNREADABLE(error=_short(error))) from None


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:100].rstrip(".") or type(error).__name__


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _parser(start: Callable[[str, Attributes], None]) -> Any:
    """A reader of XML that calls with each element's name, without its name space; a document may declare nothing."""
    made: Any = expat.ParserCreate()
    depth = 0

    def entered(tag: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise PartError(wrong.WORKBOOK_TOO_DEEP(most=_DEEPEST))
        start(_bare(tag), attributes)

    def left(_: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_: Any) -> None:
        raise PartError(wrong.WORKBOOK_WITH_DOCTYPE())

    made.StartElementHandler, made.EndElementHandler, made.StartDoctypeDeclHandler = entered, left, declared
    return made


def _bare(tag: str) -> str:
    return tag.rpartition(":")[2]


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, Attributes]]:
    """The elements of a small part, in order; none where there is no such part."""
    if part not in archive.namelist():
        return []
    size = archive.getinfo(part).file_size
    if size > LARGEST_PART:
        raise PartError(wrong.WORKBOOK_PART_TOO_LARGE(part=part[:60], bytes=size, most=LARGEST_PART))
    found: list[tuple[str, Attributes]] = []
    reader = _parser(lambda tag, attributes: found.append((tag, attributes)))
    for block in _blocks(archive, part):
        reader.Parse(block, False)  # noqa: FBT003  there is more
    reader.Parse(b"", True)  # noqa: FBT003  there is no more
    return found


def _related(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: id -> (kind, part)."""
    folder, name = posixpath.split(part)
    return {one["Id"]: (one["Type"].rpartition("/")[2],
                        posixpath.normpath(posixpath.join("/", folder, one["Target"]))[1:])
            for tag, one in _elements(archive, f"{folder}/_rels/{name}.rels".lstrip("/"))
            if tag == "Relationship" and one.keys() >= {"Id", "Type", "Target"} and one.get("TargetMode") != "External"}


def _plan(archive: zipfile.ZipFile) -> Plan:
    if len(archive.namelist()) > MOST_PARTS:
        raise PartError(wrong.WORKBOOK_PARTS_TOO_MANY(count=len(archive.namelist()), most=MOST_PARTS))
    if len(set(archive.namelist())) < len(archive.namelist()):
        raise PartError(wrong.WORKBOOK_BROKEN(error="two of its parts have one name"))
    book = next((part for kind, part in _related(archive, "").values() if kind == "officeDocument"), "xl/workbook.xml")
    if book not in archive.namelist():
        raise PartError(wrong.WORKBOOK_BROKEN(error="it does not say what its sheets are"))
    elements, related = _elements(archive, book), _related(archive, book)
    sheets = [part for tag, one in elements if tag == "sheet" for key, mark in one.items()
              if _bare(key) == "id" and (part := related.get(mark, ("", ""))[1]) in archive.namelist()
              and related[mark][0] == "worksheet"]
    if not sheets:
        raise PartError(wrong.WORKBOOK_WITHOUT_SHEET())
    mac = any(tag == "workbookPr" and one.get("date1904") in ("1", "true") for tag, one in elements)
    parts = {kind: part for kind, part in related.values() if kind in ("styles", "sharedStrings")}
    days, spans = _styles(archive, parts.get("styles", ""))
    return Plan(sheets[0], parts.get("sharedStrings", ""), days, spans,
                datetime.datetime(1904, 1, 1) if mac else datetime.datetime(1899, 12, 30))


def _styles(archive: zipfile.ZipFile, part: str) -> tuple[frozenset[int], frozenset[int]]:
    """Styles by number that show days, and those of them that show spans of time."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    formats: dict[str, str] = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    used: list[str] = []
    within = False
    for tag, one in _elements(archive, part):
        if tag == "numFmt" and len(one.get("formatCode", "")) <= 255:  # Excel's own limit
            formats[one.get("numFmtId", "")] = one.get("formatCode", "")
        within = (within or tag == "cellXfs") and tag not in ("cellStyles", "dxfs")
        if within and tag == "xf":
            used.append(one.get("numFmtId", "0"))
    days = frozenset(place for place, number in enumerate(used) if is_date_format(formats.get(number)))
    return days, frozenset(place for place in days if is_timedelta_format(formats.get(used[place])))


def _texts(archive: zipfile.ZipFile, part: str) -> list[str]:
    """The texts that cells share."""
    if part not in archive.namelist():
        return []
    size = archive.getinfo(part).file_size
    if size > LARGEST_TEXTS:
        raise PartError(wrong.WORKBOOK_TEXTS_TOO_LARGE(bytes=size, largest_texts=LARGEST_TEXTS))
    found: list[list[str]] = []
    gathered = _Gathered()

    def start(tag: str, _: Attributes) -> None:
        if tag == "si":
            found.append([])
        gathered.start(tag, found[-1] if found else [])

    reader = _parser(start)
    gathered.follow(reader)
    for block in _blocks(archive, part):
        reader.Parse(block, False)  # noqa: FBT003  there is more
    reader.Parse(b"", True)  # noqa: FBT003  there is no more
    return ["".join(parts) for parts in found]


class _Gathered:
    """The characters within elements that hold a cell's value: `v`, and every `t` but those of readings aloud."""

    def __init__(self) -> None:
        self._into: list[str] | None = None
        self._aloud = 0
        self._length = 0

    def start(self, tag: str, into: list[str]) -> None:
        """An element begins."""
        self._aloud += tag == "rPh"
        self._into = into if tag in ("v", "t") and not self._aloud else None
        if tag in ("c", "si"):
            self._length = 0

    def follow(self, reader: Any) -> None:
        """Take the characters of a reader from here on."""
        left = reader.EndElementHandler

        def ended(tag: str) -> None:
            left(tag)
            self._into = None
            self._aloud -= _bare(tag) == "rPh"

        reader.EndElementHandler, reader.CharacterDataHandler = ended, self._text

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > 2 * LONGEST_CELL:  # line ends count twice to some writers
            raise PartError(wrong.WORKBOOK_CELL_TOO_LONG(most=LONGEST_CELL))
        if self._into is not None:
            self._into.append(text)


class _Sheet:
    """A sheet as its elements pass: each row is given once it is whole, and nothing else is kept."""

    def __init__(self, plan: Plan, texts: list[str]) -> None:
        self._plan, self._texts = plan, texts
        self._reader = _parser(self._start)
        self._gathered = _Gathered()
        self._gathered.follow(self._reader)
        ended = self._reader.EndElementHandler

        def also(tag: str) -> None:
            ended(tag)
            self._end(_bare(tag))

        self._reader.EndElementHandler = also
        self._done: list[list[Any]] = []
        self._row: list[Any] = []
        self._number = self._cells = self._since = 0
        self._kind, self._style = "n", 0
        self._value: list[str] = []

    def take(self, block: bytes) -> list[list[Any]]:
        """The rows that end within the next bytes."""
        self._since += len(block)
        self._reader.Parse(block, False)  # noqa: FBT003  there is more
        if self._since > _LONGEST_ELEMENT:
            raise PartError(wrong.WORKBOOK_ELEMENT_OPEN(most=LONGEST_CELL))
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """The sheet ends here."""
        self._reader.Parse(b"", True)  # noqa: FBT003  there is no more

    def _start(self, tag: str, attributes: Attributes) -> None:
        self._since = 0
        if tag == "row":
            self._next_row(attributes.get("r"))
        elif tag == "c":
            self._next_cell(attributes)
        self._gathered.start(tag, self._value)

    def _end(self, tag: str) -> None:
        self._since = 0
        if tag == "c":
            self._row.append(self._read())
        elif tag == "row":
            self._done.append(self._row)
            self._row = []

    def _next_row(self, said: str | None) -> None:
        before = self._number
        self._number = before + 1 if said is None else int(said) if _whole(said) else MOST_ROWS + 1
        if self._number > MOST_ROWS:
            raise PartError(wrong.WORKBOOK_ROW_NUMBER(number=said or self._number, most=MOST_ROWS))
        if self._number <= before:
            raise PartError(wrong.WORKBOOK_ROWS_OUT_OF_ORDER(number=self._number, last=before))
        self._row = []

    def _next_cell(self, attributes: Attributes) -> None:
        said = attributes.get("r")
        column = len(self._row) + 1 if said is None else _column(said)
        if not len(self._row) < column <= MOST_COLUMNS:
            raise PartError(wrong.WORKBOOK_CELLS_OUT_OF_ORDER(number=self._number, said=said, count=len(self._row),
                                                              most_columns=MOST_COLUMNS))
        self._cells += column - len(self._row)
        if self._cells > MOST_CELLS:
            raise PartError(wrong.WORKBOOK_CELLS_TOO_MANY(most=MOST_CELLS))
        self._row.extend([None] * (column - 1 - len(self._row)))
        self._kind, style = attributes.get("t", "n"), attributes.get("s", "0")
        self._style = int(style) if _whole(style) else 0
        self._value = []

    def _read(self) -> Any:
        """The cell; one whose value is none of its kind is an error value, as in Excel."""
        text = "".join(self._value)
        if text == "":
            return None
        try:
            if self._kind == "s":
                return self._texts[int(text)] if _whole(text) else "#REF!"
            if self._kind == "b":
                return bool(int(text))
            if self._kind == "d":
                return datetime.datetime.fromisoformat(text)
            return self._counted(text) if self._kind == "n" else text
        except (ValueError, OverflowError, IndexError):
            return "#VALUE!"

    def _counted(self, text: str) -> Any:
        from openpyxl.utils.datetime import from_excel

        if len(text) > 40:
            return "#VALUE!"
        number = float(text) if any(mark in text for mark in ".eE") else int(text)
        if self._style not in self._plan.days:
            return number
        return from_excel(number, self._plan.epoch, timedelta=self._style in self._plan.spans)


def _whole(text: str) -> bool:
    """Whether a text is a whole number that fits everywhere."""
    return text.isascii() and text.isdigit() and len(text) < 10


def _column(cell: str) -> int:
    """The number of a cell's column: 1 of A7, 27 of AA7; 0 where it names none."""
    letters = cell.rstrip("0123456789")
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        return 0
    found = 0
    for letter in letters.upper():
        found = 26 * found + ord(letter) - 64
    return found
