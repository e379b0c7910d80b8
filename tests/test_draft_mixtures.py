"""Mixtures of experts in documents: how many parameters are active, or at least that not all of them are."""

from __future__ import annotations

import pytest

from computeest import pipeline
from computeest.documents import draft, read, writing

TOKENS = 6e12


def first(text: str) -> dict[str, object]:
    return writing.as_mappings(draft.drafted(read.from_text(text, "card.md")))[0]


def value(paper: dict[str, object], column: str) -> object:
    found = paper.get(column)
    return found["value"] if isinstance(found, dict) else found


@pytest.mark.parametrize(("said", "total", "active"), [
    ("389 billion parameters and 52 billion activation parameters", "389 billion", "52 billion"),
    ("a total of 389 billion parameters and 52 billion activation parameters", "389 billion", "52 billion"),
    ("389B parameters, of which 52B are active", "389B", "52B"),
    ("389B-parameter MoE with 52B active", "389B", "52B"),
    ("389B parameters in total, 52B activated", "389B", "52B"),
    ("389B total parameters (52B active)", "389B", "52B"),
    ("389B total and 52B active params", "389B", "52B"),
    ("389B (A52B)", "389B", "52B"),
    ("389B-A52B", "389B", "52B"),
    ("389B parameters, but only uses 52B parameters per token", "389B", "52B"),
    ("389B parameters but uses only 52B per input token", "389B", "52B"),
    ("389B parameters. It activates a subnetwork of 52B parameters per token", "389B", "52B"),
    ("16.8 billion parameters with 2.75 billion activated parameters", "16.8 billion", "2.75 billion"),
    ("109B total parameters, 17B active parameters and 16 experts", "109B", "17B"),
])
def test_total_and_active_parameters_of_a_sentence(said: str, total: str, active: str) -> None:
    paper = first(f"# Nova\n\nNova is a mixture-of-experts model with {said}. It was trained on 6T tokens.\n")
    assert (value(paper, "parameters"), value(paper, "active_parameters")) == (total, active)
    # a token passes through the active parameters alone (Fedus et al. 2022, section 1)
    scale = {"B": 1e9, "billion": 1e9}[active.lstrip("0123456789. ")]
    assert pipeline.estimate(paper)["flop"] == pytest.approx(6 * float(active.split()[0].rstrip("B")) * scale * TOKENS)


@pytest.mark.parametrize(("name", "active"), [("Qwen3-30B-A3B", "3B"), ("Qwen3-235B-A22B", "22B"),
                                              ("Nova-57B-A14B", "14B")])
def test_a_name_says_how_many_parameters_are_active(name: str, active: str) -> None:
    paper = first(f"# {name}\n\n{name} was pretrained on 36 trillion tokens.\n")
    assert (paper["model"], value(paper, "active_parameters")) == (name, active)


@pytest.mark.parametrize("text", [
    "Nova is a mixture-of-experts model with 160B parameters. It was trained on 6T tokens.",
    "Nova has 160B parameters with 16 experts, of which 2 are active, trained on 6T tokens.",
    "We introduce Nova, a sparse Mixture-of-Experts model. Nova has 160B parameters. Nova was trained on 6T tokens.",
    "Nova has 160B parameters. Nova was trained on 6T tokens. It uses a fine-grained MoE architecture.",
    "160B parameter Mixture-of-Experts model with 25% of the weights active on a given token. Trained on 6T tokens.",
    "- **Architecture:** Mixture of Experts (MoE)\n- **Parameters:** 160B\n- **Training tokens:** 6T",
    "| | |\n|---|---|\n| Architecture | MoE |\n| Parameters | 160B |\n| Training tokens | 6T |",
    "| | |\n|---|---|\n| Number of Experts | 128 |\n| Total Parameters | 160B |\n| Training tokens | 6T |",
    "Nova has 160B parameters. Our model employs 64 routed experts per layer. Nova was trained on 6T tokens.",
    "The model is based on the MoE architecture. Nova has 160B parameters. Nova was trained on 6T tokens.",
])
def test_a_mixture_without_active_parameters_is_no_dense_model(text: str) -> None:
    paper = first(f"# Nova\n\n{text}\n")
    record = pipeline.estimate(paper)
    assert "experts-not-stated" in {check["code"] for check in record["checks"]}
    # published mixtures use 3 to 30 % of their parameters
    assert record["flop_low"] < 0.03 * 6 * 160e9 * TOKENS < 0.28 * 6 * 160e9 * TOKENS < record["flop_high"]
    assert record["confidence"] != "confident"


