"""Transformer families against published sizes and the formulas of the field."""

from __future__ import annotations

from typing import Any

import pytest

from computeest.layers import Network
from computeest_plugins import decoder as decoders
from computeest_plugins import encoder as encoders
from computeest_plugins import encoder_decoder as pairs
from computeest_plugins.decoder import Decoder, decoder
from computeest_plugins.encoder import Encoder, encoder
from computeest_plugins.encoder_decoder import EncoderDecoder, encoder_decoder

#: Parameters as published: the paper's table, or the exact count of the released checkpoint on the Hugging Face Hub.
DECODERS = {
    "gpt": (116_534_784, "openai-community/openai-gpt"),
    "gpt2": (124_439_808, "openai-community/gpt2"),
    "gpt2-medium": (354_823_168, "openai-community/gpt2-medium"),
    "gpt2-large": (774_030_080, "openai-community/gpt2-large"),
    "gpt2-xl": (1_557_611_200, "openai-community/gpt2-xl"),
    "gpt3-small": (125e6, "Brown et al. 2020, Table D.1"),
    "gpt3-2.7b": (2650e6, "Brown et al. 2020, Table D.1"),
    "gpt3-6.7b": (6660e6, "Brown et al. 2020, Table D.1"),
    "gpt3-175b": (174_600e6, "Brown et al. 2020, Table D.1"),
    "gpt-j-6b": (6_050_882_784, "EleutherAI/gpt-j-6b"),
    "gpt-neox-20b": (20_554_567_680, "Black et al. 2022, arXiv:2204.06745, Table 1"),
    "megatron-turing-530b": (530e9, "Smith et al. 2022, arXiv:2201.11990"),
    "gopher-280b": (280e9, "Rae et al. 2021, arXiv:2112.11446, Table 1"),
    "chinchilla-70b": (70e9, "Hoffmann et al. 2022, arXiv:2203.15556, Table 4"),
    "bloom-176b": (176_247_271_424, "BigScience 2022, arXiv:2211.05100, Table 3"),
    "palm-8b": (8.63e9, "Chowdhery et al. 2022, Table 1"),
    "palm-62b": (62.50e9, "Chowdhery et al. 2022, Table 1"),
    "palm-540b": (540.35e9, "Chowdhery et al. 2022, Table 1"),
    "llama-7b": (6_738_415_616, "huggyllama/llama-7b"),
    "llama-13b": (13_015_864_320, "huggyllama/llama-13b"),
    "llama-33b": (32.5e9, "Touvron et al. 2023, Table 2"),
    "llama-65b": (65.2e9, "Touvron et al. 2023, Table 2"),
    "llama-2-7b": (6_738_415_616, "meta-llama/Llama-2-7b-hf"),
    "llama-2-13b": (13_015_864_320, "meta-llama/Llama-2-13b-hf"),
    "llama-2-70b": (68_976_648_192, "meta-llama/Llama-2-70b-hf"),
    "llama-3-8b": (8_030_261_248, "meta-llama/Meta-Llama-3-8B"),
    "llama-3-70b": (70_553_706_496, "meta-llama/Meta-Llama-3-70B"),
    "llama-3.1-405b": (405_853_388_800, "meta-llama/Llama-3.1-405B"),
    "mistral-7b": (7_241_732_096, "mistralai/Mistral-7B-v0.1"),
    "mixtral-8x7b": (46_702_792_704, "mistralai/Mixtral-8x7B-v0.1"),
    "mixtral-8x22b": (141e9, "Mistral AI 2024, Cheaper, better, faster, stronger"),
    "deepseek-v2": (235_741_434_880, "deepseek-ai/DeepSeek-V2"),
    "deepseek-v3": (671e9, "DeepSeek-AI 2024, arXiv:2412.19437"),
}
ACTIVE = {
    "glam-64b-64e": (96.6e9, "Du et al. 2021, arXiv:2112.06905"),
    "mixtral-8x7b": (12.9e9, "Jiang et al. 2024, arXiv:2401.04088"),
    "mixtral-8x22b": (39e9, "Mistral AI 2024"),
    "deepseek-v2": (21.4e9, "DeepSeek-AI 2024, arXiv:2405.04434: 21B activated; 21.4 with the embedding"),
    "deepseek-v3": (37.55e9, "DeepSeek-AI 2024, arXiv:2412.19437: 37B activated; 37.55 with the embedding"),
}


