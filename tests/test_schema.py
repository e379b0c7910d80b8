"""Every column in one place: names that do not clash, bounds that hold, words for people."""

from __future__ import annotations

import re

import pytest

from computeest import schema

#: DESIGN's words: what a paper may state, by group.
STATED = {
    "identity": ("model", "stage", "published", "link", "organization", "domain", "task"),
    "result": ("benchmark", "metric", "score"),
    "reported": ("reported_compute",),
    "network": ("family", "architecture", "layers", "forward_flop", "forward_macs", "parameters", "active_parameters",
                "trainable_parameters"),
    "data": ("examples", "tokens", "epochs", "examples_seen", "tokens_seen", "steps", "batch_size", "sequence_length",
             "backward_ratio", "ensemble"),
    "hardware": ("chip", "chips", "time", "chip_time", "number_format", "peak", "utilization", "utilization_kind"),
    "lineage": ("base_model", "base_compute"),
    "money, power": ("cost", "chip_price", "energy"),
}


@pytest.mark.parametrize(("group", "names"), STATED.items(), ids=STATED)
def test_the_columns_of_the_design_are_there(group: str, names: tuple[str, ...]) -> None:
    for name in names:
        assert schema.FIELDS[name].group == group
        assert name in schema.INPUTS


def test_no_name_means_two_columns() -> None:
    names = [n for f in schema.FIELDS.values() for n in {f.name, *f.aliases, *f.unit_aliases}]
    assert sorted(names) == sorted(set(names))
    counted = set(schema.NAMES) - set(names)
    assert not set(names) - set(schema.NAMES)
    assert {re.sub("^(num|n|number_of)_", "", name) for name in counted} <= set(names)


def test_names_are_plain_words() -> None:
    assert [name for name in schema.NAMES if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == []


@pytest.mark.parametrize("field", schema.FIELDS.values(), ids=schema.FIELDS)
def test_every_column_says_what_it_means(field: schema.Field) -> None:
    assert field.means.endswith(".")
    assert field.numeric == (field.unit is not None)
    assert field.low < field.high
    assert (field.kind == "choice") == bool(field.choices)
    assert not set(field.routes.values()) - set(schema.FIELDS)


@pytest.mark.parametrize(("name", "column"), [
    ("epochs", "epochs"), ("Epochs", "epochs"), ("batch-size", "batch_size"), ("Batch Size", "batch_size"),
    ("params", "parameters"), ("GPU hours", "chip_time"), ("mfu", "utilization"), ("training_time_hours", "time"),
    ("num_epochs", "epochs"), ("number_of_GPUs", "chips"), ("n_steps", "steps"), ("num-images", "examples"),
    ("global_batch_size", "batch_size"), ("seq_length", "sequence_length"), ("gpu_type", "chip"),
    ("epoch", None), ("num_epoch", None), ("num_chip", None), ("", None),
])
def test_names_are_found_however_they_are_spaced(name: str, column: str | None) -> None:
    assert schema.column(name) == column


@pytest.mark.parametrize(("wrong", "right"), [
    ("epoch", "epochs"), ("parametres", "parameters"), ("batchsize", "batch_size"), ("chipp", "chip"),
    ("utilisation", "utilization"), ("organistion", "organisation"), ("tokens seen in all", "tokens_seen"),
    ("benchmrk", "benchmark"), ("publised", "published")])
def test_typing_mistakes_have_their_word_first(wrong: str, right: str) -> None:
    assert schema.suggestions(wrong)[0] == right


@pytest.mark.parametrize(("asked", "found"), [
    ("total_cost", ["cost", "training_cost"]), ("training_energy", ["energy"]), ("gpu_price", ["chip_price"]),
    ("context_window_size", ["context_window"]), ("gpus_total", ["accelerators", "chips", "devices"])])
def test_the_same_in_more_words_is_suggested(asked: str, found: list[str]) -> None:
    assert schema.suggestions(asked) == found


@pytest.mark.parametrize("asked", [
    "audio_hours", "hours_of_audio", "video_hours", "learning_rate", "authors", "author", "country", "title", "doi",
    "data", "dataset", "gpu_memory", "warmup_steps", "time_per_layer", "tokens_per_second",
    "optimizer", "year", "inference_cost"])
def test_nothing_far_in_meaning_is_suggested(asked: str) -> None:
    assert schema.suggestions(asked) == []


@pytest.mark.parametrize(("header", "column"), [
    ("# GPUs", "chips"), ("#GPUs", "chips"), ("# of GPUs", "chips"), ("No. of GPUs", "chips"), ("# epochs", "epochs"),
    ("No of parameters", "parameters"), ("Model name", "model"), ("Train tokens", "tokens"), ("note", "note"),
    ("#", None),
])
def test_headers_that_number_things(header: str, column: str | None) -> None:
    assert schema.column(header) == column
