"""What computeest is installed with: bounded on both sides, and the same in the workflow that audits it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
REQUIRED = [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"],
            *(needed for extra in PROJECT["project"]["optional-dependencies"].values() for needed in extra
              if not needed.startswith("computeest["))]


@pytest.mark.parametrize("requirement", sorted(set(REQUIRED)))
def test_every_dependency_has_a_lower_and_an_upper_bound(requirement: str) -> None:
    name = r"[A-Za-z0-9._-]+(?:\[[a-z,]+\])?"
    bounds = re.fullmatch(rf"{name}>=(\d[\w.]*),<(\d[\w.]*)(?:; python_version>='3\.\d+')?", requirement)
    assert bounds, f"'{requirement}' lacks a bound: NAME>=LOWEST,<FIRST_THAT_WAS_NOT_TRIED"
    low, high = ([int(part) for part in bound.split(".")] for bound in bounds.groups())
    assert low < high


def test_a_package_that_several_extras_need_has_the_same_bounds_in_each() -> None:
    found: dict[str, set[str]] = {}
    for requirement in REQUIRED:
        name, _, bounds = requirement.partition(">=")
        bounds, _, later = bounds.partition("; ")
        found.setdefault(f"{name.partition('[')[0].lower()} {later}", set()).add(bounds)
    assert {name: bounds for name, bounds in found.items() if len(bounds) > 1} == {}


def test_a_floor_for_later_pythons_is_higher_and_its_ceiling_the_same() -> None:
    floors: dict[str, dict[str, list[int]]] = {}
    ceilings: dict[str, set[str]] = {}
    for requirement in REQUIRED:
        name, _, bounds = requirement.partition("; ")[0].partition(">=")
        low, high = bounds.split(",<")
        later = requirement.rpartition("'3.")[2].rstrip("'") if ";" in requirement else "11"
        floors.setdefault(name, {})[later] = [int(part) for part in low.split(".")]
        ceilings.setdefault(name, set()).add(high)
    assert all(len(highs) == 1 for highs in ceilings.values())
    for name, lows in floors.items():
        assert "11" in lows, name
        ordered = [lows[python] for python in sorted(lows, key=int)]
        assert ordered == sorted(ordered), name


def test_the_workflow_tries_every_python_and_audits_every_extra_that_users_install() -> None:
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8")
    low, high = re.findall(r"3\.(\d+)", PROJECT["project"]["requires-python"])
    assert all(f'python: "3.{minor}"' in workflow for minor in range(int(low), int(high)))
    audited = re.search(r'pip install "\.\[([a-z,]+)\]" pip-audit', workflow)
    assert audited
    heavy, own = {"torch", "transformers", "lightning"}, {"dev", "docs"}
    assert set(audited[1].split(",")) == set(PROJECT["project"]["optional-dependencies"]) - heavy - own
    assert "--resolution lowest-direct" in workflow
