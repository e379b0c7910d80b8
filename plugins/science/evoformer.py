"""AlphaFold 2: the Evoformer over an alignment and its pairs, and a structure module."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from computeest.contract import Family, Network, Published, Shape, hookimpl
from computeest_plugins.blocks import require_positive

#: Features of a residue, a row of the alignment, an extra row, a template's pair and its angles (Suppl. 1.2).
TARGET, ALIGNED, EXTRA, TEMPLATE, ANGLES = 22, 49, 25, 88, 57
#: Channels of the extra rows and of templates, and hidden ones of the outer product.
NARROW, OUTER = 64, 32
#: Turns of the structure module, which share their weights (Suppl. 1.8).
TURNS = 8


class Sizes(NamedTuple):
    """Residues, rows of the alignment, and channels of rows, pairs and single residues."""

    residues: int
    rows: int
    row: int
    pair: int
    single: int
    #: Whether this run is learned from.
    learns: bool = True


def evoformer(
    layers: int = 48,
    residues: int = 256,
    rows: int = 128,
    extra_rows: int = 1024,
    templates: int = 4,
    width: int = 256,
    pair_width: int = 128,
    single_width: int = 384,
    recycles: float = 1.5,
) -> Network:
    """One crop of `residues` through AlphaFold 2; `width` is that of the `rows` of its alignment.

    In training it runs one to four times over, 1.5 more on average (`recycles`), and only the last run is learned from.
    """
    require_positive(layers=layers, residues=residues, rows=rows, extra_rows=extra_rows, width=width)
    require_positive(pair_width=pair_width, single_width=single_width)
    if recycles < 0 or templates < 0:
        raise ValueError("recycles and templates cannot be negative; expected 0 or more")
    net, sizes = Network(), Sizes(residues, rows, width, pair_width, single_width)
    once = _Once(net, sizes, layers, extra_rows, templates)
    recycled = _Once(net, sizes._replace(learns=False), layers, extra_rows, templates)
    whole, rest = divmod(recycles, 1)
    if whole:
        with net.frozen(), net.tied(), net.repeat(int(whole), "recycled"):
            recycled.run()
    if rest:
        # a share of a run: as many blocks of the Evoformer, where nearly all the work is
        with net.frozen(), net.tied(), net.block("recycled now and then"):
            recycled.blocks(round(rest * layers))
    once.run()
    return net


class _Once:
    """One run of the network."""

    def __init__(self, net: Network, sizes: Sizes, layers: int, extra_rows: int, templates: int) -> None:
        self.net, self.sizes, self.layers = net, sizes, layers
        self.extra_rows, self.templates = extra_rows, templates

    def run(self) -> None:
        """Inputs, stacks, structure and heads."""
        net, s = self.net, self.sizes
        with net.block("inputs"):
            self._inputs()
        with net.repeat(4, "extra rows"):
            _block(net, s._replace(row=NARROW, rows=self.extra_rows), narrow=True)
        self.blocks(self.layers)
        single = net.linear(_grid(s, s.row, s.residues), s.single, name="single")
        with net.block("structure"):
            _structure(net, s, single)
        with net.block("heads"):
            net.linear(_grid(s, s.pair, s.residues, s.residues), 64, name="distogram", term="logits")
            net.linear(_grid(s, s.row, s.rows, s.residues), 23, name="masked rows", term="logits")
            net.linear(single, 37, name="resolved", term="logits")
            y = net.activation(net.linear(net.layer_norm(single), 128, name="confidence.1"))
            y = net.activation(net.linear(y, 128, name="confidence.2"))
            net.linear(y, 50, name="confidence", term="logits")

    def blocks(self, count: int) -> None:
        """Blocks of the Evoformer."""
        with self.net.repeat(count, "block"):
            _block(self.net, self.sizes)

    def _inputs(self) -> None:
        net, s = self.net, self.sizes
        target = net.input(TARGET, s.residues)
        net.linear(target, s.row, name="target to rows")
        net.linear(target, 2 * s.pair, name="target to pairs")
        net.linear(net.input(ALIGNED, s.rows, s.residues), s.row, name="rows")
        net.linear(net.input(EXTRA, self.extra_rows, s.residues), NARROW, name="extra rows")
        net.linear(net.input(65, s.residues, s.residues), s.pair, name="relative positions")
        net.linear(net.input(15, s.residues, s.residues), s.pair, name="recycled positions")
        net.parameter(2 * s.row + 2 * s.pair, "recycled.norms")
        if self.templates:
            with net.block("templates"):
                self._templates()

    def _templates(self) -> None:
        net, s = self.net, self.sizes
        one = s._replace(pair=NARROW)
        # all templates go through the same weights
        for _ in range(self.templates):
            with net.shared("template"):
                net.linear(net.input(TEMPLATE, s.residues, s.residues), NARROW, name="pairs")
                with net.repeat(2, "block"):
                    _pairs(net, one, heads=4, head_dim=16, wider=2)
                net.layer_norm(_grid(s, NARROW, s.residues, s.residues))
            with net.shared("angles"):
                y = net.linear(net.input(ANGLES, s.residues), s.row, name="1")
                net.linear(net.activation(y), s.row, name="2")
        pairs = _grid(s, s.pair, s.residues, s.residues)
        templates = _grid(s, NARROW, s.residues, s.residues, self.templates)
        term = "attention projections"
        net.linear(pairs, NARROW, bias=False, name="attention.q", term=term)
        net.linear(templates, 2 * NARROW, bias=False, name="attention.kv", term=term)
        y = net.attention_core(_grid(s, NARROW, s.residues, s.residues), self.templates, 4, 16)
        net.linear(y, s.pair, name="attention.out", term=term)


def _grid(s: Sizes, channels: int, *size: int) -> Shape:
    """What flows there: it needs a gradient where this run is learned from."""
    return Shape(channels, size, s.learns, prod(size))


def _block(net: Network, s: Sizes, narrow: bool = False) -> None:
    """One block: rows look at each other's residues, columns at each other's rows, and pairs at pairs."""
    rows, pairs = _grid(s, s.row, s.rows, s.residues), _grid(s, s.pair, s.residues, s.residues)
    heads, head_dim = 8, 8 if narrow else 32
    net.layer_norm(pairs, name="row.pair_norm")
    net.linear(pairs, heads, bias=False, name="row.pair_bias", term="attention projections")
    _gated(net, rows, heads, head_dim, s.residues, "row")
    if narrow:
        _global(net, rows, heads, head_dim, s.rows)
    else:
        _gated(net, rows, heads, head_dim, s.rows, "column")
    net.mlp(net.layer_norm(rows), 4 * s.row, activation="relu", name="transition")
    y = net.linear(net.layer_norm(rows), 2 * OUTER, name="outer.in")
    net.matmul(y, s.residues * OUTER, s.rows, s.residues * OUTER, name="outer", term="linear")
    net.linear(pairs._replace(channels=OUTER * OUTER), s.pair, name="outer.out")
    _pairs(net, s, heads=4, head_dim=32, wider=4)


def _pairs(net: Network, s: Sizes, heads: int, head_dim: int, wider: int) -> None:
    """What pairs do in a block: two products over triangles, two attentions over them, and a feed-forward part."""
    pairs = _grid(s, s.pair, s.residues, s.residues)
    for name in ("outgoing", "incoming"):
        y = net.layer_norm(pairs)
        net.linear(y, 4 * s.pair, name=f"triangle.{name}.in")
        net.linear(y, s.pair, name=f"triangle.{name}.gate")
        net.matmul(y, s.residues, s.residues, s.residues, s.pair, f"triangle.{name}", "linear")
        net.linear(net.layer_norm(pairs), s.pair, name=f"triangle.{name}.out")
    for name in ("starting", "ending"):
        net.linear(pairs, heads, bias=False, name=f"triangle.{name}.bias", term="attention projections")
        _gated(net, pairs, heads, head_dim, s.residues, f"triangle.{name}")
    net.mlp(net.layer_norm(pairs), wider * s.pair, activation="relu", name="pair_transition")


def _gated(net: Network, x: Shape, heads: int, head_dim: int, window: int, name: str) -> None:
    """Attention within a row or column, each head's answer gated."""
    y = net.layer_norm(x, name=f"{name}.norm")
    net.linear(y, heads * head_dim, name=f"{name}.gate", term="attention projections")
    net.attention(y, heads, head_dim=head_dim, window=window, bias=False, output_bias=True, name=name)


