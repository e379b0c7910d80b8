"""What timm calls networks, and where what it builds differs from the member of that name.

Names that differ from a member's by punctuation alone need no line here. Where timm builds an image of its own under a
paper's name (`efficientnet_b2` at 256 pixels), `timm/efficientnet_b2` is what it builds.
"""

from __future__ import annotations

from typing import Any

from computeest.contract import Alias, hookimpl

Names = dict[str, tuple[str, dict[str, Any]]]

_GF = {"002": "200mf", "004": "400mf", "006": "600mf", "008": "800mf", "016": "1.6gf", "032": "3.2gf", "040": "4gf",
       "064": "6.4gf", "080": "8gf", "120": "12gf", "160": "16gf", "320": "32gf"}  # fmt: skip
_SIZE = {"tiny": "ti", "small": "s", "base": "b", "large": "l", "huge": "h", "giant": "giant", "gigantic": "gigantic"}
_BARE: dict[str, Any] = {"classes": 0}


def _resnets() -> Names:
    found: Names = {
        "resnet26": ("resnet", {"depth": 26, "blocks": (2, 2, 2, 2)}),
        # norms of another kind, with as many weights
        "resnet50_gn": ("resnet-50", {}),
        **{f"resnet{depth}d": (f"resnet-{depth}-d", {}) for depth in (18, 34, 26, 50)},
        **{f"resnet{depth}d": (f"resnet-{depth}-d", {"image": 256}) for depth in (101, 152, 200)},
        **{f"resnet{depth}t": (f"resnet-{depth}-d", {"stem": "tiered", **more}) for depth, more in
           ((26, {"image": 256}), (50, {}))},
        **{f"ecaresnet{depth}d": (f"eca-resnet-{depth}-d", {}) for depth in (50, 101)},
        "ecaresnet50t": ("eca-resnet-50-d", {"stem": "tiered", "image": 256}),
        "ecaresnet26t": ("resnet-26-d", {"stem": "tiered", "attention": "eca", "image": 256}),
        **{f"seresnet{depth}": (f"resnet-{depth}-d", {"attention": "se", "stem": "plain", "pooled_shortcut": False})
           for depth in (18, 34, 50, 101, 152)},
        "seresnet50t": ("resnet-50-d", {"stem": "tiered", "attention": "se"}),
        "seresnet152d": ("resnet-152-d", {"attention": "se", "image": 256}),
        "seresnet200d": ("resnet-200-d", {"attention": "se", "image": 256}),
        "resnext50d_32x4d": ("resnet-50-d", {"groups": 32, "group_width": 4}),
        "seresnext26d_32x4d": ("resnet-26-d", {"groups": 32, "group_width": 4, "attention": "se"}),
        "seresnext101d_32x8d": ("resnet-101-d", {"groups": 32, "group_width": 8, "attention": "se"}),
        "seresnext101_32x8d": ("se-resnext-101-32x4d", {"group_width": 8}),
        "skresnet50": ("sknet-50", {"groups": 1, "group_width": 64}),
        "skresnet50d": ("sknet-50", {"groups": 1, "group_width": 64, "stem": "deep", "pooled_shortcut": True}),
        "skresnext50_32x4d": ("sknet-50", {}),
        "resnest26d": ("resnet-26-d", {"block": "split"}),
        "resnest50d": ("resnest-50", {}),
        **{f"resnest{depth}e": (f"resnest-{depth}", {}) for depth in (101, 200, 269)},
        "res2net50d": ("res2net-50-26w-4s", {"stem": "deep", "pooled_shortcut": True}),
        "res2net101d": ("res2net-101-26w-4s", {"stem": "deep", "pooled_shortcut": True}),
        "res2next50": ("res2net-50-26w-4s", {"groups": 8, "group_width": 4}),
        **{f"res2net{name}": (f"res2net-{name.replace('_', '-')}", {}) for name in
           ("50_26w_4s", "50_26w_6s", "50_26w_8s", "50_48w_2s", "50_14w_8s", "101_26w_4s")},
        **{f"resnetv2_{depth}": (f"resnet-{depth}-v2", {}) for depth in (18, 34, 50, 101, 152)},
        **{f"resnetv2_{name}_bit": (f"bit-r{name}", {"image": 448}) for name in ("50x3", "101x1", "101x3")},
        **{f"resnetv2_{name}_bit": (f"bit-r{name}", {"image": 224}) for name in ("50x1", "152x2")},
        "resnetv2_152x4_bit": ("bit-r152x4", {"image": 480}),
        "legacy_senet154": ("senet-154", {}),
        **{f"legacy_seresnet{depth}": (f"se-resnet-{depth}", {}) for depth in (50, 101, 152)},
    }  # fmt: skip
    for kind, sizes in (("x", _GF), ("y", {**_GF, "640": "64gf", "1280": "128gf"})):
        images = {"640": 384, "1280": 384}
        found |= {f"regnet{kind}_{code}": (f"regnet{kind}-{size}", {"image": images[code]} if code in images else {})
                  for code, size in sizes.items()}  # fmt: skip
    found["regnetx_004_tv"] = ("regnetx-400mf", {"rounding": "up"})
    found["regnety_008_tv"] = ("regnety-800mf", {"rounding": "up"})
    found["regnety_080_tv"] = ("regnety-8gf", {"rounding": "up"})
    return found


