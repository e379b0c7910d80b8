"""Everything measured with one command, as ratios to baselines of the same run.

    python benchmarks/run.py [-o docs/performance.json] [--rows 1000000] [--rounds 5] [--only start,live]
                             [--peers ENV/bin/python]

Each figure is a median over rounds in which everything runs once, so that a busy moment of the machine falls on all
alike. With --only, the other parts of an earlier file stay; each part says its machine and the versions. With --more,
the rounds are added to those that the file has of the same part: where a machine is quiet for minutes only.
`docs/performance.md` is written from the file by `make docs`, and `benchmarks/compare.py` sets two commits beside one
another.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import annotate
import cold_start
import generated

ROOT = Path(__file__).parents[1]
#: part -> {what: [baseline, seconds, memory in MB or nothing]}
Figures = dict[str, dict[str, Any]]


def start(rounds: int, _rows: int) -> Figures:
    """Whole processes, against the bare interpreter."""
    taken = cold_start.measured(rounds)
    return {name: _figure(times, "python -c pass", cold_start.COMMANDS[name][1]) for name, times in taken.items()}


def table(rounds: int, rows: int, suffix: str = "parquet") -> Figures:
    """A table from CSV by one process and by two, against polars with as many threads."""
    found: Figures = {}
    with tempfile.TemporaryDirectory(prefix="run-") as folder:
        for name, runs in annotate.compared(rows, (1, 2), rounds, Path(folder), (suffix,)).items():
            what, _, by = name.partition(", ")
            full = "computeest" in by and "slim" not in by
            target = {"CSV to csv": 4.0, "CSV to parquet": 3.0}[what] if full else None
            threads = 2 if "--jobs 2" in by or "2 threads" in by else 1
            found[name] = _figure([run.seconds for run in runs], f"{what}, {annotate.floor_of(threads)}", target)
            found[name]["megabytes"] = round(statistics.median(run.memory for run in runs))
    return found


def growth(rounds: int, rows: int) -> Figures:
    """CSV to Parquet by two processes, of a thousand rows and of ten times more up to `rows`: seconds for the whole."""
    found: Figures = {}
    sizes = [size for size in (10**power for power in range(3, 9)) if size <= rows]
    with tempfile.TemporaryDirectory(prefix="run-") as folder:
        for size in sizes:
            table = generated.write(Path(folder) / "models.csv", size)
            runs = [annotate.annotate(table, Path(folder) / "out.parquet", "--jobs", "2")
                    for _ in range(rounds if size < 10**6 else 1)]
            found[f"{size:,} rows"] = _figure([run.seconds for run in runs], "1,000 rows", None)
            found[f"{size:,} rows"]["megabytes"] = round(max(run.memory for run in runs))
    return found


def live(rounds: int, _rows: int) -> Figures:
    """Estimates within a process, against reading the same paper's YAML with PyYAML."""
    import yaml

    import computeest

    text = (ROOT / "examples" / "gpt3.yaml").read_text("utf-8")
    papers = [{"model": f"Model {number}", "parameters": 1e9 * (1 + number), "tokens": 2e10, "chip": "A100",
               "chips": 64, "time": "3 days"} for number in range(1000)]
    whole = yaml.safe_load(text)
    computeest.estimate(papers[0])
    numbers = itertools.count()  # of its own for each estimate, so that no answer is one remembered
    runs: tuple[tuple[str, Callable[[], object], int, int], ...] = (
        ("yaml.safe_load of one paper", lambda: yaml.safe_load(text), 20, 1),
        ("estimate(mapping), a paper with quotes",
         lambda: computeest.estimate(whole | {"chips": 10_000 + next(numbers)}), 20, 1),
        ("estimate(mapping), six facts",
         lambda: computeest.estimate(papers[0] | {"parameters": 1e9 + next(numbers)}), 20, 1),
        ("estimate([mappings]), each of 1,000",
         lambda: _many([paper | {"tokens": 2e10 + next(numbers)} for paper in papers]), 1, len(papers)))
    for _, run, _, _ in runs:
        run()  # plans, and whatever else is made once
    taken = [[_each(run, times) / count for _, run, times, count in runs] for _ in range(rounds)]
    return {name: _figure(list(seconds), "yaml.safe_load of one paper", None)
            for (name, *_), seconds in zip(runs, zip(*taken, strict=True), strict=True)}


def _many(papers: list[dict[str, Any]]) -> None:
    """All estimates; one after the other in version 0.1.0, which takes no list."""
    import computeest

    try:
        computeest.estimate(papers)
    except TypeError:
        for paper in papers:
            computeest.estimate(paper)


