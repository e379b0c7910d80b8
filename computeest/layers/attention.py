"""Attention: multi-head, grouped, multi-query, latent, windowed, cross."""

from __future__ import annotations

from computeest.layers.dense import Dense
from computeest.layers.elementwise import ACTIVATIONS, RMS_NORM, SOFTMAX, Elementwise
from computeest.layers.shape import Shape, new_shape
from computeest.problems import networks as wrong


def scored_pairs(queries: int, keys: int, window: int | None, half: bool) -> int:
    """Twice the number of query-key pairs that are scored (twice, so that half a square stays whole).

    Full: every query sees `keys` or, with a sliding window, `window` keys. Half: a causal query sees only what came
    before it, taken as half the square (Megatron-LM), or under a window W of a sequence T as T W - W^2 / 2.
    """
    seen = keys if window is None or window > keys else window
    return 2 * queries * seen - seen * seen if half else 2 * queries * seen


class Attention(Dense, Elementwise):
    """Operations in which positions look at each other."""

    __slots__ = ()

    def attention(
        self,
        x: Shape,
        heads: int,
        *,
        kv_heads: int | None = None,
        head_dim: int | None = None,
        window: int | None = None,
        causal: str = "full",
        context: Shape | None = None,
        bias: bool = True,
        output_bias: bool | None = None,
        out: int | None = None,
        norm_heads: bool = False,
        name: str = "attention",
    ) -> Shape:
        """Queries from `x`, keys and values from `context` or `x` itself; then the output projection.

        causal="full" counts every score, masked or not, the field's convention for model FLOP; "half" counts a causal
        mask as half of them. `bias` is that of the projections, `norm_heads` an RMS norm of each query and key head.
        """
        channels, size, _, positions = x
        shared = heads if kv_heads is None else kv_heads
        if head_dim is None:
            if heads < 1 or channels % heads:
                self._refuse(name, wrong.WIDTH_OF_HEADS(channels=channels, heads=heads))
            head_dim = channels // heads
        if shared < 1 or heads % shared:
            self._refuse(name, wrong.HEADS_OF_KEYS(heads=heads, shared=shared))
        source = x if context is None else context
        # Queries, keys and values: one product where they share an input, two where keys come from elsewhere.
        if context is None:
            fused = (heads + 2 * shared) * head_dim
            y = self.linear(x, fused, bias, f"{name}.qkv", "attention projections")
        else:
            y = self.linear(x, heads * head_dim, bias, f"{name}.q", "attention projections")
            kv = self.linear(context, 2 * shared * head_dim, bias, f"{name}.kv", "attention projections")
            y = y if y[2] or not kv[2] else kv
        if norm_heads:
            # one scale for each channel of a head, shared by the heads
            extra = RMS_NORM * head_dim * (heads * positions + shared * source[3])
            self._add((self._scope, f"{name}.norm", "RMS norm", "", x, 2 * head_dim, 2 * head_dim, 0, 0, extra))
        mixed = new_shape(Shape, (heads * head_dim, size, y[2], positions))
        self._mix(mixed, source[3], heads, 2 * head_dim, window, causal, name)
        return self.linear(
            mixed,
            channels if out is None else out,
            bias if output_bias is None else output_bias,
            f"{name}.out",
            "attention projections",
        )

    def attention_core(
        self,
        x: Shape,
        keys: int,
        heads: int,
        head_dim: int,
        value_dim: int | None = None,
        window: int | None = None,
        causal: str = "full",
        name: str = "attention",
    ) -> Shape:
        """Scores and weighted values only, without projections: `x` queries over `keys` positions."""
        values = head_dim if value_dim is None else value_dim
        y = new_shape(Shape, (heads * values, x.size, x.grad, x.positions))
        self._mix(y, keys, heads, head_dim + values, window, causal, name)
        return y

    def _mix(self, y: Shape, keys: int, heads: int, dims: int, window: int | None, causal: str, name: str) -> None:
        if causal not in ("full", "half"):
            self._refuse(name, wrong.CAUSAL_UNKNOWN(causal=causal))
        if window is not None and window < 1:
            self._refuse(name, wrong.WINDOW_BELOW_ONE(window=window))
        pairs = scored_pairs(y[3], keys, window, causal == "half")
        forward = heads * dims * pairs
        softmax = SOFTMAX * heads * pairs // 2
        backward = 2 * forward if y[2] else 0
        self._add((self._scope, f"{name}.scores", "attention", "attention", y, 0, 0, forward, backward, softmax))

    def mla(
        self,
        x: Shape,
        heads: int,
        *,
        kv_rank: int,
        q_rank: int | None,
        head_dim: int,
        rope_dim: int,
        value_dim: int,
        bias: bool = False,
        window: int | None = None,
        causal: str = "full",
        name: str = "mla",
    ) -> Shape:
        """Multi-head latent attention (DeepSeek-V2): keys and values expanded from a small shared vector.

        `bias` is that of the matrices down to the ranks and of the output; those up from the ranks have none.
        """
        for what, size in (("heads", heads), ("kv_rank", kv_rank), ("head_dim", head_dim), ("value_dim", value_dim)):
            if size < 1:
                self._refuse(name, wrong.ATTENTION_SIZE_BELOW_ONE(what=what, size=size))
        if rope_dim < 0 or (q_rank is not None and q_rank < 0):
            self._refuse(name, wrong.ATTENTION_RANK_NEGATIVE(rope_dim=rope_dim, q_rank=q_rank))
        term = "attention projections"
        length = x[3]
        query_dim = head_dim + rope_dim
        if q_rank:
            queries = self.linear(x, q_rank, bias, f"{name}.q_down", term)
            queries = self._norm(queries, "RMS norm", q_rank, RMS_NORM, f"{name}.q_norm")
            queries = self.linear(queries, heads * query_dim, bias=False, name=f"{name}.q_up", term=term)
        else:
            queries = self.linear(x, heads * query_dim, bias=False, name=f"{name}.q", term=term)
        latent = self.linear(x, kv_rank + rope_dim, bias, f"{name}.kv_down", term)
        latent = new_shape(Shape, (kv_rank, x[1], latent[2], length))
        latent = self._norm(latent, "RMS norm", kv_rank, RMS_NORM, f"{name}.kv_norm")
        expanded = heads * (head_dim + value_dim)
        latent = self.linear(latent, expanded, bias=False, name=f"{name}.kv_up", term=term)
        mixed = new_shape(Shape, (heads * value_dim, x[1], queries[2] or latent[2], length))
        self._mix(mixed, length, heads, query_dim + value_dim, window, causal, name)
        return self.linear(mixed, x[0], bias, f"{name}.out", term)


