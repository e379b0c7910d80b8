"""Writes every page, table and count of the documentation that the code knows: `make docs`, or see what is stale.

A whole page is a function of `PAGES`; a passage of a page written by hand is one of `passages`, found by the words
around its numbers. `stale` is what the tests and `--check` ask.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from computeest import registry, schema
from computeest.family_pages import page
from computeest.schema.json_schema import json_schema
from computeest.text import yaml_nodes
from computeest.text.listing import as_markdown

ROOT = Path(__file__).parents[1]
#: How the value of a source is counted, by the source's kind; every other kind is a document that was read.
_KINDS = {"derived": "computed", "database": "compiled", "press": "compiled"}
_COUNTED = ("read", "unopened", "computed", "compiled")


def families() -> str:
    """Every family and what each of its variants counts to."""
    return page.markdown(registry.load())


def keys() -> str:
    """Every key that paper.yaml and a table's header may have."""
    groups: dict[str, list[schema.Field]] = {}
    for name in schema.INPUTS:
        groups.setdefault(schema.FIELDS[name].group, []).append(schema.FIELDS[name])
    text = ("# Keys\n\nWritten by `make docs`: every key of paper.yaml, which is a column of a table under the same "
            "name.\n`computeest schema` prints them for editors as JSON Schema.\n")
    for group, fields in groups.items():
        rows = [{"key": f"`{f.name}`", "unit": f.unit or f.kind, "means": f.means, "such as": f.example,
                 "also called": ", ".join((*f.aliases, *(a for a in f.unit_aliases if a != f.name)))} for f in fields]
        text += f"\n## {group.capitalize()}\n\n" + as_markdown(("key", "unit", "means", "such as", "also called"), rows)
    return text


def example_schema() -> str:
    """The JSON Schema that the example papers name."""
    import json

    return json.dumps(json_schema(), indent=1) + "\n"


#: Whole pages, by path.
PAGES: dict[str, Callable[[], str]] = {
    "docs/families.md": families, "docs/keys.md": keys, "examples/paper.schema.json": example_schema,
}


def provenance() -> dict[str, dict[str, int]]:
    """How many values of each vendor's file were read, computed, taken from a table, or cited unopened."""
    found: dict[str, dict[str, int]] = {}
    for path in sorted((ROOT / "hardware_db").glob("*.yaml")):
        root = yaml_nodes.load(path.read_text("utf-8"))
        plain = yaml_nodes.plain(root) if root is not None else {}
        if "chips" in plain:
            counts = found[path.name] = dict.fromkeys(_COUNTED, 0)
            for source in map(plain["sources"].__getitem__, _sources_below(plain["chips"])):
                counts["unopened" if source.get("unopened") else _KINDS.get(source["kind"], "read")] += 1
    return found


def _sources_below(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("source"), str):
            yield node["source"]
        for inner in node.values():
            yield from _sources_below(inner)


def passages() -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Counts within prose: the file, the words around them with (N) for each, and what the counts are."""
    counted = provenance()
    total = {kind: sum(counts[kind] for counts in counted.values()) for kind in _COUNTED}
    yield ("docs/hardware.md",
           "Of (N) values in the vendor files, (N) were read in a vendor's document or a transcript of it, (N) are "
           "computed from unit", (sum(total.values()), total["read"], total["computed"]))
    yield "docs/hardware.md", "where anything was), (N) are from the press", (total["compiled"],)
    yield "docs/hardware.md", "dates, clocks, power and memory), and (N) name", (total["unopened"],)
    for name, counts in counted.items():
        yield (f"hardware_db/{name}",
               "(N) values: (N) read in a vendor's document, (N) from one that was not opened for the review, (N) "
               "computed, (N) from a table that others compiled.",
               (sum(counts.values()), *(counts[kind] for kind in _COUNTED)))


def rewritten(text: str, words: str, counts: tuple[int, ...], *, comma: bool) -> str:
    """The text with a passage's numbers as they are counted; ValueError where the passage is not there once."""
    # lines may end between any two words, with the sign of a comment on the next
    pattern = r"(?:\s+(?:#\s)?)".join(re.escape(word).replace(r"\(N\)", r"([\d,]+)") for word in words.split())
    found = list(re.finditer(pattern, text))
    if len(found) != 1:
        raise ValueError(f"the passage is there {len(found)} times: {words}")
    for place, count in reversed(list(enumerate(counts, 1))):
        start, end = found[0].span(place)
        text = text[:start] + (f"{count:,}" if comma else str(count)) + text[end:]
    return text


def current() -> dict[str, str]:
    """What each generated file should hold."""
    texts = {path: made() for path, made in PAGES.items()}
    for path, words, counts in passages():
        text = texts.get(path) or (ROOT / path).read_text("utf-8")
        try:
            texts[path] = rewritten(text, words, counts, comma=path.endswith(".md"))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
    return texts


def stale() -> dict[str, str]:
    """The files that do not hold what they should, and what that is."""
    return {path: text for path, text in current().items()
            if not (ROOT / path).exists() or (ROOT / path).read_text("utf-8") != text}


def main() -> int:
    """Write what is stale; with --check say it, and fail."""
    found = stale()
    for path, text in found.items():
        if "--check" not in sys.argv:
            (ROOT / path).write_text(text, "utf-8")
        sys.stdout.write(f"{path} {'is stale: run make docs' if '--check' in sys.argv else 'written'}\n")
    return 1 if found and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
