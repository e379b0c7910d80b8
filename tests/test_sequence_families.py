"""Recurrent, state-space, diffusion, self-play and MLP families against what their papers state."""

from __future__ import annotations

import pytest

import computeest
from computeest_plugins import dit as dits
from computeest_plugins import mamba as mambas
from computeest_plugins import recurrent as recurrents
from computeest_plugins import seq2seq as seq2seqs
from computeest_plugins import unet as unets
from computeest_plugins.dit import dit
from computeest_plugins.gnmt import gnmt
from computeest_plugins.mamba import Mamba, mamba
from computeest_plugins.mlp import mlp
from computeest_plugins.recurrent import recurrent
from computeest_plugins.self_play import self_play
from computeest_plugins.seq2seq import seq2seq
from computeest_plugins.unet import UNet, unet

#: Parameters in millions and "Gflops" (which are multiply-adds) of Peebles and Xie 2022, Table 4 and section 5.1.
DIT = {
    "dit-s/8": (33, 0.36),
    "dit-s/4": (33, 1.41),
    "dit-s/2": (33, 6.06),
    "dit-b/8": (131, 1.42),
    "dit-b/4": (130, 5.56),
    "dit-b/2": (130, 23.01),
    "dit-l/8": (459, 5.01),
    "dit-l/4": (458, 19.70),
    "dit-l/2": (458, 80.71),
    "dit-xl/8": (676, 7.39),
    "dit-xl/4": (675, 29.05),
    "dit-xl/2": (675, 118.64),
    "dit-xl/2-512": (675, 524.60),
}


@pytest.mark.parametrize("name", DIT)
def test_dit_table_4(name: str) -> None:
    millions, multiply_adds = DIT[name]
    net = dit(**dits.VARIANTS[name])
    assert net.parameters == pytest.approx(millions * 1e6, rel=0.005)
    assert net.forward_flop / 2e9 == pytest.approx(multiply_adds, rel=0.006)


UNETS = {
    "ddpm-cifar10": (35.7e6, "Ho et al. 2020, appendix B"),
    "ddpm-256": (114e6, "Ho et al. 2020, appendix B"),
    "adm-64": (296e6, "Dhariwal and Nichol 2021, appendix"),
    "adm-128": (422e6, "Dhariwal and Nichol 2021, appendix"),
    "adm-256": (554e6, "Dhariwal and Nichol 2021, appendix"),
    "stable-diffusion": (859_520_964, "CompVis/stable-diffusion-v1-4, U-Net weights"),
    "stable-diffusion-2": (865_910_724, "stabilityai/stable-diffusion-2-1, U-Net weights"),
    "stable-diffusion-xl": (2_567_463_684, "stabilityai/stable-diffusion-xl-base-1.0, U-Net weights"),
}


@pytest.mark.parametrize("name", UNETS)
def test_u_nets_have_the_published_parameters(name: str) -> None:
    published, citation = UNETS[name]
    assert unet(UNet(**unets.VARIANTS[name])).parameters == pytest.approx(published, rel=0.005), citation


def test_adm_256_has_1120_billion_multiply_adds() -> None:
    """Peebles and Xie 2022, Table 2 and Figure 2: ADM at 256 pixels has 1,120 Gflops, counted as multiply-adds."""
    assert unet(UNet(**unets.VARIANTS["adm-256"])).forward_flop / 2e9 == pytest.approx(1120, rel=0.002)


def test_condition_is_paid_for_once_an_image_not_once_a_token() -> None:
    """The adaLN product of a DiT layer is 2 d x 6 d, whatever the number of patches."""
    small, large = dit(image=32), dit(image=64)
    for net in (small, large):
        modulation = [layer for layer in net.layers if layer.name == "layer/modulation"]
        assert [layer.forward_flop for layer in modulation] == [28 * 2 * 1152 * 6 * 1152]


MAMBA = {
    "mamba-130m": 129_135_360,
    "mamba-370m": 371_516_416,
    "mamba-790m": 793_204_224,
    "mamba-1.4b": 1_372_178_432,
    "mamba-2.8b": 2_768_345_600,
    "mamba2-130m": 128_989_632,
    "mamba2-780m": 780_161_280,
    "mamba2-2.7b": 2_702_599_680,
}


