"""Estimate the compute (FLOP) that training a machine-learning model took, from what its paper says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from computeest.version import __version__

if TYPE_CHECKING:
    from computeest.pipeline import annotate, estimate
    from computeest.problems import InputError

__all__ = ["InputError", "__version__", "annotate", "estimate"]

#: Where each public name lives; loaded at first use, so that `import computeest` costs nothing.
_HOMES = {"annotate": "computeest.pipeline", "estimate": "computeest.pipeline",
          "InputError": "computeest.problems"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        found = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return found
    raise AttributeError(f"module 'computeest' has no attribute '{name}'")


def __dir__() -> list[str]:  # what is loaded at first use, too: notebooks complete these names
    return sorted({*globals(), *__all__})
