"""What plugins return is judged when it is loaded: where, what, what was expected, and the nearest right thing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas
import pytest

from computeest import annotate, estimate, registry
from computeest.problems import noted
from computeest.questions.solve import solve
from computeest.registry import PluginError
from computeest.schema import descriptors
from computeest.schema.layout import Layout, Wanted
from computeest.tables import inputs, outputs

HEAD = """import re
from computeest.contract import *
from computeest.contract import Field, Layout, Wanted, hookimpl

def first(epochs):
    "How often it was read."
    return epochs > 10

def heat(chip_time, node_power):
    "Heat of the machines."
    return chip_time * node_power

def find(sentence, headings):
    return []

def rows(path):
    return None

def toy(depth: int = 4):
    return 1e9 * depth
"""
NODES = 're.compile("nodes")'
AUDIO = 'Field("audio_seen", "data", "Audio heard.", "second", example="9 s"'


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    registry.forget()


def plugin(folder: Path, hook: str, returned: str, more: str = "") -> str:
    path = folder / "mine.py"
    path.write_text(f"{HEAD}{more}\n@hookimpl\ndef computeest_{hook}():\n    return {returned}\n")
    registry.forget()
    return str(path)


WRONG = {
    # layouts
    'layouts [Layout("lab", (Wanted("tokenz", ("toks",)),))]': "hold 'tokenz', which is no column; closest: 'tokens'",
    'layouts [Layout("lab", (Wanted("tokens", ("toks",), unit="bananas"),))]': "unit of 'tokens' is 'bananas', which",
    'layouts [Layout("lab", (Wanted("tokens", ("toks",), unit="hour"),))]': "is 'hour', time; expected a number of tok",
    'layouts [Layout("lab", (Wanted("tokens", "toks"),))]': "names of 'tokens' are 'toks'; expected a tuple",
    'layouts [Layout("lab", (Wanted("tokens", ()),))]': "expected a tuple of headers",
    'layouts [Layout("lab", Wanted("tokens", ("toks",)))]': "columns are not all Wanted",
    'layouts [Layout("lab", (Wanted("tokens", ("a",)), Wanted("tokens", ("b",))))]': "columns hold 'tokens' twice",
    'layouts [Layout("lab", (Wanted("tokens", ("a",)), Wanted("examples", ("A",))))]': "both take the header 'a'",
    'layouts [Layout("", (Wanted("tokens", ("toks",)),))]': "name is empty",
    'layouts Layout("lab")': "returns a Layout; it must return a list of them",
    'layouts [Layout]': "returns the class Layout; it must return Layouts",
    # formats
    'formats [TableFormat("rows", ".rows", rows)]': "suffixes are '.rows'; expected a tuple",
    'formats [TableFormat("rows", (".ROWS",), rows)]': "expected a tuple of endings in lower case",
    'formats [TableFormat("rows", (".rows",))]': "read and write are both left out",
    'formats [TableFormat("rows", (".rows",), "rows")]': "read is the text 'rows'; expected a function",
    'formats [TableFormat("a", (".rows",), rows), TableFormat("b", (".rows",), rows)]': "two formats are of files that",
    # checks
    'checks [Check("mine", "warn", first, "read {epochs}")]': "level is 'warn'; expected one of info, warning, error",
    'checks [Check("My Code", "warning", first, "read {epochs}")]': "expected lower-case words joined by hyphens",
    'checks [Check("mine", "warning", first, "read {epochs}", widens=-3)]': "widens is -3; expected a factor of at l",
    'checks [Check("mine", "warning", first, "read {epochs}", instead=3)]': "instead is 3; expected a function of col",
    'text_checks [TextCheck("mine", ("tokens",), "nodes", "t", "s")]': "says is the text 'nodes'; expected a pattern",
    'text_checks [TextCheck("mine", ("tokens",), re.compile(""), "t", "s")]': "which every quote says",
    f'text_checks [TextCheck("mine", "tokens", {NODES}, "t", "s")]': "columns are 'tokens'; expected a tuple",
    f'text_checks [TextCheck("mine", ("tokenz",), {NODES}, "t", "s")]': "'tokenz', which is no column; closest: 'tok",
    f'text_checks [TextCheck("mine", ("tokens",), {NODES}, "t", "s", unless="x")]': "unless is the text 'x'",
    f'text_checks [TextCheck("mine", ("tokens",), {NODES}, "t", "s", instead=0)]': "instead is 0; expected",
    f'text_checks [TextCheck("mine", ("tokens",), {NODES}, "t", "s", times="chipz")]': "closest: 'chips'",
    f'text_checks [TextCheck("mine", ("tokens",), {NODES}, "t", "s", level="loud")]': "level is 'loud'",
    f'text_checks [TextCheck("mine", ("tokens",), {NODES}, "t", "{{colum}}")]': "'colum' is unknown; it may hold {col",
    f'text_checks [TextCheck("methods-disagree", ("tokens",), {NODES}, "t", "s")]': "two checks have the code 'method",
    f'text_checks [TextCheck("chip-ambiguous", ("tokens",), {NODES}, "t", "s")]': "has a code of the engine's own",
    # columns
    f'columns [NewColumn({AUDIO.replace("second", "bananas")}))]': "unit of 'audio_seen' is 'bananas', which is none",
    f'columns [NewColumn({AUDIO}, low=9, high=1))]': "bounds are 9 to 1; expected the lower one first",
    f'columns [NewColumn({AUDIO}, aliases="audio"))]': "aliases are 'audio'; expected a tuple of names",
    f'columns [NewColumn({AUDIO}, aliases=("Audio Heard",)))]': "write it as 'audio_heard'",
    f'columns [NewColumn({AUDIO}, aliases=("tokens",)))]': "'tokens' is tokens already",
    f'columns [NewColumn({AUDIO}, unit_aliases={{"audio_kg": "gram"}}))]': "'audio_kg' is 'gram', a mass",
    f'columns [NewColumn({AUDIO}), Default(-1.0, 0.3, "x", "y"))]': "default -1 is outside the column's bounds",
    f'columns [NewColumn({AUDIO}), Default(float("nan"), 0.3, "x", "y"))]': "default is nan; expected a number",
    f'columns [NewColumn({AUDIO}), Default("9 s", 0.3, "x", "y"))]': "default is '9 s'; expected a number in second",
    f'columns [NewColumn({AUDIO}), Default(9.0, -0.3, "x", "y"))]': "spread -0.3; expected one sigma",
    f'columns [NewColumn({AUDIO}), 9.0)]': "default is 9.0; expected Default(value, spread, source, reason)",
    f'columns [{AUDIO})]': "returns a Field; it must return NewColumns",
    # methods
    'methods [Method("mine", heat, float("nan"), "X 2020")]': "dex is nan; expected the one-sigma error",
    'methods [Method("mine", heat, 0.1, "X 2020", reliability="high")]': "reliability is 'high'; expected a number",
    'methods [Method("My Method", heat, 0.1, "X 2020")]': "expected lower-case words joined by underscores",
    'methods [Method("mine", lambda model: model, 0.1, "X 2020")]': "needs 'model', which is a column of words",
    'methods [Method("mine", lambda tokns: tokns, 0.1, "X 2020")]': "needs 'tokns', which is no column; closest: 'tok",
    # families
    'families [Family("resnet-50", toy, "image", "X 2020")]': "'resnet-50' of computeest_plugin_mine has the name",
    'families [Family("Res Net", toy, "image", "X 2020")]': "two families are called alike: ",
    # consequences and readers
    'consequences [Consequence("heat", "megawatt_hour", "MWh", heat, "X 2020")]': "expected functions by name",
    'consequences [Consequence("heat", "megawatt_hour", "MWh", {}, "X 2020")]': "formulas are {}; expected functions",
    'consequences [Consequence("heat", "banana", "B", {"all": heat}, "X 2020")]': "unit is 'banana', which is none",
    'consequences [Consequence("heat", "gram", "g", {"all": heat}, "X 2020", stated="foo")]': "stated names 'foo'",
    'consequences [Consequence("heat", "gram", "g", {"all": heat}, "X 2020", asked_by="chips")]': "asked_by are 'ch",
    'readers [Reader("mine", "find", "A sentence.", ())]': "find is the text 'find'; expected a function",
    'readers [Reader("mine", find, "A sentence.", {"steps": "3"})]': "expected pairs of column and value",
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_right_is_refused_when_it_is_loaded(case: str, tmp_path: Path) -> None:
    hook, returned = case.split(" ", 1)
    with pytest.raises(PluginError) as refused:
        registry.load((plugin(tmp_path, hook, returned),))
    assert WRONG[case] in str(refused.value)
    assert "computeest_plugin_mine" in str(refused.value)


def test_nothing_that_comes_with_computeest_is_wrong() -> None:
    loaded = registry.load()
    brought = [*loaded.methods.values(), *loaded.checks, *loaded.text_checks, *loaded.layouts.values(),
               *loaded.formats.values(), *loaded.consequences.values(), *loaded.readers.values()]
    assert {type(one).__name__: said for one in brought if (said := descriptors.wrong(one))} == {}


def test_headers_of_a_layout_are_written_as_they_stand(tmp_path: Path) -> None:
    layout = 'Layout("lab", (Wanted("model", ("Net",)), Wanted("tokens", ("Toks Seen",)),' \
             ' Wanted("parameters", ("Size (B)",)), Wanted("chip", ("Chip type (primary)",))))'
    path = plugin(tmp_path, "layouts", f"[{layout}]")
    frame = pandas.DataFrame({"NET": ["a"], "toks  seen": ["2T"], "Size (B)": ["7"],
                              "Chip type (secondary)": ["nothing"], "Chip type (primary)": ["A100"]})
    row = annotate(frame, preset="lab", plugins=[path]).iloc[0]
    assert row["flop"] == pytest.approx(6 * 7e9 * 2e12, rel=1e-6)
    assert "A100" in row["chip"].upper()
    made = Layout("lab", (Wanted("parameters", ("Size (B)",)), Wanted("model", ("Net",))))
    assert set(made.columns_of(["Net", "Size (M)"]).columns) == {"model"}  # other brackets are another header
    assert made.columns_of(["SIZE (B)"]).columns["parameters"].scale == 1e9


METHOD = """
def mine(parameters, tokens):
    "FLOP of the first row."
    return {body}
