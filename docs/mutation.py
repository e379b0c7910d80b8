"""docs/mutation.md, from what `benchmarks/mutants.py --report docs/mutation.json` wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from computeest.text.listing import as_markdown

ROOT = Path(__file__).parents[1]
Row = dict[str, Any]


def page() -> str:
    """The page: the figure, where and of what kind mutants survive, and each of them."""
    found = json.loads((ROOT / "docs" / "mutation.json").read_text("utf-8"))
    reasons = yaml.safe_load((ROOT / "benchmarks" / "mutants_equivalent.yaml").read_text("utf-8")) or {}
    survivors = [row for row in found["survivors"] if _name(row) not in reasons]
    equal = [row for row in found["survivors"] if _name(row) in reasons]
    judged = {key: {**counts, "seen": counts["seen"] - sum(row[key.partition(" ")[0]] == key.partition(" ")[2]
                                                           for row in equal)} for key, counts in found["by"].items()}
    seen = found["judged"] - len(equal)
    text = ("# Mutants\n\nWritten by `make docs` from `docs/mutation.json`, which `python benchmarks/mutants.py` "
            "measures.\n\nA mutant is the code with one number, comparison, sign or connective changed; a test that "
            "fails has noticed it.\n"
            f"Of the {found['points']:,} places of `estimation/`, `records/` and `plugins/` that can change, "
            f"{found['sample']} were drawn (seed {found['seed']}),\n{found['judged']} were judged, and {len(equal)} "
            "set aside that no test can notice "
            "(`benchmarks/mutants_equivalent.yaml` has the reasons).\n\n"
            f"**{found['killed'] / seen:.1%} of {seen} were noticed.**\n{found['before']}\n\n")
    text += as_markdown(("of", "noticed", "judged", "share"), [
        {"of": f"`{name}`" if kind == "part" else name, "noticed": str(counts["killed"]),
         "judged": str(counts["seen"]), "share": f"{counts['killed'] / counts['seen']:.1%}"}
        for (kind, _, name), counts in ((key.partition(" "), counts) for key, counts in judged.items())
        if counts["seen"]])
    text += "\n## Those that nothing notices\n\n" + as_markdown(("where", "within", "was", "became"), [
        {"where": f"{row['path']}:{row['line']}", "within": f"`{row['within']}`", "was": f"`{row['before']}`",
         "became": f"`{row['after']}`"} for row in survivors])
    return text


def _name(row: Row) -> str:
    return f"{row['path']}: {row['within']}: {row['before']} -> {row['after']}"
