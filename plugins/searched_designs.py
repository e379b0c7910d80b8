"""What architecture search found, block by block, in the notation of its authors' releases.

A block is its kind (ds: each channel, then across; ir: inverted residual; er: with the first two convolutions in one;
cn: a convolution; uir: MobileNetV4's; mqa: its attention) and, after it, r repeats, k kernel, s stride, e expansion,
c channels, se share of squeeze-and-excitation, `3.5` several kernels at once, a kernel before expanding, fc channels
the expansion is of, h heads, d channels of a head, v stride of keys and values.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Design(NamedTuple):
    """The stages of one network, what stands around them, and who found them."""

    stages: tuple[str, ...]
    stem: int = 32
    #: Channels before the classifier.
    features: int = 1280
    #: Where the pooling stands: before or after those channels are made.
    pooled_first: bool = False
    #: Whether they are normalized rather than given a bias, where pooling stands before.
    normed: bool = False
    activation: str = "relu"
    #: How channels of squeeze-and-excitation are rounded: to whole ones or to multiples of 8.
    squeeze_by: int = 1
    #: Whether the stem's channels are multiplied too, and how repeats are rounded: up, or to the nearest.
    stem_scales: bool = True
    depth_up: bool = True
    #: Whether blocks are scaled channel by channel.
    layer_scale: bool = False


_HARD: dict[str, Any] = {"pooled_first": True, "activation": "hard_swish", "squeeze_by": 8}

DESIGNS: dict[str, Design] = {
    # Tan et al. 2019, arXiv:1807.11626; without squeeze-and-excitation, and small
    "mnasnet-a1": Design((
        "ds_r1_k3_s1_c16", "ir_r2_k3_s2_e6_c24", "ir_r3_k5_s2_e3_c40_se0.25", "ir_r4_k3_s2_e6_c80",
        "ir_r2_k3_s1_e6_c112_se0.25", "ir_r3_k5_s2_e6_c160_se0.25", "ir_r1_k3_s1_e6_c320",
    )),
    "mnasnet-b1": Design((
        "ds_r1_k3_s1_c16", "ir_r3_k3_s2_e3_c24", "ir_r3_k5_s2_e3_c40", "ir_r3_k5_s2_e6_c80", "ir_r2_k3_s1_e6_c96",
        "ir_r4_k5_s2_e6_c192", "ir_r1_k3_s1_e6_c320",
    )),
    "mnasnet-small": Design((
        "ds_r1_k3_s1_c8", "ir_r1_k3_s2_e3_c16", "ir_r2_k3_s2_e6_c16", "ir_r4_k5_s2_e6_c32_se0.25",
        "ir_r3_k3_s1_e6_c32_se0.25", "ir_r3_k5_s2_e6_c88_se0.25", "ir_r1_k3_s1_e6_c144",
    ), stem=8),
    # Wu et al. 2019, arXiv:1812.03443
    "fbnet-c": Design((
        "ir_r1_k3_s1_e1_c16", "ir_r1_k3_s2_e6_c24 ir_r2_k3_s1_e1_c24",
        "ir_r1_k5_s2_e6_c32 ir_r1_k5_s1_e3_c32 ir_r1_k5_s1_e6_c32 ir_r1_k3_s1_e6_c32",
        "ir_r1_k5_s2_e6_c64 ir_r1_k5_s1_e3_c64 ir_r2_k5_s1_e6_c64", "ir_r3_k5_s1_e6_c112 ir_r1_k5_s1_e3_c112",
        "ir_r4_k5_s2_e6_c184", "ir_r1_k3_s1_e6_c352",
    ), stem=16, features=1984),
    # Stamoulis et al. 2019, arXiv:1904.02877
    "spnasnet": Design((
        "ds_r1_k3_s1_c16", "ir_r3_k3_s2_e3_c24", "ir_r1_k5_s2_e6_c40 ir_r3_k3_s1_e3_c40",
        "ir_r1_k5_s2_e6_c80 ir_r3_k3_s1_e3_c80", "ir_r1_k5_s1_e6_c96 ir_r3_k5_s1_e3_c96", "ir_r4_k5_s2_e6_c192",
        "ir_r1_k3_s1_e6_c320",
    )),
    # Gupta and Akin 2020, arXiv:2003.02838
    "efficientnet-edgetpu": Design((
        "er_r1_k3_s1_e4_c24_fc24", "er_r2_k3_s2_e8_c32", "er_r4_k3_s2_e8_c48", "ir_r5_k5_s2_e8_c96",
        "ir_r4_k5_s1_e8_c144", "ir_r2_k5_s2_e8_c192",
    )),
    # Tan and Le 2019, arXiv:1907.09595
    "mixnet-s": Design((
        "ds_r1_k3_s1_c16", "ir_r1_k3_a1.1_p1.1_s2_e6_c24 ir_r1_k3_a1.1_p1.1_s1_e3_c24",
        "ir_r1_k3.5.7_s2_e6_c40_se0.5 ir_r3_k3.5_a1.1_p1.1_s1_e6_c40_se0.5",
        "ir_r1_k3.5.7_p1.1_s2_e6_c80_se0.25 ir_r2_k3.5_p1.1_s1_e6_c80_se0.25",
        "ir_r1_k3.5.7_a1.1_p1.1_s1_e6_c120_se0.5 ir_r2_k3.5.7.9_a1.1_p1.1_s1_e3_c120_se0.5",
        "ir_r1_k3.5.7.9.11_s2_e6_c200_se0.5 ir_r2_k3.5.7.9_p1.1_s1_e6_c200_se0.5",
    ), stem=16, features=1536),
    "mixnet-m": Design((
        "ds_r1_k3_s1_c24", "ir_r1_k3.5.7_a1.1_p1.1_s2_e6_c32 ir_r1_k3_a1.1_p1.1_s1_e3_c32",
        "ir_r1_k3.5.7.9_s2_e6_c40_se0.5 ir_r3_k3.5_a1.1_p1.1_s1_e6_c40_se0.5",
        "ir_r1_k3.5.7_s2_e6_c80_se0.25 ir_r3_k3.5.7.9_a1.1_p1.1_s1_e6_c80_se0.25",
        "ir_r1_k3_s1_e6_c120_se0.5 ir_r3_k3.5.7.9_a1.1_p1.1_s1_e3_c120_se0.5",
        "ir_r1_k3.5.7.9_s2_e6_c200_se0.5 ir_r3_k3.5.7.9_p1.1_s1_e6_c200_se0.5",
    ), stem=24, features=1536, depth_up=False),
    # Han et al. 2020, arXiv:2010.14819
    "tinynet": Design((
        "ds_r1_k3_s1_c16_se0.25", "ir_r2_k3_s2_e6_c24_se0.25", "ir_r2_k5_s2_e6_c40_se0.25", "ir_r3_k3_s2_e6_c80_se0.25",
        "ir_r3_k5_s1_e6_c112_se0.25", "ir_r4_k5_s2_e6_c192_se0.25", "ir_r1_k3_s1_e6_c320_se0.25",
    ), activation="swish", stem_scales=False, depth_up=False),
    # Nayman et al. 2021, arXiv:2102.11646
    "hardcore-nas-a": Design((
        "ds_r1_k3_s1_c16", "ir_r1_k5_s2_e3_c24 ir_r1_k5_s1_e3_c24_se0.25",
        "ir_r1_k5_s2_e3_c40 ir_r1_k5_s1_e6_c40_se0.25",
        "ir_r2_k5_s2_e6_c80_se0.25", "ir_r2_k5_s1_e6_c112_se0.25", "ir_r2_k5_s2_e6_c192_se0.25", "cn_r1_k1_s1_c960",
    ), **_HARD),
    "hardcore-nas-f": Design((
        "ds_r1_k3_s1_c16", "ir_r2_k5_s2_e3_c24_se0.25", "ir_r2_k5_s2_e6_c40_se0.25",
        "ir_r2_k5_s2_e6_c80_se0.25 ir_r2_k3_s1_e3_c80_se0.25",
        "ir_r1_k3_s1_e6_c112_se0.25 ir_r2_k5_s1_e6_c112_se0.25 ir_r1_k3_s1_e3_c112_se0.25",
        "ir_r2_k5_s2_e6_c192_se0.25 ir_r2_k3_s1_e6_c192_se0.25", "cn_r1_k1_s1_c960",
    ), **_HARD),
    # Qin et al. 2024, arXiv:2404.10518, appendix D
    "mobilenet-v4-conv-small": Design((
        "cn_r1_k3_s2_c32 cn_r1_k1_s1_c32", "cn_r1_k3_s2_c96 cn_r1_k1_s1_c64",
        "uir_r1_a5_k5_s2_e3_c96 uir_r4_a0_k3_s1_e2_c96 uir_r1_a3_k0_s1_e4_c96",
        "uir_r1_a3_k3_s2_e6_c128 uir_r1_a5_k5_s1_e4_c128 uir_r1_a0_k5_s1_e4_c128 uir_r1_a0_k5_s1_e3_c128"
        " uir_r2_a0_k3_s1_e4_c128", "cn_r1_k1_s1_c960",
    ), pooled_first=True, normed=True),
    "mobilenet-v4-conv-medium": Design((
        "er_r1_k3_s2_e4_c48", "uir_r1_a3_k5_s2_e4_c80 uir_r1_a3_k3_s1_e2_c80",
        "uir_r1_a3_k5_s2_e6_c160 uir_r2_a3_k3_s1_e4_c160 uir_r1_a3_k5_s1_e4_c160 uir_r1_a3_k3_s1_e4_c160"
        " uir_r1_a3_k0_s1_e4_c160 uir_r1_a0_k0_s1_e2_c160 uir_r1_a3_k0_s1_e4_c160",
        "uir_r1_a5_k5_s2_e6_c256 uir_r1_a5_k5_s1_e4_c256 uir_r2_a3_k5_s1_e4_c256 uir_r1_a0_k0_s1_e4_c256"
        " uir_r1_a3_k0_s1_e4_c256 uir_r1_a3_k5_s1_e2_c256 uir_r1_a5_k5_s1_e4_c256 uir_r2_a0_k0_s1_e4_c256"
        " uir_r1_a5_k0_s1_e2_c256", "cn_r1_k1_s1_c960",
    ), pooled_first=True, normed=True),
    "mobilenet-v4-conv-large": Design((
        "er_r1_k3_s2_e4_c48", "uir_r1_a3_k5_s2_e4_c96 uir_r1_a3_k3_s1_e4_c96",
        "uir_r1_a3_k5_s2_e4_c192 uir_r3_a3_k3_s1_e4_c192 uir_r1_a3_k5_s1_e4_c192 uir_r5_a5_k3_s1_e4_c192"
        " uir_r1_a3_k0_s1_e4_c192",
        "uir_r4_a5_k5_s2_e4_c512 uir_r1_a5_k0_s1_e4_c512 uir_r1_a5_k3_s1_e4_c512 uir_r2_a5_k0_s1_e4_c512"
        " uir_r1_a5_k3_s1_e4_c512 uir_r1_a5_k5_s1_e4_c512 uir_r3_a5_k0_s1_e4_c512", "cn_r1_k1_s1_c960",
    ), stem=24, pooled_first=True, normed=True),
    "mobilenet-v4-hybrid-medium": Design((
        "er_r1_k3_s2_e4_c48", "uir_r1_a3_k5_s2_e4_c80 uir_r1_a3_k3_s1_e2_c80",
        "uir_r1_a3_k5_s2_e6_c160 uir_r1_a0_k0_s1_e2_c160 uir_r1_a3_k3_s1_e4_c160 uir_r1_a3_k5_s1_e4_c160"
        " mqa_r1_k3_h4_v2_d64_c160 uir_r1_a3_k3_s1_e4_c160 mqa_r1_k3_h4_v2_d64_c160 uir_r1_a3_k0_s1_e4_c160"
        " mqa_r1_k3_h4_v2_d64_c160 uir_r1_a3_k3_s1_e4_c160 mqa_r1_k3_h4_v2_d64_c160 uir_r1_a3_k0_s1_e4_c160",
        "uir_r1_a5_k5_s2_e6_c256 uir_r1_a5_k5_s1_e4_c256 uir_r2_a3_k5_s1_e4_c256 uir_r1_a0_k0_s1_e2_c256"
        " uir_r1_a3_k5_s1_e2_c256 uir_r1_a0_k0_s1_e2_c256 uir_r1_a0_k0_s1_e4_c256 mqa_r1_k3_h4_d64_c256"
        " uir_r1_a3_k0_s1_e4_c256 mqa_r1_k3_h4_d64_c256 uir_r1_a5_k5_s1_e4_c256 mqa_r1_k3_h4_d64_c256"
        " uir_r1_a5_k0_s1_e4_c256 mqa_r1_k3_h4_d64_c256 uir_r1_a5_k0_s1_e4_c256", "cn_r1_k1_s1_c960",
    ), pooled_first=True, normed=True, layer_scale=True),
    "mobilenet-v4-hybrid-large": Design((
        "er_r1_k3_s2_e4_c48", "uir_r1_a3_k5_s2_e4_c96 uir_r1_a3_k3_s1_e4_c96",
        "uir_r1_a3_k5_s2_e4_c192 uir_r3_a3_k3_s1_e4_c192 uir_r1_a3_k5_s1_e4_c192 uir_r2_a5_k3_s1_e4_c192"
        " mqa_r1_k3_h8_v2_d48_c192 uir_r1_a5_k3_s1_e4_c192 mqa_r1_k3_h8_v2_d48_c192 uir_r1_a5_k3_s1_e4_c192"
        " mqa_r1_k3_h8_v2_d48_c192 uir_r1_a5_k3_s1_e4_c192 mqa_r1_k3_h8_v2_d48_c192 uir_r1_a3_k0_s1_e4_c192",
        "uir_r4_a5_k5_s2_e4_c512 uir_r1_a5_k0_s1_e4_c512 uir_r1_a5_k3_s1_e4_c512 uir_r2_a5_k0_s1_e4_c512"
        " uir_r1_a5_k3_s1_e4_c512 uir_r1_a5_k5_s1_e4_c512 mqa_r1_k3_h8_d64_c512 uir_r1_a5_k0_s1_e4_c512"
        " mqa_r1_k3_h8_d64_c512 uir_r1_a5_k0_s1_e4_c512 mqa_r1_k3_h8_d64_c512 uir_r1_a5_k0_s1_e4_c512"
        " mqa_r1_k3_h8_d64_c512 uir_r1_a5_k0_s1_e4_c512", "cn_r1_k1_s1_c960",
    ), stem=24, pooled_first=True, normed=True, activation="gelu", layer_scale=True),
}  # fmt: skip
