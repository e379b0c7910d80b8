"""docs/performance.md, from what `benchmarks/run.py` measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from computeest.text.listing import as_markdown

ROOT = Path(__file__).parents[1]
#: What each part of the measurements is of.
_PARTS = {
    "start": ("Start", "Whole processes, caches warm, against the bare interpreter."),
    "table": ("Tables", "{rows:,} rows as CSV, against a bare polars script (`benchmarks/polars_floor.py`), which "
              "reads the same text, multiplies the same columns with chips and networks already looked up, writes "
              "every column, with as many threads. computeest reads spellings, checks, explains, and writes some fifty "
              "columns more, of which `--records slim` leaves the texts out. The limit is Arrow alone, which reads the "
              "table and reads and writes the very output of computeest."),
    "text": ("Tables as text", "The same to CSV."),
    "growth": ("How the cost grows", "From CSV to Parquet by two processes, against a thousand rows."),
    "live": ("Within a process", "Against reading the same paper's YAML with PyYAML."),
    "fit": ("Fits", "97 simulated records, a frontier with 1,000 resamples, against one search of the same posterior "
            "by scipy's BFGS with numerical gradients."),
    "counting": ("Networks", "20,000 distinct configurations, from JSON to FLOP, each against reading its JSON."),
    "counter": ("Beside torch's counter", "One forward pass, once everything is imported, against `FlopCounterMode` of "
                "torch on the meta device; both count the same."),
}


def page() -> str:
    """The page, with a ratio for everything that was measured."""
    found = json.loads((ROOT / "docs" / "performance.json").read_text("utf-8"))
    text = ("# Performance\n\nWritten by `make docs` from `docs/performance.json`, which `python benchmarks/run.py -o "
            "docs/performance.json`\nmeasures. Seconds are medians of one machine at one time; what holds elsewhere "
            "are the ratios.\n`python benchmarks/compare.py A B` sets two commits beside one another, `values.py A B` "
            "their values,\nand `python benchmarks/four.py` the four benchmarks of version 0.1.0 beside those of now."
            "\n")
    told = ""
    for name, part in found["parts"].items():
        title, means = _PARTS[name]
        said = _of_machine(part["machine"])
        text += f"\n## {title}\n\n{means.format(rows=part['rows'])}\n\n{said if said != told else ''}"
        text, told = text + _table(part["figures"]), said
    return text + _before_and_after()


def _before_and_after() -> str:
    """What `benchmarks/compare.py` found of two commits, if it is kept."""
    kept = ROOT / "docs" / "compared.json"
    if not kept.is_file():
        return ""
    found = json.loads(kept.read_text("utf-8"))
    a, b = found["commits"]["before"], found["commits"]["after"]
    text = (f"\n## Before and after\n\n`python benchmarks/compare.py {a} {b} -o docs/compared.json`, in one run: "
            "ratios to the baselines above, and of the times after to those before, as medians over turns in which "
            "each commit ran once, with the least and the most of a turn.\n")
    for name, part in found["parts"].items():
        rows = [{"what": _code(what), "before": _ratio(figure["before"]), "after": _ratio(figure["after"]),
                 "target": f"{figure['target']:g}" if "target" in figure else "",
                 "after / before": f"{figure['change']:.2f} ({min(figure['changes']):.2f} to "
                                   f"{max(figure['changes']):.2f})", "turns": str(figure["rounds"])}
                for what, figure in part["figures"].items()]
        text += (f"\n### {_PARTS[name][0]}\n\n{_of_machine(part['machine'])}"
                 + as_markdown(("what", "before", "after", "target", "after / before", "turns"), rows))
    return text


def _code(what: str) -> str:
    return f"`{what}`" if what.startswith(("computeest", "python", "import")) else what


def _ratio(value: float) -> str:
    return f"{value:.2g}" if value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _of_machine(machine: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (f"Python {machine['python']}, {machine['system']}, {machine['cores']} cores, load {machine['load']} at the "
            f"end;\n{versions}.\n\n")


def _table(figures: dict[str, dict[str, Any]]) -> str:
    memory = any("megabytes" in figure for figure in figures.values())
    rows = []
    for what, figure in figures.items():
        ratio = figure["seconds"] / figures[figure["baseline"]]["seconds"]
        row = {"what": _code(what), "seconds": f"{figure['seconds']:.3g}", "ratio": _ratio(ratio),
               "target": f"{figure['target']:g}" if "target" in figure else "", "rounds": str(figure["rounds"])}
        rows.append(row | ({"MB": str(figure.get("megabytes", ""))} if memory else {}))
    return as_markdown(("what", "seconds", "ratio", "target", *(("MB",) if memory else ()), "rounds"), rows)
