"""What the Hugging Face Hub calls networks, and where what transformers builds of it differs from the member.

The network is that of the class which the repository's config.json names: a masked language model scores every
position and has no pooler, a feature extractor has no classes. Widths, vocabularies and heads are the repository's.
`huggingface/NAME` leaves out whose it is; `ORGANIZATION/NAME` is the repository's full name.
"""

from __future__ import annotations

from typing import Any

from computeest.contract import Alias, hookimpl

Names = dict[str, tuple[str, dict[str, Any]]]

_MASKED: dict[str, Any] = {"pooler": False, "head": "tokens"}
_BARE: dict[str, Any] = {"classes": 0}


def _encoders() -> Names:
    distilled = {**_MASKED, "layers": 6}
    return {
        **{f"google-bert/bert-{size}-{case}": (f"bert-{size}", {**_MASKED, **more}) for size in ("base", "large")
           for case, more in (("uncased", {}), ("cased", {"vocabulary": 28996}))},
        "google-bert/bert-base-multilingual-cased": ("bert-base", {**_MASKED, "vocabulary": 119547}),
        "google-bert/bert-base-multilingual-uncased": ("bert-base", {**_MASKED, "vocabulary": 105879}),
        "google-bert/bert-base-chinese": ("bert-base", {**_MASKED, "vocabulary": 21128}),
        "distilbert/distilbert-base-uncased": ("bert-base", {**distilled, "segments": 0}),
        "distilbert/distilbert-base-cased": ("bert-base", {**distilled, "segments": 0, "vocabulary": 28996}),
        "distilbert/distilroberta-base": ("roberta-base", distilled),
        **{f"FacebookAI/roberta-{size}": (f"roberta-{size}", _MASKED) for size in ("base", "large")},
        **{f"FacebookAI/xlm-roberta-{size}": (f"roberta-{size}", {**_MASKED, "vocabulary": 250002})
           for size in ("base", "large")},
        **{f"albert/albert-{size}-v2": (f"albert-{size}", _MASKED) for size in ("base", "large", "xlarge", "xxlarge")},
        "microsoft/deberta-base": ("deberta-base", {"head": "tokens"}),
    }  # fmt: skip


def _decoders() -> Names:
    opt: dict[str, Any] = {"vocabulary": 50272, "position_rows": 2050, "activation": "relu", "sequence_length": 2048}
    sizes = {"125m": (12, 768, 12), "1.3b": (24, 2048, 32), "2.7b": (32, 2560, 32), "6.7b": (32, 4096, 32),
             "13b": (40, 5120, 40), "30b": (48, 7168, 56), "66b": (64, 9216, 72)}  # fmt: skip
    pythia = {"70m": (6, 512, 8, 50304), "160m": (12, 768, 12, 50304), "410m": (24, 1024, 16, 50304),
              "1b": (16, 2048, 8, 50304), "1.4b": (24, 2048, 16, 50304), "2.8b": (32, 2560, 32, 50304),
              "6.9b": (32, 4096, 32, 50432), "12b": (36, 5120, 40, 50688)}  # fmt: skip
    return {
        "openai-community/openai-gpt": ("gpt", {}),
        **{f"openai-community/gpt2{size}": (f"gpt2{size}", {}) for size in ("", "-medium", "-large", "-xl")},
        "distilbert/distilgpt2": ("gpt2", {"layers": 6}),
        **{f"facebook/opt-{size}": ("gpt2", {"layers": layers, "width": width, "heads": heads, **opt})
           for size, (layers, width, heads) in sizes.items()},
        "EleutherAI/gpt-j-6b": ("gpt-j-6b", {}),
        "EleutherAI/gpt-neox-20b": ("gpt-neox-20b", {}),
        **{f"EleutherAI/pythia-{size}": ("gpt-neox-20b", {"layers": layers, "width": width, "heads": heads,
                                                          "feed_forward": 4 * width, "vocabulary": vocabulary})
           for size, (layers, width, heads, vocabulary) in pythia.items()},
        "bigscience/bloom": ("bloom-176b", {}),
        **{f"huggyllama/llama-{size}": (f"llama-{member}", {}) for size, member in
           (("7b", "7b"), ("13b", "13b"), ("30b", "33b"), ("65b", "65b"))},
        **{f"meta-llama/Llama-2-{size}-hf": (f"llama-2-{size}", {}) for size in ("7b", "13b", "70b")},
        **{f"meta-llama/Llama-2-{size}-chat-hf": (f"llama-2-{size}", {}) for size in ("7b", "13b", "70b")},
        **{f"meta-llama/Meta-Llama-3-{size}": (f"llama-3-{size.lower()}", {}) for size in ("8B", "70B")},
        "meta-llama/Llama-3.1-405B": ("llama-3.1-405b", {}),
        "mistralai/Mistral-7B-v0.1": ("mistral-7b", {}),
        "mistralai/Mixtral-8x7B-v0.1": ("mixtral-8x7b", {}),
        "mistralai/Mixtral-8x22B-v0.1": ("mixtral-8x22b", {"vocabulary": 32000}),
        "deepseek-ai/DeepSeek-V2": ("deepseek-v2", {}),
        "deepseek-ai/DeepSeek-V3": ("deepseek-v3", {}),
        **{f"state-spaces/mamba-{size}-hf": (f"mamba-{size}", {}) for size in ("130m", "370m", "790m", "1.4b", "2.8b")},
        **{f"RWKV/rwkv-4-{size}-pile": (f"rwkv-4-{size}", {}) for size in ("169m", "430m", "1b5", "3b", "7b", "14b")},
        "ai21labs/Jamba-v0.1": ("jamba-v0.1", {}),
        **{f"xlnet/xlnet-{size}-cased": (f"xlnet-{size}", {}) for size in ("base", "large")},
    }  # fmt: skip


