"""Texts searched at once give what each of them alone gives."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeest.estimation import combine
from computeest.estimation.assumptions import defaults
from computeest.facts import columns, table
from computeest.facts.lookup import Lookup, distinct
from computeest.facts.model_lookup import _beginnings, mixtures
from computeest.schema import FIELDS
from computeest.text.many import places_with
from computeest.text.model_names import beginning_like, fold, size_of, sizes_of

_PATTERNS = [condition.value for assumption in defaults().values() for case in assumption.cases
             for condition in case.conditions if isinstance(condition.value, re.Pattern)]
_PIECES = st.sampled_from(["8x7B", "8 x 22b", "MoE", "moes", "switch", "switching", "mixture of experts", "no", "none",
                           "A100", "H20", "H200", "fp8", " ", "\n", "-", "7B", "70 M", "B", "\t", "é", "language",
                           "chips", "node", "^", ".", "_", "1.5", "Model "])
_TEXTS = st.lists(st.lists(_PIECES, max_size=5).map("".join), max_size=200)


@given(_TEXTS)
def test_the_places_are_those_of_texts_searched_one_by_one(texts: list[str]) -> None:
    others = map(re.compile, (r"^moe", r"B$", r"\Amoe", r"moe\Z", r"moe(?!\s)", r"(?<![^a])B", r"(?<!\W)B", r"moe(?!.)",
                              r"B(?!(a|\s))", r"\bB\b", r"\BB\B", r"moe(?![a-z])"))
    assert len(_PATTERNS) > 10
    for pattern in (*_PATTERNS, *others):
        one_by_one = [place for place, text in enumerate(texts) if pattern.search(text)]
        assert places_with(pattern, texts) == one_by_one, pattern


@given(_TEXTS)
def test_sizes_of_many_are_those_of_each(names: list[str]) -> None:
    assert sizes_of(names) == {place: size for place, name in enumerate(names) if (size := size_of(name))}


@given(_TEXTS)
def test_sizes_of_texts_of_arrow_are_those_of_each(names: list[str]) -> None:
    array = pa.array(names, pa.string())
    found = Lookup(np.arange(len(names)), columns.Texts(array), array)
    assert sizes_of(found.facts, found.letters()) == sizes_of(names)
    places = np.arange(0, len(names), 2)
    assert found.some(places) == names[::2]
    assert found.joined(places) == "".join(names[::2])


@given(_TEXTS)
def test_names_that_are_seen_as_such_are_read_as_each(names: list[str]) -> None:
    texts, field = [*dict.fromkeys(names)], FIELDS["model"]
    one_by_one = table._plain(field, texts, None)
    assert table._plain(field, texts, pa.array(texts, pa.string())) == one_by_one


@pytest.mark.parametrize("write", [str.upper, str.title, lambda name: f" ({name})", lambda name: f"-{name}",
                                   lambda name: re.sub(r"(\d+)", r" \1 ", name), lambda name: re.sub("b$", " B", name)])
def test_no_mixture_is_passed_over(write: object) -> None:
    for name in mixtures():
        written = write(name)  # type: ignore[operator]
        assert beginning_like([written], _beginnings()) or fold(written) not in mixtures(), written
    assert beginning_like(["Model 123", "Mixtral 8x7B", "Model 124"], _beginnings()) == ["Mixtral 8x7B"]


@given(st.integers(2, 60), st.lists(st.integers(1, 400), max_size=6), st.randoms(use_true_random=False))
def test_distinct_rows_are_numpys(size: int, spans: list[int], random: object) -> None:
    draw = random.randint  # type: ignore[attr-defined]
    codes = [np.array([draw(-1, span) for _ in range(size)], dtype=np.intp) for span in spans]
    first, inverse = distinct(np.zeros(size, dtype=np.intp), *codes)
    rows = np.stack([np.zeros(size, dtype=np.intp), *codes], axis=1)
    _, expected_first, expected = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    assert first.tolist() == expected_first.tolist()
    assert inverse.tolist() == expected.ravel().tolist()


def test_rows_of_one_answer_are_combined_as_those_of_several_are() -> None:
    rng = np.random.default_rng(0)
    shape = 3_000, 4
    log = np.where(rng.random(shape) < 0.7, np.nan, rng.normal(40, 3, shape))
    common = np.where(np.isnan(log), np.nan, rng.random((2, *shape)) * rng.integers(0, 2, (2, *shape)))
    own = np.where(np.isnan(log), np.nan, rng.random(shape) * rng.choice([0, 1e-3, 1], shape))
    grid = combine.Grid(log, common, own)
    reliability = np.broadcast_to(rng.integers(0, 5, 4), shape)
    for doubt, alike in ((None, None), (rng.random(shape), rng.integers(1, 3, shape))):
        found = combine.combine(grid, reliability, doubt, alike)
        each = combine._of_several(grid, reliability, doubt, alike)
        some = (~np.isnan(log)).any(axis=1)
        assert 0 < some.sum() < len(some)
        for name in ("log", "common", "own", "weight", "leader", "disagreement", "left_out"):
            rows = (slice(None), some) if name == "common" else (some,)
            np.testing.assert_array_equal(getattr(found, name)[rows], getattr(each, name)[rows])
        for nothing in (found.log[~some], found.disagreement[~some], found.common[:, ~some]):
            assert np.isnan(nothing).all()
