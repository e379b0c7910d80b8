"""YAML as data only, with lines, and numbers by YAML 1.2."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from computeest.text import yaml_nodes
from computeest.text.yaml_nodes import Node, YamlError, load, plain, scalar


def read(text: str) -> Any:
    node = load(text)
    return None if node is None else plain(node)


@pytest.mark.parametrize(("text", "value"), [
    ("1e12", 1e12), ("3.12e14", 3.12e14), ("1E+23", 1e23), ("-2", -2), ("+3", 3), (".5", 0.5), ("90", 90),
    ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
    ("no", "no"), ("yes", "yes"), ("on", "on"), ("8 x A100", "8 x A100"), ("2015-12-10", "2015-12-10"),
    ("inf", "inf"), ("-inf", "-inf"), ("+nan", "+nan"), (".inf", ".inf"), ("-Infinity", "-Infinity"),
    ("1e999", "1e999"), ("1_000", "1_000"), ("1:30", "1:30"),
    ("0o17", "0o17"), ("0x1F", "0x1F"), ("1e5 tokens", "1e5 tokens"), ("-", "-"), ("+", "+"),
])
def test_plain_scalars_mean_what_yaml_1_2_says(text: str, value: Any) -> None:
    found = scalar(text)
    assert (found, type(found)) == (value, type(value))


def test_lines_and_quotes_are_kept() -> None:
    node = load("a: 1\nb:\n  - 'null'\n  - ~\n")
    assert node == Node(1, {"a": Node(1, "1"), "b": Node(3, [Node(3, "null", quoted=True), Node(4, "~")])})
    assert isinstance(node, Node)
    assert plain(node) == {"a": 1, "b": ["null", None]}


def test_empty_texts_are_no_document() -> None:
    assert load("") is None
    assert load("# only a comment\n") is None


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x85\u2028\u2029\ufeff\ufffe\uffff"),
                max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10**15, 10**15) | st.floats(-1e300, 1e300) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc xyz", min_size=1, max_size=6), inner,
                                                                max_size=4), max_leaves=15)


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=6), JSON, min_size=1, max_size=5))
def test_what_a_yaml_writer_writes_is_read_back(content: dict[str, Any]) -> None:
    text = yaml.safe_dump(content, allow_unicode=True)
    if any(mark in text for mark in (" &id", " *id")):
        return
    found = read(text)
    assert alike(found, content), text


def alike(found: Any, content: Any) -> bool:
    if isinstance(content, dict):
        return found.keys() == content.keys() and all(alike(found[k], v) for k, v in content.items())
    if isinstance(content, list):
        return len(found) == len(content) and all(map(alike, found, content))
    if isinstance(content, float):
        return math.isclose(found, content, rel_tol=1e-12, abs_tol=1e-300)
    return bool(found == content)


@pytest.mark.parametrize(("text", "line", "what"), [
    ("a: 1\nb: &x 2\n", 2, "'&x' is an anchor"),
    ("a: *x\n", 1, "'*x' is an alias"),
    ("a: !!python/name:os.system x\n", 1, "'!!python/name:os.system' is a tag"),
    ("a: !local x\n", 1, "'!local' is a tag"),
    ("a: 1\n\na: 2\n", 3, "the key 'a' is given twice; first on line 1"),
    ("a: {b: 1, b: 2}\n", 1, "the key 'b' is given twice; first on line 1"),
    ("a: 1\n---\nb: 2\n", 3, "a second document starts here"),
    ("a: \x00\n", 1, "there is a control character (U+0000)"),
    ("a:\n b: \x1b[0m\n", 2, "there is a control character (U+001B)"),
    ("[" * 30 + "]" * 30, 1, "values are nested too deeply"),
])
def test_refuses_what_is_not_plain_data(text: str, line: int, what: str) -> None:
    with pytest.raises(YamlError) as caught:
        load(text)
    assert (caught.value.line, caught.value.what) == (line, what)


def test_depth_and_size_are_bounded_where_it_says() -> None:
    deepest = yaml_nodes.DEEPEST
    assert load("[" * deepest + "1" + "]" * deepest) is not None
    with pytest.raises(YamlError, match="nested too deeply"):
        load("[" * (deepest + 2) + "1" + "]" * (deepest + 2))
    assert load("a: " + "x" * 90, largest=100) is not None
    with pytest.raises(YamlError, match="the file has 103 characters"):
        load("a: " + "x" * 100, largest=100)


def test_a_byte_order_mark_is_no_content() -> None:
    assert read("\ufeffa: 1\n") == {"a": 1}
