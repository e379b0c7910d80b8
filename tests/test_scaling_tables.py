"""Tables of papers that scale one architecture: every row from the same family, with one set of the rest."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from printed import met
from sequence_members import built

from computeest.contract import Network
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.encoder_decoder import EncoderDecoder, encoder_decoder

#: Vaswani et al. 2017, Table 3: what differs from the base model, and millions of parameters as printed.
TABLE_3: dict[str, tuple[dict[str, Any], int]] = {
    "base": ({}, 65),
    "N = 2": ({"layers": 2}, 36),
    "N = 4": ({"layers": 4}, 50),
    "N = 8": ({"layers": 8}, 80),
    "d_model = 256": ({"width": 256, "head_dim": 32, "feed_forward": 2048}, 28),
    "d_model = 1024": ({"width": 1024, "head_dim": 128, "feed_forward": 2048}, 168),
    "d_ff = 1024": ({"feed_forward": 1024}, 53),
    "d_ff = 4096": ({"feed_forward": 4096}, 90),
}


@pytest.mark.parametrize("row", TABLE_3)
def test_one_vocabulary_gives_table_3_of_the_transformer(row: str) -> None:
    """All rows but the last; 37,000 words, as the text has it, miss every one of them."""
    difference, millions = TABLE_3[row]
    assert round(built("transformer-base", **difference).parameters / 1e6) == millions
    assert round(encoder_decoder(EncoderDecoder(**{"vocabulary": 37000, **difference})).parameters / 1e6) < millions


@pytest.mark.parametrize(("d_k", "millions"), [(16, 58), (32, 60)])
def test_narrower_keys_of_the_transformer_are_in_table_3_too(d_k: int, millions: int) -> None:
    """Rows (B): queries and keys of d_k channels a head, not 64, in 18 attentions."""
    saved = 18 * 2 * (512 + 1) * 8 * (64 - d_k)
    assert round((built("transformer-base").parameters - saved) / 1e6) == millions


@pytest.mark.parametrize(
    ("name", "training"),
    [("small", 2.25e20), ("medium", 6.41e20), ("large", 1.37e21), ("xl", 2.38e21), ("2.7b", 4.77e21), ("6.7b", 1.20e22),
     ("13b", 2.31e22), ("175b", 3.14e23)],
)  # fmt: skip
def test_gpt_3_table_d_1(name: str, training: float) -> None:
    """300 billion tokens; the table leaves attention's two products out."""
    network = built(f"gpt3-{name}")
    flop = 3 * (network.forward_flop - network.by_term()["attention"]) / 2048
    assert 300e9 * flop == pytest.approx(training, rel=0.02)


def chinchilla_models() -> list[dict[str, str]]:
    with (Path(__file__).parent / "golden" / "chinchilla_models.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def chinchilla(positions: str, **shape: int) -> Network:
    """A model like Gopher, with 32,000 words and 2,048 tokens."""
    return decoder(Decoder(**shape, vocabulary=32000, sequence_length=2048, norm="rms", positions=positions))


@pytest.mark.parametrize("row", chinchilla_models(), ids=lambda row: row["parameters"])
def test_the_fifty_models_of_chinchilla(row: dict[str, str]) -> None:
    """Hoffmann et al. 2022, arXiv:2203.15556, Table A9: millions of parameters."""
    shape = {key: int(value) for key, value in row.items() if key != "parameters"}
    assert met(chinchilla("relative", **shape).parameters, row["parameters"], 0.005)


@pytest.mark.parametrize(
    ("layers", "width", "heads", "head_dim", "ratio"),
    [(10, 640, 10, 64, 1.03), (20, 1024, 16, 64, 1.10), (24, 1280, 10, 128, 1.08), (26, 1792, 14, 128, 1.04),
     (28, 2048, 16, 128, 1.03), (40, 3584, 28, 128, 0.99)],
)  # fmt: skip
def test_flop_of_chinchilla_over_6_n(layers: int, width: int, heads: int, head_dim: int, ratio: float) -> None:
    """Hoffmann et al. 2022, Table A4, to its two digits.

    Appendix F counts three FLOP for each score's softmax and no relative positions; the table's ratios are without the
    embedding and the logits that the appendix lists.
    """
    shape = {"layers": layers, "width": width, "heads": heads, "head_dim": head_dim}
    network = chinchilla("none", **shape)
    softmax = 3 * layers * heads * 2048**2
    forward = network.forward_flop - network.by_term()["logits"] + softmax
    assert round(forward / (2 * 2048 * chinchilla("relative", **shape).parameters), 2) == ratio


@pytest.mark.parametrize(
    ("model", "at", "giga"),
    [
        ("t5-1.1-base", {"sequence_length": 77}, 13.3),  # mt5-base-ViT-B-32
        ("t5-1.1-xl", {"sequence_length": 77}, 179.45),  # mt5-xl-ViT-H-14
        ("bart-large", {"sequence_length": 1024}, 360.78),  # nllb-clip-base
        ("bart-large", {"sequence_length": 1024, "layers": 24, "feed_forward": 8192}, 1133.87),  # nllb-clip-large
    ],
)
def test_encoders_of_encoder_decoders(model: str, at: dict[str, int], giga: float) -> None:
    """open_clip contributors 2024, docs/model_profile.csv: text towers that are the encoder of mT5 or NLLB."""
    encoder = [layer for layer in built(model, **at).layers if layer.name.startswith("encoder")]
    assert sum(layer.forward_flop for layer in encoder) / 1e9 == pytest.approx(giga, rel=0.001)