def _mobile() -> Names:
    widths = {"035": 0.35, "050": 0.5, "075": 0.75, "100": 1.0, "140": 1.4}
    return {
        "mobilenetv1_100": ("mobilenet-v1-1.0", {}),
        "mobilenetv1_125": ("mobilenet-v1-1.0", {"width": 1.25}),
        **{f"mobilenetv2_{code}": (f"mobilenet-v2-{width}", {}) for code, width in widths.items()},
        **{f"{tf}mobilenetv3_{size}_{code}": (f"mobilenet-v3-{size}-{widths[code]}", {})
           for tf in ("", "tf_") for size in ("large", "small") for code in ("075", "100")},
        **{f"mobilenetv4_{name}": (f"mobilenet-v4-{name.replace('_', '-')}", {}) for name in
           ("conv_small", "conv_medium", "conv_large", "hybrid_medium", "hybrid_large")},
        **{f"mnasnet_{code}": ("mnasnet-b1-1.0", {"width": widths[code]}) for code in ("050", "075", "100", "140")},
        **{f"semnasnet_{code}": ("mnasnet-a1", {"width": widths[code]}) for code in ("050", "075", "100", "140")},
        "spnasnet_100": ("spnasnet", {}),
        "fbnetc_100": ("fbnet-c", {}),
        **{f"{tf}efficientnet_e{size}": (f"efficientnet-edgetpu-{size}", {}) for tf in ("", "tf_") for size in "sml"},
        **{f"tf_mixnet_{size}": (f"mixnet-{size}", {}) for size in "sml"},
        **{f"hardcorenas_{name}": (f"hardcore-nas-{name}", {}) for name in "af"},
        **{f"{tf}efficientnet_lite{number}": (f"efficientnet-lite{number}", {"image": image})
           for tf in ("", "tf_") for number, image in enumerate((224, 240, 260, 300, 380))},
        **{f"tf_efficientnet_b{number}": (f"efficientnet-b{number}", {}) for number in range(9)},
        **{f"tf_efficientnetv2_b{number}": (f"efficientnet-v2-b{number}", {"image": image})
           for number, image in enumerate((192, 192, 208, 240))},
        **{f"tf_efficientnetv2_{size}": (f"efficientnet-v2-{size}", {"image": image})
           for size, image in {"s": 300, "m": 384, "l": 384, "xl": 384}.items()},
        **{f"efficientnetv2_{size}": (f"efficientnet-v2-{size}", {"image": image})
           for size, image in {"s": 288, "m": 320, "l": 384, "xl": 384}.items()},
        **{f"efficientnet_b{number}": (f"efficientnet-b{number}", {"image": image})
           for number, image in {2: 256, 3: 288, 4: 320, 5: 448, 6: 528, 7: 600}.items()},
    }  # fmt: skip


