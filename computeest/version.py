"""Which versions of computeest, of its data and of its plugins made a record."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from computeest.registry import Registry

__version__ = "0.1.0"


@lru_cache(maxsize=1)
def hardware_db() -> str:
    """The hardware database's content as twelve hexadecimal digits."""
    import hashlib

    from computeest.text.package_data import files

    digest = hashlib.sha256()
    for entry in sorted(files("computeest_hardware").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()[:12]


def versions(registry: Registry) -> dict[str, Any]:
    """What a record's `versions` says."""
    return {"computeest": __version__, "hardware_db": hardware_db(),
            "plugins": {name: v for name, v in sorted(registry.versions.items()) if name != "computeest"}}