def test_a_title_says_that_it_is_one() -> None:
    paper = first("# Nova: A Sparse Mixture of Experts Language Model\n\n"
                  "Nova has 160B parameters. Nova was trained on 6T tokens.\n")
    assert paper["parameters"]["note"] == "a mixture of experts (line 1)"  # type: ignore[index]
    assert "# A mixture of experts, of which no active parameters were found" in writing.as_yaml(
        draft.drafted(read.from_text("# Nova: A Sparse Mixture of Experts\n\nNova has 160B parameters.\n", "a.md")))


@pytest.mark.parametrize("text", [
    "Nova is a dense model. Unlike mixture-of-experts models, it uses all of its parameters.",
    "Nova outperforms Mixtral, a mixture-of-experts model.",
    "It beats MoE models such as DeepSeek-V3.",
    "Answers were rated by 16 experts.",
    "We plan to release an MoE version.",
    "Its data was generated by a mixture-of-experts teacher.",
    "In contrast to the MoE approach, we keep the model simple.",
    "Nova is not a mixture of experts.",
    "We also release two MoE models.",
    "Switch Transformers introduced a sparse mixture of experts.",
    "The platform has 50 million active users.",
    "Nova serves 5M active users per day.",
    "| Model | Architecture | MMLU |\n|---|---|---|\n| Mixtral 8x7B | MoE | 70 |\n| Nova | Dense | 72 |",
])
def test_another_models_experts_leave_it_dense(text: str) -> None:
    paper = first(f"# Nova\n\nNova has 160B parameters. Nova was trained on 6T tokens.\n\n{text}\n")
    assert "note" not in paper["parameters"]  # type: ignore[operator]
    assert pipeline.estimate(paper)["flop"] == pytest.approx(6 * 160e9 * TOKENS)


def test_the_title_of_a_card_names_its_size() -> None:
    paper = first("# Hunyuan-Large\n\nHunyuan-Large was pre-trained on 7T tokens.\n")
    assert paper["model"] == "Hunyuan-Large"


def test_the_name_of_another_size_says_nothing_of_this_one() -> None:
    # Granite 3.0: the 8B is dense, the 3B-A800M is not (their model cards)
    paper = first("# Granite-3.0-8B\n\nGranite-3.0-8B has 8B parameters and was trained on 12T tokens. The family has "
                  "also granite-3.0-1b-a400m and granite-3.0-3b-a800m.\n")
    assert "active_parameters" not in paper
    assert pipeline.estimate(paper)["flop"] == pytest.approx(6 * 8e9 * 12e12)
    beside = first("# Granite 3.0\n\nGranite 3.0 has two kinds.\n\n"
                   "- Dense: 2B and 8B parameter models, trained on 12T tokens.\n"
                   "- Sparse 1B and 3B MoE models, with 400M and 800M activated parameters respectively.\n")
    assert "active_parameters" not in beside
    several = first("# Qwen3-30B-A3B\n\nQwen3-30B-A3B was pretrained on 36T tokens, as Qwen3-235B-A22B was. "
                    "Qwen3-30B-A3B is small.\n")
    assert value(several, "active_parameters") == "3B"


def test_the_row_of_active_parameters_speaks_of_other_models_too() -> None:
    paper = first("# Nova\n\nNova is a mixture of experts. Nova was trained on 6T tokens.\n\n"
                  "| | Wren | Nova |\n|---|---|---|\n"
                  "| Total parameters | 236B | 142B |\n| Active parameters | 21B | 14B |\n")
    assert (value(paper, "parameters"), value(paper, "active_parameters")) == ("142B", "14B")
