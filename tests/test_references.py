"""Every citation key leads to a work."""

from __future__ import annotations

import pytest

from computeest.estimation.assumptions import defaults
from computeest.registry import load, references


def is_key(source: str) -> bool:
    """A key is one word; a citation in words has spaces."""
    return " " not in source


def cited() -> set[str]:
    """What methods, rules, families and assumptions name as their sources."""
    loaded = load()
    return {*(m.source for m in loaded.methods.values()), *(r.source for r in loaded.rules),
            *(f.source for f in loaded.families.values()),
            *(variant.source for a in defaults().values() for variant in a.variants())}


def test_every_key_that_rules_methods_families_and_assumptions_cite_is_known() -> None:
    assert {source for source in cited() if is_key(source)} - set(references()) == set()
    assert "" not in cited()


@pytest.mark.parametrize("key", references())
def test_a_reference_can_be_found(key: str) -> None:
    entry = references()[key]
    assert entry.title
    assert entry.url.startswith("https://") or key == "authors"


def test_the_fields_main_works_are_cited() -> None:
    assert {"erdil2022", "kaplan2020", "hobbhahn2021", "epoch2022"} <= cited() & set(references())
