"""How long the command line takes to start: whole processes, interleaved, against the bare interpreter.

    python benchmarks/cold_start.py [ROUNDS]

Each round runs every command once, so that a busy moment of the machine falls on all of them alike. Printed are medians
and their ratios to `python -c pass`, beside the ratio that is the target.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMANDS: dict[str, tuple[list[str], float | None]] = {
    "python -c pass": (["-c", "pass"], None),
    "import numpy, yaml, typer": (["-c", "import numpy, yaml, typer"], None),
    "computeest --help": (["-m", "computeest", "--help"], 4.0),
    "computeest estimate examples/gpt3.yaml": (["-m", "computeest", "estimate", "examples/gpt3.yaml"], 14.0),
    "computeest estimate ... --format json": (["-m", "computeest", "estimate", "examples/gpt3.yaml", "-fjson"], 14.0),
    "computeest estimate examples/resnet-50.yaml": (["-m", "computeest", "estimate", "examples/resnet-50.yaml"], 14.0),
    "computeest estimate config.json --tokens 15T": (
        ["-m", "computeest", "estimate", "CONFIG", "--tokens", "15T"], 16.0),
    "computeest validate examples/gpt3.yaml": (["-m", "computeest", "validate", "examples/gpt3.yaml"], 10.0),
    "computeest hardware find '8 V100'": (["-m", "computeest", "hardware", "find", "8 V100"], 8.0),
}


#: Of the size of Llama 3 8B.
CONFIG = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 4096, "intermediate_size": 14336,
          "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256}


def seconds(arguments: list[str]) -> float:
    """Wall-clock time of one whole process."""
    started = time.perf_counter()
    # -P: of the installation that this Python has, not of the folder that it is started in
    subprocess.run([sys.executable, "-P", *arguments], cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - started


def measured(rounds: int) -> dict[str, list[float]]:
    """Seconds of every command, once in each round."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.json"
        config.write_text(json.dumps(CONFIG), "utf-8")
        commands = {name: [str(config) if word == "CONFIG" else word for word in words]
                    for name, (words, _) in COMMANDS.items()}
        for arguments in commands.values():
            seconds(arguments)  # caches of the file system, and compiled modules
        for _ in range(rounds):
            for name, arguments in commands.items():
                taken[name].append(seconds(arguments))
    return taken


def main(rounds: int) -> None:
    """Run all commands `rounds` times and print a line for each."""
    taken = measured(rounds)
    bare = statistics.median(taken["python -c pass"])
    print(f"{rounds} rounds, Python {sys.version.split()[0]}")
    print(f"{'command':46} {'median':>8} {'fastest':>8} {'ratio':>7} {'target':>7}")
    for name, times in taken.items():
        median, target = statistics.median(times), COMMANDS[name][1]
        shown = f"{target:6.1f}x" if target else ""
        print(f"{name:46} {median:7.3f}s {min(times):7.3f}s {median / bare:6.1f}x {shown:>7}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
