"""DLRM: tables of embeddings, their products, and two small MLPs, for recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computeest.contract import Family, Network, Published, hookimpl
from computeest_plugins.blocks import flowing, require_counts, require_positive


def dlrm(
    dense: int = 13,
    tables: int = 26,
    rows: float = 33_762_577,
    width: int = 16,
    bottom: Sequence[int] = (512, 256, 64),
    top: Sequence[int] = (512, 256),
    lookups: int = 1,
) -> Network:
    """One click through a DLRM: `rows` in all `tables`, each looked up `lookups` times and its vectors added up.

    `bottom` and `top` are the hidden widths of the MLPs before and after the products of all pairs of vectors. Of the
    tables only the rows looked up are active.
    """
    require_counts("bottom", bottom)
    require_counts("top", top)
    require_positive(dense=dense, tables=tables, rows=rows, width=width, lookups=lookups)
    net = Network()
    x = net.input(dense)
    for hidden in (*bottom, width):
        x = net.activation(net.linear(x, hidden, name="bottom"))
    looked_up = tables * lookups
    if rows < looked_up:
        raise ValueError(f"rows: {rows:g} in all are fewer than the {looked_up} that are looked up")
    net.parameter(looked_up * width, "tables")
    net.parameter((round(rows) - looked_up) * width, "tables, other rows", active=False)
    vectors = tables + 1
    net.matmul(flowing(width, vectors), vectors, width, vectors, name="pairs", term="linear")
    x = flowing(width + vectors * (vectors - 1) // 2)
    for hidden in top:
        x = net.activation(net.linear(x, hidden, name="top"))
    net.linear(x, 1, name="score", term="logits")
    return net


VARIANTS: dict[str, dict[str, Any]] = {
    "dlrm-kaggle": {},
    # no table of MLPerf's has more than 40 million rows
    "dlrm-mlperf": {"rows": 187_767_399, "width": 128, "bottom": (512, 256), "top": (1024, 1024, 512, 256)},
}
PUBLISHED: dict[str, Published] = {
    "dlrm-kaggle": Published("Naumov et al. 2019, arXiv:1906.00091, section 5.1 (540M parameters)", parameters=540e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """DLRM."""
    return [
        Family(
            name="dlrm",
            forward=dlrm,
            example="click",
            source="Naumov et al. 2019, arXiv:1906.00091; MLPerf: Mattson et al. 2020, arXiv:1910.01500",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
