"""Names that papers tell apart by case, or by the sizes that they print."""

from __future__ import annotations

from typing import Any

from computeest.contract import Alias, hookimpl

_DINO_V2: dict[str, Any] = {"layer_scale": True, "classes": 0}
_DINO_V3: dict[str, Any] = {"patch": 16, "image": 256, "layer_scale": True, "registers": 4, "positions": "rotary",
                            "qkv_bias": False, "classes": 0}  # fmt: skip
NAMES: dict[str, tuple[str, dict[str, Any]]] = {
    # Zhai et al. 2022, arXiv:2106.04560, Table 2
    "ViT-g/14": ("vit-giant/14", {}),
    "ViT-G/14": ("vit-gigantic/14", {}),
    "CLIP ViT-g/14": ("clip-vit-giant/14", {}),
    # Ilharco et al. 2021, model names of mlfoundations/open_clip
    "CLIP ViT-bigG/14": ("clip-vit-bigg/14", {}),
    # Oquab et al. 2023, arXiv:2304.07193, section 5, pretrained at 224 pixels; models/vision_transformer.py of its code
    **{f"DINOv2 ViT-{size.upper()}/14": (f"vit-{size}/{16 if size in 'sb' else 14}", {"patch": 14, **_DINO_V2})
       for size in "sbl"},
    "DINOv2 ViT-g/14": ("vit-giant/14", {"width": 1536, "heads": 24, "feed_forward": 4096, "gated": True, **_DINO_V2}),
    # Simeoni et al. 2025, arXiv:2508.10104, pretrained at 256 pixels with four registers and rotary positions
    **{f"DINOv3 ViT-{size.upper()}/16": (f"vit-{size}/16", _DINO_V3) for size in "sbl"},
    "DINOv3 ViT-7B/16": ("vit-h/14", {"width": 4096, "layers": 40, "heads": 32, "feed_forward": 8192, "gated": True,
                                      **_DINO_V3}),
    # Esser et al. 2024, arXiv:2403.03206, and Podell et al. 2023, arXiv:2307.01952, by the names that people use
    **{f"SD{size}": (f"stable-diffusion-{size.replace(' ', '-').lower()}", {}) for size in
       ("3 Medium", "3.5 Medium", "3.5 Large")},
    "SDXL": ("stable-diffusion-xl", {}),
    # Real et al. 2019, arXiv:1802.01548, by cells and filters
    "AmoebaNet-A (6, 190)": ("amoebanet-a-190", {}),
    "AmoebaNet-A (6, 448)": ("amoebanet-a-448", {}),
    # Cicek et al. 2016, arXiv:1606.06650
    "3D U-Net": ("unet-3d", {}),
    # Tran et al. 2018, arXiv:1711.11248, Table 1
    "R(2+1)D-18": ("r2plus1d-18", {}),
    "R(2+1)D-34": ("r2plus1d-34", {}),
    # Hu et al. 2018, arXiv:1709.01507, Table 1: blocks stride in their first convolution, timm's in their second
    **{f"SE-ResNet-{depth}": (f"se-resnet-{depth}", {}) for depth in (18, 34, 50, 101, 152)},
    # Li et al. 2022, arXiv:2112.01526, Table 1; of clips it prints the frames, torchvision does not
    **{f"MViTv2-{size[0].upper()}": (f"mvit-v2-{size}", {}) for size in ("tiny", "small", "base", "large", "huge")},
    # Fedus et al. 2022, arXiv:2101.03961, Table 9
    "Switch-Base": ("switch-base-128", {}),
    "Switch-Large": ("switch-large-128", {}),
    "Switch-C": ("switch-c-2048", {}),
    # Radford et al. 2018, Improving language understanding by generative pre-training
    "GPT-1": ("gpt", {}),
    # Brown et al. 2020, arXiv:2005.14165, Table 2.1
    "GPT-3 125M": ("gpt3-small", {}),
    "GPT-3 350M": ("gpt3-medium", {}),
    "GPT-3 760M": ("gpt3-large", {}),
    "GPT-3 1.3B": ("gpt3-xl", {}),
    "GPT-3": ("gpt3-175b", {}),
}


#: Networks that papers name and no family counts, and why.
LACKING = {
    "AlphaFold 3": "no family has its pairs of tokens and its diffusion of atoms (Abramson et al. 2024); alphafold2 is "
    "another network",
}


@hookimpl
def computeest_aliases() -> list[Alias]:
    """The names of papers."""
    return [Alias(name, member, "papers", differs) for name, (member, differs) in NAMES.items()] + [
        Alias(name, "", "papers", lacking=why) for name, why in LACKING.items()
    ]