def _global(net: Network, x: Shape, heads: int, head_dim: int, rows: int) -> None:
    """Attention of a column by one query, the mean of its rows; keys and values have one head."""
    term = "attention projections"
    y = net.layer_norm(x, name="column.norm")
    columns = y._replace(size=x.size[1:], positions=x.positions // rows)
    q = net.linear(columns, heads * head_dim, bias=False, name="column.q", term=term)
    net.linear(y, 2 * head_dim, bias=False, name="column.kv", term=term)
    net.linear(y, heads * head_dim, name="column.gate", term=term)
    net.attention_core(q, rows, heads, head_dim, name="column")
    net.linear(y._replace(channels=heads * head_dim), x.channels, name="column.out", term=term)


def _structure(net: Network, s: Sizes, single: Shape) -> None:
    """Residues as frames in space, moved a few times over by attention that sees points (Suppl., Algorithms 20, 22)."""
    heads, scalar, query_points, value_points = 12, 16, 4, 8
    pairs = net.layer_norm(_grid(s, s.pair, s.residues, s.residues))
    x = net.linear(net.layer_norm(single), s.single, name="project")
    for _ in range(TURNS):
        with net.shared("turn"):
            width = heads * (3 * scalar + 3 * (2 * query_points + value_points))
            y = net.linear(x, width, name="attention.qkv", term="attention projections")
            net.linear(pairs, heads, name="attention.pair_bias", term="attention projections")
            net.parameter(heads, "attention.weights")
            net.attention_core(y, s.residues, heads, scalar + 3 * query_points, scalar + 3 * value_points)
            net.matmul(y, heads, s.residues, s.pair, s.residues, name="attention.pairs")
            found = heads * (scalar + 4 * value_points + s.pair)
            x = net.linear(x._replace(channels=found), s.single, name="attention.out", term="attention projections")
            x = net.layer_norm(x)
            for number in (1, 2, 3):
                x = net.activation(net.linear(x, s.single, name=f"transition{number}"))
            x = net.layer_norm(x)
            net.linear(x, 6, name="move")
            y = net.add(net.linear(x, 128, name="angles.in"), net.linear(single, 128, name="angles.first"))
            for number in (1, 2, 3, 4):
                y = net.linear(net.activation(y), 128, name=f"angles{number}")
            net.linear(y, 14, name="angles")


VARIANTS: dict[str, dict[str, Any]] = {
    "alphafold2": {},
    "alphafold2-finetuning": {"residues": 384, "rows": 512, "extra_rows": 5120},
}
PUBLISHED: dict[str, Published] = {
    "alphafold2": Published("parameters of model_1, google-deepmind/alphafold 2021", parameters=93_229_082),
}


@hookimpl
def computeest_families() -> list[Family]:
    """AlphaFold 2."""
    return [
        Family(
            name="evoformer",
            forward=evoformer,
            example="protein crop",
            source="Jumper et al. 2021, doi:10.1038/s41586-021-03819-2, Supplementary Methods 1.2 to 1.11",
            variants=VARIANTS,
            published=PUBLISHED,
        )
    ]
