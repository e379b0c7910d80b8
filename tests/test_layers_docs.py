"""The documented networks are counted, and the documented table names every operation and key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from computeest.layers import read
from computeest.layers.arguments import arguments_of
from computeest.layers.elementwise import ACTIVATIONS
from computeest.layers.reading import OPERATIONS

TEXT = (Path(__file__).parents[1] / "docs" / "layers.md").read_text(encoding="utf-8")
EXAMPLES = [yaml.safe_load(block)["layers"] for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
ROWS = [line for line in TEXT.splitlines() if line.startswith("| `")]


def test_lenet_of_the_first_example() -> None:
    """LeCun et al. 1998 with plain 5x5 convolutions: 61,706 weights, 0.84 million multiply-adds."""
    net = read(EXAMPLES[0])
    assert net.parameters == 61_706
    assert net.forward_flop == 2 * (28 * 28 * 6 * 25 + 10 * 10 * 16 * 6 * 25 + 400 * 120 + 120 * 84 + 84 * 10)


def test_vit_of_the_last_example() -> None:
    assert read(EXAMPLES[-1]).forward_flop == 35_127_656_448


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_is_counted(number: int) -> None:
    assert read(EXAMPLES[number]).forward_flop > 0


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o not in ("activation",)])
def test_the_table_has_every_operation_with_its_keys(operation: str) -> None:
    row = next(row for row in ROWS if f"`{operation}`" in row.split("|")[1])
    if operation in ("lstm", "rnn", "gru", "add", "multiply", "concat", "reshape"):
        return  # described in words
    for argument in arguments_of(operation):
        assert argument.name in row, (operation, argument.name)
        assert (f"{argument.name}*" in row) == argument.required, (operation, argument.name)


def test_documented_activations_exist() -> None:
    row = next(row for row in ROWS if "`relu`" in row)
    assert set(re.findall(r"`(\w+)`", row)) <= set(ACTIVATIONS)


def test_the_documented_mistake_is_told_so() -> None:
    layers = [{"input": [1, 8, 8]}, "relu", "relu", "relu", {"conv": {"out": 4, "kernal": 3}}]
    with pytest.raises(ValueError, match=r"layers\[4\].conv: it has no 'kernal'; closest: 'kernel'") as error:
        read(layers)
    assert str(error.value) in TEXT