def _pairs() -> Names:
    return {
        **{f"google-t5/t5-{size}": (f"t5-{size}", {}) for size in ("small", "base", "large", "3b", "11b")},
        **{f"google/{kind}-{size}": (f"t5-1.1-{size}", {}) for kind in ("t5-v1_1", "flan-t5")
           for size in ("small", "base", "large", "xl", "xxl")},
        **{f"google/mt5-{size}": (f"t5-1.1-{size}", {"vocabulary": 250112}) for size in
           ("small", "base", "large", "xl", "xxl")},
        **{f"facebook/bart-{size}": (f"bart-{size}", {}) for size in ("base", "large")},
        **{f"google/switch-base-{experts}": (f"switch-base-{experts}", {}) for experts in (8, 16, 32, 64, 128, 256)},
        **{f"openai/whisper-{size}": (f"whisper-{size}", {}) for size in
           ("tiny", "base", "small", "medium", "large", "large-v2", "large-v3", "large-v3-turbo")},
        "facebook/wav2vec2-base-960h": ("wav2vec2-base", {}),
        "facebook/wav2vec2-large-960h": ("wav2vec2-large", {}),
        "facebook/wav2vec2-large-960h-lv60": ("wav2vec2-large-lv60", {}),
        "facebook/wav2vec2-base": ("wav2vec2-base-pretraining", {}),
        "facebook/wav2vec2-large": ("wav2vec2-large-pretraining", {}),
        "facebook/hubert-base-ls960": ("hubert-base", {"head": "none"}),
        "facebook/hubert-large-ls960-ft": ("hubert-large", {}),
        "facebook/hubert-xlarge-ls960-ft": ("hubert-xlarge", {}),
    }  # fmt: skip


