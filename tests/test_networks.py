"""Families and variants by the names people give them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from computeest import estimate, registry
from computeest.contract import Alias
from computeest.facts import network_lookup, network_names
from computeest.problems import InputError
from computeest.text.names import cased, folded


@pytest.mark.parametrize(("family", "architecture", "parameters"), [
    # torchvision's and the papers' parameter counts
    ("resnet", {"variant": "ResNet50"}, 25_557_032),
    ("ResNet-50", {}, 25_557_032),
    ("resnet50", {}, 25_557_032),
    ("ResNet", {"layers": 50, "image_size": [224, 224]}, 25_557_032),
    ("Wide ResNet", {"variant": "WideResNet-50-2"}, 68_883_240),
    ("ViT", {"variant": "ViT-B16"}, 86_567_656),
    ("gpt2xl", {}, 1_557_611_200),
    ("Swin-Large", {}, 196_532_476),
    ("convnext_tiny", {}, 28_589_128),
    ("vit_base_patch16_224", {}, 86_567_656),
    ("MobileNetV2", {}, 3_504_872),
    ("mobilenet_v3_large", {}, 5_483_032),
    ("squeezenet1_1", {}, 1_235_496),
    ("efficientnet", {"variant": "b7"}, 66_347_960),
    ("WRN-28-10", {}, 36_479_194),
    ("wide resnet", {"depth": 28, "widen_factor": 10}, 36_479_194),
    ("mobilenet", {"version": 2, "width_multiplier": 1.4}, 6_108_776),
    ("vision transformer", {"variant": "ViT-L/16"}, 304_326_632),
    ("vit", {"embed_dim": 768, "depth": 12, "num_heads": 12, "patch_size": 16, "img_size": 224}, 86_567_656),
    ("decoder-only", {"n_layer": 12, "n_embd": 768, "n_head": 12, "block_size": 1024}, 124_439_808),
    # a separator between two digits means something: Brown et al. 2020, Table 2.1 (1.3B is XL), and Table 5 of RegNet
    ("GPT-3 1.3B", {}, 1_315_723_264),
    ("GPT-3 13B", {}, 12_853_386_240),
    ("GPT-3", {}, 174_604_259_328),
    ("regnetx-1.6gf", {}, 9_190_136),
    ("RegNetX 16GF", {}, 54_278_536),
    # case, where it alone distinguishes: Zhai et al. 2022, Table 2, and the same in words
    ("ViT-g/14", {}, 1_012_611_432),
    ("ViT-G/14", {}, 1_844_440_680),
    ("ViT_G-14", {}, 1_844_440_680),
    ("vit-gigantic/14", {}, 1_844_440_680),
    # torchvision's names, and the parameters its documentation prints
    ("regnet_x_1_6gf", {}, 9_190_136),
    ("regnet_x_16gf", {}, 54_278_536),
    ("regnet_x_400mf", {}, 5_495_976),
    ("regnet_y_800mf", {}, 6_432_512),
    ("regnet_y_8gf", {}, 39_381_472),
    ("shufflenet_v2_x1_0", {}, 2_278_604),
    ("mnasnet0_75", {}, 3_170_208),
    ("torchvision/alexnet", {}, 61_100_840),
    ("torchvision.models.googlenet", {}, 6_624_904),
    # timm's names, and the parameters its networks have
    ("regnetx_016", {}, 9_190_136),
    ("resnetv2_152x2_bit", {}, 236_335_208),
    ("skresnext50_32x4d", {}, 27_479_784),
    ("vit_base_patch16_clip_224", {}, 86_568_424),
    ("vit_giant_patch14_dinov2", {}, 1_136_479_232),
    ("vit_7b_patch16_dinov3", {}, 6_716_030_976),
    ("samvit_huge_patch16", {}, 637_026_048),
    # a paper's name of an image's network, and torchvision's of a clip's
    ("MViTv2-S", {}, 34_870_216),
    ("mvit_v2_s", {}, 34_537_744),
    ("mvitv2_large_cls", {}, 234_583_216),
    ("resnet50s", {}, 25_680_808),
    ("ecaresnet269d", {}, 102_093_077),
    ("vit_huge_patch14_clip_quickgelu_378", {}, 632_683_264),
    ("convnext_xxlarge", {}, 846_471_016),
    ("deit_tiny_distilled_patch16_224", {}, 5_910_800),
    # Fedus et al. 2022, Table 9: 1571 billion; what transformers builds of Jamba v0.1
    ("Switch-C", {}, 1_571_308_972_448),
    ("Jamba v0.1", {}, 51_570_323_328),
    # Zaremba et al. 2014, the large model of Penn Treebank, 66M
    ("LSTM", {"hidden_size": 1500, "num_layers": 2, "vocab_size": 10000, "bptt": 35}, 66_022_000),
])
def test_a_name_means_its_network_however_it_is_punctuated(family: str, architecture: dict[str, object],
                                                           parameters: int) -> None:
    assert network_lookup.count(registry.load(()), family, architecture).parameters == parameters


@pytest.mark.parametrize(("family", "architecture", "said"), [
    ("resnet", {"variant": "ResNet51"}, "no variant is called 'ResNet51'"),
    ("vit", {"variant": "resnet50"}, "the variant 'resnet50' is of the family 'resnet', not 'vit'"),
    # two channels are no doubled width, and 28 is no 28-10
    ("resnet", {"depth": 50, "width_multiplier": 2}, "the family 'resnet' has no 'width_multiplier'"),
    ("wide-resnet-28", {}, "no family is called 'wide-resnet-28'"),
    ("transformer", {}, "no family is called 'transformer'; it may be decoder (as GPT), encoder (as BERT) or "
                        "encoder-decoder (as T5)"),
    ("vit-g/14", {}, "the name 'vit-g/14' leaves open which network is meant: 'vit-giant/14' (papers: ViT-g/14) or "
                     "'vit-gigantic/14' (papers: ViT-G/14)"),
    ("MVITV2_S", {}, "the name 'MVITV2_S' leaves open which network is meant: 'mvit-v2-s-16x4' (torchvision: "
                     "mvit_v2_s) or 'mvit-v2-small' (papers: MViTv2-S)"),
    ("timm/efficientnet_b9", {}, "no family is called 'timm/efficientnet_b9'"),
    # 1.3 is not 13, and 1_6 is not 16
    ("gpt3-1.7b", {}, "no family is called 'gpt3-1.7b'; closest: "),
    ("regnet_x_1_7gf", {}, "no family is called 'regnet_x_1_7gf'"),
    ("llama-27b", {}, "no family is called 'llama-27b'"),
    ("wide-resnet-501", {}, "no family is called 'wide-resnet-501'"),
    ("lenet", {}, "no family is called 'lenet'; closest: 'alexnet', 'senet'"),
    ("resnet", {"depth": 50, "image": [224, 196]}, "image: '[224, 196]' is not a number"),
])
def test_what_no_name_means_is_refused(family: str, architecture: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        network_lookup.count(registry.load(()), family, architecture)


@pytest.mark.parametrize(("name", "image", "said"), [
    ("efficientnet-b2", 260, ""),  # a paper's name is the paper's (Tan and Le 2019)
    ("efficientnet_b2", 260, ""),
    ("timm/efficientnet_b2", 256, "efficientnet_b2 of timm is efficientnet-b2 with image=256"),
    ("torchvision/efficientnet_b2", 288, "efficientnet_b2 of torchvision is efficientnet-b2 with image=288"),
    # its default, of which the results of timm have the multiply-adds too
    ("timm/efficientnet_lite4", 380, "efficientnet_lite4 of timm is efficientnet-lite4 with image=380"),
    ("vit_large_patch14_clip_336", 336,
     "vit_large_patch14_clip_336 of timm is vit-l/14 with image=336, first_norm=True"),
])
def test_a_librarys_name_is_exactly_what_it_builds(name: str, image: int, said: str) -> None:
    loaded = registry.load(())
    assert network_names.resolve(loaded, name, {})[1].get("image", 260) == image
    assert network_names.meaning(loaded, name) == said


def test_what_a_token_meets_of_jamba() -> None:
    """Jamba team 2024, arXiv:2408.12570: 398 billion parameters, 94 billion of them active."""
    counted = registry.load(()).families["jamba"].count(layers=72, width=8192, heads=64, feed_forward=24576)
    assert counted.parameters == pytest.approx(398e9, rel=0.005)
    assert counted.active_parameters == pytest.approx(94e9, rel=0.005)


@pytest.mark.parametrize(("name", "multiply_adds"), [
    # timm's strides later in a block, and costs 6 % more (its results have 4.13 with norms and pooling)
    ("SE-ResNet50", 3.86e9), ("se-resnet-50", 3.86e9), ("legacy_seresnet50", 3.86e9), ("seresnet50", 4.09e9),
])
def test_a_paper_and_a_library_may_mean_two_networks_by_one_name(name: str, multiply_adds: float) -> None:
    counted = network_lookup.count(registry.load(()), name, {})
    assert counted.forward_flop / 2 == pytest.approx(multiply_adds, rel=0.002)


def test_no_two_names_of_one_library_are_one_name_unless_case_tells_them_apart() -> None:
    for aliases in registry.load(()).aliases.values():
        names = [(alias.library, cased(alias.name)) for alias in aliases]
        assert len(set(names)) == len(names), aliases


@pytest.mark.parametrize(("one", "other", "same"), [
    ("1.3B", "1_3b", True), ("1.3B", "13B", False), ("ResNet-50", "resnet50", True), ("GPT-3 1.3B", "gpt3-1-3b", True),
    ("WRN-28-10", "wrn2810", False), ("x1.0", "x_1.0", True), ("ViT-B/16", "vit b 16", True), ("5 1", "51", False),
])
def test_only_a_separator_between_digits_counts(one: str, other: str, same: bool) -> None:
    assert (folded(one) == folded(other)) is same


@pytest.mark.parametrize("name", ["torchvision/soon_net", "soon_net"])
def test_what_a_library_builds_and_no_family_does_is_refused_with_its_reason(name: str) -> None:
    soon = Alias("soon_net", "", "torchvision", lacking="no family has its parts")
    known = replace(registry.load(), aliases={folded("soon_net"): (soon,)})
    with pytest.raises(ValueError, match=r"soon_net is not counted: no family has its parts"):
        network_lookup.count(known, name, {})


@pytest.mark.parametrize("name", ["PointNet++", "UNet++", "DeepLabv3+ ResNet50"])
def test_a_plus_makes_another_network(name: str) -> None:
    with pytest.raises(ValueError, match="no family is called"):
        network_lookup.count(registry.load(), name, {})


#: Counts that a publication states to the last parameter and that ours differs from: by statistics of norms, tables of
#: positions or heads that one of the two holds. What is added to ours gives theirs.
TO_THE_LAST = {
    "detr-r50": 106_240, "deberta-base": -642_393, "mae-vit-b": 252_160, "videomae-b": -1_536, "resnet-18-v2": 128,
    "resnet-34-v2": 128, "resnet-200-v2": 128, "unet-3d": -5_568,
}


def stated_to_the_last() -> list[tuple[str, str, int]]:
    """Families' variants of which somebody printed every digit of the parameters."""
    return [(name, variant, int(stated.parameters)) for name, family in registry.load().families.items()
            for variant, stated in family.published.items()
            if isinstance(stated.parameters, int) and stated.parameters % 1000]


