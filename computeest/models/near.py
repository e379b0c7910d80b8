"""The models of the bundled table whose names are nearest to one that nobody knows."""

from __future__ import annotations

from functools import lru_cache

from computeest.text.suggest import did_you_mean


@lru_cache(maxsize=256)
def near(name: str) -> str:
    """The end of a message: the nearest names of the bundled table, or nothing."""
    from computeest.models import table  # YAML, and only for a name that nobody knows

    close = did_you_mean(name.rpartition("/")[2], dict.fromkeys(
        known for entry in table.entries().values() for known in entry.names))
    return f"; {close}" if close else ""
