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
    "counting": ("Networks", "20,000 distinct configurations, from JSON to FLOP, each against reading its JSON."),
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
    return text


def _of_machine(machine: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (f"Python {machine['python']}, {machine['system']}, {machine['cores']} cores, load {machine['load']} at the "
            f"end;\n{versions}.\n\n")


def _table(figures: dict[str, dict[str, Any]]) -> str:
    memory = any("megabytes" in figure for figure in figures.values())
    rows = []
    for what, figure in figures.items():
        ratio = figure["seconds"] / figures[figure["baseline"]]["seconds"]
        row = {"what": f"`{what}`" if what.startswith(("computeest", "python", "import")) else what,
               "seconds": f"{figure['seconds']:.3g}", "ratio": f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}",
               "target": f"{figure['target']:g}" if "target" in figure else "", "rounds": str(figure["rounds"])}
        rows.append(row | ({"MB": str(figure.get("megabytes", ""))} if memory else {}))
    return as_markdown(("what", "seconds", "ratio", "target", *(("MB",) if memory else ()), "rounds"), rows)
