"""A table's texts, dates, choices and structures: each distinct cell is read once."""

from __future__ import annotations

import datetime
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest import cells
from computeest.cells import CellError
from computeest.columns import ColumnMap, Source
from computeest.lookup import Lookup, coded, distinct
from computeest.schema import Field

if TYPE_CHECKING:
    import pyarrow as pa

    from computeest.spec import Spec

#: How tables write that there is no value.
MISSING = cells.MISSING | {"", "nan"}
_LONGEST_MISSING = max(map(len, MISSING))


def word_column(spec: Spec, field: Field, source: Source, table: pa.Table) -> None:
    """A column of texts, dates, choices or structures; each distinct text is read once."""
    if source.header:
        codes, texts = _distinct(table.column(source.header))
    else:
        codes, texts = np.zeros(spec.size, dtype=np.intp), [source.constant]
    words = _texts(texts) if field.kind == "text" else [_word(field, text) for text in texts]
    for code, word in enumerate(words):
        if isinstance(word, CellError):
            words[code] = None
            for row in np.flatnonzero(codes == code):
                spec.problem(int(row), field.name, word.what, word.expected)
    place = np.array([*np.cumsum([word is not None for word in words], dtype=np.intp) - 1, -1])
    place[:-1][[word is None for word in words]] = -1
    spec.coded[field.name] = Lookup(place[codes], tuple(word for word in words if word is not None))
    spec.words[field.name] = spec.coded[field.name].objects()


def _distinct(column: pa.ChunkedArray) -> tuple[NDArray[np.intp], list[Any]]:
    """A code for each cell, -1 for none, and the distinct cells."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_nested(column.type):
        cells_ = column.to_pylist()
        codes = coded(None if cell is None else repr(cell) for cell in cells_)
        first = np.unique(codes, return_index=True)[1][(codes.min(initial=0) < 0):]
        return codes, [cells_[row] for row in first]
    array = column.combine_chunks()
    if not pa.types.is_dictionary(array.type):
        array = pc.dictionary_encode(array)
    codes = pc.fill_null(array.indices, -1).to_numpy(zero_copy_only=False).astype(np.intp)
    texts = array.dictionary
    return codes, texts.to_numpy(zero_copy_only=False).tolist() if pa.types.is_string(texts.type) else texts.to_pylist()


def _texts(texts: list[Any]) -> list[Any]:
    """Each text as it stands, None where it says that there is none."""
    return [None if len(text) <= _LONGEST_MISSING and text.lower() in MISSING else text
            for text in map(str.strip, map(str, texts))]


def _word(field: Field, raw: Any) -> Any:
    """The value of a text cell, None where it says that there is none, or what is wrong with it."""
    text = str(raw).strip()
    if text.lower() in MISSING:
        return None
    try:
        if field.kind == "mapping":
            return _mapping(raw, text)
        return _day(text) if field.kind == "date" else cells.read(field, text).value
    except CellError as error:
        return error


@lru_cache(maxsize=65_536)
def _day(text: str) -> datetime.date:
    """The day that a cell means, each read once however many pieces of a table hold it."""
    return cells.date(text)


def _mapping(raw: Any, text: str) -> dict[str, Any]:
    if isinstance(raw, dict):
        return {key: value for key, value in raw.items() if value is not None}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CellError(f"'{text[:60]}' is not a JSON object", "such as {\"depth\": 50}")
    return found


def architecture(spec: Spec, columns: ColumnMap, table: pa.Table) -> None:
    """`architecture.*` columns, gathered into each row's architecture; each distinct one is made once."""
    base, nameless = spec.kinds("architecture"), spec.kinds("family").codes < 0
    parts = {parameter: _distinct(table.column(header)) for parameter, header in columns.architecture.items()}
    values = {parameter: [_parameter(text) for text in texts] for parameter, (_, texts) in parts.items()}
    first, inverse = distinct(*(np.where(nameless, -1, codes) for codes, _ in parts.values()), base.codes)
    made: list[dict[str, Any] | None] = []
    for row in first.tolist():
        given = {parameter: values[parameter][codes[row]] for parameter, (codes, _) in parts.items()
                 if not nameless[row] and codes[row] >= 0 and values[parameter][codes[row]] is not None}
        made.append({**(base.at(row) or {}), **given} or None)
    found = Lookup.of((None if one is None else place for place, one in enumerate(made)), lambda place: made[place])
    spec.coded["architecture"] = Lookup(found.codes[inverse], found.facts)
    spec.words["architecture"] = spec.coded["architecture"].objects()


def _parameter(value: Any) -> Any:
    """An architecture's number as int where it is whole; lists written as JSON as lists; None where there is none."""
    if isinstance(value, str):
        if value.strip().lower() in MISSING:
            return None
        try:
            value = json.loads(value)
        except ValueError:
            return value
    return int(value) if isinstance(value, float) and value.is_integer() else value