def _transformers() -> Names:
    found: Names = {}
    patched = {"tiny": (16,), "small": (8, 16, 32), "base": (8, 16, 32), "large": (14, 16, 32), "huge": (14,),
               "giant": (14,), "gigantic": (14,)}  # fmt: skip
    for size, patches in patched.items():
        for patch in patches:
            for image in (224, 384) if patch in (16, 32) else (224,):
                found[f"vit_{size}_patch{patch}_{image}"] = (f"vit-{_SIZE[size]}/{patch}", {"image": image})
    found |= {
        **{f"vit_base_patch{patch}_clip_{image}": (f"vit-b/{patch}", {"image": image, "first_norm": True})
           for patch, images in {16: (224, 384), 32: (224, 256, 384, 448)}.items() for image in images},
        **{f"vit_{size}_patch14_clip_{image}": (f"vit-{size[0]}/14", {"image": image, "first_norm": True})
           for size in ("large", "huge") for image in (224, 336)},
        # trained on 21,843 classes and given without them
        "vit_huge_patch14_224": ("vit-h/14", {**_BARE}),
        "vit_large_patch32_224": ("vit-l/32", {**_BARE}),
        "vit_small_patch8_224": ("vit-s/8", {**_BARE}),
        # whose classes are the vectors that are held against those of texts
        "vit_base_patch32_clip_256": ("vit-b/32", {"image": 256, "first_norm": True, "classes": 512}),
        "vit_giant_patch14_clip_224": ("vit-giant/14", {"first_norm": True, "classes": 1024}),
        "vit_gigantic_patch14_clip_224": ("vit-gigantic/14", {"first_norm": True, "classes": 1280}),
    }  # fmt: skip
    siglip = {"pool": "map", "classes": 0}
    found |= {
        **{f"vit_{size}_patch16_siglip_{image}": (f"vit-{_SIZE[size]}/16", {"image": image, **siglip})
           for size in ("base", "large") for image in (224, 256, 384, 512)},
        "vit_so400m_patch14_siglip_224": ("vit-so400m/14", {**siglip}),
        "vit_so400m_patch14_siglip_378": ("vit-so400m/14", {"image": 378, **siglip}),
        # of 384 pixels the last six have no patch
        "vit_so400m_patch14_siglip_384": ("vit-so400m/14", {"image": 378, **siglip}),
    }  # fmt: skip
    for registers, name in ((0, "dinov2"), (4, "reg4_dinov2")):
        scaled = {"image": 518, "layer_scale": True, "registers": registers, **_BARE}
        for size in ("small", "base", "large"):
            member = {"small": "vit-s/16", "base": "vit-b/16", "large": "vit-l/14"}[size]
            found[f"vit_{size}_patch14_{name}"] = (member, {"patch": 14, **scaled})
        giant = {"width": 1536, "heads": 24, "feed_forward": 4096, "gated": True, **scaled}
        found[f"vit_giant_patch14_{name}"] = ("vit-giant/14", giant)
    third = {"patch": 16, "image": 256, "layer_scale": True, "registers": 4, "positions": "rotary", "qkv_bias": False}
    for size, member in {"small": "vit-s/16", "base": "vit-b/16", "large": "vit-l/16"}.items():
        found[f"vit_{size}_patch16_dinov3"] = (member, {**third, **_BARE})
    found["vit_7b_patch16_dinov3"] = ("vit-h/14", {"width": 4096, "layers": 40, "heads": 32, "feed_forward": 8192,
                                                   "gated": True, **third, **_BARE})  # fmt: skip
    found |= {
        **{f"deit_{size}_patch16_{image}": (f"deit-{_SIZE[size]}", {"image": image})
           for size in ("tiny", "small", "base") for image in (224, 384)},
        **{f"deit_{size}_distilled_patch16_224": (f"deit-{_SIZE[size]}-distilled", {})
           for size in ("tiny", "small", "base")},
        "deit_base_distilled_patch16_384": ("deit-b-distilled", {"image": 384}),
        **{f"deit3_{size}_patch16_{image}": (f"deit-3-{size[0]}", {"image": image})
           for size in ("small", "medium", "base", "large") for image in (224, 384)},
        "deit3_huge_patch14_224": ("deit-3-h", {}),
        **{f"swin_{size}_patch4_window7_224": (f"swin-{size[0]}", {}) for size in ("tiny", "small", "base", "large")},
        **{f"swin_{size}_patch4_window12_384": (f"swin-{size[0]}-384", {}) for size in ("base", "large")},
        **{f"swinv2_{size}_window{window}_256": (f"swin-v2-{size[0]}", {"window": window})
           for size in ("tiny", "small", "base") for window in (8, 16)},
        **{f"coatnet_{number}_224": (f"coatnet-{number}", {"strided": "depthwise"}) for number in range(6)},
        **{f"mixer_{size}{patch}_224": (f"mixer-{size}/{patch}", {}) for size in "sbl" for patch in (16, 32)},
        **{f"samvit_{size}_patch16": (f"sam-vit-{size[0]}", {"decoder": False}) for size in ("base", "large", "huge")},
        "convnextv2_huge": ("convnext-v2-huge", {"image": 384}),
        "legacy_xception": ("xception", {}),
        "nasnetalarge": ("nasnet-a-large", {}),
        "pnasnet5large": ("pnasnet-5-large", {}),
    }  # fmt: skip
    return found


