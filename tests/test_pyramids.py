"""Pyramids and mixers of patches, equal to what timm 1.0 builds and torch counts, to the FLOP."""

from __future__ import annotations

import pytest

from computeest import registry
from computeest.facts.network_lookup import count

#: timm's name, parameters and forward FLOP by torch's counter (the dev part of its 128 networks).
EXACT = [
    ("caformer_b36", 98_753_614, 46_320_952_320),
    ("convformer_s18", 26_774_448, 7_881_968_640),
    ("dla34", 15_742_104, 6_120_087_552),
    ("dla60", 22_036_632, 8_471_756_800),
    ("eva02_base_patch14_224", 85_758_720, 46_322_454_528),
    ("eva_giant_patch14_224", 1_012_555_112, 534_062_983_168),
    ("gmlp_s16_224", 19_422_656, 8_784_121_856),
    ("poolformerv2_s12", 11_891_712, 3_624_534_016),
    ("pvt_v2_b5", 81_956_008, 23_434_520_576),
    ("crossvit_base_240", 105_025_232, 42_382_946_304),
    ("darknet53", 41_609_928, 18_570_231_808),
    ("ese_vovnet39b", 24_568_936, 14_148_386_816),
    ("fasternet_s", 31_181_032, 9_099_481_088),
    ("ghostnet_100", 5_182_508, 282_301_024),
    ("hrnet_w48", 77_469_864, 34_555_992_064),
    ("nest_base", 67_723_368, 35_851_575_296),
    ("nf_resnet50", 25_557_032, 10_680_696_832),
    ("vit_small_r26_s32_224", 36_431_912, 6_927_702_016),
    ("xception41", 26_969_560, 18_408_268_624),
    ("repvgg_b3", 123_085_288, 58_241_392_640),
    ("resmlp_24_224", 30_020_680, 11_922_585_600),
]


@pytest.mark.parametrize(("name", "parameters", "flop"), EXACT, ids=[row[0] for row in EXACT])
def test_what_timm_builds_is_counted_exactly(name: str, parameters: int, flop: int) -> None:
    found = count(registry.load(()), name, {})
    assert (found.parameters, found.forward_flop) == (parameters, flop)


def test_a_deployed_repvgg_is_one_convolution_a_layer() -> None:
    found = count(registry.load(()), "repvgg-b3", {"deployed": True})
    assert found.parameters == pytest.approx(110.96e6, rel=1e-3)  # Ding et al. 2021, Table 3: 110.96 M, 26.2 G
    assert found.forward_flop / 2 == pytest.approx(26.2e9, rel=5e-3)
