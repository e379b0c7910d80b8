"""What version 0.1.0 answered in two ways, each with its one answer now, whichever way it is asked."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from computeest import annotate, estimate
from computeest.hardware import load
from computeest.problems import InputError

DAYS = 10 * 86_400.0
BF16_OF_TPU_V3 = 123e12  # Jouppi et al. 2020, doi:10.1145/3360307, Table 2
#: Dense half precision with accumulation in single precision: data sheets of A100 and V100.
A100, V100 = 312e12, 125e12


@pytest.mark.parametrize(("facts", "chip_hours", "flop"), [
    # a power in the chip's text is the number that it is under `chips`
    ({"chip": "2**10 A100 GPUs"}, 1024 * 240, 1024 * A100 * DAYS),
    ({"chip": "10**3 A100 GPUs"}, 1000 * 240, 1000 * A100 * DAYS),
    ({"chip": "A100", "chips": "2**10"}, 1024 * 240, 1024 * A100 * DAYS),
    # 16 bits are those of the chip
    ({"chip": "TPU v3", "chips": 64, "number_format": "mixed precision"}, 64 * 240, 64 * BF16_OF_TPU_V3 * DAYS),
    ({"chip": "TPU v3", "chips": 64, "number_format": "16 bit"}, 64 * 240, 64 * BF16_OF_TPU_V3 * DAYS),
    # two kinds of chips in one text, each for all the time
    ({"chip": "8 x A100 and 8 x V100"}, 16 * 240, 8 * (A100 + V100) * DAYS),
    ({"chip": "8 x V100 and 8 x A100"}, 16 * 240, 8 * (A100 + V100) * DAYS),
])
def test_a_paper_and_a_row_give_one_answer(facts: dict[str, Any], chip_hours: float, flop: float) -> None:
    facts = {"model": "M", "published": "2021-06-01", "time": "10 days", "utilization": 0.3, **facts}
    alone = estimate(facts)
    row = annotate(pd.DataFrame([{name: str(value) for name, value in facts.items()}]))
    assert alone["chip_hours"] == pytest.approx(chip_hours)
    assert alone["flop"] == pytest.approx(0.3 * flop, rel=0.01)
    for name in ("flop", "flop_low", "flop_high"):
        assert row[name][0] == pytest.approx(alone[name], rel=1e-12)
    assert row["confidence"][0] == alone["confidence"]
    codes = {check["code"] for check in alone["checks"]}
    assert ("chips-mixed" in codes) == ("and" in facts["chip"])
    assert all(code in row["checks"][0] for code in codes)


@pytest.mark.parametrize("runs", [
    [{"tokens_seen": 5e10}, {"chips": 8, "time": "10 days", "chip": "A100"}],
    [{"chips": 8, "time": "10 days", "chip": "A100 SXM 80GB", "number_format": "bf16"},
     {"parameters": 1e9, "tokens_seen": 5e10}],
])
def test_no_order_of_runs_decides_what_is_said(runs: list[dict[str, Any]]) -> None:
    said = set()
    for order in itertools.permutations(runs):
        record = estimate({"model": "M", "published": "2019-01-01", "parameters": 1e9, "runs": list(order)})
        assert "chip-newer-than-model" in {check["code"] for check in record["checks"]}
        said.add(json.dumps({name: value for name, value in record.items() if name != "derivation"}))
    assert len(said) == 1


def test_each_error_that_the_lint_finds_refuses_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("""\
schema: 1
vendor: NVIDIA
sources:
  page: {title: "x", url: "https://x.example/", kind: vendor-doc, accessed: "2026-11-21"}
chips:
  nvidia-rtx-4071:
    name: NVIDIA GeForce RTX 4071
    kind: gpuu
    architecture: nonsense
    peak:
      bf16-tensor: {value: "176.4 TFLOP/s", source: page}
    memory: {value: 16 GB, type: GDDR6X, source: page}
    training-format: bf16-tensor
    colour: red
""", "utf-8")
    with pytest.raises(InputError) as refused:
        load([tmp_path])
    said = str(refused.value)
    assert [word for word in ("status", "confidence", "gpuu", "nonsense", "16 GB", "colour") if word not in said] == []
    with pytest.raises(InputError, match="colour"):
        estimate({"model": "M", "chip": "RTX 4071", "chips": 8, "time": "1 day"}, hardware=[tmp_path])
