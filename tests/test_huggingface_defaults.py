"""What a config.json may leave out, against the defaults of transformers' own configuration classes.

`golden/huggingface_defaults.jsonl` holds, for each type, what `CONFIG_MAPPING[type]().to_dict()` of transformers 5.24
gives for the keys that are read here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from computeest_plugins.huggingface.family import from_config, model_types
from computeest_plugins.huggingface.type_defaults import DEFAULTS

LINES = (Path(__file__).parent / "golden" / "huggingface_defaults.jsonl").read_text("utf-8").splitlines()
OF_TYPES: dict[str, dict[str, Any]] = {config["model_type"]: config for config in map(json.loads, LINES)}

#: Types of which a configuration without sizes is refused, for its parts are other models.
IN_PARTS = ("text_config or vision_config is missing", "is missing, or no mapping", "layer_types names 0 layers",
            "only ViTMAEForPreTraining is counted", "does not divide into")
#: Types that count otherwise than the class's defaults spelled out, each with the reason.
OTHERWISE = {
    "exaone": "the defaults are those of the code that comes with EXAONE 3, which the class of transformers has not",
    "gemma3": "without a vision_config it is the text model alone",
    "mt5": "transformers 5 ties the logits to the embedding, and released weights do not",
    "umt5": "likewise",
}


@pytest.mark.parametrize("kind", sorted(DEFAULTS))
def test_defaults_are_those_of_the_library(kind: str) -> None:
    ours = {name: value for name, value in DEFAULTS[kind].items() if name != "vision_use_head"}  # siglip's, elsewhere
    assert ours == {name: OF_TYPES[kind][name] for name in ours}


@pytest.mark.parametrize("kind", sorted(OF_TYPES.keys() - OTHERWISE.keys()))
def test_a_configuration_of_defaults_counts_as_one_that_spells_them_out(kind: str) -> None:
    spelled = {name: value for name, value in OF_TYPES[kind].items() if value is not None}
    try:
        left_out = from_config({"model_type": kind}, 64)
    except ValueError as error:
        assert any(words in str(error) for words in IN_PARTS), error  # noqa: PT017  refused, and not counted wrong
        return
    spelled_out = from_config({**spelled, "q_lora_rank": None} if kind == "sarvam_mla" else spelled, 64)
    assert (left_out.parameters, left_out.forward_flop) == (spelled_out.parameters, spelled_out.forward_flop)


def test_every_type_of_the_library_is_held() -> None:
    remote = {"baichuan", "chatglm", "deepseek", "internlm", "internlm2", "kimi_k2", "minicpm", "qwen"}
    assert set(model_types()) - OF_TYPES.keys() <= remote, "types whose code comes with their weights"


@pytest.mark.parametrize(("kind", "image", "patch"), [("owlvit", 768, 32), ("owlv2", 768, 16)])
def test_the_image_of_a_detector_is_its_own_and_not_clips(kind: str, image: int, patch: int) -> None:
    stated = from_config({"model_type": kind, "vision_config": {"image_size": image, "patch_size": patch}}, 16)
    assert from_config({"model_type": kind}, 16).forward_flop == stated.forward_flop
    assert from_config({"model_type": kind, "vision_config": {"hidden_size": 768}}, 16).forward_flop == (
        stated.forward_flop)
