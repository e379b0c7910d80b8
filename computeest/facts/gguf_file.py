"""What a GGUF file says of its model: sizes in its metadata, parameters by its tensors' shapes; no weight is read."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from computeest.problems import InputError, Problem
from computeest.problems import facts as wrong

#: What config.json calls a size, and what GGUF does, behind the name of the architecture.
_SIZES = {
    "hidden_size": "embedding_length", "num_hidden_layers": "block_count", "intermediate_size": "feed_forward_length",
    "num_attention_heads": "attention.head_count", "num_key_value_heads": "attention.head_count_kv",
    "head_dim": "attention.key_length", "max_position_embeddings": "context_length",
    "num_local_experts": "expert_count", "num_experts_per_tok": "expert_used_count",
    "moe_intermediate_size": "expert_feed_forward_length", "sliding_window": "attention.sliding_window",
    "kv_lora_rank": "attention.kv_lora_rank",
}  # fmt: skip
#: Architectures that are decoders of the usual parts: their parameters decide as which they are read.
_DECODERS = frozenset(("llama", "qwen2", "qwen3", "qwen2moe", "qwen3moe", "gemma", "gemma2", "gemma3", "phi2", "phi3",
                       "olmo", "olmo2", "olmoe", "starcoder2", "stablelm", "gptneox", "gpt2", "mistral3", "internlm2",
                       "exaone", "granite", "command-r", "cohere2", "gpt-oss", "smollm3", "ernie4_5"))  # fmt: skip
_SPLIT = re.compile(r"(?P<name>.*)-\d{5}-of-(?P<count>\d{5})\.gguf")


def facts(file: Path) -> dict[str, Any]:
    """The facts of the model in a file, or in all the files that it was split into: keys of paper.yaml.

    InputError where the package `gguf` is not installed, or where the file is none that it reads.
    """
    try:
        from gguf import GGUFReader
    except ImportError:
        raise InputError([Problem(str(file), 0, "", wrong.GGUF_NOT_INSTALLED())]) from None
    sizes: dict[str, Any] = {}
    count, tied = 0, True
    for part in _parts(file):
        try:
            reader = GGUFReader(part)
        except (OSError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise InputError([Problem(str(part), 0, "", wrong.GGUF_UNREADABLE(error=str(error)[:260]))]) from None
        count += sum(math.prod(int(size) for size in tensor.shape) for tensor in reader.tensors)
        tied = tied and all(tensor.name != "output.weight" for tensor in reader.tensors)
        sizes |= _sizes(reader)
    if count < 1:
        raise InputError([Problem(str(file), 0, "", wrong.GGUF_WITHOUT_WEIGHTS())])
    found: dict[str, Any] = {"model": sizes.pop("name", file.stem), "parameters": count}
    if sizes.get("model_type", "") in _DECODERS and {"hidden_size", "num_hidden_layers", "vocab_size"} <= sizes.keys():
        shape = {**sizes, "model_type": f"{sizes['model_type']} of GGUF", "tie_word_embeddings": tied}
        found |= {"family": "huggingface", "architecture": {"config": shape}}
    return found


def _parts(file: Path) -> list[Path]:
    split = _SPLIT.fullmatch(file.name)
    if split is None:
        return [file]
    names = [f"{split['name']}-{place:05d}-of-{split['count']}.gguf" for place in range(1, int(split["count"]) + 1)]
    parts = [file.parent / name for name in names]
    missing = [part.name for part in parts if not part.is_file()]
    if missing:
        raise InputError([Problem(str(file), 0, "", wrong.GGUF_PART_MISSING(part=missing[0]))])
    return parts


def _sizes(reader: Any) -> dict[str, Any]:
    """The sizes in a file's metadata, by the names that config.json has."""
    kind = _value(reader, "general.architecture")
    if not isinstance(kind, str):
        return {}
    found: Mapping[str, Any] = {name: _value(reader, f"{kind}.{key}") for name, key in _SIZES.items()}
    tokens = reader.get_field("tokenizer.ggml.tokens")
    embedding = next((tensor for tensor in reader.tensors if tensor.name == "token_embd.weight"), None)
    words = int(embedding.shape[1]) if embedding is not None else len(tokens.data) if tokens is not None else None
    name = _value(reader, "general.name")
    return {key: value for key, value in {**found, "vocab_size": words, "model_type": kind, "name": name}.items()
            if value}  # fmt: skip


def _value(reader: Any, key: str) -> Any:
    """One value of the metadata, None where it is missing or a list of different ones."""
    field = reader.get_field(key)
    if field is None:
        return None
    value = field.contents()
    if isinstance(value, list):
        return value[0] if len(set(value)) == 1 else None
    return value