@pytest.mark.parametrize(("name", "variant", "parameters"), stated_to_the_last())
def test_parameters_printed_to_the_last_are_met_to_the_last(name: str, variant: str, parameters: int) -> None:
    family, architecture = network_names.resolve(registry.load(), name, {"variant": variant})
    counted = family.count(**architecture)
    assert counted.parameters + TO_THE_LAST.get(variant, 0) == parameters


def test_the_list_of_what_differs_names_only_what_is_there() -> None:
    assert TO_THE_LAST.keys() <= {variant for _, variant, _ in stated_to_the_last()}
    assert len(stated_to_the_last()) > 200


@pytest.mark.parametrize(("written", "meant"), [
    ("no", False), ("No", False), ("off", False), ('"false"', False), ("false", False), ("0", False), ("yes", True),
    ("on", True), ('"True"', True), ("1", True), ("true", True),
])  # fmt: skip
def test_a_flag_is_what_it_says_however_it_is_written(written: str, meant: bool, tmp_path: Path) -> None:
    """YAML 1.2 reads `no` and `off` as text, which Python takes for true."""
    paper = tmp_path / "paper.yaml"
    sizes = f"{{layers: 2, width: 64, heads: 2, gated: {written}, tied: {written}}}"
    paper.write_text(f"model: M\nfamily: decoder\ntokens: 1e9\narchitecture: {sizes}\n", "utf-8")
    stated = {"layers": 2, "width": 64, "heads": 2, "gated": meant, "tied": meant}
    expected = estimate({"model": "M", "family": "decoder", "tokens": 1e9, "architecture": stated})
    assert estimate(paper)["flop"] == expected["flop"]


@pytest.mark.parametrize("value", ["x", "", 2, -1, 0.5, [], "nope"])
def test_what_is_no_flag_is_refused(value: object) -> None:
    stated = {"layers": 2, "width": 64, "heads": 2, "gated": value}
    with pytest.raises(InputError, match=r"gated: .* is not true or false"):
        estimate({"model": "M", "family": "decoder", "tokens": 1e9, "architecture": stated})
