"""Writes every page, table and count of the documentation that the code knows: `make docs`, or see what is stale.

A whole page is a function of `PAGES`, a table within a page one of `TABLES`, behind a comment that names it; a passage
of a page written by hand is one of `passages`, found by the words around its numbers. `stale` is what the tests and
`--check` ask.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from computeest import registry, schema
from computeest.family_pages import page
from computeest.kit.finding import first_line
from computeest.models import mixtures
from computeest.problems.kind import Code
from computeest.problems.register import OF_AUDITS, OF_INPUTS, OF_RECORDS
from computeest.records.check_columns import RESULTS
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


def errors() -> str:
    """Every kind of problem with an input."""
    text = ("# Messages\n\nWritten by `make docs`: what can be wrong with an input, in the words printed, with "
            "`...`\nfor what they name. A message says the file and the line, what is there and what was expected;\n"
            "all of a file are printed at once. A problem's code does not change with its words: it is `problem.code`\n"
            "of each `problem` in `InputError.problems`. What is said of numbers is on [checks.md](checks.md).\n")
    for part, codes in OF_INPUTS.items():
        rows = [{"code": f"`{code.name}`", "where": code.title, "it says": _blank(code.sentence),
                 "expected": _blank(code.expected)} for code in sorted(codes.values(), key=lambda code: code.name)]
        text += f"\n## {part}\n\n" + as_markdown(("code", "where", "it says", "expected"), rows)
    return text


def _blank(template: str) -> str:
    """The words of a template, with what it is told left out."""
    return "".join(text + ("..." if name is not None else "") for text, name, _, _ in Formatter().parse(template))


def example_schema() -> str:
    """The JSON Schema that the example papers name."""
    import json

    return json.dumps(json_schema(), indent=1) + "\n"


def checks() -> str:
    """The checks of plugins."""
    # a check of columns and one of the quote beside a cell may share a code: then both say when they speak
    quotes: dict[str, list[str]] = {}
    for check in registry.load().text_checks:
        quotes.setdefault(check.code, []).append(check.title)
    rows = [(c.code, c.level, "; or ".join((first_line(c.test).rstrip("."), *quotes.get(c.code, ()))))
            for c in registry.load().checks]
    return _codes(rows)


def _codes(rows: Iterable[tuple[str, str, str]]) -> str:
    table = [{"code": f"`{code}`", "level": level, "speaks where": title} for code, level, title in sorted(rows)]
    return as_markdown(("code", "level", "speaks where"), table)


def _of_layouts() -> dict[str, Code]:
    """What layouts of tables say of their cells."""
    return {code.name: code for layout in registry.load().layouts.values() for code in layout.codes}


def _of_engine(codes: Mapping[str, Code]) -> str:
    return _codes((c.name, f"{c.level}, {c.or_else}" if c.or_else else c.level, c.title) for c in codes.values())


def results() -> str:
    """What a check may ask beside facts."""
    return as_markdown(("result", "what it is"),
                       ({"result": f"`{name}`", "what it is": means} for name, means in RESULTS.items()))


def published_consequences() -> str:
    """Published energy, emissions and cost against ours."""
    return str(module("benchmarks/consequences.py").tables())


def calibration_of_drafts() -> str:
    """How often what is drafted is right, as benchmarks/fit_draft.py measured it."""
    with (ROOT / "tests/golden/draft_calibration.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return as_markdown(tuple(rows[0]), rows)


#: Tables within pages: path and the comment that stands before it.
TABLES: dict[tuple[str, str], Callable[[], str]] = {
    ("docs/checks.md", "checks of plugins"): checks,
    ("docs/checks.md", "codes of records"): lambda: _of_engine({**OF_RECORDS, **_of_layouts()}),
    ("docs/checks.md", "codes of audits"): lambda: _of_engine(OF_AUDITS),
    ("docs/checks.md", "results"): results,
    ("README.md", "accuracy"): lambda: _compared(),
    ("README.md", "accuracy by sureness"): lambda: _by_sureness(),
    ("docs/reconcile.md", "coverage"): lambda: _by_group(),
    ("docs/consequences.md", "published consequences"): published_consequences,
    ("docs/draft.md", "calibration"): calibration_of_drafts,
}

#: Whole pages, by path.
PAGES: dict[str, Callable[[], str]] = {
    "docs/families.md": families, "docs/keys.md": keys, "docs/errors.md": errors,
    "docs/performance.md": lambda: str(module("docs/performance.py").page()),
    "docs/mutation.md": lambda: str(module("docs/mutation.py").page()),
    "examples/paper.schema.json": example_schema, "computeest/models/mixtures.json": mixtures.as_json,
}


def provenance() -> dict[str, dict[str, int]]:
    """How many values of each vendor's file were read, computed, taken from a table, or cited unopened.

    `confirmed` counts those cited unopened that a second document, which was opened, bears out.
    """
    found: dict[str, dict[str, int]] = {}
    for path in sorted((ROOT / "hardware_db").glob("*.yaml")):
        root = yaml_nodes.load(path.read_text("utf-8"))
        plain = yaml_nodes.plain(root) if root is not None else {}
        if "chips" in plain:
            counts = found[path.name] = dict.fromkeys((*_COUNTED, "confirmed"), 0)
            for fact in _facts_below(plain["chips"]):
                source = plain["sources"][fact["source"]]
                counts["unopened" if source.get("unopened") else _KINDS.get(source["kind"], "read")] += 1
                counts["confirmed"] += bool(source.get("unopened") and {"confirmed", "second"} & fact.keys())
    return found


def _facts_below(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if isinstance(node.get("source"), str):
            yield node
        for inner in node.values():
            yield from _facts_below(inner)


def passages() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Numbers within prose: the file, the words around them with (N) for each, and what the numbers are."""
    yield from _sources()
    yield from _accuracy()


