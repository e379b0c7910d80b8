"""Chips as Markdown pages, one a chip, and a page that lists them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from computeest.hardware import show
from computeest.hardware.chip import Chip
from computeest.hardware.peak import Peak, choose
from computeest.text import listing

INDEX = "index.md"


def pages(chips: Iterable[Chip]) -> Iterator[tuple[str, str]]:
    """Each page's path and text: what is known of a chip, each value with a link to its document."""
    lines = []
    for chip in sorted(chips, key=lambda chip: (chip.vendor.lower(), chip.name.lower())):
        peak = choose(chip, None)
        _, (line,) = show.shown([show.row(chip, peak if isinstance(peak, Peak) else None)])
        lines.append({"name": f"[{chip.name}](chips/{chip.id}.md)", **line})
        rows = [{"field": each["field"], "value": each["value"], "source": _link(each)} for each in show.card(chip)]
        yield f"chips/{chip.id}.md", (f"# {chip.name}\n\n" + listing.as_markdown(("field", "value", "source"), rows)
                                      + "\n[all chips](../index.md)\n")
    columns = list(lines[0]) if lines else []
    yield INDEX, "# Chips\n\n" + listing.as_markdown([name for name in columns if name != "id"], lines)


def _link(row: show.Row) -> str:
    title = str(row["source"]).replace("[", "(").replace("]", ")")
    return f"[{title}](<{row['url']}>)" if row["url"] else title
