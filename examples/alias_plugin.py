"""A library's own name for a member of a family that is there, as docs/plugins.md shows it."""

from computeest.contract import Alias, hookimpl


@hookimpl
def computeest_aliases() -> list[Alias]:
    return [Alias("our_r50_320", "resnet-50", "ours", {"image": 320})]
