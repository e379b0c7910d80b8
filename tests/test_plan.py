"""The chain of rules to a method's answer: the least uncertain, and the same one every time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeest import registry, schema
from computeest.contract import Column, Method, Rule
from computeest.estimation.assumptions import Assumption, defaults
from computeest.estimation.hints import _in_order, ways
from computeest.estimation.plan import Plan, Planner

LOADED = registry.load()
PLANNER = Planner(tuple(LOADED.methods.values()), LOADED.rules, defaults())


def plan(method: str, *present: str, planner: Planner = PLANNER) -> Plan | None:
    found = [p for p in planner.plans(frozenset(present)) if p.method.name == method]
    return found[0] if found else None


def rules(found: Plan | None) -> list[str]:
    assert found is not None
    return [step.name for step in found.steps]


def test_given_beats_derived() -> None:
    found = plan("operation_counting", "tokens_seen", "tokens", "epochs", "steps", "batch_tokens", "parameters")
    assert found is not None
    assert "tokens_seen" in found.given
    assert not {"tokens", "steps", "batch_tokens"} & {*found.given}


def test_steps_and_batch_beat_tokens_and_assumed_epochs() -> None:
    found = plan("operation_counting", "tokens", "steps", "batch_tokens", "parameters")
    assert found is not None
    assert "tokens_of_steps" in rules(found)
    assert "epochs" not in found.assumed


def test_tokens_and_stated_epochs_beat_assumed_ones() -> None:
    found = plan("operation_counting", "tokens", "epochs", "parameters")
    assert found is not None
    assert "tokens_times_epochs" in rules(found)
    assert "epochs" in found.given


def test_counted_forward_flop_beats_two_per_parameter() -> None:
    found = plan("operation_counting", "forward_flop_per_token", "parameters", "tokens_seen")
    assert found is not None
    assert "forward_of_parameters" not in rules(found)


def test_run_utilization_beats_the_step_utilization_beats_the_default() -> None:
    facts = ("chips", "time", "peak")
    stated = plan("gpu_time", *facts, "utilization", "step_utilization")
    assert stated is not None
    assert "utilization" in stated.given
    stepped = plan("gpu_time", *facts, "step_utilization")
    assert "run_utilization" in rules(stepped)
    assert stepped is not None
    assert stepped.assumed == ("goodput",)
    assumed = plan("gpu_time", *facts)
    assert assumed is not None
    assert assumed.assumed == ("utilization",)


def test_rules_come_before_what_needs_them_and_the_method_last() -> None:
    for method, facts in (("operation_counting", ("words", "parameters", "epochs")),
                          ("gpu_time", ("cores", "chips_per_core", "time", "peak"))):
        found = plan(method, *facts)
        assert found is not None
        known = {*found.given, *found.assumed}
        for step in found.steps:
            assert set(step.inputs) <= known
            known.add(step.target)
        assert found.steps[-1].target == "flop"


def test_defaults_alone_are_no_answer() -> None:
    def of_nothing(backward_ratio: Column) -> Column:
        """A method that needs nothing of the paper."""
        return backward_ratio * 1e20

    planner = Planner((Method("of_nothing", of_nothing, 0.1, "authors"),), (), defaults())
    assert planner.plans(frozenset()) == []
    assert planner.plans(frozenset(("backward_ratio",))) != []


def test_a_cycle_of_rules_ends() -> None:
    def there(chips: Column) -> Column:
        """One way."""
        return chips

    def back(cores: Column) -> Column:
        """The other way."""
        return cores

    def answer(chips: Column, cores: Column) -> Column:
        """Both."""
        return chips * cores

    planner = Planner((Method("answer", answer, 0.1, "authors"),),
                      (Rule("cores", there, "authors"), Rule("chips", back, "authors")), {})
    assert plan("answer", planner=planner) is None
    assert rules(plan("answer", "chips", planner=planner)) == ["there", "answer"]
    assert rules(plan("answer", "cores", planner=planner)) == ["back", "answer"]


def test_the_least_spread_wins_not_the_shortest_chain() -> None:
    def direct(epochs: Column) -> Column:
        """One rule, on a wide assumption."""
        return epochs

    def longer(steps: Column) -> Column:
        """Two rules, on a fact."""
        return steps

    def last(batch_size: Column) -> Column:
        """The second of two."""
        return batch_size

    def answer(examples_seen: Column) -> Column:
        """What is sought."""
        return examples_seen

    wide = {"epochs": Assumption("epochs", 1.0, 0.5, "authors", "")}
    planner = Planner((Method("answer", answer, 0.1, "authors"),),
                      (Rule("examples_seen", direct, "authors"), Rule("batch_size", longer, "authors"),
                       Rule("examples_seen", last, "authors")), wide)
    assert rules(plan("answer", "steps", planner=planner)) == ["longer", "last", "answer"]
    assert rules(plan("answer", "steps", "epochs", planner=planner)) == ["direct", "answer"]


def test_missing_names_the_fewest_columns() -> None:
    missing = PLANNER.missing(frozenset(("parameters",)))
    assert missing["reported"] == (("reported_compute",),)
    assert missing["operation_counting"][0] in (("tokens",), ("tokens_seen",))
    assert "gpu_time" not in PLANNER.missing(frozenset(("chip_time", "peak")))


@pytest.mark.parametrize(("given_facts", "method", "said"), [
    ("peak time", "gpu_time", "only chips"),
    ("peak chips", "gpu_time", "only time"),
    ("chips time", "gpu_time", "only chip"),
    ("chip_time", "gpu_time", "only chip"),
    ("peak nodes time", "gpu_time", "only chips_per_node, or chips"),
    ("peak chip_power cost", "gpu_time", "only chip_price, or energy"),
    ("cost", "gpu_time", "chip and chip_price, or chips and time (or chip_time) and chip"),
    ("energy", "gpu_time", "only chip"),
    ("parameters", "operation_counting", "only tokens"),
    ("tokens", "operation_counting", "only parameters"),
    ("parameters steps", "operation_counting", "batch_size in tokens, or tokens"),
    ("parameters steps batch_size", "operation_counting", "batch_size in tokens, or sequence_length"),
    ("parameters batch_tokens", "operation_counting", "only steps, or tokens"),
    ("parameters examples epochs", "operation_counting", "sequence_length, or family (or forward_macs)"),
    ("forward_flop", "operation_counting", "examples and epochs"),
    ("forward_flop epochs", "operation_counting", "only examples"),
    ("", "gpu_time", "chips and time (or chip_time) and chip"),
    ("", "operation_counting", "examples and epochs and family (or forward_macs), or parameters and tokens"),
    ("time", "reported", "reported_compute"),
])
def test_hints_name_the_nearest_facts_of_the_way_that_uses_most_of_what_is_given(
        given_facts: str, method: str, said: str) -> None:
    found = ways(PLANNER.missing(frozenset(given_facts.split())))
    assert f"{method} needs {said}" in found.split("; ")


def test_hints_begin_with_the_method_that_lacks_least_and_end_with_what_somebody_may_state() -> None:
    for facts, order in (("parameters", ["operation_counting", "gpu_time", "reported"]),
                         ("peak time", ["gpu_time", "operation_counting", "reported"])):
        assert list(PLANNER.missing(frozenset(facts.split()))) == order


def test_columns_that_ask_for_the_same_words_stand_in_one_order() -> None:
    """A set of names has another order in every process: 'chip and another chip' came out either way."""
    alike = [name for name, field in schema.FIELDS.items() if field.asks_for == "chip"]
    assert len({_in_order(name) for name in alike}) == len(alike) > 1


@given(st.frozensets(st.sampled_from(schema.INPUTS).filter(lambda name: schema.FIELDS[name].numeric), max_size=14))
def test_more_facts_never_take_a_method_away(present: frozenset[str]) -> None:
    able = {p.method.name for p in PLANNER.plans(present)}
    assert PLANNER.plans(present) == PLANNER.plans(present)
    for extra in ("parameters", "tokens", "chips", "time"):
        assert able <= {p.method.name for p in PLANNER.plans(present | {extra})}
    for found in PLANNER.plans(present):
        assert set(found.given) <= present
        assert not set(found.assumed) & present, "what is given is never assumed"


@given(st.frozensets(st.sampled_from(schema.INPUTS).filter(lambda name: schema.FIELDS[name].numeric), max_size=10))
def test_what_is_missing_is_enough(present: frozenset[str]) -> None:
    for method, found in PLANNER.missing(present).items():
        for columns in found:
            assert plan(method, *present, *columns) is not None