def _sources() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """How many values of the hardware database are from where."""
    counted = provenance()
    total = {kind: sum(counts[kind] for counts in counted.values()) for kind in (*_COUNTED, "confirmed")}
    yield ("docs/hardware.md",
           "Of (N) values in the vendor files, (N) were read in a vendor's document or a transcript of it, (N) are "
           "computed from unit", _counts(sum(total[kind] for kind in _COUNTED), total["read"], total["computed"]))
    yield "docs/hardware.md", "where anything was), (N) are from the press", _counts(total["compiled"])
    yield "docs/hardware.md", "dates, clocks, power and memory), and (N) name", _counts(total["unopened"])
    yield ("docs/hardware.md",
           "(N) of those a document that was opened confirms (`confirmed`, `second`), and (N) rest on",
           _counts(total["confirmed"], total["unopened"] - total["confirmed"]))
    for name, counts in counted.items():
        yield (f"hardware_db/{name}",
               "(N) values: (N) read in a vendor's document, (N) from one that was not opened for the review, (N) "
               "computed, (N) from a table that others compiled.",
               (str(sum(counts[kind] for kind in _COUNTED)), *(str(counts[kind]) for kind in _COUNTED)))


def _counts(*counts: int) -> tuple[str, ...]:
    return tuple(f"{count:,}" for count in counts)


def _accuracy() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """How close estimates come to what was published, as `benchmarks/gold.py` measures it."""
    gold = module("benchmarks/gold.py")
    found = gold.figures(gold.joined(gold.frozen(), {}))
    yield "README.md", "published training compute of (N) models", (str(found.rows),)
    for words, share, count in (("off by more than 3x", found.flagged_far, found.far),
                                ("within 1.5x", found.flagged_near, found.near)):
        yield "README.md", f"(N) % of the (N) rows {words}", (f"{share:.1%}"[:-1], str(count))


def _compared() -> str:
    """How close and how sure this version is, beside 0.1.0."""
    gold = module("benchmarks/gold.py")
    return str(gold.comparison(gold.frozen()))


def _by_sureness() -> str:
    """How close the surest estimates are."""
    gold = module("benchmarks/gold.py")
    rows = gold.frozen()
    return str(gold.by_sureness(gold.cross_validated(rows), len(rows.truth)))


def _by_group() -> str:
    """How often intervals hold, group by group."""
    gold = module("benchmarks/gold.py")
    return str(gold.by_group(gold.cross_validated(gold.frozen())))


def module(path: str) -> Any:
    """A module of this repository that is in no package."""
    name = Path(path).stem
    spec = importlib.util.spec_from_file_location(name, ROOT / path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no module")
    sys.modules[name] = found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def rewritten(text: str, words: str, numbers: tuple[str, ...]) -> str:
    """The text with a passage's numbers as they are now; ValueError where the passage is not there once."""
    # lines may end between any two words, with the sign of a comment on the next
    pattern = r"(?:\s+(?:#\s)?)".join(re.escape(word).replace(r"\(N\)", r"(\d[\d,.]*)") for word in words.split())
    found = list(re.finditer(pattern, text))
    if len(found) != 1:
        raise ValueError(f"the passage is there {len(found)} times: {words}")
    for place, number in reversed(list(enumerate(numbers, 1))):
        start, end = found[0].span(place)
        text = text[:start] + number + text[end:]
    return text


def current() -> dict[str, str]:
    """What each generated file should hold."""
    texts = {path: made() for path, made in PAGES.items()}
    for (path, name), made in TABLES.items():
        text = texts.get(path) or (ROOT / path).read_text("utf-8")
        begin, end = f"<!-- {name}: written by make docs -->\n", "<!-- end -->"
        if text.count(begin) != 1:
            raise ValueError(f"{path}: there is no place, or more than one, for the table '{name}'")
        before, _, rest = text.partition(begin)
        texts[path] = before + begin + made() + end + rest.partition(end)[2]
    for path, words, numbers in passages():
        text = texts.get(path) or (ROOT / path).read_text("utf-8")
        try:
            texts[path] = rewritten(text, words, numbers)
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