@pytest.mark.parametrize("name", MAMBA)
def test_mamba_equals_the_released_weights(name: str) -> None:
    """state-spaces/mamba-* and mamba2-* on the Hugging Face Hub."""
    assert mamba(Mamba(**mambas.VARIANTS[name])).parameters == MAMBA[name]


def test_mamba_has_no_term_that_grows_with_context() -> None:
    short, long = (mamba(Mamba(**{**mambas.VARIANTS["mamba-130m"], "sequence_length": n})) for n in (1024, 8192))
    assert long.forward_flop == 8 * short.forward_flop
    assert "element-wise" in long.uncounted[0]


RECURRENT = {
    "lstm-ptb-small": (4.65e6, 0.005, "Zaremba et al. 2014, the small model: 4.65M in its repository"),
    "lstm-ptb-medium": (19.8e6, 0.005, "Zaremba et al. 2014, the medium model: 19.8M; 20M in later tables"),
    "lstm-ptb-large": (66e6, 0.005, "Zaremba et al. 2014, the large model: 66M"),
}


@pytest.mark.parametrize("name", RECURRENT)
def test_recurrent_language_models_have_the_published_parameters(name: str) -> None:
    published, tolerance, citation = RECURRENT[name]
    [family] = recurrents.computeest_families()
    assert recurrent(**family.variants[name]).parameters == pytest.approx(published, rel=tolerance), citation


def test_sampled_softmax_scores_the_sample_only() -> None:
    net = recurrent(hidden=100, vocabulary=10000, sequence_length=10, sampled=64)
    assert net.by_term()["logits"] == 2 * 10 * 100 * 64
    assert net.parameters == recurrent(hidden=100, vocabulary=10000, sequence_length=10).parameters


def test_seq2seq_has_384_million_parameters_64_of_them_recurrent() -> None:
    """Sutskever et al. 2014, section 3.4."""
    net = seq2seq()
    assert net.parameters == pytest.approx(384e6, rel=0.005)
    recurrent_weights = sum(layer.parameters for layer in net.layers if layer.kind == "LSTM")
    assert recurrent_weights == pytest.approx(64e6, rel=0.005)


def test_gnmt_has_the_published_size_and_cost() -> None:
    """Shazeer et al. 2017, Tables 2 and 3, GNMT: 278 million parameters, 214 million multiply-adds a time step."""
    net = gnmt(sequence_length=30)
    assert net.parameters == pytest.approx(278e6, rel=0.005)
    assert net.forward_flop / 2 / 30 == pytest.approx(214e6, rel=0.02)


def test_only_the_upper_layers_of_gnmt_see_the_context() -> None:
    """Wu et al. 2016, Figure 1: a layer more is an LSTM of 1024 + 1024 inputs on both sides, with 1024 of context."""
    more, net = gnmt(layers=9), gnmt()
    assert more.parameters - net.parameters == 4 * 1024 * (2048 + 1) + 4 * 1024 * (3072 + 1)
    bottom = next(layer for layer in net.layers if layer.name == "decoder.0")
    assert bottom.parameters == 4 * 1024 * (2048 + 1)


def test_attention_of_rnnsearch_grows_with_both_lengths() -> None:
    [family] = seq2seqs.computeest_families()
    shape = {**family.variants["rnnsearch-50"]}
    short, long = (seq2seq(**{**shape, "sequence_length": n}).by_term()["attention"] for n in (25, 50))
    assert long == 4 * short


def test_alphago_zero_evaluation() -> None:
    """Epoch's note counts 34,097,777,548 FLOP for 40 blocks and both heads; the paper's 39 have 46.4M weights."""
    assert self_play(blocks=40).forward_flop == pytest.approx(34_097_777_548, rel=1e-6)
    assert self_play(blocks=39).parameters == pytest.approx(46.4e6, rel=0.005)


