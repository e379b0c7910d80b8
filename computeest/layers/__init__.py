"""Layer algebra: shapes in; shapes, FLOP and parameters out."""

from __future__ import annotations

from computeest.layers.network import Network
from computeest.layers.record import TERMS, Layer
from computeest.layers.shape import Shape

__all__ = ["TERMS", "Layer", "Network", "Shape"]
