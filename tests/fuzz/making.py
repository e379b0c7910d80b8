"""What strangers might write, made from a seed: papers, cells, notes, tables, configurations, overlays, graphs.

Most of it is nearly right, so that it gets far in; the rest is what a person who wants to harm would try.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

NUMBERS = (
    "1", "0", "-1", "7", "90", "175B", "1.3e9", "300 billion", "1,281,167", "3.14e23", "0.5", "40 %", "2^20", "1e6",
    "~90", "0.3..0.5", "12-14 billion", "1.2 ± 0.1 million", "more than 2T", "several", "一百万", "1 024", "½", "10³",
    "1e400", "1e-400", "1e-300..1e300", "1 ± 1e308", "nan", "inf", "0x5A", "٣٠٠", "९", "1.024", "1__0", "9" * 60,
    "1e308", "-0", "5e-324", "0..0", "3..2", "1e3..", "..1e3", "±", "1/0", "2**10", "2**99999", "1:2:3", "8x7B",
    "0.001", "1e30", "1e18", "1e-9", "1..1e308", "1e-320..5", "5 ± 500 %", "~1e308", "<1e9", ">= 2T", "~0", "1e16",
    "1e25..1e26", "1.0.0", "1,00,000", "12 x 10^6", "2e", "e9", "²", "7 B", "1_000", "0b11", "1e+", "٫5", "1'000",
    "3.5 × 10²³", "−5", "5-", "one", "a dozen", "½ million", "50 thousand to 1 million", "0.3.5", "99 %", "101 %",
)
UNITS = (
    "", " hours", " days", " GPU-hours", " A100-days", " petaflop/s-days", " FLOP", " FLOPS", " TFLOP/s", " GMAC",
    " tokens", " examples", " images", " epochs", " steps", " chips", " GB", " MWh", " USD", " k", " seconds",
    " core-hours", " H100 hours", " foo12 hours", " per second", "/s/s/s", " W", " %", " parameters", " words",
    " bytes", " GPU·h", " exaFLOP", " zettaFLOPs", " PFLOP/s-days", " ms", " µs", " years", " minutes per epoch",
    " TPU-core-days", " kWh", " J", " tCO2e", " €", " cents", " M", " T", " Mi", " GiB", " tokens per second", " x 8",
    " each", "^2", " A100-40GB-days", " GPU-hours per run", " node-hours", " characters", " pairs", " samples",
    " frames",
)
CHIPS = (
    "A100", "64 A100 GPUs", "NVIDIA H100 SXM5 80GB", "TPU v3", "v3-1024", "a TPUv3 Pod (2,048 TPU cores)",
    "8x V100 32GB", "DGX A100", "p4d.24xlarge", "MI250X", "GTX 580", "2**10 A100", "A100 and V100", "not H100s",
    "gpu:a100:4", "K80", "50 GPUs", "an unknown chip 9000", "A1 " * 40, "2048 A100s for 21 days", "昇腾910",
    "H100, H200 and B200", "CPU", "2 AMD EPYC 7742 CPUs", "(((A100", "A100" * 30, "0 A100", "-8 A100", "1e9 A100",
    "A100 x 1e308",
)
DATES = (
    "2020-05-28", "2020", "May 2020", "Q3 2024", "2024年3月", "1678838400", "31/12/2020", "2020-02-30", "0000-00-00",
    "99999-01-01", "12/11/10", "yesterday", "2020-13-01", "9999-12-31", "0001-01-01",
)
NAMES = (
    "GPT-3", "ResNet-50", "Llama 2 70B", "Model \u202e", "a", "", "名前", "\u001b[31mred", "=cmd()", "x" * 300, "null",
    "nan", "A\u0000B", "'; DROP TABLE records;--", "<script>", "\ud83d\ude00", "a\nb", "\u2028", "GPT-3 (fine-tuned)",
)
FORMATS = (
    "bf16", "fp16", "fp32", "tf32", "16 bit", "mixed precision", "int8", "fp8", "16-mixed", "nonsense", "fp8, bf16",
)
NOTES = (
    "6 * 175e9 * 300e9 = 3.15e23 FLOP", "(312 TFLOPS * 0.3) * 64 GPUs * 24 hours * 3600", "2^2^2^2^2^2", "((((((((1",
    "10^10^10 FLOP", "1/0", "sqrt(2)*1e20", "3640 PF-days", "100 billion words", "each of 12 agents", "7B active",
    "$1.2 million", "3e23 = 6ND", "= = = =", "1 * 2 * 3 * 4 * 5 * 6 * 7 * 8 * 9", "1,2,3,4,5", "3.5 × 1023", "～",
)
CONTROL = (
    "\u001b[31m", "\u001b]0;owned\u0007", "\u0000", "\u0085", "\u009b31m", "\u200b", "\u202e", "\ufeff", "\r", "\n",
    "\t", "\u00a0",
)

_KEYED = {
    "parameters": (NUMBERS, ("", " parameters", "B", " million")), "active_parameters": (NUMBERS, ("", "B")),
    "tokens": (NUMBERS, ("", " tokens", "T", " words", " GB")), "examples": (NUMBERS, ("", " images", " tokens")),
    "epochs": (NUMBERS, ("", " epochs", "k")), "steps": (NUMBERS, ("", " steps", "k")),
    "batch_size": (NUMBERS, ("", " tokens", "k", " examples")), "sequence_length": (NUMBERS, ("", "k", " tokens")),
    "time": (NUMBERS, UNITS), "chip_time": (NUMBERS, UNITS),
    "chips": (NUMBERS, ("", " GPUs", " cores", " chips", " V100s")), "reported_compute": (NUMBERS, UNITS),
    "utilization": (NUMBERS, ("", " %", " MFU")), "chip": (CHIPS, ("",)), "number_format": (FORMATS, ("",)),
    "published": (DATES, ("",)), "model": (NAMES, ("",)), "base_model": (NAMES, ("", " base")),
    "forward_flop": (NUMBERS, UNITS), "forward_macs": (NUMBERS, UNITS), "cost": (NUMBERS, UNITS),
    "energy": (NUMBERS, UNITS), "peak": (NUMBERS, UNITS), "note": (NOTES, ("",)), "organization": (NAMES, ("",)),
    "score": (NUMBERS, ("", " %")), "tokens_seen": (NUMBERS, ("", " tokens", "T")), "ensemble": (NUMBERS, ("",)),
    "backward_ratio": (NUMBERS, ("",)), "hours_used": (NUMBERS, UNITS), "nodes": (NUMBERS, ("",)),
    "chips_per_node": (NUMBERS, ("",)), "time_per_step": (NUMBERS, UNITS), "time_per_epoch": (NUMBERS, UNITS),
    "achieved_rate": (NUMBERS, UNITS), "words": (NUMBERS, ("", " words")), "text_size": (NUMBERS, ("", " GB", " TB")),
    "base_compute": (NUMBERS, UNITS), "batch_tokens": (NUMBERS, ("", " tokens")), "core_time": (NUMBERS, UNITS),
    "cores": (NUMBERS, ("",)), "trainable_parameters": (NUMBERS, ("", "B")),
    "teacher_parameters": (NUMBERS, ("", "B")), "generated_tokens": (NUMBERS, ("",)), "rollouts": (NUMBERS, ("",)),
    "step_utilization": (NUMBERS, ("", " %")), "self_play_games": (NUMBERS, ("",)), "region": (NAMES, ("",)),
    "operator": (NAMES, ("",)), "emissions": (NUMBERS, UNITS), "packing_efficiency": (NUMBERS, ("", " %")),
    "adapters": (("lora", "qlora", "none", "x"), ("",)), "role": (("teacher", "", "x"), ("",)),
    "stage": (NAMES, ("",)), "domain": (NAMES, ("",)), "link": (NAMES, ("",)),
    "family": (
        (
            "resnet", "decoder", "encoder", "vit", "lstm", "mlp", "huggingface", "onnx", "no-such", "unet", "gpt2",
            "swin", "whisper", "dlrm", "muzero", "mamba", "diffusion", "efficientnet",
        ),
        ("",),
    ),
}
KEYS = tuple(_KEYED)
PARAMETERS = (
    "layers", "width", "depth", "image", "heads", "vocab", "hidden", "variant", "config", "onnx", "input", "patch",
    "experts", "sequence_length", "bidirectional", "no_such", "classes", "channels", "ff_width", "kv_heads",
)
LAYERS = (
    "linear", "conv", "lstm", "attention", "embedding", "flatten", "repeat", "residual", "branches", "input",
    "tokens", "use", "define", "norm", "no_such", "mlp", "moe", "gru", "add", "concat", "softmax",
)


def text(chance: Random) -> str:
    """A piece of text as cells, headers and notes hold it, or nearly so."""
    pool = chance.choice((NUMBERS, UNITS, CHIPS, DATES, NAMES, FORMATS, NOTES, CONTROL))
    made = "".join(
        chance.choice(chance.choice((pool, pool, NUMBERS, UNITS, CHIPS))) for _ in range(chance.choice((1, 1, 2, 3, 6)))
    )
    return mutated(chance, made)


def mutated(chance: Random, made: str) -> str:
    """A text, mostly as it is, else cut, doubled, spliced or made long."""
    roll = chance.random()
    if roll < 0.6:
        return made
    at = chance.randint(0, len(made))
    if roll < 0.7:
        return made[:at] + chance.choice(CONTROL) + made[at:]
    if roll < 0.8:
        return made[:at]
    if roll < 0.88:
        return made[at:] + chance.choice((" ", ",", "-", "/", "*", "^", "(", "..", "±")) + made[:at]
    if roll < 0.95:
        return (made or "1") * chance.choice((2, 5, 30))
    return (made or "a ")[: chance.choice((1, 3))] * chance.choice((50, 400, 3000))


def cell(chance: Random, key: str) -> str:
    """A cell of a column, mostly of its own kind."""
    if chance.random() < 0.15 or key not in _KEYED:
        return text(chance)
    values, units = _KEYED[key]
    made = chance.choice(values) + chance.choice(units)
    return mutated(chance, made) if chance.random() < 0.3 else made


def scalar(chance: Random, key: str) -> Any:
    """A value under a key: a text, a number, or what has no place there."""
    roll = chance.random()
    if roll < 0.7:
        return cell(chance, key)
    return chance.choice(
        (
            1, 0, -1, 7e9, 1e12, 90, 2**63, 10**400, float("inf"), float("nan"), True, None, [], {}, [1, 2], "",
            {"value": cell(chance, key), "source": text(chance), "quote": text(chance)}, {"value": [1]},
            {"unit": "B"}, {"value": "7", "unit": "B"}, 1e-320, [[]], {"a": {"b": {}}},
        )
    )


def architecture(chance: Random) -> Any:
    """What may stand under `architecture`."""
    if chance.random() < 0.2:
        return chance.choice(("resnet-50", "gpt3-13b", "ViT-g/14", "", text(chance), [], 5, None))
    return {
        chance.choice(PARAMETERS): chance.choice(
            (
                1, 0, -3, 12, 50, 224, 768, 10**9, 10**30, 2.5, "32k", "224x224", True, None, [3, 4, 6, 3], [], {},
                text(chance), "/dev/zero", "../x", float("nan"),
            )
        )
        for _ in range(chance.randint(0, 5))
    }


def layers(chance: Random, depth: int = 0) -> Any:
    """A list of layers, nested now and then."""
    made = []
    for _ in range(chance.randint(0, 5)):
        kind = chance.choice(LAYERS)
        value: Any = chance.choice(
            (
                4, 0, -1, 10**12, [3, 224, 224], [], {"out": 4}, {"in": 3, "out": 4}, "x", None, {"repeat": 3},
                {"kernel": 3, "out": 64}, True, 1.5,
            )
        )
        if depth < 3 and chance.random() < 0.3:
            value = layers(chance, depth + 1)
        made.append(
            {kind: value} | ({"repeat": chance.choice((2, 0, -1, 10**9, "x"))} if chance.random() < 0.2 else {})
        )
    return made


def paper(chance: Random) -> dict[str, Any]:
    """A paper."""
    made: dict[str, Any] = {}
    for _ in range(chance.randint(1, 7)):
        key = chance.choice(KEYS)
        made[key] = scalar(chance, key)
    if chance.random() < 0.5:
        made |= (
            {"parameters": "7B", "tokens": "1T"}
            if chance.random() < 0.6
            else {"chip": "A100", "chips": 64, "time": "21 days"}
        )
    if chance.random() < 0.25:
        made["architecture"] = architecture(chance)
    if chance.random() < 0.1:
        made["layers"] = layers(chance)
    if chance.random() < 0.15:
        made["runs"] = [
            {key: scalar(chance, key) for key in chance.sample(KEYS, chance.randint(0, 3))}
            for _ in range(chance.randint(0, 4))
        ]
    if chance.random() < 0.05:
        made[text(chance)] = text(chance)
    return made


def config(chance: Random) -> dict[str, Any]:
    """A Hugging Face config.json, some of its sizes not what they should be."""
    made: dict[str, Any] = {
        "model_type": chance.choice(
            (
                "llama", "gpt2", "bert", "t5", "mixtral", "mamba", "vit", "falcon", "qwen2", "clip", "no_such",
                "deepseek_v3", "whisper", "bart", "resnet", "swin", "gemma2", "phi3",
            )
        ),
        "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 100,
        "intermediate_size": 128,
    }
    for _ in range(chance.randint(0, 4)):
        key = chance.choice(
            (
                *made, "num_key_value_heads", "head_dim", "architectures", "max_position_embeddings", "n_embd",
                "num_experts", "image_size", "patch_size", "text_config", "vision_config", "tie_word_embeddings",
            )
        )
        made[key] = chance.choice(
            (
                0, 1, -1, 7, 10**9, 10**30, 1.5, "8", None, True, [], {}, [1], {"hidden_size": 8},
                ["LlamaForCausalLM"], [None], float("nan"),
            )
        )
    return made


def overlay(chance: Random) -> str:
    """A user's hardware file."""
    chip = {
        "name": chance.choice(NAMES),
        "peaks": chance.choice(({"bf16-tensor": "312e12"}, {}, 5, {"fp32": text(chance)})), "source": "x",
        "announced": chance.choice(DATES),
    }
    for _ in range(chance.randint(0, 3)):
        chip[text(chance)[:20]] = text(chance)
    return mutated(chance, json.dumps({"vendor": "x", "chips": {chance.choice(("x-1", "", "nvidia-a100")): chip}}))