"""


@pytest.mark.parametrize("body", ["float(parameters[0] * tokens[0]) * 6", "1e20"])
def test_one_number_for_all_rows_is_no_answer(body: str, tmp_path: Path) -> None:
    path = plugin(tmp_path, "methods", '[Method("mine", mine, 0.1, "X 2020")]', METHOD.format(body=body))
    frame = pandas.DataFrame({"parameters": [1e9, 7e9], "tokens": [1e12, 2e12]})
    assert list(annotate(frame, plugins=[path])["flop"]) == list(annotate(frame)["flop"])
    assert "mine" not in estimate({"parameters": 1e9, "tokens": 1e12}, plugins=[path])["methods"]
    assert any("of one number for each row" in one for one in noted())


def test_a_check_of_no_column_is_named_and_not_silent(tmp_path: Path) -> None:
    more = 'def epochz_many(epochz):\n    "Many."\n    return epochz > 10\n'
    path = plugin(tmp_path, "checks", '[Check("mine", "warning", epochz_many, "read {epochz} times")]', more)
    estimate({"parameters": 1e9, "tokens": 1e12, "epochs": 20}, plugins=[path])["checks"]
    assert any("epochz_many fails: 'epochz' is no column and no result; closest: 'epochs'" in one for one in noted())


def test_a_plugins_column_can_be_solved_for(tmp_path: Path) -> None:
    more = 'def heard(audio_seen):\n    "FLOP of audio."\n    return audio_seen * 1e15\n'
    path = plugin(tmp_path, "methods", '[Method("heard", heard, 0.1, "X 2020")]', more + "@hookimpl\n"
                  f"def computeest_columns():\n    return [NewColumn({AUDIO}, aliases=('audio',)))]\n")
    found = solve("audio", {"reported_compute": 1e21}, plugins=[path])
    assert found.value == pytest.approx(1e6, rel=1e-3)


def test_messages_name_the_formats_of_plugins(tmp_path: Path) -> None:
    path = plugin(tmp_path, "formats", '[TableFormat("rows", (".rows",), rows)]')
    (tmp_path / "t.dat").write_text("x")
    for made, said in ((lambda: inputs.source(str(tmp_path / "t.dat"), plugins=(path,)), "jsonl, rows"),
                       (lambda: inputs.source(str(tmp_path / "t.dat"), "rowz", plugins=(path,)), "closest: 'rows'"),
                       (lambda: inputs.source("-", "rows", plugins=(path,)), "reads a file: '-' is none"),
                       (lambda: outputs.of_name("out.rows", plugins=(path,)), "'rows' is read and not written"),
                       (lambda: outputs.of_name("out.x", "rows", (path,)), "'rows' is read and not written")):
        with pytest.raises(Exception, match=said):
            made()