def counting(rounds: int, _rows: int) -> Figures:
    """FLOP of networks: 20,000 distinct configurations, each against reading its JSON."""
    import opcount

    from computeest_plugins.huggingface.family import from_config

    texts = [json.dumps(config) for config in opcount.configurations(20_000)]
    of_text = {"json.loads of a configuration": lambda: [json.loads(text) for text in texts],
               "a configuration to FLOP": lambda: [from_config(json.loads(text), 2048).forward_flop for text in texts]}
    return {name: _figure([_each(run, 1) / len(texts) for _ in range(rounds)], "json.loads of a configuration", None)
            for name, run in of_text.items()}


def counter(rounds: int, _rows: int, peers: str) -> Figures:
    """One forward pass counted, once everything is imported, against torch's counter on the meta device."""
    import opcount

    found: dict[str, tuple[str, list[float]]] = {}
    for name, count in opcount.NETWORKS.items():
        baseline, script = f"{name}, torch's FlopCounterMode", Path(__file__).with_name("opcount_peers.py")
        for _ in range(rounds):
            told = json.loads(subprocess.run([peers, str(script), "torch", name, "warm"], check=True,
                                             capture_output=True, text=True).stdout)
            if "missing" in told:
                raise SystemExit(f"--peers {peers}: {told['missing']}")
            if told["flop"] != count().forward_flop:
                raise SystemExit(f"{name}: torch counts {told['flop']:,} FLOP, and we {count().forward_flop:,}")
            found.setdefault(baseline, (baseline, []))[1].append(told["milliseconds"] / 1e3)
            found.setdefault(f"{name}, computeest", (baseline, []))[1].append(opcount.warm(count) / 1e6)
    return {name: _figure(seconds, baseline, None) for name, (baseline, seconds) in found.items()}


def fit(rounds: int, _rows: int) -> Figures:
    """A frontier with 1,000 resamples in a process of its own, against one search of the same posterior by scipy."""
    script, baseline = str(Path(__file__).with_name("frontier.py")), "one search by scipy"
    runs = [json.loads(subprocess.run([sys.executable, script], check=True, capture_output=True, text=True).stdout)
            for _ in range(rounds)]
    names = {"scipy": baseline, "first": "fit_frontier, 1,000 resamples, the first of a process",
             "later": "fit_frontier, 1,000 resamples, later ones"}
    return {name: _figure([run[key] for run in runs], baseline, None) for key, name in names.items()}


PARTS: dict[str, Callable[[int, int], Figures]] = {"start": start, "table": table,
                                                      "text": partial(table, suffix="csv"),
                                                      "growth": growth, "live": live,
                                                      "counting": counting, "fit": fit}


def _each(run: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - started) / times


def _figure(seconds: list[float], baseline: str, target: float | None) -> dict[str, Any]:
    return {"seconds": statistics.median(seconds), "fastest": min(seconds), "rounds": len(seconds),
            "baseline": baseline, **({"target": target} if target else {}), "all": seconds}


def _with_earlier(figures: Figures, earlier: Figures) -> Figures:
    """The figures with the rounds of an earlier run."""
    return {what: figure | _figure(earlier.get(what, {}).get("all", []) + figure["all"], figure["baseline"],
                                   figure.get("target")) for what, figure in figures.items()}


def machine() -> dict[str, Any]:
    """Where it was measured, without a name."""
    names = ("computeest", "numpy", "pyarrow", "pandas", "polars", "typer", "pyyaml")
    return {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
            "versions": {name: version(name) for name in names}}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", default="")
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--peers", default="", help="the Python of an environment with torch, for its counter")
    parser.add_argument("--more", action="store_true")
    chosen = parser.parse_args()
    before = json.loads(Path(chosen.output).read_text("utf-8")) if Path(chosen.output).is_file() else {}
    parts = {name: part for name, part in before.get("parts", {}).items() if "figures" in part}
    known = PARTS | ({"counter": partial(counter, peers=chosen.peers)} if chosen.peers else {})
    for name in chosen.only.split(",") if chosen.only else known:
        figures = known[name](chosen.rounds, chosen.rows)
        if chosen.more and parts.get(name, {}).get("rows") == chosen.rows:
            figures = _with_earlier(figures, parts[name]["figures"])
        parts[name] = {"machine": machine(), "rows": chosen.rows, "figures": figures}
        for what, figure in figures.items():
            ratio = figure["seconds"] / figures[figure["baseline"]]["seconds"]
            print(f"{what:50} {figure['seconds']:12.6f} s {ratio:8.2f}x {figure['baseline']}", flush=True)
        if chosen.output:  # part by part, so that what was measured is not lost
            found = {"parts": {name: parts[name] for name in (*PARTS, "counter") if name in parts}}
            Path(chosen.output).write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
