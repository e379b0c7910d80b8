"""`computeest families`: the list of networks, one network's layers, and the page docs/families.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from plugin_folders import EXAMPLE
from typer.testing import CliRunner

from computeest import estimate, registry
from computeest.cli.catalogue import families_app as app
from computeest.family_pages import page
from computeest.family_pages.layer_table import SettingError, architecture, counted

PAGE = Path(__file__).parents[1] / "docs" / "families.md"
LENET = str(EXAMPLE / "src" / "computeest_lenet" / "__init__.py")


def show(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["show", *arguments, "--format", "json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def test_the_list_names_every_family_with_its_parameters_and_source() -> None:
    rows = json.loads(CliRunner().invoke(app, ["--format", "json"]).stdout)
    loaded = registry.load(())
    assert [row["name"] for row in rows] == list(loaded.families)
    resnet = next(row for row in rows if row["name"] == "resnet")
    assert resnet["example"] == "image"
    assert resnet["parameters"]["depth"] == 50
    assert "resnet-152" in resnet["variants"]
    assert "1512.03385" in resnet["source"]
    assert resnet["from"] == "computeest_plugins.resnet"
    decoder = next(row for row in rows if row["name"] == "decoder")
    assert decoder["parameters"]["layers"] == "required"


def test_the_list_is_a_table_for_people() -> None:
    text = CliRunner().invoke(app, []).stdout
    assert [word.strip() for word in text.splitlines()[1].split("┃")[1:-1]] == list(page.COLUMNS)
    assert "resnet" in text


def test_the_page_of_families_is_current() -> None:
    written = CliRunner().invoke(app, ["--format", "markdown"]).stdout
    assert PAGE.read_text("utf-8") == written, "run: computeest families --format markdown -o docs/families.md"


#: Variant -> parameters, and multiply-adds of one image, as published or as another counter gives.
PUBLISHED = {
    "resnet-50": (25_557_032, 4_089_184_256),  # torchvision's model table: 25557032 parameters, 4.09 GFLOPS
    "vgg-16": (138_357_544, 15_470_264_320),  # torchvision's model table: 138357544 parameters, 15.47 GFLOPS
    "vit-b/16": (86_567_656, 17_564_000_000),  # torchvision's model table: 86567656 parameters, 17.56 GFLOPS
}


@pytest.mark.parametrize("variant", PUBLISHED)
def test_show_totals_are_those_published(variant: str) -> None:
    totals = show(variant)["totals"]
    parameters, macs = PUBLISHED[variant]
    assert totals["parameters"] == parameters
    assert totals["forward_macs"] == pytest.approx(macs, rel=0.005)


def test_layers_and_terms_add_up_to_the_totals() -> None:
    for name in ("resnet-50", "gpt2", "mixtral-8x7b", "t5-11b"):
        report = show(name)
        totals = report["totals"]
        assert sum(layer["forward_flop"] for layer in report["layers"]) == totals["forward_flop"]
        assert sum(layer["parameters"] for layer in report["layers"]) == totals["parameters"]
        assert sum(layer["backward_flop"] for layer in report["layers"]) == totals["backward_flop"]
        assert sum(layer["share"] for layer in report["layers"]) == pytest.approx(1)
        assert sum(report["by_term"].values()) == totals["forward_flop"] == 2 * totals["forward_macs"]
        assert totals["backward_ratio"] == totals["backward_flop"] / totals["forward_flop"]


def test_active_parameters_of_a_mixture_are_those_published() -> None:
    totals = show("mixtral-8x7b")["totals"]  # Jiang et al. 2024, arXiv:2401.04088: 47B parameters, 13B active
    assert totals["parameters"] == pytest.approx(47e9, rel=0.01)
    assert totals["active_parameters"] == pytest.approx(13e9, rel=0.01)


def test_settings_change_the_architecture() -> None:
    # torchvision's model table: ResNet-101 has 44,549,160 parameters
    assert show("resnet", "--set", "depth=101")["totals"]["parameters"] == 44_549_160
    assert show("resnet-50", "--set", "depth=101")["totals"]["parameters"] == 44_549_160
    assert show("resnet", "--set", "variant=resnet-101")["totals"]["parameters"] == 44_549_160
    assert show("gpt2", "--set", "n_ctx=2048")["totals"]["tokens"] == 2048


def test_settings_are_read_as_in_a_paper() -> None:
    assert architecture(["depth=101", "blocks=[3, 4, 6, 3]", "version=v2", "tied=true", "image = 32", "x=null"]) == {
        "depth": 101, "blocks": [3, 4, 6, 3], "version": "v2", "tied": True, "image": 32, "x": None}


@pytest.mark.parametrize(("name", "settings", "says"), [
    ("resnet", ["depth"], "'depth' is not NAME=VALUE, such as depth=101"),
    ("resnet", ["=1"], "'=1' is not NAME=VALUE, such as depth=101"),
    ("resnet", ["depth=!!python/object:os.system 1"],
     "'depth=!!python/object:os.system 1': '!!python/object:os.system' is a tag; write a value as in"
     " paper.yaml"),
    ("resnet", ["deepth=101"], "the family 'resnet' has no 'deepth'; it has depth, image, classes, width, version,"
                               " layout, blocks; closest: 'depth'"),
    ("decoder", [], "the family 'decoder' needs layers, width"),
    ("resnet-51", [], "no family is called 'resnet-51'; closest: 'resnet_50', 'resnet_152', 'resnet_101'"),
])
def test_what_cannot_be_shown_is_said(name: str, settings: list[str], says: str) -> None:
    with pytest.raises(SettingError) as caught:
        counted(registry.load(()), name, architecture(settings))
    assert str(caught.value).split("; closest")[0] == says.split("; closest")[0]


def test_show_says_what_it_counts_and_what_not() -> None:
    text = CliRunner().invoke(app, ["show", "resnet-50"]).stdout
    assert "forward: 8,178,368,512 FLOP for one image, 4,089,184,256 multiply-adds\n" in text
    assert "  first layer: 236,027,904 FLOP (2.89%)\n" in text
    assert "backward: 16,120,709,120 FLOP, 1.9711 x forward\n" in text
    assert "parameters: 25,557,032\n" in text
    assert "not counted: element-wise work: bias, norm, activation, pooling (" in text
    assert "max_pool" not in text
    assert "max_pool" in CliRunner().invoke(app, ["show", "resnet-50", "--every"]).stdout
    text = CliRunner().invoke(app, ["show", "mixtral-8x7b"]).stdout
    assert "  for each of 4,096 tokens: " in text
    assert " active\n" in text


def test_show_takes_plugins_and_families_that_only_give_a_number(tmp_path: Path) -> None:
    assert show("lenet", "--plugin", LENET)["totals"]["trainable_parameters"] == 60_000
    file = tmp_path / "flat.py"
    file.write_text('''
from computeest.contract import Family, hookimpl

def flat(width=8):
    """One vector through one matrix."""
    return 2 * width**2

@hookimpl
def computeest_families():
    return [Family("flat", flat, example="vector", source="Somebody 2020", variants={"flat-8": {}})]
''')
    text = CliRunner().invoke(app, ["show", "flat", "--plugin", str(file)]).stdout
    assert text == ("forward: 128 FLOP for one vector, 64 multiply-adds\ncounted by a formula alone: layers,"
                    " parameters and the backward pass are not known\nsource: Somebody 2020\n")
    assert "| flat-8 | | | 128 | |" in CliRunner().invoke(app, ["--format", "markdown", "--plugin", str(file)]).stdout


def test_unknown_formats_are_wrong_usage() -> None:
    assert CliRunner().invoke(app, ["--format", "xml"]).exit_code == 2
    assert CliRunner().invoke(app, ["show", "resnet", "--format", "markdown"]).exit_code == 2


def derivation(paper: dict[str, Any]) -> list[str]:
    return str(estimate(paper)["derivation"]).splitlines()


def test_explain_shows_the_first_layer_and_the_exact_backward_ratio_of_images() -> None:
    lines = derivation({"model": "X", "family": "resnet-50", "examples": 1.28e6, "epochs": 90})
    assert lines[0] == "one image through the network, resnet: 8.178e+09 FLOP forward"
    assert lines[1] == ("  forward_flop = first layer 2.36e+08 (2.89%) + convolution 7.938e+09 (97.06%) +"
                        " logits 4.096e+06 (0.05%)")
    assert lines[2].startswith("  backward / forward = 1.971 counted exactly, 2 used")


def test_explain_shows_attention_and_logits_of_sequences() -> None:
    lines = derivation({"model": "X", "family": "gpt2", "tokens_seen": 1e10})
    assert lines[0].startswith("one sequence through the network, decoder: ")
    assert lines[0].endswith(" a token")
    for term in ("attention projections", "attention", "feed-forward", "logits"):
        assert f" {term} " in lines[1]


def test_forward_flop_matches_the_unit_of_the_data() -> None:
    """Tokens, sequences and words of one corpus are one number of FLOP; images are counted one by one."""
    shape = {"model": "X", "family": "gpt2", "architecture": {"sequence_length": 1024}, "sequence_length": 1024}
    by_token = estimate({**shape, "tokens_seen": 1024e6})["flop"]
    by_sequence = estimate({**shape, "examples_seen": 1e6})["flop"]
    assert by_token == pytest.approx(by_sequence, rel=1e-9)
    # 6 N D and the scores of attention, 12 x 12 layers x 768 x 1024 a token (Chowdhery et al. 2022, appendix B)
    assert by_token == pytest.approx((6 * 124.4e6 + 12 * 12 * 768 * 1024) * 1024e6, rel=0.01)
    shorter = estimate({"model": "X", "family": "gpt2", "sequence_length": 512, "examples_seen": 1e6})["flop"]
    # the length of the run, not the 1,024 that GPT-2 is known by
    assert shorter == pytest.approx((6 * 124.4e6 + 12 * 12 * 768 * 512) * 512e6, rel=0.01)
    image = estimate({"model": "X", "family": "resnet-50", "examples_seen": 1e6})["flop"]
    assert image == pytest.approx(3 * 2 * 4.089e9 * 1e6, rel=0.01)
