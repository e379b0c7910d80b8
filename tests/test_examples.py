"""The example papers come out at what was published about them; tests/golden/papers.yaml holds the citations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from computeest import estimate
from computeest.facts.paper import read_paper

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PAPERS: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests/golden/papers.yaml").read_text("utf-8"))
MODELINE = "# yaml-language-server: $schema=paper.schema.json"
#: Of a tolerance wider than this the golden file gives the reason.
WIDE = 0.10


def name(paper: dict[str, Any]) -> str:
    return str(paper["paper"]).removesuffix(".yaml")


EACH = pytest.mark.parametrize("paper", [pytest.param(paper, id=name(paper)) for paper in PAPERS])
#: What each method must give, with the paper.
METHODS = [(paper, method, golden) for paper in PAPERS for method, golden in paper.get("methods", {}).items()]


@EACH
def test_comes_out_at_what_was_published(paper: dict[str, Any]) -> None:
    record = estimate(EXAMPLES / paper["paper"], assume=paper.get("assume", {}))
    assert record["flop"] == pytest.approx(float(paper["flop"]), rel=paper["rel"]), paper["citation"]
    if "method" in paper:
        assert list(record["methods"]) == [paper["method"]]


@pytest.mark.parametrize(("paper", "method", "golden"),
                         [pytest.param(*m, id=f"{name(m[0])}-{m[1]}") for m in METHODS])
def test_each_method_comes_out(paper: dict[str, Any], method: str, golden: dict[str, Any]) -> None:
    record = estimate(EXAMPLES / paper["paper"], assume=golden.get("assume", paper.get("assume", {})))
    flop = record["methods"][method]["flop"]
    assert flop == pytest.approx(float(golden["flop"]), rel=golden["rel"]), golden["citation"]


@EACH
def test_nothing_contradicts_itself(paper: dict[str, Any]) -> None:
    record = estimate(EXAMPLES / paper["paper"])
    found = {check["code"] for check in record["checks"] if check["level"] == "error"}
    assert found == set()
    assert record["agreement"] is None or record["agreement"] < 3, record["methods"]


@EACH
def test_interval_holds_the_published_figure(paper: dict[str, Any]) -> None:
    record = estimate(EXAMPLES / paper["paper"], assume=paper.get("assume", {}))
    assert record["flop_low"] < record["flop"] < record["flop_high"]
    assert record["flop_low"] < float(paper["flop"]) < record["flop_high"]


@EACH
def test_derivation_names_what_was_assumed(paper: dict[str, Any]) -> None:
    record = estimate(EXAMPLES / paper["paper"])
    assert record["derivation"]
    for method in record["methods"].values():
        for column in method["assumed"]:
            assert column in record["assumed"]


def test_every_example_has_a_published_figure() -> None:
    assert sorted(p["paper"] for p in PAPERS) == sorted(p.name for p in EXAMPLES.glob("*.yaml"))
    assert len(PAPERS) >= 20


def test_every_wide_tolerance_has_its_reason() -> None:
    goldens = PAPERS + [golden for _, _, golden in METHODS]
    assert [g["citation"] for g in goldens if g["rel"] > WIDE and not g.get("reason")] == []


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in sorted(EXAMPLES.glob("*.yaml"))])
def test_every_fact_says_where_it_is_from(path: Path) -> None:
    assert path.read_text("utf-8").splitlines()[0] == MODELINE
    paper = read_paper(path)
    counted = {"model", "stage", "published", "link", "organization", "domain", "task", "benchmark", "metric",
               "utilization_kind", "architecture"}
    bare = {f"{name} (line {cell.line})" for run in paper.runs for name, cell in run.cells.items()
            if name not in counted and not cell.source}
    assert bare == set()
    assert paper.top["link"].value.startswith("https://")


def test_readme_lists_every_example() -> None:
    readme = (EXAMPLES / "README.md").read_text("utf-8")
    assert [p.name for p in EXAMPLES.glob("*.yaml") if f"[{p.name}]({p.name})" not in readme] == []