def _images() -> Names:
    pooled: dict[str, Any] = {"image": 224, "classes": 768}  # whose pooler is as wide as the last layer
    return {
        **{f"google/vit-{size}-patch16-{image}": (f"vit-{size[0]}/16", {"image": image})
           for size in ("base", "large") for image in (224, 384)},
        **{f"google/vit-{size}-patch32-384": (f"vit-{size[0]}/32", {"image": 384}) for size in ("base", "large")},
        "google/vit-base-patch16-224-in21k": ("vit-b/16", pooled),
        "google/vit-large-patch16-224-in21k": ("vit-l/16", {**pooled, "classes": 1024}),
        "google/vit-huge-patch14-224-in21k": ("vit-h/14", {**pooled, "classes": 1280}),
        **{f"facebook/deit-{size}-patch16-224": (f"deit-{short}", {"image": 224}) for size, short in
           (("tiny", "ti"), ("small", "s"), ("base", "b"))},
        "facebook/deit-base-patch16-384": ("deit-b", {"image": 384}),
        **{f"facebook/deit-{size}-distilled-patch16-224": (f"deit-{short}-distilled", {}) for size, short in
           (("tiny", "ti"), ("small", "s"), ("base", "b"))},
        "facebook/deit-base-distilled-patch16-384": ("deit-b-distilled", {"image": 384}),
        **{f"microsoft/resnet-{depth}": (f"resnet-{depth}", {}) for depth in (18, 34, 50, 101, 152)},
        **{f"facebook/convnext-{size}-224": (f"convnext-{size[0]}", {}) for size in ("tiny", "small", "base", "large")},
        **{f"facebook/convnext-{size}-384": (f"convnext-{size[0]}", {"image": 384}) for size in ("base", "large")},
        **{f"microsoft/swin-{size}-patch4-window7-224": (f"swin-{size[0]}", {}) for size in
           ("tiny", "small", "base", "large")},
        **{f"microsoft/swin-{size}-patch4-window12-384": (f"swin-{size[0]}-384", {}) for size in ("base", "large")},
        **{f"openai/clip-vit-{size}-patch{patch}": (f"clip-vit-{size[0]}/{patch}", {}) for size, patch in
           (("base", 32), ("base", 16), ("large", 14))},
        "openai/clip-vit-large-patch14-336": ("clip-vit-l/14-336", {}),
        "laion/CLIP-ViT-H-14-laion2B-s32B-b79K": ("clip-vit-h/14", {}),
        "laion/CLIP-ViT-bigG-14-laion2B-39B-b160k": ("clip-vit-bigg/14", {}),
        "google/siglip-base-patch16-224": ("siglip-b/16", {}),
        "google/siglip-so400m-patch14-384": ("siglip-so400m/14-384", {}),
        **{f"nvidia/segformer-b{number}-finetuned-ade-512-512": (f"segformer-b{number}", {}) for number in range(5)},
        **{f"facebook/detr-resnet-{depth}": (f"detr-r{depth}", {}) for depth in (50, 101)},
        **{f"facebook/detr-resnet-{depth}-dc5": (f"detr-dc5-r{depth}", {}) for depth in (50, 101)},
        **{f"facebook/sam-vit-{size}": (f"sam-vit-{size[0]}", {}) for size in ("base", "large", "huge")},
        **{f"facebook/vit-mae-{size}": (f"mae-vit-{size[0]}", {}) for size in ("base", "large", "huge")},
        **{f"microsoft/swinv2-{size}-patch4-window{window}-256": (f"swin-v2-{size[0]}", {"window": window})
           for size in ("tiny", "small", "base") for window in (8, 16)},
        **{f"google/efficientnet-b{number}": (f"efficientnet-b{number}", {}) for number in range(8)},
        "google/mobilenet_v2_1.0_224": ("mobilenet-v2-1.0", {"classes": 1001}),
        "google/mobilenet_v1_1.0_224": ("mobilenet-v1-1.0", {"classes": 1001}),
        **{f"sail/poolformer_{size}": (f"poolformer-{size}", {}) for size in ("s12", "s24", "s36", "m36", "m48")},
        **{f"OpenGVLab/pvt_v2_b{number}": (f"pvt-v2-b{number}", {}) for number in range(6)},
        **{f"Zetatech/pvt-{size}-224": (f"pvt-{size}", {}) for size in ("tiny", "small", "medium", "large")},
        "microsoft/beit-base-patch16-224": ("beit-b/16", {"image": 224}),
        "microsoft/beit-large-patch16-224": ("beit-l/16", {"image": 224}),
        "MCG-NJU/videomae-base": ("videomae-b", {}),
        "facebook/timesformer-base-finetuned-k400": ("timesformer", {}),
        "facebook/timesformer-base-finetuned-k600": ("timesformer", {"classes": 600}),
        "stabilityai/stable-diffusion-xl-base-1.0": ("stable-diffusion-xl", {}),
        "stabilityai/stable-diffusion-3-medium-diffusers": ("stable-diffusion-3-medium", {}),
        **{f"stabilityai/stable-diffusion-3.5-{size}": (f"stable-diffusion-3.5-{size}", {}) for size in
           ("medium", "large")},
        **{f"black-forest-labs/FLUX.1-{kind}": (f"flux.1-{kind}", {}) for kind in ("dev", "schnell")},
    }  # fmt: skip


NAMES: Names = {**_encoders(), **_decoders(), **_pairs(), **_images()}


@hookimpl
def computeest_aliases() -> list[Alias]:
    """The names of the Hugging Face Hub, with and without whose they are."""
    return [Alias(name, member, "huggingface", differs) for full, (member, differs) in NAMES.items()
            for name in (full, full.partition("/")[2])]