_EVA02: dict[str, tuple[str, dict[str, Any], int]] = {
    "tiny": ("eva-02-s/14", {"width": 192, "heads": 3, "feed_forward": 512}, 336),
    "small": ("eva-02-s/14", {}, 336),
    "base": ("eva-02-l/14", {"width": 768, "layers": 12, "heads": 12, "feed_forward": 2048}, 448),
    "large": ("eva-02-l/14", {}, 448),
}


def _more() -> Names:
    """Names that hide what they differ by: quick GELU is one more function of each element, JX another's code."""
    projected = {"base": ("b", 512), "large": ("l", 768), "huge": ("h", 1024), "gigantic": ("gigantic", 1280)}
    clips = ((("base", 16), 224), (("base", 32), 224), (("large", 14), 224), (("large", 14), 336), (("huge", 14), 224),
             (("huge", 14), 378), (("gigantic", 14), 224))  # fmt: skip
    quick: Names = {f"vit_{size}_patch{patch}_clip_quickgelu_{image}": (
        f"vit-{projected[size][0]}/{patch}", {"image": image, "first_norm": True, "classes": projected[size][1]})
        for (size, patch), image in clips}  # fmt: skip
    grown: dict[str, Any] = {"depth": 269, "blocks": (3, 30, 48, 8)}
    grouped: dict[str, Any] = {"groups": 32, "group_width": 4, "stem": "tiered"}
    return {
        **quick,
        **{f"vit_{size}_patch14_clip_378": (f"vit-{short}/14", {"image": 378, "first_norm": True, "classes": classes})
           for size, (short, classes) in projected.items() if size in ("huge", "gigantic")},
        "vit_base_patch32_siglip_256": ("vit-b/32", {"image": 256, "pool": "map", "classes": 0}),
        **{f"vit_base_patch16_siglip_gap_{image}": ("vit-b/16", {"image": image, "class_token": False, "classes": 0})
           for image in (224, 256, 384, 512)},
        "vit_base_patch16_reg4_gap_256": ("vit-b/16", {"image": 256, "registers": 4, "class_token": False}),
        # biases of places looked up by products in timm: up to 1 % of the FLOP at 512 pixels, left out here
        **{f"maxvit_{size}_tf_{image}": (f"maxvit-{size}", {"image": image})
           for size in ("tiny", "small", "base", "large", "xlarge") for image in (224, 384, 512)},
        "maxvit_xlarge_tf_224": ("maxvit-xlarge", {"classes": 21843}),
        **{f"swinv2_{size}_window12_192": (f"swin-v2-{size[0]}", {"window": 12, "image": 192, "classes": 21841})
           for size in ("base", "large")},
        **{f"swinv2_{size}_window12to{window}_192to{image}": (f"swin-v2-{size[0]}", {"window": window, "image": image})
           for size in ("base", "large") for window, image in ((16, 256), (24, 384))},
        **{f"nest_{size}_jx": (f"nest-{size[0]}", {}) for size in ("tiny", "small", "base")},
        **{f"legacy_seresnet{depth}": (f"se-resnet-{depth}", {}) for depth in (18, 34)},
        **{f"legacy_seresnext{depth}_32x4d": (f"se-resnext-{depth}-32x4d", {}) for depth in (50, 101)},
        **{f"resnet{depth}c": (f"resnet-{depth}-d", {"pooled_shortcut": False}) for depth in (50, 101, 152)},
        **{f"resnet{depth}s": (f"resnet-{depth}-d", {"pooled_shortcut": False, "stem_width": 64})
           for depth in (50, 101, 152)},
        "resnet14t": ("resnet-26-d", {"depth": 14, "blocks": (1, 1, 1, 1), "stem": "tiered", "image": 176}),
        "resnest14d": ("resnet-26-d", {"depth": 14, "blocks": (1, 1, 1, 1), "block": "split"}),
        "seresnet269d": ("resnet-200-d", {**grown, "attention": "se", "image": 256}),
        "ecaresnet269d": ("resnet-200-d", {**grown, "attention": "eca", "image": 320}),
        "ecaresnet200d": ("resnet-200-d", {"attention": "eca", "image": 256}),
        **{f"ecaresnext{depth}t_32x4d": (f"resnet-{depth}-d", {**grouped, "attention": "eca"}) for depth in (26, 50)},
        "seresnext26t_32x4d": ("resnet-26-d", {**grouped, "attention": "se"}),
        "tf_efficientnet_l2": ("efficientnet-l2", {"image": 475}),
        "convnext_xxlarge": ("convnext-t", {"width": 384, "depths": (3, 4, 30, 3), "image": 256}),
    }  # fmt: skip


