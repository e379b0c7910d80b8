"""The contract suite: every built-in plugin keeps it, and each clause catches what it is there for."""

from __future__ import annotations

import inspect
import json
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plugin_folders import EXAMPLE
from typer.testing import CliRunner

import computeest_plugins.resnet
from computeest import pipeline, registry, schema
from computeest.cli.plugin import app
from computeest.contract import Check, Family, Method, Network, Published, Rule, architecture
from computeest.facts import network_lookup
from computeest.facts.paper import read_paper
from computeest.kit import assert_contract, checks, contract, effects, families, formulas
from computeest.kit.finding import ClauseError, Clauses, UnstatedError, finding
from computeest.kit.suite import everything, find
from computeest.records import check_columns
from computeest.registry import PluginError

BUILT_IN = everything().modules
SOURCE = "Somebody 2020, arXiv:2001.00001, Table 1"


@pytest.mark.parametrize("module", BUILT_IN)
def test_every_built_in_plugin_keeps_the_contract(module: str) -> None:
    assert_contract(module)


def test_the_suite_holds_everything_that_is_registered() -> None:
    loaded = registry.load(())
    assert {one.subject for one in contract()} == set(loaded.modules)
    assert len([one for one in contract() if one.item == "units"]) == len(loaded.methods) + len(loaded.rules)


def verdict(clauses: Clauses, item: str) -> tuple[str, str]:
    """What the suite says of one clause."""
    [found] = [finding("module", "subject", name, clause) for name, clause in clauses if name == item]
    return found.verdict, found.reason


def hours(chips: Any, time: Any) -> Any:
    """Accelerator time, whose chips are added to its time."""
    return chips + time


def tokens_alone(tokens_seen: Any) -> Any:
    """Compute of the tokens seen, without the FLOP of one."""
    return 6 * tokens_seen


def hidden_default(tokens_seen: Any, forward_flop_per_token: Any) -> Any:
    """Compute with a default hidden in its body."""
    return np.nan_to_num(tokens_seen, nan=1e12) * forward_flop_per_token


def power_of_nothing(forward_flop_seen: Any, ensemble: Any) -> Any:
    """Compute that a missing ensemble does not change."""
    return forward_flop_seen * ensemble**0


def of_the_whole_column(forward_flop_seen: Any, ensemble: Any) -> Any:
    """Compute relative to the largest of a column."""
    return forward_flop_seen / np.max(forward_flop_seen) * ensemble


def one_for_all(forward_flop_seen: Any) -> Any:
    """Compute of all rows together."""
    return np.sum(forward_flop_seen)


def below_zero(chips: Any, time: Any) -> Any:
    """Accelerator time less an hour."""
    return chips * time * 0 - 1


def steps_up(forward_flop_seen: Any) -> Any:
    """Compute rounded down to nothing."""
    return np.floor(forward_flop_seen * 0)


def writes(forward_flop_seen: Any) -> Any:
    """Compute that changes the table it is given."""
    forward_flop_seen *= 2
    return forward_flop_seen


def terse(forward_flop_seen: Any) -> Any:
    """Compute."""
    return forward_flop_seen


def silent(forward_flop_seen: Any) -> Any:
    return forward_flop_seen


FORMULAS: list[tuple[Callable[..., Any], str, str, str]] = [
    (hours, "chip_time", "units", "not in chip * second: cannot convert from 'chip' ([chip]) to 'second' ([time])"),
    (tokens_alone, "flop", "units", "not in FLOP: cannot convert from 'token' ([token]) to 'flop' ([flop])"),
    (hidden_default, "flop", "missing",
     "without tokens_seen it still gives 1e+12; a missing fact must give a missing answer"),
    (power_of_nothing, "flop", "missing",
     "without ensemble it still gives 1; a missing fact must give a missing answer"),
    (one_for_all, "flop", "missing", "9 rows in, an array of shape () out"),
    (below_zero, "chip_time", "positive", "gives -1 for chips=1, time=1"),
    (steps_up, "flop", "positive", "gives 0 for forward_flop_seen=1"),
    (steps_up, "flop", "elasticity", "its change with forward_flop_seen is not finite, so forward_flop_seen's"
                                     " uncertainty cannot be carried to it"),
    (writes, "flop", "rows", "ValueError: output array is read-only"),
    (terse, "flop", "documented",
     "'Compute.' is no sentence; the first line of terse's docstring is one, of at most 120 characters"),
    (silent, "flop", "documented", "silent has no docstring; its first line says what the result means"),
]


