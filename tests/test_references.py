"""Every citation key leads to a work."""

from __future__ import annotations

import pytest

from computeest.assumptions import defaults
from computeest.references import references
from computeest.registry import load


def is_key(source: str) -> bool:
    """A key is one word; a citation in words has spaces."""
    return " " not in source


def test_every_key_that_rules_methods_families_and_assumptions_cite_is_known() -> None:
    loaded = load()
    cited = {item.source for items in (loaded.methods.values(), loaded.rules, loaded.families.values(),
                                       defaults().values(), *(a.cases for a in defaults().values()))
             for item in items}
    assert {source for source in cited if is_key(source)} - set(references()) == set()
    assert "" not in cited


@pytest.mark.parametrize("key", references())
def test_a_reference_can_be_found(key: str) -> None:
    entry = references()[key]
    assert entry.title
    assert entry.url.startswith("https://") or key == "authors"


def test_none_is_left_over() -> None:
    """A work that nothing cites is one that a reader would look for in vain; the epoch presets cite in words."""
    loaded = load()
    cited = {item.source for items in (loaded.methods.values(), loaded.rules, loaded.families.values(),
                                       defaults().values(), *(a.cases for a in defaults().values()))
             for item in items}
    assert {"erdil2022", "kaplan2020", "hobbhahn2021", "epoch2022"} <= cited & set(references())