def test_alphago_zero_training_is_nearly_all_search() -> None:
    """29M games of 200 moves, 1,600 simulations each, 3.1M batches of 2,048 (Silver et al. 2017): 3.17e23."""
    positions = 3.1e6 * 2048
    net = self_play(blocks=40, simulations=1600, moves_per_position=29e6 * 200 / positions)
    assert positions * (net.forward_flop + net.backward_flop) == pytest.approx(3.17e23, rel=0.005)
    assert net.parameters == self_play(blocks=40).parameters
    assert net.backward_ratio == pytest.approx(2 * 0.9995 / 1463, rel=0.001)


def test_mlp_counts_connections_twice() -> None:
    net = mlp(inputs=784, hidden=(500, 300), outputs=10)
    assert net.forward_flop == 2 * (784 * 500 + 500 * 300 + 300 * 10)
    assert mlp(inputs=784, hidden=300, layers=3).forward_flop == 2 * (784 * 300 + 2 * 300 * 300 + 3000)


def test_mlp_of_one_hidden_layer_spends_half_of_two_forward_passes_backward() -> None:
    """The first layer dominates, and needs no input gradient: 1:1 in Hobbhahn and Sevilla 2021."""
    assert mlp().backward_ratio == pytest.approx(1.01, abs=0.005)


def test_ciresan_mlp_has_12_11_million_weights() -> None:
    """Ciresan et al. 2010, Table 1, network 5: 2500, 2000, 1500, 1000, 500, 10 units, 12.11 million weights."""
    assert mlp(inputs=841, hidden=(2500, 2000, 1500, 1000, 500)).parameters == pytest.approx(12.11e6, rel=0.001)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: dit(patch=3), "patch: 3 does not divide an image of 32"),
        (lambda: unet(UNet(image=30)), "image: 30 cannot be halved 3 times"),
        (lambda: unet(UNet(image=64, blocks=-1)), "blocks: -1 must be above 0"),
        (lambda: mamba(Mamba(layers=2, width=64, version=3)), "version: 3 is not defined; expected 1 or 2"),
        (lambda: mamba(Mamba(layers=0, width=64)), "layers: 0 must be above 0"),
        (lambda: mamba(Mamba(layers=2, width=64, state=-1)), "state: -1 must be above 0"),
        (lambda: mamba(Mamba(layers=2, width=64, version=2, groups=-1)), "groups: -1 must be above 0"),
        (lambda: recurrent(cell="lstn"), "cell: 'lstn' is not one of lstm, gru, rnn"),
        (lambda: recurrent(cell="gru", projection=5), "projection: only an LSTM has one"),
        (lambda: seq2seq(cell="rnn"), "cell: 'rnn' is not lstm or gru"),
        (lambda: gnmt(layers=1), "layers: 1 is too few"),
        (lambda: self_play(simulations=-1), "cannot be negative"),
        (lambda: mlp(hidden=(5, 5), layers=2), "layers: the widths in hidden already say how many layers there are"),
    ],
)
def test_impossible_architectures_are_refused(build: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("facts", "flop"),
    [
        # Epoch's count for 40 blocks is 3.17e23; 39 blocks of 256 filters are 2.4 % less
        (
            {
                "family": "self-play",
                "architecture": {"blocks": 39, "simulations": 1600, "moves_per_position": 29e6 * 200 / (3.1e6 * 2048)},
                "steps": 3.1e6,
                "batch_size": 2048,
            },
            3.09e23,
        ),
        # a linear probe: 2 N for the frozen part and 4 n for the trained one, whose input needs no gradient
        (
            {
                "layers": [{"input": [100]}, {"linear": {"out": 500, "bias": False}, "frozen": True}, {"linear": 10}],
                "examples_seen": 1000,
            },
            1000 * (2 * 100 * 500 + 4 * 500 * 10),
        ),
    ],
)
def test_frozen_work_is_not_tripled_in_an_estimate(facts: dict[str, object], flop: float) -> None:
    record = computeest.estimate({"model": "x", "published": "2017-10-18", **facts})
    assert record["flop"] == pytest.approx(flop, rel=0.002)
