"""GGUF files: sizes and parameters from their headers, where the package gguf is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import computeest
from computeest.problems import InputError
from computeest_plugins.huggingface.family import from_config

gguf = pytest.importorskip("gguf", reason="the extra 'gguf' is not installed")
np = pytest.importorskip("numpy")

LLAMA = {"model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "vocab_size": 128,
         "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 256}


def written(file: Path, kind: str = "llama", layers: tuple[int, ...] = (0, 1), **changes: int) -> Path:
    """A model as llama.cpp stores it; `layers` are those whose tensors are in this file."""
    writer = gguf.GGUFWriter(file, kind)
    writer.add_name("Tiny")
    writer.add_block_count(2)
    writer.add_context_length(256)
    writer.add_embedding_length(64)
    writer.add_feed_forward_length(changes.get("feed_forward", 96))
    writer.add_head_count(4)
    writer.add_head_count_kv(2)

    def add(name: str, *shape: int) -> None:
        writer.add_tensor(name, np.zeros(shape, dtype=np.float16))

    if 0 in layers:
        add("token_embd.weight", 128, 64)
        add("output.weight", 128, 64)
        add("output_norm.weight", 64)
    for place in layers:
        for name, out, into in (("attn_q", 64, 64), ("attn_k", 32, 64), ("attn_v", 32, 64), ("attn_output", 64, 64),
                                ("ffn_gate", 96, 64), ("ffn_up", 96, 64), ("ffn_down", 64, 96)):
            add(f"blk.{place}.{name}.weight", out, into)
        add(f"blk.{place}.attn_norm.weight", 64)
        add(f"blk.{place}.ffn_norm.weight", 64)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def flop(place: Path, **facts: str) -> dict[str, Any]:
    return dict(computeest.estimate(place, facts={"tokens": "1e9", **facts}))


def test_a_file_counts_as_its_config_would(tmp_path: Path) -> None:
    record = flop(written(tmp_path / "tiny.gguf"))
    net = from_config({**LLAMA, "tie_word_embeddings": False}, 256)
    assert record["parameters"] == net.parameters
    assert record["model"] == "Tiny"
    assert record["flop"] == pytest.approx(3 * net.forward_flop / 256 * 1e9)
    assert flop(tmp_path)["flop"] == record["flop"], "the directory of it alone"


def test_an_architecture_of_no_known_parts_counts_by_its_parameters(tmp_path: Path) -> None:
    record = flop(written(tmp_path / "tiny.gguf", "rwkv7"))
    assert record["flop"] == pytest.approx(6 * record["parameters"] * 1e9)


def test_sizes_that_the_weights_contradict_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no usual decoder of its sizes"):
        flop(written(tmp_path / "tiny.gguf", feed_forward=500))


def test_parts_add_up(tmp_path: Path) -> None:
    whole = flop(written(tmp_path / "whole.gguf"))
    folder = tmp_path / "split"
    folder.mkdir()
    first = written(folder / "tiny-00001-of-00002.gguf", layers=(0,))
    with pytest.raises(InputError, match="00002-of-00002"):
        flop(first)
    written(folder / "tiny-00002-of-00002.gguf", layers=(1,))
    assert flop(folder)["parameters"] == whole["parameters"]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF\x00\x00")
    with pytest.raises(InputError, match="GGUF"):
        flop(tmp_path / "broken.gguf")
    written(tmp_path / "one.gguf")
    with pytest.raises(InputError, match="GGUF files"):
        flop(tmp_path)
