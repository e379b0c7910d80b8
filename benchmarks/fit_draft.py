"""Fit the weights of `computeest draft` to labelled documents, and say how they do on documents that they did not see.

    python benchmarks/fit_draft.py LABELLED [-o computeest/documents/weights.yaml] [--drafts DIR] [--calibration FILE]

LABELLED is a directory with docs/, labels.csv and score.py, which decides what is right; of results, costs, energy and
emissions the labels are in tests/golden/draft_results.csv. The model is a conditional
logit: for each column of a document one of the values is right, or none is. Its weights are drawn to those of
draft_priors.yaml, so that a document of its own kind moves them little. Figures are of five folds by document; the
weights that are written are fitted to all documents.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize

from computeest.documents import candidates, draft, names, probability, read, roles, writing
from computeest.documents.candidates import Candidate

#: How strongly weights are drawn to their priors, by cross-validation over 1, 2, 4, 8 and 16; those of one group of
#: columns twice as strongly.
STRENGTH = 8.0
FOLDS = 5
#: Stages that are not the training a paper.yaml of the model is about.
TUNING = re.compile(r"fine-?tun|SFT|supervised|chat|second stage|long context", re.IGNORECASE)
RESAMPLED = 2000
#: Which numbers of the documents are the model's own results and what its training cost or emitted.
RESULTS = Path(__file__).parents[1] / "tests" / "golden" / "draft_results.csv"
#: The columns that those labels speak of, in every labelled document.
OF_RESULTS = ("score", "cost", "energy", "emissions")
#: What is told of such columns alone, and how strongly its weights are drawn to their priors: each of a handful of
#: documents would hardly move them otherwise.
_OF_RESULTS = re.compile(rf"^column (?:{'|'.join(OF_RESULTS)})$|own result$|^of money$")
OWN_STRENGTH = 1.0


@dataclass(frozen=True)
class Labelled:
    """A document's readings, which of them are right, and the columns that its labels speak of."""

    #: The names of its labelled models, the main one first, and those that are found in it.
    models: Sequence[str]
    named: names.Names
    document: Any
    #: The readings as they were found, and with what is told of them.
    bare: Sequence[Candidate]
    found: Sequence[Candidate]
    right: Sequence[bool]
    columns: frozenset[str]


