"""A name of a kind of networks alone is one network, or a refusal that names members; never something else's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from computeest import registry
from computeest.facts.network_defaults import shapeless
from computeest.facts.network_names import names_member, resolve
from computeest.text.names import begins, folded

#: Kinds of networks that papers of 2012 to 2026 name, as people call them.
WANTED = """
YOLO; YOLOv3; YOLOv5; YOLOv8; Faster R-CNN; Mask R-CNN; Keypoint R-CNN; RetinaNet; FCOS; SSD; SSDLite; DETR; U-Net; 3D
U-Net; UNet 3D; DeepLab; DeepLabv3; FCN; LR-ASPP; SegFormer; Mask2Former; SAM; CLIP; SigLIP; MAE; BEiT; EVA; EVA-02;
DINOv2; DINOv3; MaxViT; R3D; R(2+1)D; I3D; S3D; SlowFast; TimeSformer; VideoMAE; Swin3D; Video Swin; MViT; MViTv2;
NFNet; CaiT; XCiT; PVT; PVTv2; Twins; Twins-SVT; MobileViT; EfficientFormer; EfficientFormerV2; FastViT; MobileNet;
MobileNetV2; MobileNetV3; MobileNetV4; MnasNet; NASNet; AmoebaNet; AmoebaNet-A; PNASNet; ResNeSt; Res2Net; SKNet;
ResNet-D; ResNet-RS; RepVGG; MobileOne; HRNet; DLA; MetaFormer; PoolFormer; ConvFormer; CAFormer; Hiera; wav2vec2;
HuBERT; Whisper; Conformer; MMDiT; SD3; SDXL; Stable Diffusion; Flux; FLUX.1; VAE; VQGAN; StyleGAN; StyleGAN2;
Evoformer; AlphaFold; AlphaFold 2; GNN; graph network; GCN; GAT; GraphSAGE; XLNet; Transformer-XL; Switch; RWKV;
Jamba; Mamba; Mamba2; MuZero; AlphaZero; AlphaGo Zero; DLRM; PointNet; NeRF; RAFT; ResNet; ResNeXt; SE-ResNet; SENet;
Wide ResNet; WRN; VGG; AlexNet; GoogLeNet; Inception; DenseNet; RegNet; RegNetY; EfficientNet; EfficientNetV2;
ConvNeXt; ConvNeXt V2; ViT; DeiT; Swin; Swin V2; CoAtNet; MLP-Mixer; gMLP; ResMLP; ShuffleNet; ShuffleNetV2; GhostNet;
SqueezeNet; Xception; BiT; NesT; CrossViT; VoVNet; FasterNet; TinyNet; MixNet; FBNet; DPR; Contriever; DiT; DDPM; ADM;
LDM; BERT; RoBERTa; ALBERT; DeBERTa; T5; BART; GPT; GPT-2; GPT-3; LLaMA; Llama 2; Llama 3; Mistral; Mixtral;
Chinchilla; Gopher; PaLM; BLOOM; DeepSeek; GLaM; LSTM; GNMT; seq2seq; MLP
"""
NAMES = [name for name in re.split(r";\s*", WANTED.strip()) if name]


def said(name: str) -> str:
    """Why a name alone is not counted; nothing where it is one network."""
    loaded = registry.load(())
    try:
        family, given = resolve(loaded, name, {})
    except ValueError as error:
        return str(error)
    return "" if names_member(loaded, name, {}) else shapeless(family, given)


def spellings(name: str) -> Iterator[str]:
    yield from (name, name.lower(), name.upper())
    for separator in ("-", "_", " "):
        yield re.sub(r"[-_ ]+", separator, name)
    yield re.sub(r"(?<!\d)[-_ ]+|[-_ ]+(?!\d)", "", name)  # what separates two digits is part of the name


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_that_papers_name_is_a_network_or_names_its_members(name: str) -> None:
    for spelling in spellings(name):
        found = said(spelling)
        assert not found or "name a member (" in found, f"{spelling}: {found}"


def test_every_familys_name_is_a_network_or_names_its_members() -> None:
    apart = {"huggingface", "onnx"}  # of a file that is named beside them
    for name, family in registry.load(()).families.items():
        for spelling in spellings(name):
            found = said(spelling)
            members = [own for own in family.variants if own in found]
            assert name in apart or not found or members, f"{spelling}: {found}"


def test_what_members_names_begin_with_is_a_network_or_names_them() -> None:
    """Any first words of a member's name: resnest of resnest-50, mobilenet-v4-conv of mobilenet-v4-conv-small."""
    loaded = registry.load(())
    members = [own for family in loaded.families.values() for own in family.variants]
    stems = {own[:end] for own in members for end in (found.start() for found in re.finditer(r"[-/]", own)) if end}
    assert len(stems) > 150
    for stem in sorted(stems - set(members)):
        found = said(stem)
        assert not found or "name a member (" in found or "it may be" in found, f"{stem}: {found}"


@pytest.mark.parametrize(("name", "whole", "expected"), [
    ("ResNeSt", "resnest-50", True), ("resne", "resnest-50", False), ("Llama 3", "llama-33b", False),
    ("Llama 3", "llama-3.1-405b", True), ("DeepLab", "deeplabv3-resnet50", True), ("PVT", "pvt-v2-b0", True),
    ("deeplab", "deeplabvision", False), ("resnest-50", "resnest-50", False), ("", "resnest-50", False),
    ("mobilenet_v4", "MobileNetV4-Conv", True), ("gpt 2", "gpt2-xl", True), ("stylegan", "stylegan2-256", True),
])
def test_what_a_name_begins(name: str, whole: str, expected: bool) -> None:
    assert begins(name, whole) is expected
    assert begins(folded(name), whole) is expected


def test_a_refusal_names_six_members_at_most_and_those_of_the_library_that_is_named() -> None:
    assert said("RegNetX") == ("no family is called 'RegNetX' alone; name a member (regnetx-200mf, regnetx-400mf, "
                               "regnetx-600mf, regnetx-800mf, regnetx-1.6gf, regnetx-3.2gf, ...)")
    assert said("flux") == "no family is called 'flux' alone; name a member (flux.1-dev, flux.1-schnell)"
    assert "resnest50d" in said("timm/resnest")
    assert "resnest50d" not in said("resnest")


@pytest.mark.parametrize("name", ["AlphaFold 3", "alphafold3", "AlphaFold-3"])
def test_what_no_family_counts_is_refused_with_its_reason(name: str) -> None:
    assert "AlphaFold 3 is not counted: no family has its pairs of tokens" in said(name)