class FeedForward(Dense, Elementwise):
    """Operations that widen and narrow the channels of each position on its own."""

    __slots__ = ()

    def mlp(
        self,
        x: Shape,
        hidden: int,
        *,
        gated: bool = False,
        bias: bool = True,
        out: int | None = None,
        activation: str = "gelu",
        name: str = "mlp",
    ) -> Shape:
        """Up to `hidden` channels, an activation, and down again; gated has a second matrix up (SwiGLU, GeGLU)."""
        y = self.linear(x, 2 * hidden if gated else hidden, bias, f"{name}.up", "feed-forward")
        y = new_shape(Shape, (hidden, y[1], y[2], y[3]))
        y = self.activation(y, activation, f"{name}.{activation}")
        if gated:
            self._add((self._scope, f"{name}.gate", "multiply", "", y, 0, 0, 0, 0, hidden * y[3]))
        return self.linear(y, x[0] if out is None else out, bias, f"{name}.down", "feed-forward")

    def moe(
        self,
        x: Shape,
        experts: int,
        top_k: int,
        hidden: int,
        *,
        shared: int = 0,
        gated: bool = False,
        bias: bool = False,
        shared_gate: bool = False,
        router_bias: bool = False,
        activation: str = "silu",
        name: str = "moe",
    ) -> Shape:
        """Each position goes through `top_k` of `experts` MLPs, and through a shared one `shared` channels wide.

        Padding to an expert capacity and dropped tokens are not modelled: every position meets exactly top_k experts.
        """
        if not 1 <= top_k <= experts:
            self._refuse(name, wrong.EXPERTS_CHOSEN(top_k=top_k, experts=experts))
        if hidden < 1:
            self._refuse(name, wrong.EXPERTS_WITHOUT_WIDTH(hidden=hidden))
        cost = ACTIVATIONS.get(activation)
        if cost is None:
            self._refuse_activation(activation, name)
        width, size, grad, positions = x
        scope = self._scope
        trained = scope[3]
        router = self.linear(x, experts, bias=False, name=f"{name}.router", term="router")
        if router_bias:
            self.parameter(experts, f"{name}.router_bias")
        self._add((scope, f"{name}.softmax", "softmax", "", router, 0, 0, 0, 0, SOFTMAX * experts * positions))
        matrices = 3 if gated else 2
        expert = matrices * width * hidden + (((matrices - 1) * hidden + width) if bias else 0)
        forward = 2 * positions * top_k * matrices * width * hidden
        first = 0 if grad else 2 * positions * top_k * (matrices - 1) * width * hidden
        backward = (forward if trained else 0) + (forward - first if trained or grad else 0)
        work = positions * top_k * (cost * hidden + (hidden if gated else 0) + 2 * width)
        y = new_shape(Shape, (width, size, grad or trained, positions))
        total, active = experts * expert, top_k * expert
        self._add((scope, f"{name}.experts", "experts", "experts", y, total, active, forward, backward, work))
        if shared:
            z = self.mlp(x, shared, gated=gated, bias=bias, activation=activation, name=f"{name}.shared")
            if shared_gate:
                self.linear(x, 1, bias=False, name=f"{name}.shared_gate", term="router")
            y = self.add(y, z, name=f"{name}.add")
        return y