@pytest.mark.parametrize("name", DECODERS)
def test_decoders_have_the_published_parameters(name: str) -> None:
    published, citation = DECODERS[name]
    assert decoder(Decoder(**decoders.VARIANTS[name])).parameters == pytest.approx(published, rel=0.005), citation


@pytest.mark.parametrize("name", ACTIVE)
def test_mixtures_have_the_published_active_parameters(name: str) -> None:
    published, citation = ACTIVE[name]
    assert decoder(Decoder(**decoders.VARIANTS[name])).active_parameters == pytest.approx(published, rel=0.005), (
        citation
    )


ENCODERS = {
    "bert-base": (110e6, 0.005, "Devlin et al. 2018"),
    "bert-large": (336e6, 0.005, "the BERT repository's model card; the paper rounds to 340M"),
    "roberta-base": (125e6, 0.005, "Liu et al. 2019, fairseq's model table"),
    "roberta-large": (355e6, 0.005, "Liu et al. 2019, fairseq's model table"),
    "albert-xxlarge": (223e6, 0.005, "albert/albert-xxlarge-v2; the paper says 235M"),
    "deberta-base": (138_601_728, 0.005, "microsoft/deberta-base, without the head of 0.64M that is counted here"),
}


@pytest.mark.parametrize("name", ENCODERS)
def test_encoders_have_the_published_parameters(name: str) -> None:
    published, tolerance, citation = ENCODERS[name]
    assert encoder(Encoder(**encoders.VARIANTS[name])).parameters == pytest.approx(published, rel=tolerance), citation


