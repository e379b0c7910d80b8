"""Decoders of unknown types, and repositories whose weights say how many parameters there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import computeest
from computeest.facts.weights import stored_parameters
from computeest.problems import InputError
from computeest_plugins.huggingface.family import from_config

USUAL = {"hidden_size": 512, "intermediate_size": 1408, "num_hidden_layers": 6, "num_attention_heads": 8,
         "num_key_value_heads": 2, "vocab_size": 8000, "tie_word_embeddings": False}  # fmt: skip
NEW = {**USUAL, "model_type": "brand_new", "architectures": ["BrandNewForCausalLM"]}


def known(kind: str, **changes: Any) -> int:
    return from_config({**USUAL, **changes, "model_type": kind}, 64).parameters


@pytest.mark.parametrize("kind", ["llama", "qwen2", "qwen3"])
def test_an_unknown_decoder_is_read_where_its_parameters_confirm_it(kind: str) -> None:
    net = from_config(NEW, 64, known(kind))
    assert net.parameters == pytest.approx(known(kind), rel=2e-3)
    assert any("brand_new" in note and "as which it is read" in note for note in net.uncounted)


def test_a_mixture_and_other_names_of_sizes() -> None:
    parts = {"num_local_experts": 8, "num_experts_per_tok": 2}
    net = from_config({**NEW, **parts}, 64, known("mixtral", **parts))
    assert net.active_parameters < net.parameters == known("mixtral", **parts)
    renamed = {"n_embd": 512, "n_layer": 6, "n_head": 8, "ffn_hidden_size": 1408, "padded_vocab_size": 8000,
               "num_key_value_heads": 2, "tie_word_embeddings": False, "model_type": "brand_new"}  # fmt: skip
    assert from_config(renamed, 64, known("llama")).parameters == known("llama")


@pytest.mark.parametrize(("changes", "parameters", "said"), [
    ({}, None, "state its `parameters`"),
    ({}, 2 * known("llama"), "no usual decoder of its sizes"),
    ({"intermediate_size": None}, known("llama"), "not known"),
    ({"mamba_d_state": 16}, known("llama"), "not known"),
    ({"layer_types": ["linear_attention"] * 6}, known("llama"), "not known"),
    ({"is_encoder_decoder": True}, known("llama"), "not known"),
])  # fmt: skip
def test_what_is_not_confirmed_is_refused(changes: dict[str, Any], parameters: float | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        from_config({**NEW, **changes}, 64, parameters)


def repository(folder: Path, config: dict[str, Any]) -> Path:
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def safetensors(file: Path, tensors: dict[str, tuple[str, list[int]]]) -> None:
    header = {name: {"dtype": dtype, "shape": shape, "data_offsets": [0, 0]}
              for name, (dtype, shape) in tensors.items()}  # fmt: skip
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    file.write_bytes(len(text).to_bytes(8, "little") + text)


def test_a_downloaded_repository_is_estimated(tmp_path: Path) -> None:
    folder, count = repository(tmp_path, {**NEW, "torch_dtype": "bfloat16"}), known("llama")
    with pytest.raises(InputError, match="state its `parameters`"):
        computeest.estimate(folder, facts={"tokens": "1e9"})
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 2 * count}, "weight_map": {"a": "one.safetensors"}}))
    found = computeest.estimate(folder, facts={"tokens": "1e9"})
    assert found["flop"] == pytest.approx(3 * from_config(NEW, 4096, count).forward_flop / 4096 * 1e9, rel=0.01)


def test_the_parameters_of_a_large_model_may_be_stated() -> None:
    config = {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
              "num_attention_heads": 32, "vocab_size": 32000}  # fmt: skip
    paper = {"family": "huggingface", "parameters": "6.74e9", "tokens": "1e12"}
    found = [computeest.estimate({**paper, "architecture": {"config": {**config, "model_type": kind}}})["flop"]
             for kind in ("llama", "brand_new")]  # fmt: skip
    assert found[0] == pytest.approx(found[1], rel=1e-9)


def test_headers_say_what_is_stored(tmp_path: Path) -> None:
    single = tmp_path / "model.safetensors"
    safetensors(single, {"a": ("BF16", [1000, 10]), "b": ("F32", [10]), "ids": ("I64", [12])})
    assert stored_parameters(tmp_path, None) == (10010, "model.safetensors")
    safetensors(single, {"a": ("U8", [1000, 10]), "scale": ("F32", [10])})
    assert stored_parameters(tmp_path, None) is None  # packed: several weights in one number
    single.write_bytes(b"no header")
    with pytest.raises(ValueError, match="safetensors"):
        stored_parameters(tmp_path, None)


@pytest.mark.parametrize(("header", "refusal"), [
    ('{"a": [' + "[]," * 1_000_001 + "1]}", "more than 1,000,000 lists and objects"),
    ('{"a": {"dtype": "F32", "shape": [' + "99999999999," * 100_000 + "1]}}", "a has no shape"),
])  # fmt: skip
def test_a_header_takes_neither_memory_nor_time(tmp_path: Path, header: str, refusal: str) -> None:
    body = header.encode()
    (tmp_path / "model.safetensors").write_bytes(len(body).to_bytes(8, "little") + body)
    with pytest.raises(ValueError, match=refusal):
        stored_parameters(tmp_path, None)


def test_shards_count_where_they_are_there(tmp_path: Path) -> None:
    names = ["one.safetensors", "two.safetensors"]
    index = {"metadata": {"total_size": 8}, "weight_map": dict(zip("ab", names, strict=True))}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert stored_parameters(tmp_path, "float32") == (2, "model.safetensors.index.json")
    assert stored_parameters(tmp_path, None) is None
    for name in names:
        safetensors(tmp_path / name, {name: ("F16", [3, 5])})
    assert stored_parameters(tmp_path, "float32") == (30, "model.safetensors.index.json")


def test_an_index_of_pytorchs_own_files_tells_their_size(tmp_path: Path) -> None:
    index = {"metadata": {"total_size": 800}, "weight_map": {"a": "pytorch_model-00001-of-00002.bin"}}
    (tmp_path / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    (tmp_path / "pytorch_model-00001-of-00002.bin").write_bytes(b"PK")
    assert stored_parameters(tmp_path, "float16") == (400, "pytorch_model.bin.index.json")


def test_a_malformed_index_is_named(tmp_path: Path) -> None:
    (repository(tmp_path, {**USUAL, "model_type": "llama"}) / "model.safetensors.index.json").write_text("[")
    with pytest.raises(InputError, match="not JSON"):
        computeest.estimate(tmp_path, facts={"tokens": "1e9"})
