"""A table's rows as a spec: whole columns at a time, and cell by cell only where a cell is more than a number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from computeest import schema
from computeest.facts import set_apart
from computeest.facts.lookup import Lookup, distinct
from computeest.facts.spec import OF_CHIPS, Spec, Words
from computeest.problems import CellError, Fault, InputError, Problem
from computeest.problems import facts as wrong
from computeest.problems.records import DATE_ORDER, FRACTION_UNDER_PERCENT
from computeest.schema import Field, cells, header_words
from computeest.schema.cells import Cell
from computeest.schema.column_map import SCALES, ColumnMap, Source, Whole
from computeest.schema.headers import source_of, units_below
from computeest.text import chip_words, dates, units
from computeest.text import numbers as quantity
from computeest.text.fold import EMPTY, no_value
from computeest.text.remembered import remembered
from computeest.text.units import UnitError

if TYPE_CHECKING:
    import pyarrow as pa


def word_column(spec: Spec, field: Field, source: Source, table: pa.Table, whole: Whole | None = None) -> None:
    """A column of texts, dates, choices or structures; each distinct text is read once."""
    from computeest.facts import columns as arrow

    if source.header:
        codes, texts, array = arrow.distinct(table.column(source.header))
    else:
        codes, texts, array = np.zeros(spec.size, dtype=np.intp), [source.constant], None
    order = _order(source, texts, whole) if field.kind == "date" else ""
    plain = _plain(field, texts, array)
    words: Any = plain or [dates.plain(text) or _day(text, field.name, order) if field.kind == "date"
                           and type(text) is str else _word(field, text, order) for text in texts]
    for code, word in enumerate(words if plain is None else ()):
        if isinstance(word, Fault):
            words[code] = None
            for row in np.flatnonzero(codes == code):
                spec.problem(int(row), field.name, word)
        elif order == dates.YEAR_ONLY and word is not None and dates.doubtful(str(texts[code])):
            for row in np.flatnonzero(codes == code):
                spec.readings.append((int(row), DATE_ORDER.says(column=field.name, text=str(texts[code]).strip())))
    same = plain is texts or plain == [*texts]
    found = Lookup(codes, texts if plain is texts else tuple(words), array if same else None)
    spec.coded[field.name] = found if same else found.without_none()
    spec.words[field.name] = spec.coded[field.name]


def _order(source: Source, texts: Sequence[Any], whole: Whole | None) -> str:
    """What the numbers of a column's dates start with: as the map says, or as all dates of the table show it."""
    if source.order not in ("", dates.BY_COLUMN):
        return source.order
    said = cells.shortest(texts)
    if whole is None or not source.header or not any(map(dates.two_ways, said)):
        return dates.order_of(said)
    return dates.order_of(text for (some,) in whole.each((source.header,), _in_numbers) for text in some)


def _in_numbers(column: pa.ChunkedArray) -> tuple[str, ...]:
    """The dates of a column that show an order, or need one."""
    from computeest.facts import columns as arrow

    return tuple(text for text in cells.shortest(arrow.distinct(column)[1]) if dates.shows_order(text))


def _plain(field: Field, texts: Sequence[Any], array: pa.Array | None) -> Sequence[Any] | None:
    """A column of names as they stand, where all are texts and none too long: a third of reading such a table."""
    if field.kind != "text":
        return None
    if texts and array is not None and _as_they_stand(array, cells.most(field)):
        return texts
    if set(map(type, texts)) != {str} or max(map(len, texts)) > cells.most(field):
        return None
    stripped = [*map(str.strip, texts)]
    if EMPTY.isdisjoint(map(str.lower, stripped)):
        return list(stripped)
    return [None if no_value(text, EMPTY) else text for text in stripped]


@lru_cache(maxsize=1)
def _like_empty() -> NDArray[np.bool_]:
    """For each length and first letter whether a text that says that there is nothing has them."""
    found = np.zeros((max(map(len, EMPTY)) + 1, 128), dtype=bool)
    for text in filter(str.isascii, EMPTY - {""}):
        found[len(text), [ord(text[0]), ord(text[0].upper())]] = True
    return found


def _as_they_stand(array: pa.Array, most: int) -> bool:
    """Whether texts are plainly such: none has spaces around it, is too long or says that there is nothing.

    Seen by their lengths and ends, a tenth of what it takes text by text: 3 % of a table's time.
    """
    from computeest.facts import columns as arrow

    data, ends = arrow.letters(array)
    sizes = np.diff(ends)
    if not 0 < sizes.min() <= sizes.max() <= most or data[ends[0]:ends[-1]].max() > 127:
        return False
    first, last = data[ends[:-1]], data[ends[1:] - 1]
    if min(first.min(), last.min()) <= ord(" "):
        return False
    empty = _like_empty()
    like = np.flatnonzero(empty[np.minimum(sizes, len(empty) - 1), first] & (sizes < len(empty)))
    return EMPTY.isdisjoint(map(str.lower, arrow.plain_texts(array.take(arrow.places(like)))))