HEADERS = (
    "Model", "parameters", "Parameters (in billions)", "tokens", "Training time (GPU-days)", "chip", "Hardware",
    "chips", "Cost (million USD)", "Energy (MWh)", "published", "Publication date", "epochs", "reported_compute",
    "Notes", "family", "architecture", "architecture.layers", "utilization", "MFU (%)", "runs", "layers",
    "batch_size", "x", "time [hours]", "tokens_seen", "examples", "steps", "Model Size (GB)", "FLOPs", "GPU hours",
    "Training data", "number_format", "base_model", "base_compute", "region", "a\u001b[31m", "é",
    "Batch size (tokens)", "hours_used",
)
_BY_HEADER = {
    "Model": "model", "Parameters (in billions)": "parameters", "Training time (GPU-days)": "chip_time",
    "Hardware": "chip", "Cost (million USD)": "cost", "Energy (MWh)": "energy", "Publication date": "published",
    "Notes": "note", "MFU (%)": "utilization", "time [hours]": "time",
}


def table(chance: Random, rows: int) -> tuple[list[str], list[list[Any]]]:
    """Headers, each once, and rows of cells."""
    headers = chance.sample(HEADERS, chance.randint(1, 8))
    if chance.random() < 0.1:
        headers.append(text(chance))
    headers = list(dict.fromkeys(header for header in headers if header.strip())) or ["Model"]
    made = []
    for _ in range(rows):
        row: list[Any] = []
        for header in headers:
            if header == "architecture" and chance.random() < 0.7:
                row.append(json.dumps(architecture(chance)))
            elif header in ("runs", "layers") and chance.random() < 0.7:
                row.append(
                    json.dumps([paper(chance)] if header == "runs" else layers(chance)) if chance.random() < 0.3 else ""
                )
            else:
                row.append(cell(chance, _BY_HEADER.get(header, header)) if chance.random() < 0.85 else "")
        made.append(row)
    return headers, made