def _pyramids() -> Names:
    return {
        **{f"poolformerv2_{name}": (f"poolformer-v2-{name}", {}) for name in ("s12", "s24", "s36", "m36", "m48")},
        **{f"resmlp_{layers}_224": (f"resmlp-s{layers}", {}) for layers in (12, 24, 36)},
        "nf_resnet50": ("resnet-50", {"image": 256}),
        "ese_vovnet39b": ("vovnet-v2-39", {}),
        "ese_vovnet57b": ("vovnet-v2-39", {"blocks": (1, 1, 4, 3), "image": 256}),
        "ese_vovnet99b": ("vovnet-v2-39", {"blocks": (1, 3, 9, 3)}),
        **{f"xception{depth}": (f"aligned-xception-{depth}", {}) for depth in (41, 65, 71)},
        **{f"ghostnet_{code}": (f"ghostnet-{width}", {}) for code, width in
           {"050": 0.5, "100": 1.0, "130": 1.3}.items()},
        **{f"{jx}nest_{size}": (f"nest-{size[0]}", {}) for jx in ("", "jx_") for size in ("tiny", "small", "base")},
        **{f"vit_{name}_s32_{image}": (f"vit-{member}/32", {"image": image}) for name, member in
           {"small_r26": "r26-s", "large_r50": "r50-l"}.items() for image in (224, 384)},
        **{f"crossvit_{size}_240": (f"crossvit-{short}", {}) for size, short in
           {"tiny": "ti", "small": "s", "base": "b", "9": "9", "15": "15", "18": "18"}.items()},
        "resmlp_big_24_224": ("resmlp-b24", {}),
        **{f"cait_{size}_{image}": (f"cait-{size}", {"image": image}) for size, image in
           (("xxs24", 224), ("xxs24", 384), ("xxs36", 224), ("xxs36", 384), ("xs24", 384), ("s24", 224), ("s24", 384),
            ("s36", 384), ("m36", 384), ("m48", 448))},
        **{f"xcit_{size}_{layers}_p{patch}_{image}": (f"xcit-{size[0]}{layers}/{patch}", {"image": image})
           for size, layers in (("nano", 12), ("tiny", 12), ("tiny", 24), ("small", 12), ("small", 24),
                                ("medium", 24), ("large", 24)) for patch in (16, 8) for image in (224, 384)},
        **{f"twins_{kind}_{size}": (f"twins-{kind}-{size[0]}", {}) for kind in ("pcpvt", "svt")
           for size in ("small", "base", "large")},
        **{f"dm_nfnet_f{number}": (f"nfnet-f{number}", {}) for number in range(7)},
        # lighter ones of timm's own
        **{f"eca_nfnet_l{number}": (f"nfnet-f{number}", {
            "image": image, "group_width": 64, "bottleneck": 0.25, "attention": "eca", "skip_gain": False,
            "features": features}) for number, (image, features) in
           enumerate(((224, 2304), (256, 3072), (320, 3072), (352, 3072)))},
        **{f"beit{version}_{size}_patch16_{image}": (f"beit-{size[0]}/16", {"image": image}) for version, size, image in
           (("", "base", 224), ("", "base", 384), ("", "large", 224), ("", "large", 384), ("", "large", 512),
            ("v2", "base", 224), ("v2", "large", 224))},
        "mvitv2_small_cls": ("mvit-v2-small", {"class_token": True}),
        "mvitv2_base_cls": ("mvit-v2-base", {"class_token": True, "classes": 19168}),
        "mvitv2_large_cls": ("mvit-v2-large", {"class_token": True, "widened": "attention", "classes": 19168}),
        "mvitv2_huge_cls": ("mvit-v2-huge", {"classes": 19168}),
        **{f"gmlp_{size}16_224": (f"gmlp-{size}/16", {}) for size in ("ti", "s", "b")},
        **{f"eva_giant_patch14_{image}": ("eva-giant/14", {"image": image}) for image in (224, 336, 560)},
        # EVA-02 at 224 pixels is given as pretrained, without classes
        **{f"eva02_{size}_patch14_224": (member, {**more, **_BARE}) for size, (member, more, _) in _EVA02.items()},
        **{f"eva02_{size}_patch14_{image}": (member, {**more, "image": image})
           for size, (member, more, image) in _EVA02.items()},
    }  # fmt: skip


NAMES: Names = {**_resnets(), **_mobile(), **_transformers(), **_pyramids(), **_more()}


@hookimpl
def computeest_aliases() -> list[Alias]:
    """The names of timm."""
    return [Alias(name, member, "timm", differs) for name, (member, differs) in NAMES.items()]
