"""Families beyond classification against torch.utils.flop_counter, closed forms and what else is published.

What families state themselves (`Family.published`) the kit holds; here stand whole networks that equal, to the FLOP,
what the counter gives on the meta device for torchvision 0.28, timm 1.0.31, transformers 5.24 and
diffusers 0.39, and terms by hand.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from computeest import registry
from computeest.contract import Network
from computeest.facts.network_names import resolve
from computeest_plugins.detection.backbones import sides

REGISTRY = registry.load(())


def built(name: str, **architecture: Any) -> Network:
    family, given = resolve(REGISTRY, name, architecture)
    network = family.count(**given)
    assert isinstance(network, Network)
    return network


#: Network and what differs from it: parameters, forward FLOP as traced.
TRACED: list[tuple[str, dict[str, Any], int, int]] = [
    ("segformer-b0", {}, 3_752_694, 16_775_643_136),  # SegformerForSemanticSegmentation
    # Wav2Vec2ForCTC, whose even kernel for positions gives one frame more, which is dropped
    ("wav2vec2-base", {"seconds": 1}, 94_396_320, 13_825_157_120 - 2 * 768 * 48 * 128),
    ("whisper-tiny", {}, 37_760_640, 71_082_196_992),  # WhisperForConditionalGeneration
    # CLIPModel and SiglipModel, without the similarity of the pair
    ("clip-vit-b/32", {}, 151_277_313, 14_777_164_800 - 2 * 512),
    ("siglip-b/16", {}, 203_155_970, 46_440_396_288 - 2 * 768),
    ("timesformer", {}, 121_566_352, 391_660_560_384),  # TimesformerForVideoClassification
    ("rwkv-4-169m", {"sequence_length": 64}, 169_342_464, 16_720_035_840),  # RwkvForCausalLM
    ("videomae-b-finetuning", {}, 86_534_800, 360_689_786_880),  # VideoMAEForVideoClassification
    # timm 1.0.31, as trained
    ("efficientformer-v2-s0", {}, 3_600_256, 791_785_088),
    ("efficientformer-v2-s1", {}, 6_185_560, 1_303_939_280),
    ("efficientformer-v2-l", {}, 26_322_288, 5_105_093_760),
    ("fastvit-t8", {}, 4_026_232, 1_380_298_752),
    ("fastvit-sa12", {}, 11_580_968, 3_887_874_048),
    ("fastvit-ma36", {}, 44_068_004, 15_651_418_112),
    # Mask2FormerForUniversalSegmentation on a ResNet whose norms are trained
    ("mask2former-r50", {"affine": True, "image": 384}, 44_036_998, 75_998_961_664),
    # PvtForImageClassification
    ("pvt-tiny", {}, 13_229_288, 3_865_823_232),
    ("pvt-large", {}, 61_369_320, 19_627_531_264),
    ("fcn-resnet50", {}, 35_322_218, 305_433_024_000),
    ("r3d-18", {}, 33_371_472, 81_393_106_944),
    ("swin3d-t", {}, 28_158_070, 87_764_459_520),
    # SD3Transformer2DModel, with 333 tokens of text
    ("stable-diffusion-3-medium", {}, 2_028_328_000, 2 * 4_452_168_769_536),
    ("stable-diffusion-3.5-large", {}, 8_056_627_520, 2 * 15_560_557_453_824),
    ("stable-diffusion-3.5-medium", {}, 2_243_171_520, 2 * 5_624_786_853_888),
    # AutoencoderKL.encode and .decode of 512 pixels
    ("stable-diffusion-vae", {"part": "encoder"}, 34_163_664, 2 * 558_329_233_408),
    ("stable-diffusion-vae", {"part": "decoder"}, 49_490_199, 2 * 1_257_259_466_752),
]


@pytest.mark.parametrize(("name", "differs", "parameters", "flop"), TRACED, ids=[f"{t[0]} {t[1]}" for t in TRACED])
def test_equal_to_torchs_counter(name: str, differs: dict[str, Any], parameters: int, flop: int) -> None:
    network = built(name, **differs)
    assert (network.parameters, network.forward_flop) == (parameters, flop)


def test_detr_without_heads_is_the_model_that_transformers_builds() -> None:
    """DetrModel, whose norms are frozen, has 41,368,512 parameters; its heads are 92 classes and an MLP of three."""
    heads = 256 * 92 + 92 + 2 * (256 * 256 + 256) + 256 * 4 + 4
    assert built("detr-r50").parameters - heads == 41_368_512


def test_encoder_of_sam_is_the_vision_model_that_transformers_builds() -> None:
    """SamVisionModel: 89,670,912 parameters and 972,077,334,528 FLOP; it scores each distance once, not by a lookup."""
    network = built("sam-vit-b", decoder=False)
    assert network.parameters == 89_670_912
    assert network.forward_flop == pytest.approx(972_077_334_528, rel=0.01)


def test_a_proposal_costs_one_pass_of_the_box_head() -> None:
    more, fewer = built("rcnn", proposals=513), built("rcnn", proposals=512)
    assert more.forward_flop - fewer.forward_flop == 2 * (256 * 49 * 1024 + 1024 * 1024 + 1024 * 5 * 91)
    assert more.parameters == fewer.parameters


def test_frozen_stages_spare_their_gradients() -> None:
    """Freezing the stem and the first stage (Detectron's FREEZE_AT: 2) leaves their weights untrained: 3 blocks."""
    frozen, whole = built("rcnn"), built("rcnn", frozen_stages=0)
    assert frozen.forward_flop == whole.forward_flop
    first = 64 * 64 + 64 * 64 * 9 + 64 * 256 + 64 * 256
    later = 256 * 64 + 64 * 64 * 9 + 64 * 256
    assert whole.parameters - frozen.trainable_parameters == 64 * 3 * 49 + first + 2 * later
    assert frozen.backward_flop < whole.backward_flop


def test_mae_encodes_what_is_visible_only() -> None:
    """He et al. 2022: a quarter of the patches, so the encoder's work for 49 of 196 patches and the class token."""
    encoder = [layer for layer in built("mae-vit-b").layers if layer.name.startswith("encoder/layer/mlp")]
    assert sum(layer.forward_flop for layer in encoder) == 12 * 2 * 2 * 50 * 768 * 3072


def test_recycling_costs_forward_passes_without_weights_of_their_own() -> None:
    once, twice = built("alphafold2", recycles=0), built("alphafold2", recycles=1)
    assert twice.forward_flop == 2 * once.forward_flop
    assert twice.backward_flop == once.backward_flop
    assert twice.parameters == once.parameters == 93_229_082


def test_a_product_over_triangles_grows_with_the_cube_of_residues() -> None:
    small, large = (built("alphafold2", residues=n, recycles=0) for n in (64, 128))

    def triangles(network: Network) -> int:
        return sum(layer.forward_flop for layer in network.layers if layer.name.endswith("block/triangle.outgoing"))

    assert triangles(large) == 8 * triangles(small) > 0


def test_one_simulation_of_muzero_is_one_step_of_its_model() -> None:
    one, two = built("muzero-go", simulations=1), built("muzero-go", simulations=2)
    board, tower = 19 * 19, 16 * 2 * 256 * 256 * 9
    step = board * (257 * 256 * 9 + tower + 2 * 256 + 256) + 2 * board * 362 + board * 256 + 256
    assert two.forward_flop - one.forward_flop == 2 * step
    assert two.backward_flop == one.backward_flop
    assert two.parameters == built("muzero-go").parameters


def test_unrolling_uses_the_same_dynamics_again() -> None:
    short, long = built("muzero-go", unrolled=1), built("muzero-go", unrolled=5)
    assert short.parameters == long.parameters
    assert long.forward_flop > 2 * short.forward_flop


def test_dlrm_looks_rows_up_and_multiplies_little() -> None:
    """Naumov et al. 2019: 13-512-256-64-16 below, 27 vectors of 16 multiplied in pairs, 367-512-256-1 above."""
    network = built("dlrm-kaggle")
    below, above = 13 * 512 + 512 * 256 + 256 * 64 + 64 * 16, 367 * 512 + 512 * 256 + 256
    assert network.forward_flop == 2 * (below + above + 27 * 27 * 16)
    assert network.active_parameters < 1e-3 * network.parameters


def test_graphs_cost_what_their_nodes_do() -> None:
    """Kipf and Welling 2017, two layers on Cora: 2,708 x (1,433 x 16 + 16 x 7) multiply-adds; sums apart."""
    network = built("gcn-cora")
    assert network.forward_flop == 2 * 2708 * (1433 * 16 + 16 * 7)
    assert network.elementwise_flop >= 2 * 10556 * (16 + 7)


def test_xlnet_pays_for_its_second_stream_in_training() -> None:
    plain, streams = built("xlnet-base", predicted=0), built("xlnet-base")
    assert plain.parameters == streams.parameters
    assert streams.by_term()["feed-forward"] * 512 == plain.by_term()["feed-forward"] * (512 + 85)


def test_passages_see_themselves_only() -> None:
    """Scores of one question and two passages of 256 tokens: three squares, not one of 768."""
    assert built("dpr").by_term()["attention"] == 3 * 12 * 4 * 256 * 256 * 768


@pytest.mark.parametrize(
    ("name", "architecture", "says"),
    [
        ("yolo", {"version": 4}, "version: 4 is not defined; expected one of 3, 5, 8"),
        ("yolo", {"version": 3, "size": "n"}, "size: version 3 has no sizes"),
        ("yolo", {"image": 100}, "image: 100 pixels are no multiple of 32"),
        ("rcnn", {"depth": 51}, "depth: 51 is not defined; expected one of 18, 34, 50, 101, 152, 200"),
        ("rcnn", {"frozen_stages": 6}, "frozen_stages: 6 of five stages"),
        ("dilated-segmenter", {"head": "unet"}, "head: 'unet' is not defined; expected one of fcn, deeplab"),
        ("segformer", {"depths": [2, 2]}, "must hold one number for each of 4 stages"),
        ("sam", {"image": 1000}, "image: 1000 pixels do not divide into patches of 16"),
        ("sam", {"layers": 12, "global_layers": 13}, "13 of 12 layers"),
        ("sam", {"layers": 12, "global_layers": -1}, "-1 of 12 layers"),
        ("sam", {"width": 770, "heads": 12}, "12 heads of a width of 770"),
        ("resnet3d", {"depth": 50}, "depth: 50 is not defined"),
        ("resnet3d", {"depth": 18, "blocks": [1, 1, 1, 1]}, "make 10 layers, but depth is 18"),
        ("timesformer", {"attention": "time"}, "attention: 'time' is not defined"),
        ("faster-rcnn-r50-fpn", {"box_convolutions": -1}, "box_convolutions: -1 must be at least 0"),
        ("wav2vec2", {"head": "rnn"}, "head: 'rnn' is not defined"),
        ("whisper", {"seconds": 60}, "expected at most 30 and 448"),
        ("clip", {"loss": "hinge"}, "loss: 'hinge' is not defined; expected one of softmax, sigmoid"),
        ("clip", {"masked": 1}, "masked: 1 is not a share from 0 to below 1"),
        ("autoencoder", {"image": 100}, "image: 100 cannot be halved 3 times"),
        ("stylegan2", {"image": 100}, "image: 100 pixels are no power of two"),
        ("graph", {"heads": 2}, "heads: only kind 'gat' has them, not 'gcn'"),
        ("dlrm", {"rows": 5}, "rows: 5 in all are fewer than the 26 that are looked up"),
        ("muzero", {"game": "poker"}, "game: 'poker' is not defined; expected one of board, atari"),
        ("transformer-xl", {"width": 411}, "width: 411 channels do not divide into 10 heads; give head_dim"),
    ],
)
def test_what_no_paper_defines_is_refused(name: str, architecture: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        built(name, **architecture)


@pytest.mark.parametrize(("side", "padded"), [(1, 32), (32, 32), (33, 64)])
def test_detectors_pad_images_of_any_size(side: int, padded: int) -> None:
    assert sides(side, None) == (padded, padded)
    assert sides(1, side) == (32, padded)
    for height, width in ((0, side), (side, 0)):
        with pytest.raises(ValueError, match="is empty; expected at least 1 x 1"):
            sides(height, width)


@pytest.mark.parametrize("attention", ["space", "divided"])
def test_timesformer_over_space_alone_has_no_attention_over_time(attention: str) -> None:
    names = {layer.name for layer in built("timesformer", attention=attention).layers}
    assert any("time" in name for name in names) is (attention == "divided")


@pytest.mark.parametrize(("name", "gigamacs"), [("fpn", 4.494), ("320_fpn", 0.719)])
def test_torchvisions_detectors_on_mobilenet_are_published_without_proposals(name: str, gigamacs: float) -> None:
    whole = f"fasterrcnn_mobilenet_v3_large_{name}"
    published = built(f"torchvision/{whole}")
    assert round(published.forward_flop / 2e9, 3) == gigamacs  # documentation of torchvision.models
    assert "512 in training" in " ".join(published.uncounted)
    trained = built(whole)
    per_proposal = 256 * 49 * 1024 + 1024 * 1024 + 1024 * 5 * 91
    assert trained.forward_flop - published.forward_flop == 512 * 2 * per_proposal
    assert trained.parameters == published.parameters == 19_386_354


def test_six_stages_of_a_mobilenet_can_be_frozen_and_no_more() -> None:
    mobile = "fasterrcnn_mobilenet_v3_large_fpn"
    trained = [built(mobile, frozen_stages=stages).trainable_parameters for stages in range(7)]
    assert trained == sorted(set(trained), reverse=True)
    with pytest.raises(Exception, match="7 of six stages"):
        built(mobile, frozen_stages=7)
    with pytest.raises(Exception, match="expected one of resnet, mobilenet-v3"):
        built(mobile, backbone="vgg")


@pytest.mark.parametrize(("size", "parameters", "gigamacs"),
                         [("large", 5_257_536, 211.007), ("small", 990_162, 47.655)])
def test_raft_is_what_torchvision_publishes(size: str, parameters: int, gigamacs: float) -> None:
    published = built(f"torchvision/raft_{size}")
    assert published.parameters == parameters
    assert round(published.forward_flop / 2e9, 3) == gigamacs  # documentation of torchvision.models
    twice = built(f"raft-{size}", updates=24)
    once = built(f"raft-{size}", updates=12)
    assert twice.parameters == once.parameters
    assert once.forward_flop < twice.forward_flop < 2 * once.forward_flop


def test_a_pair_of_images_that_eighths_do_not_fit_is_refused() -> None:
    for wrong, said in (({"image": 372}, "multiples of 8"), ({"updates": 1001}, "above 1000"),
                        ({"updates": 0}, "above 0"), ({"version": "huge"}, "large, small")):  # fmt: skip
        with pytest.raises(ValueError, match=said):
            built("raft-large", **wrong)
