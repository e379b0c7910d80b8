"""A first, cheap pass over a large table: what its rows say of the base models that others of its rows start from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from computeest.estimation.base_models import named as named_bases
from computeest.facts.columns import cells_of
from computeest.pipeline import Options, ancestors
from computeest.schema.cells import LONGEST
from computeest.tables.annotator import within, without_broken
from computeest.tables.papers import Papers
from computeest.tables.source import Source
from computeest.text.fold import EMPTY, no_value
from computeest.text.model_names import fold, series_of


def with_ancestors(source: Source, options: Options) -> Options:
    """The options with what is known of base models, so that any piece of the table finds all of them."""
    import pyarrow as pa

    if isinstance(source, Papers):
        return options  # they are one piece
    model, base = (_header(source, options, column) for column in ("model", "base_model"))
    names: set[str] = set()
    series: set[str] = set()
    if base is not None:
        for piece in source.pieces():
            texts = _texts(cells_of(source.read(piece, (base,)).table.column(base).unique()))
            some, sized = named_bases(texts)
            names |= some
            series |= sized
    kin = [pa.table({name: pa.nulls(0, pa.string()) for name in source.columns})]
    if names and model is not None:
        kin = _rows_named(source, model, names, series) or kin
    known = ancestors(pa.concat_tables(kin), within(source, options, first=False), (names, series))
    return replace(options, ancestors=known)


def _rows_named(source: Source, model: str, names: set[str], series: set[str]) -> list:  # type: ignore[type-arg]
    """The rows whose model is one of the names, or of one of the series."""
    import pyarrow as pa

    found = []
    for piece in source.pieces():
        models = cells_of(source.read(piece, (model,)).table.column(model))
        wanted = [name is not None and (fold(name) in names or (bool(series) and series_of(name)[0] in series))
                  for name in (None if model_ is None else str(model_) for model_ in models)]
        if any(wanted):
            found.append(without_broken(source.read(piece)).filter(pa.array(wanted)))
    return found


def _texts(cells: Iterable[object]) -> list[str]:
    texts = (str(cell).strip() for cell in cells if cell is not None)
    return [text for text in texts if len(text) <= LONGEST and not no_value(text, EMPTY)]


def _header(source: Source, options: Options, column: str) -> str | None:
    """The table's own column that means a column of the schema."""
    place = options.columns_of(source.columns).columns.get(column)
    return place.header or None if place is not None else None
