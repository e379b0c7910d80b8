"""The documentation is what the code says: generated pages and counts are current, and every page can be found."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
#: Files that people look for first.
FIRST = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")


def loaded() -> Any:
    spec = importlib.util.spec_from_file_location("docs_write", ROOT / "docs" / "write.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


WRITE = loaded()


def test_generated_pages_and_counts_are_current() -> None:
    assert sorted(WRITE.stale()) == [], "run: make docs"


def test_a_count_in_prose_is_rewritten_over_the_ends_of_lines() -> None:
    text = "# Of 12 values\n# in all,\n# 3 were read.\n"
    assert WRITE.rewritten(text, "Of (N) values in all, (N) were", ("4,358", "4")) \
        == "# Of 4,358 values\n# in all,\n# 4 were read.\n"


@pytest.mark.parametrize(("facts", "says"), [
    ({"epochs": "many"}, "'...' is not a number"), ({"epocs": 3}, "no key is called '...'"),
    ({"published": "2023-13-40", "epochs": 1}, "'...' is not a day of the calendar"),
    ({"runs": []}, "this is not a list of runs"),
    ({"parameters": "1e9"}, "no method can estimate this from the facts given"),
    ({"time": "3 parsecs per hour"}, "is no unit"),
])
def test_what_is_printed_is_on_the_page_of_messages(facts: dict[str, Any], says: str) -> None:
    from computeest import estimate
    from computeest.problems import InputError

    with pytest.raises(InputError) as refused:
        estimate(facts)
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    said = [re.compile(re.escape(row[2]).replace(r"\.\.\.", ".*")) for row in rows]
    whats = [problem.what for problem in refused.value.problems]
    assert all(any(pattern.fullmatch(what) for pattern in said) for what in whats), whats
    assert says in page


@pytest.mark.parametrize("text", ["no such passage", "Of 1 values, of 2: Of 1 values"])
def test_a_passage_that_is_not_there_once_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"the passage is there [02] times: Of"):
        WRITE.rewritten(text, "Of (N) values", ("3",))


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    assert {page.name for page in PAGES} - set(re.findall(r"\]\(([\w-]+\.md)\)", index)) == {"index.md"}


def anchors(page: Path) -> set[str]:
    """What can be pointed at within a page, as GitHub names headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [*PAGES, *(ROOT / name for name in FIRST)], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file of the repository and, after '#', one of its headings."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, heading = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{page.name} links to {target}"
        assert not heading or heading in anchors(found), f"{page.name} links to {target}, which has no such heading"


@pytest.mark.parametrize("page", [*PAGES, *(ROOT / name for name in FIRST)], ids=lambda page: page.name)
def test_names_of_the_code_in_a_page_exist(page: Path) -> None:
    """Files as `folder/file.py` or, within one folder that the page names, `file.py`; modules as `computeest.a.b`."""
    text = page.read_text("utf-8")
    if page.name == "CHANGELOG.md":
        return
    named = re.findall(r"`([\w/]+)/`", text)
    folders = [ROOT, ROOT / "computeest", ROOT / "hardware_db", *(ROOT / name for name in named)]
    files = set(re.findall(r"`([\w/]+\.(?:py|yaml))`", text)) - {"paper.yaml"}
    assert {name for name in files if not any((folder / name).exists() for folder in folders)} == set()
    for name in set(re.findall(r"\bcomputeest(?:\.[a-z_]\w*)+", text)):
        parts = name.split(".")
        whole = next(part for part in range(len(parts), 0, -1)
                     if (path := ROOT.joinpath(*parts[:part])).is_dir() or path.with_suffix(".py").exists())
        try:
            found: Any = importlib.import_module(".".join(parts[:whole]))
        except ModuleNotFoundError as error:
            if str(error.name).startswith("computeest"):
                raise
            continue  # a part for a framework that is not installed
        for part in parts[whole:]:
            assert hasattr(found, part), f"{page.name} names {name}"
            found = getattr(found, part)


def test_the_version_to_cite_is_this_one() -> None:
    import yaml

    from computeest.version import __version__

    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == __version__


def test_what_runs_before_a_commit_and_on_a_change_is_there() -> None:
    """Commands of .pre-commit-config.yaml and of the workflow name targets of the Makefile and files that exist."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    text = "".join((ROOT / path).read_text("utf-8") for path in
                   (".pre-commit-config.yaml", ".github/workflows/tests.yml", "CONTRIBUTING.md"))
    asked = re.findall(r"\bmake (\w+)", text)
    assert len(asked) > 3
    assert {target for target in asked if f"\n{target}: " not in makefile} == set()
    assert {path for path in re.findall(r"[ `]((?:docs|tests|benchmarks|computeest)/[\w/.]+)", text)
            if not (ROOT / path).exists()} == set()


def test_the_workflow_runs_every_python_that_is_allowed() -> None:
    import tomllib

    allowed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    low, high = (int(minor) for minor in re.findall(r"3\.(\d+)", allowed))
    run = set(re.findall(r'python: "(3\.\d+)"', (ROOT / ".github/workflows/tests.yml").read_text("utf-8")))
    assert run == {f"3.{minor}" for minor in range(low, high)}
