"""The keys of a paper that may have been meant by one that is none; `facts.paper` prints them."""

from __future__ import annotations

from functools import lru_cache

from computeest.schema.fields import FIELDS, INPUTS, NAMES, key
from computeest.text.suggest import alike, nearest

#: Words of a key that do not say what it is of, those among them that count it, and those that all mean a chip.
_COUNTING = frozenset(("total", "num", "n", "number", "count"))
_SAY_NOTHING = _COUNTING | {"training", "train", "of", "in", "all", "the", "model", "global", "used", "size", "max",
                            "per"}
_CHIPS = frozenset(("gpu", "gpus", "tpu", "tpus", "chip", "chips", "accelerator", "accelerators", "device", "devices",
                    "hardware"))
#: What people call facts by words that no key resembles, and that as headers of tables may mean something else.
_CALLED = {called: name for name, words in {
    "region": "location place zone datacenter data_center", "operator": "provider cloud",
    "cost": "price budget", "emissions": "co2 co2e carbon", "energy": "electricity kwh", "chip_power": "power tdp",
    "link": "paper arxiv", "organization": "company lab", "family": "network arch",
    "base_model": "base parent pretrained_from", "sequence_length": "ctx", "active_parameters": "active activated",
}.items() for called in words.split()}
_MOST, _LONGEST = 3, 60


def suggestions(name: str) -> list[str]:
    """A slip of the pen, the same in more or in other words; nothing that merely looks like it.

    'audio_hours' are no GPU-hours, and a learning rate is no training time.
    """
    asked = key(name[:_LONGEST]).strip("_")
    known = [n for n in NAMES if NAMES[n] in INPUTS and not n.startswith(("num_", "n_", "number_of_"))]
    joined, cutoff = asked.replace("_", ""), 0.9 if "_" in asked else 0.8
    slips = [n for n in nearest(name, known) if alike(joined, n.replace("_", ""), cutoff)]
    called = [_CALLED[asked]] if asked in _CALLED else []
    return list(dict.fromkeys((*called, *slips, *_in_more_words(asked, known))))[:_MOST]


def _in_more_words(asked: str, known: list[str]) -> list[str]:
    """The keys that say the same, the shortest first."""
    words, counts = _telling(asked), not _COUNTING.isdisjoint(asked.split("_"))
    if "_" not in asked or not words:
        return []
    same = [n for n in known if _same(words, _telling(n)) and (FIELDS[NAMES[n]].numeric or not counts)]
    return sorted(same, key=lambda n: (n.count("_"), n))


@lru_cache(maxsize=4096)
def _telling(name: str) -> list[str]:
    """The words of a key that say what it is of, chips by one name; all of them where none does."""
    words = ["chip" if word in _CHIPS else word for word in name.split("_") if word]
    return [word for word in words if word not in _SAY_NOTHING and not any(
        len(other) > 4 and alike(word, other) for other in _SAY_NOTHING)] or words


def _same(asked: list[str], known: list[str]) -> bool:
    """Whether every telling word of one key is in the other, which may hold one more beside several."""
    rest = [word for word in known if not any(_one_word(word, other) for other in asked)]
    return all(any(_one_word(word, other) for other in known) for word in asked) and (
        not rest or rest == ["chip"] or (len(asked) > 1 and len(rest) == 1))


def _one_word(word: str, other: str) -> bool:
    return word.rstrip("s") == other.rstrip("s") or (len(word) > 4 and alike(word, other, 0.85))