PAIRS = {
    "transformer-base": (65e6, 0.005, "Vaswani et al. 2017, Table 3"),
    "transformer-big": (213e6, 0.005, "Vaswani et al. 2017, Table 3"),
    "t5-small": (60_506_624, 0, "google-t5/t5-small"),
    "t5-base": (222_903_552, 0, "google-t5/t5-base"),
    "t5-large": (737_668_096, 0, "google-t5/t5-large"),
    "t5-3b": (2_851_598_336, 0, "google-t5/t5-3b"),
    "t5-11b": (11_307_321_344, 0, "google-t5/t5-11b"),
    "bart-base": (139_420_416, 0, "facebook/bart-base"),
    "bart-large": (406_291_456, 0, "facebook/bart-large"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_encoder_decoders_have_the_published_parameters(name: str) -> None:
    published, tolerance, citation = PAIRS[name]
    assert encoder_decoder(EncoderDecoder(**pairs.VARIANTS[name])).parameters == pytest.approx(
        published, rel=tolerance
    ), citation


def per_token(net: Network) -> float:
    return net.forward_flop / (net.tokens or 0)


def normal_form(layers: int, width: int, heads: int, kv_heads: int, head_dim: int, length: int, words: int,
                feed_forward: float, half: bool = False) -> float:  # fmt: skip
    """Forward FLOP per token: projections, scores and values, feed-forward as given, logits."""
    projections = 2 * width * head_dim * (heads + 2 * kv_heads) + 2 * heads * head_dim * width
    attention = (2 if half else 4) * heads * head_dim * length
    return layers * (projections + attention + feed_forward) + 2 * width * words


@pytest.mark.parametrize("causal", ["full", "half"])
def test_gpt3_is_its_exact_count(causal: str) -> None:
    net = decoder(Decoder(**decoders.VARIANTS["gpt3-175b"], causal=causal))
    expected = normal_form(96, 12288, 96, 96, 128, 2048, 50257, 4 * 12288 * 49152, causal == "half")
    assert per_token(net) == expected
    if causal == "full":
        assert 3 * 300e9 * per_token(net) == pytest.approx(3.23e23, rel=0.001)


def test_palm_is_appendix_b() -> None:
    """6 N + 12 L H Q T, all parameters, heads and their width (Chowdhery et al. 2022)."""
    net = decoder(Decoder(**decoders.VARIANTS["palm-540b"]))
    appendix = 6 * 540.35e9 + 12 * 118 * 48 * 256 * 2048
    assert 3 * per_token(net) == pytest.approx(appendix, rel=1e-4)
    assert per_token(net) == normal_form(118, 18432, 48, 1, 256, 2048, 256000, 6 * 18432 * 73728)


def test_llama_3_is_its_exact_count() -> None:
    net = decoder(Decoder(**decoders.VARIANTS["llama-3.1-405b"]))
    assert per_token(net) == normal_form(126, 16384, 128, 8, 128, 8192, 128256, 6 * 16384 * 53248)


def test_mixtral_is_its_exact_count() -> None:
    """llm-analysis counts the same for one expert as for two: 6.704e13 for 4,096 tokens."""
    shape: dict[str, Any] = {**decoders.VARIANTS["mixtral-8x7b"], "sequence_length": 4096}
    feed_forward = 2 * 4096 * 8 + 2 * 6 * 4096 * 14336
    net = decoder(Decoder(**shape))
    assert per_token(net) == normal_form(32, 4096, 32, 8, 128, 4096, 32000, feed_forward)
    one = decoder(Decoder(**{**shape, "experts_per_token": 1}))
    assert net.forward_flop - one.forward_flop == 4096 * 32 * 6 * 4096 * 14336


def test_deepseek_v3_is_its_exact_count() -> None:
    """Latent attention, three dense layers, eight routed experts and a shared one, causal half as in Megatron-LM."""
    net = decoder(Decoder(**decoders.VARIANTS["deepseek-v3"], causal="half"))
    width, heads, length = 7168, 128, 4096
    query = 2 * (width * 1536 + 1536 * heads * 192)
    keys_values = 2 * (width * (512 + 64) + 512 * heads * 256)
    attention = query + keys_values + 2 * heads * 128 * width + heads * length * (128 + 64 + 128)
    dense, mixture = 6 * width * 18432, 2 * width * 256 + 9 * 6 * width * 2048
    assert per_token(net) == 61 * attention + 3 * dense + 58 * mixture + 2 * width * 129280


def test_predicting_further_tokens_adds_a_layer_and_logits() -> None:
    """DeepSeek-V3's one module: 11.5B parameters of its own, beside shared embedding and logits (its README)."""
    shape: dict[str, Any] = decoders.VARIANTS["deepseek-v3"]
    net, more = decoder(Decoder(**shape)), decoder(Decoder(**shape, next_tokens=1))
    assert more.parameters - net.parameters == pytest.approx(11.5e9, rel=0.02)
    assert more.by_term()["logits"] == 2 * net.by_term()["logits"]


def test_megatron_formula_of_2021() -> None:
    """72 B T L d^2 (1 + T / 6d + V / 12 L d) for training GPT-3 (Narayanan et al. 2021, without recomputation)."""
    length, layers, width, words = 2048, 96, 12288, 51200
    net = decoder(Decoder(layers=layers, width=width, heads=96, vocabulary=words, sequence_length=length))
    formula = 72 * length * layers * width**2 * (1 + length / (6 * width) + words / (12 * layers * width))
    assert net.forward_flop + net.backward_flop == pytest.approx(formula, rel=1e-12)


def test_cookbook_forgets_the_backward_pass_of_the_logits() -> None:
    """For GPT-2 small and 1,024 tokens it gives 716.85 GFLOP of training without recomputation; exact is 874.94."""
    net = decoder(Decoder(layers=12, width=768, heads=12, sequence_length=1024))
    assert net.forward_flop + net.backward_flop == 874_944_921_600
    blocks = net.forward_flop - net.by_term()["logits"]
    assert 3 * blocks + net.by_term()["logits"] == pytest.approx(716.85e9, rel=1e-5)


def test_feed_forward_width_and_interval_of_experts_matter() -> None:
    """The cookbook ignores --ffn-hidden-size, and counts top-2 experts in every second layer as 1.0 dense, not 1.5."""
    shape: dict[str, Any] = {"layers": 8, "width": 512, "heads": 8, "sequence_length": 256}
    narrow, wide = decoder(Decoder(**shape, feed_forward=1000)), decoder(Decoder(**shape, feed_forward=24576))
    assert wide.by_term()["feed-forward"] == pytest.approx(24.576 * narrow.by_term()["feed-forward"])
    mixed = decoder(Decoder(**shape, feed_forward=2048, experts=8, experts_per_token=2, expert_every=2))
    dense = decoder(Decoder(**shape, feed_forward=2048)).by_term()["feed-forward"]
    assert mixed.by_term()["feed-forward"] + mixed.by_term()["experts"] == 1.5 * dense


@pytest.mark.parametrize(
    ("name", "length", "low", "high"),
    [("gpt2", 1024, 0.12, 0.13), ("gpt3-175b", 2048, 0.02, 0.03), ("llama-3-8b", 131072, 0.80, 0.82)],
)
def test_six_n_d_falls_short_for_small_models_and_long_contexts(
    name: str, length: int, low: float, high: float
) -> None:
    """6 N D leaves attention out: 2.7 % of GPT-3, an eighth of GPT-2, four fifths of Llama 3 8B at 131,072 tokens."""
    net = decoder(Decoder(**{**decoders.VARIANTS[name], "sequence_length": length}))
    exact = net.forward_flop + net.backward_flop
    assert low < 1 - 6 * net.parameters * length / exact < high


def test_windows_and_global_layers_are_counted_apart() -> None:
    """Gemma 2: every second of 26 layers sees 4,096 positions only."""
    shape: dict[str, Any] = {"layers": 26, "width": 2304, "heads": 8, "kv_heads": 4, "head_dim": 256,
                             "sequence_length": 8192}  # fmt: skip
    net = decoder(Decoder(**shape, window=4096, global_every=2))
    assert net.by_term()["attention"] == 13 * 8192 * 4 * 8 * 256 * (8192 + 4096)


def test_encoder_decoder_token_meets_half_the_network() -> None:
    """GPT-3's Table D.1 gives T5 3 FLOP per parameter and token, not 6: an encoder token never meets the decoder."""
    net = encoder_decoder(EncoderDecoder(**{**pairs.VARIANTS["t5-11b"], "target_length": 512}))
    assert 3 * per_token(net) / net.parameters == pytest.approx(3, rel=0.12)


def test_bert_scores_masked_words_only() -> None:
    net = encoder(Encoder(sequence_length=512, masked=0.15))
    assert net.by_term()["logits"] == 2 * 77 * 768 * 30522
    assert encoder(Encoder(sequence_length=512, head="tokens")).by_term()["logits"] == 2 * 512 * 768 * 30522


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: decoder(Decoder(layers=0, width=8)), "layers: 0 is out of range; expected between 1 and 10,000"),
        (lambda: decoder(Decoder(layers=10**9, width=8)), "layers: 1000000000 is out of range"),
        (
            lambda: decoder(Decoder(layers=1, width=8, positions="rotery")),
            "positions: 'rotery' is not one of learned, rotary",
        ),
        (lambda: decoder(Decoder(layers=1, width=8, heads=3)), "a width of 8 does not divide into 3 heads"),
        (lambda: decoder(Decoder(layers=1, width=8, heads=2, kv_rank=4)), "needs head_dim and value_dim"),
        (lambda: encoder(Encoder(head="mask")), "head: 'mask' is not one of masked, tokens, none"),
        (lambda: encoder(Encoder(masked=0)), "masked: 0 is not a share between 0 and 1"),
        (
            lambda: encoder_decoder(EncoderDecoder(positions="rotary")),
            "positions: 'rotary' is not one of sinusoidal, learned",
        ),
    ],
)
def test_impossible_architectures_are_refused(build: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()  # type: ignore[operator]
