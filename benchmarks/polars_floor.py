"""The least that a program can take for a table: polars reads the text, multiplies the columns and writes them all.

    python benchmarks/polars_floor.py TABLE LOOKUPS OUT [THREADS]

It does what `annotate.py --bare` does with pandas: chips and networks are looked up in a dict that is given, no
spelled-out number is read, nothing is checked or explained. `annotate.py` runs it beside the others.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

UTILIZATION = 0.3


def floor(table: str, lookups: str, out: str) -> None:
    """Read, multiply, write."""
    import polars as pl

    known = json.loads(Path(lookups).read_text("utf-8"))
    numbers = ("reported_compute", "chips", "training_time_hours", "parameters", "tokens", "epochs")
    read = pl.read_csv(table, infer_schema=False)
    number = {name: pl.col(name).cast(pl.Float64, strict=False) for name in numbers}
    peak = pl.col("chip").replace_strict(known["peak"], default=None, return_dtype=pl.Float64)
    forward = pl.col("architecture").replace_strict(known["forward"], default=None, return_dtype=pl.Float64)
    by_time = number["chips"] * number["training_time_hours"] * 3600 * peak * UTILIZATION
    by_tokens = 6 * number["parameters"] * number["tokens"] * number["epochs"].fill_null(1)
    by_family = 3 * forward * number["tokens"]
    found = read.with_columns(
        pl.coalesce(number["reported_compute"], by_time, by_tokens, by_family).alias("flop"),
        pl.when(number["reported_compute"].is_not_null()).then(pl.lit("reported"))
        .when(by_time.is_not_null()).then(pl.lit("gpu_time")).otherwise(pl.lit("operation_counting")).alias("method"),
    ).with_columns((pl.col("flop") / 2).alias("flop_low"), (pl.col("flop") * 2).alias("flop_high"))
    if out.endswith(".csv"):
        found.write_csv(out)
    else:
        found.write_parquet(out)


if __name__ == "__main__":
    if len(sys.argv) > 4:
        os.environ["POLARS_MAX_THREADS"] = sys.argv[4]  # read when polars is imported
    floor(*sys.argv[1:4])
