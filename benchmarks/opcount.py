"""How long it takes to count a network: computeest against torch's counter and fvcore, in one run on one machine.

    python benchmarks/opcount.py                             computeest alone, and 200,000 configurations
    python benchmarks/opcount.py --peers ENV/bin/python      and the counters of an environment with torch and fvcore

Warm is the fastest of repeated counts of the forward pass in one process, for every counter, so that a busy machine
disturbs little; cold is a whole process (median), with its peak memory. Peers run in processes of their own, on the
same networks (benchmarks/opcount_peers.py), torch on the meta device.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.huggingface.family import from_config
from computeest_plugins.resnet import resnet
from computeest_plugins.vit import ViT, vit

NETWORKS: dict[str, Callable[[], Any]] = {
    "resnet-50": lambda: resnet(depth=50),
    "vit-b/16": lambda: vit(ViT()),
    "gpt2": lambda: decoder(Decoder(layers=12, width=768, heads=12, sequence_length=1024)),
}
COLD = {
    "resnet-50": "from computeest_plugins.resnet import resnet; print(resnet(depth=50).forward_flop)",
    "vit-b/16": "from computeest_plugins.vit import ViT, vit; print(vit(ViT()).forward_flop)",
    "gpt2": "from computeest_plugins.decoder import Decoder as D, decoder as d; "
    "print(d(D(layers=12, width=768, heads=12, sequence_length=1024)).forward_flop)",
}
CONFIGURATIONS = 200_000


def warm(count: Callable[[], Any], batches: int = 200, each: int = 20) -> float:
    """Microseconds a count takes once everything is imported: the fastest of many batches."""
    times = []
    for _ in range(batches):
        start = time.perf_counter()
        for _ in range(each):
            _ = count().forward_flop
        times.append((time.perf_counter() - start) / each * 1e6)
    return min(times)


def cold(command: list[str], runs: int = 5) -> tuple[float, float, str]:
    """Seconds and peak megabytes of a whole process, medians, and what it printed last."""
    walls, sizes, printed = [], [], ""
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{' '.join(command)} failed")
        walls.append(time.perf_counter() - start)
        sizes.append(usage.ru_maxrss / 1024)
    return statistics.median(walls), statistics.median(sizes), printed.strip().splitlines()[-1]


def configurations(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Distinct configurations, of the kinds and sizes the Hub has most of."""
    draw = random.Random(seed)
    kinds = ("llama", "mistral", "qwen2", "gpt2", "mixtral", "bert", "t5", "gemma2", "opt", "qwen3_moe")
    found: dict[str, dict[str, Any]] = {}
    while len(found) < count:
        width, layers = 64 * draw.randint(4, 160), draw.randint(2, 96)
        heads = width // 64
        config = {
            "model_type": draw.choice(kinds),
            **dict.fromkeys(("hidden_size", "n_embd", "d_model", "word_embed_proj_dim"), width),
            **dict.fromkeys(("num_hidden_layers", "n_layer", "num_layers"), layers),
            **dict.fromkeys(("num_attention_heads", "n_head", "num_heads"), heads),
            "num_key_value_heads": draw.choice([n for n in (1, 2, 4, 8) if heads % n == 0]),
            **{key: 32 * draw.randint(16, 1000) for key in ("intermediate_size", "ffn_dim", "d_ff")},
            "vocab_size": draw.randint(20_000, 260_000),
        }
        found[json.dumps(config)] = config
    return list(found.values())


def count_configurations() -> None:
    """Time and report the count of many distinct configurations, from JSON text to FLOP."""
    texts = [json.dumps(config) for config in configurations(CONFIGURATIONS)]
    start = time.perf_counter()
    total = sum(from_config(json.loads(text), 2048).forward_flop for text in texts)
    seconds = time.perf_counter() - start
    each = seconds / len(texts) * 1e6
    print(f"{len(texts):,} distinct configurations: {seconds:.1f} s, {each:.0f} us each (sum {total:.3e} FLOP)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="the Python of an environment with torch, and fvcore if it is to be compared")
    arguments = parser.parse_args()
    script = str(Path(__file__).with_name("opcount_peers.py"))
    for name, count in NETWORKS.items():
        micros = warm(count)
        wall, size, flop = cold([sys.executable, "-c", COLD[name]])
        times = f"warm {micros / 1000:10.4f} ms  cold {wall:6.3f} s {size:6.0f} MB"
        print(f"{name:10} computeest   {times}  {int(flop):,} FLOP")
        if not arguments.peers:
            continue
        for peer in ("torch", "fvcore"):
            wall_, size_, printed = cold([arguments.peers, script, peer, name, "cold"], runs=3)
            found = json.loads(printed)
            if "missing" in found:
                print(f"{name:10} {peer:12} skipped: {found['missing']}")
                continue
            millis = json.loads(cold([arguments.peers, script, peer, name, "warm"], runs=1)[2])["milliseconds"]
            ratios = f"{millis * 1000 / micros:,.0f}x warm, {wall_ / wall:.1f}x cold, {size_ / size:.1f}x memory"
            print(f"{name:10} {peer:12} warm {millis:10.1f} ms  cold {wall_:6.3f} s {size_:6.0f} MB  "
                  f"{found['flop']:,} FLOP: {ratios}")  # fmt: skip
    if not arguments.peers:
        print("no --peers: torch and fvcore are not compared")
    count_configurations()


if __name__ == "__main__":
    main()