def load(folder: Path, score: Any) -> dict[str, Labelled]:
    """Every labelled document; right is what its main model's labels say, but for fine-tuning."""
    results = _results()
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (folder / "labels.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            rows[row["document"]].append(row)
    found = {}
    for name, labels in rows.items():
        document = read.read(str(folder / "docs" / name))
        named = names.find(document)
        models = list(dict.fromkeys(row["model"] for row in labels if row["model"] != "*"))
        mine = [row for row in labels if row["model"] in (models[0], "*") and row["kind"] != "trap"
                and not TUNING.search(row["run"])]
        bare = list(candidates.find(document))
        told = roles.told(bare, named)
        right = [_result(one, results[name]) if one.column in OF_RESULTS else _right(one, mine, score) for one in told]
        found[name] = Labelled(models, named, document, bare, told, right,
                               frozenset((*_columns(mine, score), *OF_RESULTS)))
    return found


def _results() -> Mapping[str, Sequence[tuple[str, float]]]:
    """Of each document the columns and values of results that are its main model's own."""
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    with RESULTS.open(newline="") as file:
        for row in csv.DictReader(file):
            read_as = candidates.value(row["column"], row["value"])
            if read_as is None:
                raise ValueError(f"{RESULTS.name}: {row['document']}: {row['value']!r} is no {row['column']}")
            if row["right"] == "yes":
                found[row["document"]].append((row["column"], read_as[2]))
    return found


def _result(one: Candidate, own: Iterable[tuple[str, float]]) -> bool:
    return any(column == one.column and abs(value - one.value) <= 0.005 * value for column, value in own)


def _right(one: Candidate, labels: Iterable[Mapping[str, str]], score: Any) -> bool:
    value = one.value if one.column in score.TEXT else one.text
    twins = {"tokens", "tokens_seen", "examples", "examples_seen"}
    group = score.SISTER.get(one.column, {one.column})
    stated = [label for label in labels if label["kind"] in ("stated", "derived") and label["column"] in group]
    return any(score.same(value, label) for label in stated
               if label["column"] == one.column or {label["column"], one.column} <= twins)


def _columns(labels: Iterable[Mapping[str, str]], score: Any) -> Iterable[str]:
    for label in labels:
        yield from score.SISTER.get(label["column"], {label["column"]})
        if label["column"] == "utilization" and label["kind"] == "absent":
            yield from ("achieved_rate", "step_utilization")


def fit(documents: Iterable[Labelled], vocabulary: Mapping[str, int], priors: Mapping[str, float]) -> np.ndarray:
    """The weights, the last one of which is always added."""
    prior = np.zeros(len(vocabulary) + 1)
    strength = np.full(len(prior), STRENGTH)
    prior[-1], strength[-1] = priors["always"], 0.1
    for name, at in vocabulary.items():
        prior[at] = priors.get(name, 0.0)
        strength[at] *= 2 if "@" in name else 1
    documents = list(documents)
    of_facts = [question for one in documents for question in _questions(one, vocabulary, one.columns - {*OF_RESULTS})]
    common = _least(_loss, prior, (prior, strength, of_facts))
    # few speak of results: what is told of facts too keeps the weights that facts gave it, and the rest is fitted alone
    own = np.zeros(len(prior), dtype=bool)
    own[[at for name, at in vocabulary.items() if _OF_RESULTS.search(name)]] = True
    of_results = [question for one in documents for question in _questions(one, vocabulary, OF_RESULTS)]

    def alone(free: np.ndarray) -> tuple[float, np.ndarray]:
        weights = common.copy()
        weights[own] = free
        loss, slope = _loss(weights, np.where(own, prior, common), np.where(own, OWN_STRENGTH, strength), of_results)
        return loss, slope[own]

    common[own] = _least(alone, prior[own])
    return common


def _least(loss: Callable[..., tuple[float, np.ndarray]], start: np.ndarray, more: tuple[Any, ...] = ()) -> np.ndarray:
    found: np.ndarray = minimize(loss, start, args=more, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return found


def _questions(one: Labelled, vocabulary: Mapping[str, int],
               columns: Collection[str]) -> Iterable[tuple[list[np.ndarray], np.ndarray]]:
    """For each of the columns: the rows of every value's readings, and whether the value is right."""
    groups: dict[str, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at, key in enumerate(probability.same_values(one.found)):
        if key[0] in columns and not key[1]:
            groups[key[0]][key].append(at)  # of the whole run: stages share its weights
    for values in groups.values():
        rows = [np.array([_row(one.found[at], vocabulary) for at in places]) for places in values.values()]
        yield rows, np.array([any(one.right[at] for at in places) for places in values.values()])


def _row(candidate: Candidate, vocabulary: Mapping[str, int]) -> np.ndarray:
    row = np.zeros(len(vocabulary) + 1)
    row[-1] = 1.0
    row[[vocabulary[name] for name in candidate.features if name in vocabulary]] = 1.0
    return row


def _loss(weights: np.ndarray, prior: np.ndarray, strength: np.ndarray,
          questions: Sequence[tuple[list[np.ndarray], np.ndarray]]) -> tuple[float, np.ndarray]:
    loss, slope = 0.5 * float(np.sum(strength * (weights - prior) ** 2)), strength * (weights - prior)
    for rows, right in questions:
        best = np.array([row[np.argmax(row @ weights)] for row in rows])
        points = best @ weights
        most = max(0.0, float(points.max()))
        raised, none = np.exp(points - most), np.exp(-most)
        chances = raised / (none + raised.sum())
        hit = float(raised[right].sum()) if right.any() else none
        loss -= float(np.log(hit / (none + raised.sum())))
        slope = slope + best.T @ (chances - (np.where(right, raised, 0.0) / hit if right.any() else 0.0))
    return loss, slope


def weights_of(fitted: np.ndarray, vocabulary: Mapping[str, int]) -> dict[str, float]:
    """The weights by name, but for those that add nothing."""
    named = {name: round(float(fitted[at]), 3) for name, at in sorted(vocabulary.items()) if abs(fitted[at]) >= 0.02}
    return {"always": round(float(fitted[-1]), 3)} | named


#: What is written of each document: its main model; what `draft` writes; that, and nothing of the labelled models that
#: it does not write, so that what is stated of them is missed.
KINDS = ("main", "drafted", "all")


def drafts(data: Mapping[str, Labelled], vocabulary: Mapping[str, int], priors: Mapping[str, float],
           folder: Path) -> None:
    """Drafts of each document, of each kind, by weights that were fitted without it."""
    ordered = sorted(data)
    for kind in KINDS:
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for fold in range(FOLDS):
        held_out = ordered[fold::FOLDS]
        fitted = fit([data[name] for name in ordered if name not in held_out], vocabulary, priors)
        by = weights_of(fitted, vocabulary)
        for name in held_out:
            one = data[name]
            main, *others = draft.papers(one.bare, one.named, by, note=draft.is_note(one.document))
            written = {"main": [main], "drafted": [main, *others], "all": [main, *others]}
            for kind, papers in written.items():
                text = writing.as_yaml(draft.Draft(one.document, tuple(papers)))
                unwritten = one.models if kind == "all" else one.models[:1] if kind == "main" else []
                text += "".join(f"---\nmodel: {yaml.safe_dump(model).splitlines()[0]}\n" for model in unwritten)
                (folder / kind / f"{name}.yaml").write_text(text)


def figures(folder: Path, labelled: Path, score: Any) -> None:
    """Print precision, recall, traps and quotes as the scorer has them, with intervals by resampling documents."""
    with (labelled / "labels.csv").open(newline="") as file:
        labels = list(csv.DictReader(file))
    traps = sum(row["kind"] == "trap" for row in labels)
    documents = sorted({row["document"] for row in labels})
    for kind in KINDS:
        drafted, facts, _ = score.score(folder / kind, labels, labelled / "docs")
        drafted = [row for row in drafted if row["column"] != "not_used"]
        random = np.random.default_rng(0)
        draws = [_figures(drafted, facts, Counter(random.choice(documents, len(documents)))) for _ in range(RESAMPLED)]
        print(f"{kind}: {len({(row['document'], row['model']) for row in facts})} models, {len(facts)} facts")
        for name, value in _figures(drafted, facts, Counter(documents)).items():
            low, high = np.nanpercentile([draw[name] for draw in draws], [5, 95])
            print(f"  {name:28}{value:7.3f}   90 % of resampled documents: {low:.3f} to {high:.3f}")
        taken = sum(row["outcome"] == "trap" for row in drafted)
        quoted = [row["quote_ok"] for row in drafted if row["quote"]]
        print(f"  {'traps taken':28}{taken:4d} of {traps}; quotes right: {sum(quoted)} of {len(quoted)}")


def _figures(drafted: Sequence[Mapping[str, Any]], facts: Sequence[Mapping[str, Any]],
             times: Mapping[str, int]) -> dict[str, float]:
    judged = sum(times[row["document"]] for row in drafted if row["outcome"] != "unjudged")
    right = sum(times[row["document"]] for row in drafted if row["outcome"] == "right")
    whole = sum(times[row["document"]] for row in facts)
    return {"precision": right / judged,
            "recall": sum(times[row["document"]] * row["found"] for row in facts) / whole,
            "recall with alternatives": sum(times[row["document"]] * row["among"] for row in facts) / whole}


#: Bounds of the probabilities whose readings are counted together.
BANDS = ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.01))


def calibration(data: Mapping[str, Labelled], vocabulary: Mapping[str, int],
                priors: Mapping[str, float]) -> list[dict[str, str]]:
    """How often readings of held-out documents are right, by the probability that they have: a row a group.

    Of the facts, the likeliest reading of each column; of results, which are few, every value.
    """
    ordered = sorted(data)
    facts: list[tuple[float, bool]] = []
    results: dict[str, list[tuple[float, bool]]] = {column: [] for column in OF_RESULTS}
    stating: Counter[str] = Counter()
    for fold in range(FOLDS):
        held_out = ordered[fold::FOLDS]
        by = weights_of(fit([data[name] for name in ordered if name not in held_out], vocabulary, priors), vocabulary)
        for name in held_out:
            one = data[name]
            right = {id(candidate): value for candidate, value in zip(one.found, one.right, strict=True)}
            rated = probability.rated(one.found, by)
            seen: set[tuple[str, ...]] = set()
            for (candidate, chance), key in zip(rated, probability.same_values([found for found, _ in rated]),
                                                strict=True):
                key = key if candidate.column in OF_RESULTS else key[:1]
                if not candidate.stage and candidate.column in one.columns and key not in seen:
                    seen.add(key)
                    results.get(candidate.column, facts).append((chance, right[id(candidate)]))
            stating.update({key[0] for key in seen})
    rows = [_calibrated(f"facts, {low:.2f} to {min(high, 1):.2f}", len(data),
                        [pair for pair in facts if low <= pair[0] < high]) for low, high in BANDS]
    return [*rows, *(_calibrated(column, stating[column], pairs) for column, pairs in results.items() if pairs)]


def _calibrated(group: str, documents: int, pairs: Sequence[tuple[float, bool]]) -> dict[str, str]:
    return {"readings": group, "documents": str(documents), "n": str(len(pairs)),
            "said to be right": f"{np.mean([chance for chance, _ in pairs]):.2f}",
            "right": f"{np.mean([right for _, right in pairs]):.2f}"}


def main() -> None:
    """Fit, cross-validate and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("labelled", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--drafts", type=Path, default=Path("build/drafts"), help="the held-out drafts")
    parser.add_argument("--calibration", type=Path, help="where the table of docs/draft.md is kept")
    options = parser.parse_args()
    spec = importlib.util.spec_from_file_location("score", options.labelled / "score.py")
    assert spec is not None
    assert spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    data = load(options.labelled, score)
    priors = yaml.safe_load(Path(__file__).with_name("draft_priors.yaml").read_text("utf-8"))
    seen = Counter(name for one in data.values() for name in {f for found in one.found for f in found.features})
    kept = sorted({name for name, times in seen.items() if times > 1} | (set(priors) - {"always"}))
    vocabulary = {name: at for at, name in enumerate(kept)}
    drafts(data, vocabulary, priors, options.drafts)
    figures(options.drafts, options.labelled, score)
    calibrated = calibration(data, vocabulary, priors)
    for row in calibrated:
        print(", ".join(f"{name} {value}" for name, value in row.items()))
    if options.calibration:
        with options.calibration.open("w", newline="") as file:
            writer = csv.DictWriter(file, calibrated[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(calibrated)
    if options.output:
        by = weights_of(fit(data.values(), vocabulary, priors), vocabulary)
        about = "# Written by benchmarks/fit_draft.py: what each thing told of a reading adds to its score.\n"
        options.output.write_text(about + yaml.safe_dump({"weights": by}, sort_keys=False, width=120))


if __name__ == "__main__":
    main()
