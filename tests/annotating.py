"""What tests of whole tables share: annotating a file, reading it again, making a large one up."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path
from typing import Any

from computeest.pipeline import Options
from computeest.tables.runner import Request, run
from computeest.tables.summary import Summary


def annotated(table: Path | str, out: Path | str, **more: Any) -> Summary:
    """Annotate a table as the command does, in this process."""
    options = more.pop("options", Options())
    return run(Request(str(table), str(out), options, **more), lambda rows, part: None, lambda text: None)


def read(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def generated(path: Path, rows: int) -> Path:
    """The benchmark's made-up table, with so many rows."""
    place = Path(__file__).parents[1] / "benchmarks" / "generated.py"
    spec = importlib.util.spec_from_file_location("generated", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return Path(module.write(path, rows))
