"""The JSON Schema that editors use says what the reader accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import Cli

from computeest import schema
from computeest.facts.paper import read_text
from computeest.problems import InputError
from computeest.schema.json_schema import json_schema
from computeest.text import yaml_nodes

EXAMPLES = Path(__file__).parents[1] / "examples"
PAPERS = sorted(EXAMPLES.glob("*.yaml"))


def validator() -> Any:
    return jsonschema.Draft202012Validator(json_schema())


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_file_beside_the_examples_is_what_the_command_prints(cli: Cli) -> None:
    ran = cli("schema")
    assert ran.code == 0
    assert ran.out == (EXAMPLES / "paper.schema.json").read_text("utf-8"), \
        "computeest schema -o examples/paper.schema.json"


def test_the_command_writes_what_it_prints(cli: Cli, tmp_path: Path) -> None:
    assert cli("schema", "-o", tmp_path / "out.json").out == ""
    assert json.loads((tmp_path / "out.json").read_text("utf-8")) == json_schema()


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in PAPERS])
def test_every_example_is_valid(path: Path) -> None:
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=paper.schema.json\n")
    document = yaml_nodes.load(path.read_text("utf-8"))
    assert document is not None
    assert [error.message for error in validator().iter_errors(yaml_nodes.plain(document))] == []


@pytest.mark.parametrize("paper", ["epoch: 90", "runs: 3", "runs: []", "epochs: [90]", "epochs: {vlue: 90}",
                                   "epochs: {source: Table 3}", "architecture: [50]", "layers: many",
                                   "runs: [{epohcs: 3}]", "forward_flop_seen: 1e20"])
def test_what_the_reader_refuses_by_shape_the_schema_refuses(paper: str) -> None:
    document = yaml_nodes.load(paper)
    assert document is not None
    assert not validator().is_valid(yaml_nodes.plain(document))
    with pytest.raises(InputError):
        read_text(paper, "paper.yaml")


@pytest.mark.parametrize("paper", ["epochs: 90", "epochs: ~90", "epochs: {value: 90, source: Table 3, note: x}",
                                   "tokens: 300B tokens", "runs: [{epochs: 3}, {tokens: {value: 1e9}}]", "epochs:"])
def test_what_the_reader_takes_the_schema_takes(paper: str) -> None:
    document = yaml_nodes.load(f"model: A\n{paper}")
    assert document is not None
    assert validator().is_valid(yaml_nodes.plain(document))
    read_text(f"model: A\n{paper}", "paper.yaml")


def test_every_key_that_the_reader_takes_is_in_it_with_its_meaning() -> None:
    properties = json_schema()["properties"]
    for name, column in schema.NAMES.items():
        assert (name in properties) == (column in schema.INPUTS)
        if name in properties:
            assert schema.FIELDS[column].means in properties[name]["description"]
