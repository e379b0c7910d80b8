"""Rows as text: CSV that no spreadsheet runs, and Markdown tables."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# what Markdown takes for HTML; an address between such signs is a link
_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!https?://[^\s<>]*>)")


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """The columns of the rows as CSV, an empty cell where nothing is known."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_safe(row.get(name)) for name in columns] for row in rows)
    return buffer.getvalue()


def as_markdown(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """The columns of the rows as a Markdown table."""
    lines = [list(columns), ["---"] * len(columns)]
    lines += [[cell(row.get(name)) for name in columns] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(value: Any) -> str:
    """A value as one line that ends no cell of a Markdown table and is no HTML; nothing where it is None."""
    text = _TAG.sub("&lt;", "" if value is None else str(value))
    return " ".join(text.replace("|", "\\|").split())


def harmless(text: str) -> str:
    """A cell that no spreadsheet runs as a formula; numbers stay numbers."""
    if text[:1] not in ("=", "+", "-", "@", "\t", "\r"):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text


def _safe(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value
