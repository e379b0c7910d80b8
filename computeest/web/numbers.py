"""Numbers as people read them: 3.1 × 10^23, with every figure and its petaFLOP/s-days where one asks."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from computeest.estimation.results import PETAFLOP_S_DAY
from computeest.text.files import visible

#: Outside of these a number is written with a power of ten.
_LEAST, _MOST = 1e-3, 1e6


def plain(value: float | None, digits: int = 3) -> str:
    """A number as text: '3.14 × 10^23', '0.3', '1,024'; nothing where there is none."""
    if value is None or not math.isfinite(value):
        return ""
    if value == 0 or _LEAST <= abs(value) < _MOST:
        rounded = float(f"{value:.{digits}g}")
        return f"{rounded:,.0f}" if rounded.is_integer() else f"{rounded:g}"
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa} × 10^{int(power)}"


def finite(value: Any) -> Any:
    """Plain data with nothing in the place of numbers that JSON cannot hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: finite(inner) for key, inner in value.items()}
    return [finite(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def shown(value: float | None, digits: int = 3) -> Markup:
    """The same with its power raised; who copies it has the '^'."""
    text = plain(value, digits)
    mantissa, raised_, power = text.partition(" × 10^")
    if not raised_:
        return escape(text)
    return Markup('<span class="num">{}&nbsp;×&nbsp;10<span class="caret">^</span><sup>{}</sup></span>').format(
        mantissa, power)


def flop(value: float | None, digits: int = 2) -> Markup:
    """Training compute with two figures, and on hover with four, and in petaFLOP/s-days."""
    if value is None:
        return Markup("")
    return Markup('<span class="flop" title="{:.4g} FLOP = {} PF-days">{}</span>').format(
        value, days(value), shown(value, digits))


def days(value: float) -> str:
    """Training compute in petaFLOP/s-days."""
    return plain(value / PETAFLOP_S_DAY)


def times(factor: float | None) -> str:
    """A factor: '1.35x', '12x'."""
    return "" if factor is None else f"{plain(factor, 2 if factor >= 10 else 3)}×"


def percent(share: float | None) -> str:
    """A share of a whole."""
    return "" if share is None else f"{share:.0%}" if share >= 0.01 or share == 0 else "<1%"


_POWER = re.compile(r"(?<![\w.])(-?\d+(?:\.\d+)?)e([+-]?\d+)\b")


def raised(text: object) -> Markup:
    """A text with its powers of ten as people write them: '3.1e+23 FLOP' as 3.1 × 10^23 FLOP."""
    def written(found: re.Match[str]) -> str:
        return (f'<span class="num">{found[1]}&nbsp;×&nbsp;10<span class="caret">^</span>'
                f"<sup>{int(found[2])}</sup></span>")

    clean = str(escape(visible(str(text))))
    return Markup(_POWER.sub(written, clean))  # noqa: S704 - of escaped text, numbers alone are replaced