def _word(field: Field, raw: Any, order: str) -> Any:
    """The value of a text cell, None where it says that there is none, or what is wrong with it."""
    text = (raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)).strip()
    if no_value(text, EMPTY):
        return None
    try:
        cells.short(field, text)
        if field.kind == "mapping":
            return _mapping(raw, text)
        if isinstance(raw, list | dict):
            raise CellError(wrong.CELL_NOT_ONE_VALUE(example=field.example))
        if field.kind == "text":
            return text
        return cells.date(text, order) if field.kind == "date" else cells.read(field, text).value
    except CellError as error:
        return error.fault  # the error holds the whole piece that it was raised in: 40 MB where it is remembered


@remembered(65_536)
def _day(text: str, column: str, order: str) -> Any:
    """The day that a cell means, each read once however many pieces of a table hold it: 3 % of its time."""
    return _word(schema.FIELDS[column], text, order)


def _mapping(raw: Any, text: str) -> dict[str, Any]:
    if isinstance(raw, dict):
        return {key: value for key, value in raw.items() if value is not None}
    try:
        found = cells.from_json(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CellError(wrong.CELL_NOT_AN_OBJECT(text=text[:60]))
    return found


def architecture(spec: Spec, columns: ColumnMap, table: pa.Table) -> None:
    """`architecture.*` columns, gathered into each row's architecture; each distinct one is made once."""
    from computeest.facts import columns as arrow

    base, nameless = spec.kinds("architecture"), spec.kinds("family").codes < 0
    parts = {parameter: arrow.distinct(table.column(header))[:2] for parameter, header in columns.architecture.items()}
    values = {parameter: [_parameter(text) for text in texts] for parameter, (_, texts) in parts.items()}
    first, inverse = distinct(*(np.where(nameless, -1, codes) for codes, _ in parts.values()), base.codes)
    made: list[dict[str, Any] | None] = []
    for row in first.tolist():
        given = {parameter: values[parameter][codes[row]] for parameter, (codes, _) in parts.items()
                 if not nameless[row] and codes[row] >= 0 and values[parameter][codes[row]] is not None}
        made.append({**(base.at(row) or {}), **given} or None)
    found = Lookup.of((None if one is None else place for place, one in enumerate(made)), lambda place: made[place])
    spec.coded["architecture"] = Lookup(found.codes[inverse], found.facts)
    spec.words["architecture"] = spec.coded["architecture"]


def _parameter(value: Any) -> Any:
    """An architecture's number as int where it is whole; lists written as JSON as lists; None where there is none."""
    if isinstance(value, str):
        if no_value(value, EMPTY):
            return None
        try:
            value = cells.from_json(value)
        except ValueError:
            return value
    return int(value) if isinstance(value, float) and value.is_integer() else value


Floats = NDArray[np.float64]


def spec_of(table: pa.Table, columns: ColumnMap) -> Spec:
    """The facts that a table's rows state, one run a row; bad cells become problems of their row, never zeros."""
    size = table.num_rows
    spec = Spec(size, {}, {}, Words(), np.arange(size, dtype=np.intp), (), Lookup.nothing(size), Lookup.nothing(size))
    if columns.whole is None or columns.whole.first:
        _no_units_below(table, columns)
    named = columns.columns.get("model")
    if named is not None and named.header and (sums := of_several(table.column(named.header))):
        for row, name in sums.items():
            spec.problem(row, "model", wrong.ROW_OF_SEVERAL(name=name))
        table = set_apart.emptied(table, list(sums))
    for column, source in columns.columns.items():
        field = schema.FIELDS[column]
        if field.numeric:
            _number_column(spec, field, source, table, columns)
        elif field.kind != "list":
            word_column(spec, field, source, table, columns.whole)
    if columns.architecture:
        architecture(spec, columns, table)
    _utilization_kinds(spec)
    return spec


#: What rows are called that add up or average others: no model is.
_SEVERAL = ("total", "totals", "grand total", "subtotal", "sub-total", "sum", "average", "avg", "avg.", "mean",
            "median", "gesamt", "summe", "durchschnitt", "moyenne", "somme", "suma", "promedio", "合计", "总计", "平均",
            "all models", "overall", "sum total", "total (all)", "insgesamt", "σ", "∑")
_SEVERAL_SPELLED = tuple(dict.fromkeys(f"{spelled}{end}" for word in _SEVERAL for end in ("", ":")
                                       for spelled in (word, word.capitalize(), word.title(), word.upper())))


def of_several(names: pa.ChunkedArray) -> dict[int, str]:
    """The rows that are called a total or an average of others, with their names."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from computeest.facts import columns as arrow

    if not (pa.types.is_string(names.type) or pa.types.is_large_string(names.type)
            or pa.types.is_dictionary(names.type)):
        return {}
    texts = arrow.texts(names)
    rows = np.flatnonzero(arrow.yes(pc.is_in(texts, value_set=arrow.strings(_SEVERAL_SPELLED)))).tolist()
    return dict(zip(rows, texts.take(arrow.places(np.array(rows, dtype=np.intp))).to_pylist(), strict=True))


def _no_units_below(table: pa.Table, columns: ColumnMap) -> None:
    """InputError where the first row says what the headers do not: the unit of the numbers below it."""
    from computeest.facts import columns as arrow

    if not table.num_rows:
        return
    first = {source.header: arrow.cells_of(table.column(source.header)[:1])[0] for source in columns.columns.values()
             if source.header}
    if said := units_below(columns, first):
        header, unit = next(iter(said.items()))
        raise InputError([Problem("", 0, header, wrong.UNITS_BELOW_HEADER(
            units=", ".join(f"'{one}'" for one in said.values()), header=header, unit=unit))])


def numbers_of(table: pa.Table, header: str, column: str, given: Source | None = None) -> tuple[Floats, dict[int, str]]:
    """One column's numbers in the unit of its header, NaN where there is none or it is wrong; and what is wrong.

    A column map's source is `given` where it says more than the header.
    """
    source = given if given is not None else _source_by_header(header, column)
    spec = Spec(table.num_rows, {}, {}, {}, np.arange(table.num_rows, dtype=np.intp), (),
                Lookup.nothing(table.num_rows), Lookup.nothing(table.num_rows))
    _number_column(spec, schema.FIELDS[column], source, table, ColumnMap({column: source}))
    return spec.column(column), {row: problem.what for row, problem in spec.problems}


def _source_by_header(header: str, column: str) -> Source:
    """The source that a header is of a column, whatever its name; InputError where its unit is not understood."""
    said = header_words.read(header)
    brackets = header_words.brackets_of(header)
    if said is None:  # its name is another's, and its unit may be this column's all the same
        of_column: header_words.Said | None = header_words.Said(column)
        for text in brackets:
            of_column = header_words.qualified(of_column, text) if of_column is not None else None
        said = of_column if brackets else None
    if said is None and brackets:
        wanted = units.describe(schema.FIELDS[column].unit or "dimensionless")
        raise InputError([Problem("", 0, header, wrong.HEADER_UNIT_UNKNOWN(unit=brackets[0], wanted=wanted))])
    return source_of(header, said) if said is not None and said.column == column else Source(header)


def _number_column(spec: Spec, field: Field, source: Source, table: pa.Table, columns: ColumnMap) -> None:
    if field.name in (*OF_CHIPS, "time") and source.header and (chip := chip_words.of_header(source.header)):
        spec.header_of[field.name] = chip, chip_words.of_each_chip(source.header.replace("_", " "))
    scale = _scale(field, source.unit) * source.scale
    if source.header:
        values, texts = _undoubted(spec, field, source, scale, table, columns)
    else:
        values, texts = np.full(spec.size, np.nan), dict.fromkeys(range(spec.size), source.constant)
    with np.errstate(over="ignore"):
        values = values * scale  # what grows beyond every number is out of bounds
    if source.unit == "percent" and field.name in _SHARES:
        values = _fractions(spec, field, values)
    outside = np.flatnonzero(_outside(field, values))
    refused = {value: _refused(field, value, source) for value in dict.fromkeys((values[outside] / scale).tolist())}
    for row in outside.tolist():
        spec.problem(row, field.name, refused[float(values[row] / scale)])
        values[row] = np.nan
    if source.unit is None and cells.without_unit(field, "1"):
        spec.unitless[field.name] = ~np.isnan(values)
        spec.unitless[field.name][[row for row, text in texts.items() if cells.without_unit(field, text)]] = True
    if field.name in spec.numbers:  # of another column's cells
        spec.fill(field.name, values, np.ones(spec.size, dtype=bool))
    elif not np.isnan(values).all():
        spec.numbers[field.name] = values
    if field.name in OF_CHIPS and (held := chip_words.holder_of_header(source.header)):
        # bare numbers are the header's; a cell that says its own unit says its own holder
        spec.time_of.update(dict.fromkeys(np.flatnonzero(~np.isnan(values)).tolist(), held))
    _text_cells(spec, field, source, texts)


def _undoubted(spec: Spec, field: Field, source: Source, scale: float, table: pa.Table,
               columns: ColumnMap) -> tuple[Floats, dict[int, str]]:
    """A column's bare numbers, and the texts of its other cells by row, without those that others speak against."""
    from computeest.facts import columns as arrow

    values, texts = arrow.parsed(column := table.column(source.header))
    pointed = arrow.pointed(values, column)
    if source.scale > 1.0 or pointed or any(map(arrow.begins_in_doubt, texts.values())):
        from computeest.facts import doubts  # which few tables give cause for

        doubts.judge(spec, field, source, scale, (values, texts), pointed, table, columns)
    return values, texts


#: Shares of the peak, of which none below one percent has been published: 0.4 in a column of percent is a fraction.
_SHARES = frozenset(("utilization", "step_utilization", "hardware_flop_utilization"))


def _fractions(spec: Spec, field: Field, values: Floats) -> Floats:
    """The shares of a column in percent, those of at most one percent as the fractions that they are."""
    with np.errstate(all="ignore"):
        small = (values > 0) & (values <= 0.01)
    for row in np.flatnonzero(small).tolist():
        spec.readings.append((row, FRACTION_UNDER_PERCENT.says(column=field.name, value=values[row] * 100)))
    return np.where(small, values * 100, values)


def _text_cells(spec: Spec, field: Field, source: Source, texts: dict[int, str]) -> None:
    """Cells that are more than a bare number."""
    for row, text in texts.items():
        found = _cell(text, field, source.scale, source.unit)
        if isinstance(found, Fault):
            spec.problem(row, field.name, found)
        else:
            if source.unit == "percent" and field.name in _SHARES and "%" not in text and found.value <= 0.01:
                found = found._replace(value=found.value * 100)
                spec.readings.append((row, FRACTION_UNDER_PERCENT.says(column=field.name, value=found.value)))
            for cell in (found, *found.also):
                if np.isnan(spec.get(cell.column, row)):
                    spec.set(cell.column, row, float(cell.value), cell.sigma)
                    spec.note(row, cell)


@remembered(65_536)
def _cell(text: str, field: Field, scale: float, unit: str | None) -> Cell | Fault:
    """What a cell says that is more than a bare number, each read once however many pieces of a table hold it."""
    try:
        cells.short(field, text)
        return cells.number(field, quantity.counted_in(text, scale), unit)
    except CellError as error:
        return error.fault


def _scale(field: Field, unit: str | None) -> float:
    """From a header's unit to the column's own; only units of the same quantity can be a whole column's."""
    if unit is None:
        return 1.0
    for own in (field.unit or "dimensionless", *field.also):
        if units.dimension(own) == units.dimension(unit):
            return units.factor(unit, own)
    raise UnitError(wrong.COLUMN_UNIT_DIFFERS(name=field.name, wanted=units.describe(field.unit or "dimensionless"),
                                              found=units.describe(unit)))


def _outside(field: Field, values: Floats) -> NDArray[np.bool_]:
    with np.errstate(all="ignore"):
        low = values < field.low if field.low_included else values <= field.low
        outside = low | (values > field.high)  # of no number neither holds
        if field.unit == "chip":  # 1.024 chips may be 1,024
            several = np.flatnonzero(values > 1)  # the rest of a division takes long, and longest of no number
            for row in several[values[several] % 1 > 0].tolist():
                outside[row] |= quantity.maybe_thousands(float(values[row]))
        return outside


def _refused(field: Field, value: float, source: Source) -> Fault:
    """What the cell reader says of a value that it refuses: the words are the same for papers and tables."""
    text = f"{value:g} %" if source.unit == "percent" else f"{value:g}"
    try:
        cells.number(field, text, source.unit)
        cells.number(field, f"{value * source.scale:g}", source.unit)
    except CellError as error:
        scale = SCALES.get(source.scale) if value > 0 else None
        return error.fault if scale is None else wrong.REFUSED_UNDER_A_SCALE(
            text=text, scale=scale, what=error.what, expected=error.expected)
    return wrong.OUT_OF_BOUNDS(text=text, expected=f"such as '{field.example}'" if field.example else "")


def _utilization_kinds(spec: Spec) -> None:
    """A utilization of a stated kind goes to that kind's own column, as in a paper."""
    kinds = spec.words.get("utilization_kind")
    for kind, targets in schema.UTILIZATION_KINDS.items():
        for stated, column in targets.items():
            if kinds is not None and stated in spec.numbers:
                here = kinds == kind
                spec.fill(column, spec.numbers[stated], here)
                spec.numbers[stated] = np.where(here, np.nan, spec.numbers[stated])