_SENTENCES = (
    "We train {} with {} parameters on {} tokens.", "Training took {} days on {} {} GPUs.", "| {} | {} | {} |",
    "batch size {} and sequence length {}", "{'loss': 2.1, 'learning_rate': {}, 'epoch': {}}", "# {}", "- {}: {}",
    "***** Running training *****", "  Num examples = {}", "  Total optimization steps = {}",
    "<table><tr><td>{}</td><td>{}", "\\begin{table} {} & {} \\\\ {} \\end{table}", "MFU of {} on {}",
    "iteration {}/ {} | consumed samples: {} | elapsed time per iteration (ms): {} | TFLOPs: {} |",
    "step:{}/{} train_loss:{} train_time:{}ms", '{"step": {}, "tokens": {}}', "{}", "```", "<b" * 50,
    "[1] {} et al., {}", "The total compute was {} FLOPs ({} petaflop/s-days).", "License: {}", "%PDF-1.4 {}",
    "We used {} for {} hours.",
)


def document(chance: Random) -> str:
    """A paper, a model card or a log as published, or nearly so."""
    lines = []
    for _ in range(chance.choice((0, 1, 4, 20))):
        first, *rest = chance.choice(_SENTENCES).split("{}")
        lines.append(first + "".join(cell(chance, chance.choice(KEYS)) + part for part in rest))
    return mutated(chance, chance.choice(("\n", "\n\n", " ")).join(lines)[:20_000])