@pytest.mark.parametrize("case", FORMULAS, ids=[f"{case[0].__name__}-{case[2]}" for case in FORMULAS])
def test_a_formula_that_breaks_a_clause_is_told_how(case: tuple[Callable[..., Any], str, str, str]) -> None:
    formula, target, item, says = case
    broken = Method("broken", formula, 0.1, SOURCE) if target == "flop" else Rule(target, formula, SOURCE)
    assert verdict(formulas.clauses(broken), item) == ("fail", says)


def test_a_formula_of_the_whole_column_is_told_which_row_differs() -> None:
    found = verdict(formulas.clauses(Method("broken", of_the_whole_column, 0.1, SOURCE)), "rows")
    assert found[0] == "fail"
    assert found[1].startswith("row 1 is ")
    assert found[1].endswith(" in a column and 1 on its own")


def test_units_of_one_dimension_may_not_be_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A price for an hour and a time in seconds: the very slip this clause once found in computeest itself."""
    fields = {**schema.FIELDS, "chip_price": replace(schema.FIELDS["chip_price"], unit="dollar/chip/hour")}
    monkeypatch.setattr(schema, "FIELDS", fields)

    def bought(cost: Any, chip_price: Any) -> Any:
        """Accelerator time that the money bought."""
        return cost / chip_price

    with pytest.raises(ClauseError, match=r"with units, .* without: units of one dimension are mixed$"):
        formulas.units(bought, "chip_time")


@pytest.mark.parametrize(("source", "says"), [
    ("", "there is no source; cite where it is from, as in 'He et al. 2015, arXiv:1512.03385'"),
    ("kaplan202", "'kaplan202' is no key of references.yaml; closest: 'kaplan2020'"),
    ("zzzz", "'zzzz' is no key of references.yaml, nor a citation in words with a year"),
    ("the original paper", "'the original paper' has no year; cite as in 'He et al. 2015, arXiv:1512.03385'"),
])
def test_a_source_that_cites_nothing_is_told_so(source: str, says: str) -> None:
    assert verdict(formulas.clauses(Method("m", terse, 0.1, source)), "cited") == ("fail", says)


def test_a_spread_that_is_none_is_told_so() -> None:
    assert verdict(formulas.clauses(Method("m", terse, float("nan"), SOURCE)), "spread") == (
        "fail", "dex is nan; expected the one-sigma error in powers of ten, such as 0.1")


def dense(width: int = 8, layers: int = 1, kind: str = "plain") -> Network:
    """One vector through layers of one width."""
    if kind != "plain":
        raise ValueError(f"kind: '{kind}' is not plain")
    if layers < 1:
        raise ValueError(f"layers: {layers} layers; expected at least 1")
    net = Network()
    x = net.input(width)
    for _ in range(layers):
        x = net.linear(x, width)
    return net


def shallow(depth: int = 4, width: int = 8) -> Network:
    """One vector through a network that does not look at its depth."""
    return dense(width)


def tabled(depth: int = 18, width: int = 8) -> Network:
    """One vector through a network whose paper lists its depths, all of them one."""
    if depth not in (18, 34, 50):
        raise ValueError(f"depth: {depth} is not defined; expected 18, 34 or 50")
    return dense(width)


def idle(width: int = 8, spare: int = 3, kind: str = "plain") -> Network:
    """One vector through a network of which one number does nothing."""
    return dense(width, kind=kind)


def conditional(width: int = 8, experts: int = 0, chosen: int = 1) -> Network:
    """One vector through a network with a number that counts beside another only."""
    return dense(width, 1 + max(experts, 0) * max(chosen, 0))


def banana(depth: int = 50, version: str = "v1") -> Network:
    """One vector through a network that reads its version at one depth only."""
    if depth not in (50, 154):
        raise ValueError(f"depth: {depth} is not defined; expected 50 or 154")
    if depth == 50 and version not in ("v1", "v1.5"):
        raise ValueError(f"version: '{version}' is not defined; expected v1 or v1.5")
    return dense(depth, 2 if version == "v1.5" else 1)


@dataclass(frozen=True, slots=True)
class Sizes:
    """What may be stated of a network."""

    width: int
    layers: int = field(default=1, metadata={"means": "how many follow one another"})
    spare: tuple[int, ...] = field(default_factory=lambda: (1, 2))


def sized(p: Sizes) -> Network:
    """One vector through layers of one width, and a few more."""
    if p.layers < 1 or min(p.spare) < 1:
        raise ValueError("layers and spare are whole numbers; expected at least 1")
    return dense(p.width, p.layers + sum(p.spare))


@architecture
class Quick:
    """What may be stated of a network, made in one go."""

    width: int
    layers: int = field(default=1, metadata={"means": "how many follow one another"})
    name: str | None = None


@architecture
class Factory:
    """Whose default is made anew each time."""

    spare: list[int] = field(default_factory=lambda: [1, 2])


def test_an_architecture_is_a_frozen_dataclass_but_for_how_one_is_made() -> None:
    one = Quick(8, layers=2)
    assert (one.width, one.layers, one.name) == (8, 2, None)
    assert one == Quick(layers=2, width=8) != Quick(8)
    assert {one: 1}[Quick(8, 2)] == 1
    assert replace(one, name="a") == Quick(8, 2, "a")
    assert repr(one) == "Quick(width=8, layers=2, name=None)"
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(FrozenInstanceError):
        one.layers = 3  # type: ignore[misc]
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'width'"):
        Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'depth'"):
        Quick(8, depth=2)  # type: ignore[call-arg]
    assert Factory().spare == [1, 2]
    assert Factory().spare is not Factory().spare


@dataclass
class Loose:
    """What may be changed under way."""

    width: int = 8


def loose(p: Loose) -> Network:
    """One vector through one layer."""
    return dense(p.width)


def shrinking(width: int = 8) -> int:
    """One vector through a network that shrinks as it widens."""
    return 1000 // max(width, 1)


def careless(width: int = 8, kind: str = "plain") -> int:
    """One vector through a network that takes any word."""
    return max(width, 1) if kind else 0


def crashing(width: int = 8) -> int:
    """One vector through a network that divides by what it should check."""
    return 100 // (width + 1)


def negative(width: int = 8) -> int:
    """One vector through a network of any width at all."""
    return width


def anything(**more: int) -> int:
    """One vector through a network that takes anything."""
    return 7 + len(more)


def fraction(width: int = 8) -> float:
    """One vector through half a network."""
    return width / 3.2


_calls: list[int] = []


def remembering(width: int = 8) -> int:
    """One vector through a network that grows when it is counted."""
    _calls.append(width)
    return len(_calls)


def demanding(width: int) -> int:
    """One vector through a network without a usual width."""
    return width


def family(forward: Callable[..., Any], **more: Any) -> Family:
    return Family("fresh", forward, **{"example": "vector", "source": SOURCE, **more})


def held(one: Family, item: str) -> tuple[str, str]:
    """What the suite says of one clause of a family that is registered beside all others."""
    loaded = registry.load(())
    return verdict(families.clauses(one, replace(loaded, families={**loaded.families, one.name: one})), item)


try:
    1 // 0  # noqa: B018
except ZeroDivisionError as error:
    _BY_ZERO = str(error)  # Python 3.14 says it otherwise

FAMILIES: list[tuple[Family, str, str]] = [
    (family(shrinking), "grows", "width 8 costs 125 FLOP and width 9 only 111"),
    (family(shallow), "grows", "depth 4 costs 128 FLOP and depth 5 as much"),
    (family(tabled), "grows", "depth 18 costs 128 FLOP and depth 34 as much"),
    (family(idle), "effects", "no other value of spare changes what is counted; use it, drop it, or give the reason in"
                              " the family's no_effect"),
    (family(idle, no_effect={"spare": "none"}), "effects",
     "no_effect says of spare only 'none'; expected the reason, in words"),
    (family(dense, no_effect={"width": "not used in the body"}), "effects",
     "width is declared to be without effect, but it changes the count: width=16"),
    (family(dense, no_effect={"breadth": "not used in the body"}), "effects",
     "no_effect names 'breadth', which is no parameter"),
    (family(banana, variants={"deep": {"depth": 154}}), "refuses",
     "version='no such word' is taken without a word; expected a ValueError naming the words there are"),
    (family(loose), "builds", "Loose can be changed; write @dataclass(frozen=True)"),
    (family(careless), "refuses",
     "kind='no such word' is taken without a word; expected a ValueError naming the words there are"),
    (family(crashing), "refuses", f"width=-1 raises ZeroDivisionError: {_BY_ZERO}; expected a ValueError that says what"
                                  " is wrong"),
    (family(negative), "refuses", "width=-1 gives -1 FLOP and 1 parameters; expected a ValueError"),
    (family(anything), "refuses", "it takes any parameter; 'no_such_parameter' must be refused with a ValueError"),
    (family(fraction), "positive", "its defaults has 2.5 forward FLOP; expected a positive whole number"),
    (family(demanding), "builds", "it needs width and names no variant; give usual values as defaults, or a variant"),
    (family(dense, variants={"deep": {"depth": 3}}), "builds",
     "deep does not build: TypeError: dense() got an unexpected keyword argument 'depth'"),
    (family(dense, variants={"a/B": {}, "A/b": {}}), "names",
     "the variants 'a/B' and 'A/b' read alike; case, hyphens and spaces do not tell names apart"),
    (family(dense, variants={"ResNet": {}}), "names", "the variant 'ResNet' has the name of another family"),
    (family(dense, example="Vector"), "example",
     "example is 'Vector'; expected what one example is, in lower case: 'image'"),
    (family(dense, variants={"one": {}}, published={"one": Published(SOURCE, parameters=80)}), "published",
     "one has 72 parameters, Somebody 2020, arXiv:2001.00001, Table 1 says 80 (-10.00%; allowed 0.5%)"),
    (family(dense, variants={"one": {}}, published={"one": Published(SOURCE, forward_macs=128)}), "published",
     "one has 64 forward_macs, Somebody 2020, arXiv:2001.00001, Table 1 says 128 (-50.00%; allowed 2.0%)"),
    (family(dense, variants={"one": {}}, published={"on": Published(SOURCE, parameters=72)}), "published",
     "'on' is published but is no variant; closest: 'one'"),
    (family(dense, variants={"one": {}}, published={"one": Published(SOURCE)}), "published",
     "what is published of 'one' states no number"),
    (family(dense, variants={"one": {}}, published={"one": {"parameters": 72}}), "published",
     "what is published of 'one' is a dict; expected a Published"),
    (family(dense, variants={"one": {}}, published={"one": Published("the paper", parameters=72)}), "published",
     "'the paper' has no year; cite as in 'He et al. 2015, arXiv:1512.03385'"),
]


@pytest.mark.parametrize(("one", "item", "says"), FAMILIES, ids=[f"{f[0].forward.__name__}-{f[1]}-{i}"
                                                                for i, f in enumerate(FAMILIES)])
def test_a_family_that_breaks_a_clause_is_told_how(one: Family, item: str, says: str) -> None:
    assert held(one, item) == ("fail", says)


def test_a_family_that_remembers_is_told_so() -> None:
    _calls.clear()
    found = held(family(remembering), "same again")
    assert found == ("fail", "its defaults has 1 FLOP, then 2")


def test_a_family_that_keeps_everything_passes() -> None:
    one = family(dense, variants={"one": {}}, published={"one": Published(SOURCE, parameters=72, forward_macs=64)})
    assert held(one, "grows") == ("pass", "layers 1 to 2, width 8 to 9, width 8 to 16")
    assert held(one, "effects") == ("pass", "2 parameters, each changes the count; kind follows from the others")
    assert held(one, "refuses") == ("pass", "no_such_parameter, width=-1, layers=-1, kind=no such word")
    assert held(one, "published") == ("pass", "one parameters +0.00%; one forward_macs +0.00%")
    assert held(family(dense), "published") == ("none", "it states no published parameters or FLOP")


def test_a_parameter_may_do_something_beside_another_only() -> None:
    assert held(family(conditional), "effects") == ("pass", "3 parameters, each changes the count")
    assert held(family(idle, no_effect={"spare": "kept for old papers"}), "effects") == (
        "pass",
        "1 parameters, each changes the count; kind follows from the others; spare changes nothing: kept for old"
        " papers",
    )


def test_a_parameter_without_effect_is_not_looked_for_without_end() -> None:
    made = []

    def many(spare: int = 1, **_: bool) -> int:
        made.append(spare)
        return 7

    switches = [inspect.Parameter(f"switch{number}", inspect.Parameter.KEYWORD_ONLY, default=False, annotation="bool")
                for number in range(60)]
    spare = inspect.Parameter("spare", inspect.Parameter.KEYWORD_ONLY, default=1, annotation="int")
    many.__signature__ = inspect.Signature([spare, *switches])  # type: ignore[attr-defined]
    with pytest.raises(ClauseError, match="no other value of spare, switch0, "):
        effects.effects(family(many), [{}, {"switch1": True}])
    assert len(made) < 61 * 1.2 * effects._MOST


def test_parameters_may_be_the_fields_of_one_frozen_dataclass() -> None:
    one = family(sized, variants={"one": {"width": 8}})
    assert {name: (p.default, str(p.annotation)) for name, p in one.parameters.items()} == {
        "width": (inspect.Parameter.empty, "int"), "layers": (1, "int"), "spare": ((1, 2), "tuple[int, ...]")}
    assert one.means == {"layers": "how many follow one another"}
    assert family(dense).means == {}
    assert one.count(width=8, layers=2).parameters == dense(8, 5).parameters  # type: ignore[union-attr]
    for item in ("builds", "grows", "effects", "refuses"):
        assert held(one, item)[0] == "pass", held(one, item)
    loaded = registry.load(())
    beside = replace(loaded, families={**loaded.families, "fresh": one})
    counted = network_lookup.count(beside, "fresh", {"d_model": 8, "n_layers": 2})
    assert counted.forward_flop == dense(8, 5).forward_flop
    with pytest.raises(ValueError, match="the family 'fresh' needs width"):
        network_lookup.count(beside, "fresh", {"layers": 2})
    with pytest.raises(ValueError, match="no 'widht'; it has width, layers, spare; closest: 'width"):
        network_lookup.count(beside, "fresh", {"widht": 8})


def test_what_the_kit_was_made_stricter_for_is_refused() -> None:
    """SENet-154 once took any version, and with it groups that it does not have."""
    senet = registry.load(()).families["senet"]
    for wrong in ({"version": "banana"}, {"version": "v1.5"}, {"groups": 32}, {"group_width": 8}):
        with pytest.raises(ValueError, match=r"version: 'vbanana'|154 is SENet-154"):
            senet.count(depth=154, **wrong)


def test_built_in_families_state_what_was_published() -> None:
    one = family(dense, variants={"one": {}})
    with pytest.raises(ClauseError, match="states what was published of its variants, or why nothing is"):
        families.published(one, "computeest_plugins.fresh")
    with pytest.raises(UnstatedError, match="it states no published"):
        families.published(one, "somebody_else.fresh")
    with pytest.raises(UnstatedError, match="the paper states none"):
        families.published(replace(one, unpublished="the paper states none"), "computeest_plugins.fresh")


def test_published_numbers_may_be_rounded_but_not_wrong() -> None:
    def stated(parameters: float) -> tuple[str, str]:
        return held(family(dense, variants={"one": {}}, published={"one": Published(SOURCE, parameters=parameters)}),
                    "published")

    assert stated(72 / 1.0049)[0] == "pass"
    assert stated(72 / 1.0051)[0] == "fail"


def unlike(agreement: Any) -> Any:
    """Methods that do not agree exactly."""
    return agreement != 1


def ratio(agreement: Any) -> Any:
    """How far methods are apart."""
    return agreement / 3


def apart(agreement: Any) -> Any:
    """Methods that are far apart."""
    return agreement > 3


CHECKS: list[tuple[Check, str, str]] = [
    (Check("far-apart", "warning", unlike, "the methods are {agreement} apart"), "missing",
     "its test is true without agreement; a missing fact must say nothing"),
    (Check("far-apart", "warning", ratio, "the methods are {agreement} apart"), "rows",
     "its test gives float64 values; expected true or false for each row"),
    (Check("far-apart", "warning", apart, "the methods of {model} are apart"), "sentence",
     "the sentence says {model}, which its test does not take; it takes agreement"),
    (Check("far-apart", "warning", apart, "{agreement}"), "sentence", "'1.5' is no sentence"),
    (Check("Far apart", "warning", apart, "the methods are {agreement} apart"), "code",
     "the code 'Far apart' is not lower-case words joined by hyphens, such as 'chip-too-new'"),
    (Check("far-apart", "fatal", apart, "the methods are {agreement} apart"), "code",
     "the level 'fatal' is none of info, warning, error"),
    (Check("far-apart", "info", lambda agreemnt: agreemnt > 3, "the methods are apart by much"), "columns",
     "'agreemnt' is no column and no result; closest: 'agreement'"),
]


@pytest.mark.parametrize(("check", "item", "says"), CHECKS, ids=[f"{c[1]}-{i}" for i, c in enumerate(CHECKS)])
def test_a_check_that_breaks_a_clause_is_told_how(check: Check, item: str, says: str) -> None:
    assert verdict(checks.clauses(check, registry.load(())), item) == ("fail", says)


def test_the_results_that_checks_may_ask_for_are_those_that_estimates_give() -> None:
    paper = read_paper({"model": "X", "chip": "A100 SXM 80GB", "chips": 8, "time": "2 days", "published": "2023-01-01"})
    results = pipeline.evaluated([paper])
    given = {*results.columns, *check_columns.OF_PAPERS, *check_columns.MADE}
    assert {name for name in given if name not in schema.NUMERIC and not name.startswith("flop_by_")} == set(
        check_columns.RESULTS)


def test_what_a_plugin_raises_fails_its_own_clause_only() -> None:
    def raising() -> str:
        raise RuntimeError("no such luck")

    def nothing() -> str:
        raise UnstatedError("nothing there")

    assert finding("m", "s", "i", raising).reason == "RuntimeError: no such luck"
    assert finding("m", "s", "i", nothing).verdict == "none"


BAD = '''
from computeest.contract import Method, Family, hookimpl

def guess(tokens_seen):
    """Compute as a plain number of tokens."""
    return 6 * tokens_seen

@hookimpl
def computeest_methods():
    return [Method("guess", guess, dex=0.1, source="nobody")]
'''


def test_check_prints_a_table_and_exits_1_when_a_clause_fails(tmp_path: Path) -> None:
    file = tmp_path / "guess.py"
    file.write_text(BAD)
    result = CliRunner().invoke(app, ["check", str(file), "--format", "json"])
    assert result.exit_code == 1
    rows = {row["item"]: row for row in json.loads(result.stdout)}
    assert rows["units"] == {"plugin": "computeest_plugin_guess", "subject": "method guess", "item": "units",
                             "verdict": "fail",
                             "reason": "not in FLOP: cannot convert from 'token' ([token]) to 'flop' ([flop])"}
    assert [item for item, row in rows.items() if row["verdict"] == "fail"] == ["units", "cited"]
    result = CliRunner().invoke(app, ["check", str(file), "--failed"])
    assert "│ units " in result.stdout
    assert "│ rows " not in result.stdout
    assert result.stderr == "1 checked by 9 clauses: 7 pass, 2 fail, 0 have nothing to be held against\n"


def test_assert_contract_says_everything_that_fails(tmp_path: Path) -> None:
    file = tmp_path / "guess.py"
    file.write_text(BAD)
    with pytest.raises(AssertionError) as caught:
        assert_contract(str(file))
    assert str(caught.value).splitlines() == [
        "computeest_plugin_guess: method guess: units: fail: not in FLOP: cannot convert from 'token' ([token]) to"
        " 'flop' ([flop])",
        "computeest_plugin_guess: method guess: cited: fail: 'nobody' is no key of references.yaml, nor a citation in"
        " words with a year",
    ]


def test_check_all_covers_the_built_in_plugins() -> None:
    result = CliRunner().invoke(app, ["check", "--all", "--format", "json"])
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)
    assert {row["plugin"] for row in rows} == set(BUILT_IN)


def test_a_plugin_is_found_by_its_name_its_module_its_package_and_its_file() -> None:
    module = "computeest_plugins.resnet"
    assert find("resnet").modules == (module,)
    assert find(module).modules == (module,)
    assert find(str(computeest_plugins.resnet.__file__)).modules == (module,)
    assert set(find("computeest_plugins").modules) == set(BUILT_IN)
    assert set(find("computeest").modules) == set(BUILT_IN)
    assert {one.plugin for one in contract(computeest_plugins.resnet)} == {module}


@pytest.mark.parametrize(("name", "near"), [("resnett", "; closest: 'resnet', "), ("9 lives", "")])
def test_a_name_that_is_no_plugin_is_told_the_nearest(name: str, near: str) -> None:
    with pytest.raises(PluginError) as caught:
        find(name)
    said = (f"no plugin is called '{name}': it is no Python file, no folder with a pyproject.toml, no installed plugin"
            " and no module")
    assert str(caught.value).startswith(said + near)
    assert near or str(caught.value) == said


def test_a_folder_without_an_entry_point_is_told_what_to_write(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(PluginError) as caught:
        find(str(tmp_path))
    assert str(caught.value) == (f"{tmp_path}/pyproject.toml: there is no [project.entry-points.computeest]; write one"
                                 ' line for each module, such as my_family = "my_package"')
    (tmp_path / "pyproject.toml").write_text("[project\n")
    with pytest.raises(PluginError, match=r"pyproject.toml: expected ']'"):
        find(str(tmp_path))


def test_a_misspelled_hook_is_told_the_right_name(tmp_path: Path) -> None:
    file = tmp_path / "slip.py"
    file.write_text(BAD.replace("def computeest_methods", "def computeest_method"))
    with pytest.raises(PluginError) as caught:
        find(str(file))
    assert str(caught.value) == ("computeest_plugin_slip: no hook is called 'computeest_method'; closest:"
                                 " 'computeest_methods', 'computeest_formats', 'computeest_readers'")


def test_a_plugin_that_brings_nothing_fails(tmp_path: Path) -> None:
    file = tmp_path / "empty.py"
    file.write_text('"""Nothing."""\n')
    [found] = contract(str(file))
    assert (found.verdict, found.reason) == ("fail", "it brings nothing, such as a method or a family; a function"
                                             " such as computeest_families, marked with hookimpl, returns them")


def test_a_plugin_that_clashes_with_a_built_in_one_names_both(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    code = (EXAMPLE / "src" / "computeest_lenet" / "__init__.py").read_text("utf-8")
    file.write_text(code.replace('name="lenet"', 'name="resnet"'), "utf-8")
    with pytest.raises(PluginError) as caught:
        find(str(file))
    assert str(caught.value) == ("two plugins bring a family called 'resnet': computeest_plugin_mine and"
                                 " computeest_plugins.resnet")


def test_check_wants_one_plugin_or_all() -> None:
    for arguments in (["check"], ["check", "resnet", "--all"], ["check", "resnet", "--format", "xml"]):
        assert CliRunner().invoke(app, arguments).exit_code == 2
