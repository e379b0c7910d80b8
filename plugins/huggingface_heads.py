"""What a model of Hugging Face ends in: words, classes or nothing, as `architectures` of its config.json names it."""

from __future__ import annotations

from typing import Any

from computeest.contract import Network
from computeest_plugins.huggingface_config import Config

#: Endings of a class's name and what such a class scores, in the order they are tried.
TASKS = (
    ("ForMaskedLM", "words"),
    ("ForCausalLM", "words"),
    ("ForConditionalGeneration", "words"),
    ("LMHeadModel", "words"),
    ("DoubleHeadsModel", "words"),
    ("ForPreTraining", "pretraining"),
    ("ForSequenceClassification", "sequence"),
    ("ForMultipleChoice", "choice"),
    ("ForNextSentencePrediction", "next sentence"),
    ("ForTokenClassification", "tokens"),
    ("ForQuestionAnswering", "answers"),
    ("ForImageClassification", "image"),
    ("ForMaskedImageModeling", "pixels"),
    ("ChatGLMModel", "words"),
    ("MarianMTModel", "words"),
    ("Model", "none"),
)


def task(c: Config, usual: str) -> str:
    """What the model scores; `usual` where `architectures` is missing or names no class known here."""
    names = c.values.get("architectures")
    for name in names if isinstance(names, list) else ():
        for ending, scored in TASKS:
            if str(name).endswith(ending) or (ending != "Model" and ending in str(name)):
                return scored
    return usual


def labels(c: Config) -> int:
    """Classes of a classifier: the length of id2label, or num_labels."""
    return c.size("id2label") or c.count("num_labels", 2)


def decoder_head(c: Config) -> dict[str, Any]:
    """The decoder's parameters for a head that scores no words: classes of a reward model, none of a bare model."""
    scored = task(c, "words")
    if scored == "none":
        return {"classes": 0}
    if scored == "sequence":
        return {"classes": labels(c)}
    if scored in ("tokens", "answers"):
        return {"classes": labels(c) if scored == "tokens" else 2, "class_bias": True}
    return {}


def classified(c: Config, net: Network, width: int, length: int, dense: tuple[str, ...] = ()) -> None:
    """An encoder's classifier, if it has one; for tasks in `dense`, a layer of the model's width comes before it."""
    scored = task(c, "none")
    x = net.input(width, *([length] if scored in ("tokens", "answers") else []), grad=True)
    if scored in dense:
        x = net.linear(x, width, name="classifier.dense")
    classes = {"sequence": labels, "tokens": labels, "answers": _two, "choice": _one, "next sentence": _two}.get(scored)
    if classes is not None:
        net.linear(x, classes(c), name="classifier", term="logits")


def _one(_: Config) -> int:
    return 1


def _two(_: Config) -> int:
    return 2
