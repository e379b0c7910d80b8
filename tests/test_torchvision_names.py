"""Names of torchvision whose figures are of several settings: each setting gives the figure to the last digit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from computeest import registry
from computeest.facts.network_lookup import count
from computeest.facts.network_names import meaning

PAGE = Path(__file__).parent.parent / "docs" / "layers.md"
ROW = re.compile(r"\| `(\w+)` \| .*? \| (?:\(as it is\)|`(.*?)`) \| ([\d,]+) \| ([\d.e]+) \|")


@pytest.mark.parametrize(("name", "setting", "parameters", "multiply_adds"), [
    # metadata of torchvision 0.28: num_params, and _ops, billions of multiply-adds to three digits
    ("inception_v3", {}, 27_161_264, 5.713),
    ("quantized_inception_v3", {}, 27_161_264, 5.713),
    ("keypointrcnn_resnet50_fpn", {}, 59_137_258, 137.42),  # COCO_V1
    ("keypointrcnn_resnet50_fpn", {"keypoint_proposals": 0}, 59_137_258, 133.924),  # COCO_LEGACY
    ("maskrcnn_resnet50_fpn", {}, 44_401_393, 134.38),
    ("fasterrcnn_mobilenet_v3_large_fpn", {}, 19_386_354, 4.494),
    ("deeplabv3_mobilenet_v3_large", {}, 11_029_328, 10.452),
    # IMAGENET1K_SWAG_E2E_V1
    ("regnet_y_16gf", {"image": 384}, 83_590_140, 46.735),
    ("regnet_y_32gf", {"image": 384}, 145_046_770, 94.826),
    ("regnet_y_128gf", {"image": 384}, 644_812_894, 374.57),
    ("vit_b_16", {"image": 384}, 86_859_496, 55.484),
    ("vit_l_16", {"image": 512}, 305_174_504, 361.986),
    ("vit_h_14", {"image": 518}, 633_470_440, 1016.717),
])
def test_the_metadata_of_weights(name: str, setting: dict[str, Any], parameters: int, multiply_adds: float) -> None:
    counted = count(registry.load(()), f"torchvision/{name}", setting)
    assert counted.parameters == parameters
    assert counted.forward_flop / 2e9 == pytest.approx(multiply_adds, abs=0.0006)


@pytest.mark.parametrize(("name", "setting", "parameters", "forward_flop"), [
    # built without weights on the meta device, traced by torch.utils.flop_counter 2.13 where that runs there
    ("inception_v3", {}, 27_161_264, 11_426_432_192),
    ("keypointrcnn_resnet50_fpn", {"affine": True}, 59_190_378, None),
    ("fasterrcnn_mobilenet_v3_large_fpn", {"affine": True}, 19_410_754, None),
    ("deeplabv3_mobilenet_v3_large", {"auxiliary": False}, 11_025_477, 20_872_701_376),
    ("regnet_y_16gf", {"image": 384}, 83_590_140, 93_469_794_304),
])
def test_what_is_built_without_weights(name: str, setting: dict[str, Any], parameters: int,
                                       forward_flop: int | None) -> None:
    counted = count(registry.load(()), f"torchvision/{name}", setting)
    assert (counted.parameters, counted.forward_flop) == (parameters, forward_flop or counted.forward_flop)


def test_the_page_lists_the_settings_as_they_count() -> None:
    rows = ROW.findall(PAGE.read_text("utf-8"))
    assert len(rows) == 15
    for name, setting, parameters, flop in rows:
        counted = count(registry.load(()), f"torchvision/{name}", yaml.safe_load(setting) if setting else {})
        assert (f"{int(counted.parameters):,}", float(f"{counted.forward_flop:.4e}")) == (parameters, float(flop)), name


def test_a_part_that_does_not_run_is_named_and_has_its_parameters() -> None:
    families = registry.load(()).families
    for family, shape, switch in (("inception", {"auxiliary": True}, "auxiliary_runs"),
                                  ("rcnn", {"masks": 100}, "masks_run")):
        running, standing = (families[family].count(**shape, **{switch: on}) for on in (True, False))
        assert running.parameters == standing.parameters
        assert running.forward_flop > standing.forward_flop
        assert len(standing.uncounted) == len(running.uncounted) + 1


def test_the_alias_says_that_it_is_of_a_test() -> None:
    assert meaning(registry.load(()), "torchvision/inception_v3") == \
        "inception_v3 of torchvision is inception-v3-auxiliary with auxiliary_runs=False"


@pytest.mark.parametrize("key", ["proposals", "masks", "keypoint_proposals"])
def test_there_are_no_fewer_proposals_than_none(key: str) -> None:
    with pytest.raises(ValueError, match=rf"{key}: -1 must be at least 0"):
        registry.load(()).families["rcnn"].count(**{key: -1})
