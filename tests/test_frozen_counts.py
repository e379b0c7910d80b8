"""Counts are those that were written last: what changes one is meant, and shows in the diff of golden/counts.csv."""

from __future__ import annotations

from typing import cast

import frozen_counts
import pytest

from computeest.contract import Network

KEPT = frozen_counts.kept()
AGAIN = "if that is meant: python tests/frozen_counts.py, and a line in the CHANGELOG"


@pytest.mark.parametrize("family", sorted({row[0] for row in KEPT} - {frozen_counts.HUGGING_FACE}))
def test_members_count_what_they_did(family: str) -> None:
    """New members, and families, are held from the next writing on."""
    now = frozen_counts.of_family(frozen_counts.families()[family])
    kept = [row for row in KEPT if row[0] == family]
    assert [row for row in now if row[1] in {name for _, name, *_ in kept}] == kept, AGAIN


@pytest.mark.parametrize("kept", [row for row in KEPT if row[0] == frozen_counts.HUGGING_FACE], ids=lambda row: row[1])
def test_a_configuration_of_defaults_counts_what_it_did(kept: tuple[str, ...]) -> None:
    assert frozen_counts.of_type(kept[1]) == kept, AGAIN


#: Published to the last digit and not met to it, by as much: what the authors' code counts besides, or leaves out.
APART = {"deberta-base": 642_393, "detr-r50": 106_240, "mae-vit-b": 252_160, "resnet-18-v2": 128, "resnet-200-v2": 128,
         "resnet-34-v2": 128, "unet-3d": 5_568, "videomae-b": 1_536}


def printed(published: object) -> int:
    """A count that is published to the last digit; 0 for any other."""
    return published if isinstance(published, int) and published % 1_000 else 0


EXACT = {name: (family, printed(stated.parameters)) for family in frozen_counts.families().values()
         for name, stated in family.published.items() if printed(stated.parameters)}


@pytest.mark.parametrize("name", sorted(EXACT))
def test_a_count_published_to_the_last_digit_is_met_to_it(name: str) -> None:
    family, published = EXACT[name]
    network = cast(Network, family.count(**family.variants[name]))
    assert abs(network.parameters - published) == APART.get(name, 0)
