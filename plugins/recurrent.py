"""Recurrent language models: an embedding, LSTM, GRU or plain recurrent layers, a score for every word."""

from __future__ import annotations

from typing import Any

from computeest.contract import Family, Network, Published, hookimpl

CELLS = ("lstm", "gru", "rnn")


def recurrent(
    hidden: int = 650,
    layers: int = 2,
    vocabulary: int = 10000,
    sequence_length: int = 35,
    cell: str = "lstm",
    embedding_width: int | None = None,
    projection: int | None = None,
    both: bool = False,
    tied: bool = False,
    biases: int = 1,
    sampled: int | None = None,
) -> Network:
    """One stretch of text through a recurrent language model; `sampled` scores only so many words (sampled softmax)."""
    if cell not in CELLS:
        raise ValueError(f"cell: '{cell}' is not one of {', '.join(CELLS)}")
    if projection is not None and cell != "lstm":
        raise ValueError("projection: only an LSTM has one; leave it out or set cell to lstm")
    net = Network(tokens=sequence_length)
    width = (projection or hidden) if embedding_width is None else embedding_width
    x = net.embedding(sequence_length, vocabulary, width)
    if cell == "lstm":
        x = net.lstm(x, hidden, layers=layers, projection=projection, both=both, biases=biases)
    else:
        x = (net.gru if cell == "gru" else net.rnn)(x, hidden, layers=layers, both=both, biases=biases)
    if sampled is None:
        net.logits(x, vocabulary, bias=True, tied=tied)
        return net
    net.logits(x, sampled, bias=False, tied=True, name="sampled_logits")
    net.parameter(vocabulary * (1 if tied else x.channels + 1), "logits_weights")
    return net


_PTB: dict[str, Any] = {"vocabulary": 10000, "sequence_length": 35, "layers": 2}
#: The One Billion Word benchmark; the embedding is as wide as the projection.
_BILLION: dict[str, Any] = {"layers": 1, "projection": 512, "vocabulary": 793471, "sequence_length": 20}


PUBLISHED: dict[str, Published] = {
    "lstm-ptb-small": Published("the repository of Zaremba et al. 2014, arXiv:1409.2329", parameters=4.65e6),
    "lstm-ptb-medium": Published("the repository of Zaremba et al. 2014, arXiv:1409.2329", parameters=19.8e6),
    "lstm-ptb-large": Published("Zaremba et al. 2014, arXiv:1409.2329", parameters=66e6),
}


@hookimpl
def computeest_families() -> list[Family]:
    """The recurrent language model."""
    return [
        Family(
            name="recurrent",
            forward=recurrent,
            example="sequence",
            source="Hochreiter and Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; Zaremba et al. 2014, "
            "arXiv:1409.2329; Jozefowicz et al. 2016, arXiv:1602.02410",
            variants={
                "lstm-ptb-small": {**_PTB, "hidden": 200, "sequence_length": 20},
                "lstm-ptb-medium": {**_PTB, "hidden": 650},
                "lstm-ptb-large": {**_PTB, "hidden": 1500},
                "lstm-512-512": {**_BILLION, "hidden": 512},
                "lstm-1024-512": {**_BILLION, "hidden": 1024},
                "lstm-2048-512": {**_BILLION, "hidden": 2048},
                "lstm-8192-1024": {**_BILLION, "hidden": 8192, "projection": 1024, "layers": 2},
            },
            published=PUBLISHED,
        )
    ]  # fmt: skip
