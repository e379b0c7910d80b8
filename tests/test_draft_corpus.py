"""Real documents with labelled facts, where they lie beside the project: what is drafted is right, quoted, and fast."""

from __future__ import annotations

import collections
import csv
import importlib.util
import time
from pathlib import Path
from types import ModuleType

import pytest

from computeest.documents import check, draft, read, writing

CORPUS = Path(__file__).parents[2] / "shared" / "reading"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the labelled documents are not beside the project")


@pytest.fixture(scope="module")
def score() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reading_score", CORPUS / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pypdfium2", reason="PDFs are read with pypdfium2")
    folder = tmp_path_factory.mktemp("drafts")
    for path in sorted((CORPUS / "docs").iterdir()):
        (folder / f"{path.name}.yaml").write_text(writing.as_yaml(draft.drafted(read.read(str(path)))))
    return folder


def test_values_are_right_and_quotes_hold(score: ModuleType, drafts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The committed weights have seen these documents: benchmarks/fit_draft.py measures on those held out."""
    monkeypatch.setattr(score.shutil, "which", lambda _: None)  # whatever reader of PDFs is installed here
    pytest.importorskip("pypdf", reason="the scorer finds quotes in PDFs with pypdf")
    with (CORPUS / "labels.csv").open(newline="") as file:
        labels = list(csv.DictReader(file))
    drafted, facts, missing = score.score(drafts, labels, CORPUS / "docs")
    outcomes = collections.Counter(row["outcome"] for row in drafted if row["quote"])
    judged = sum(outcomes.values()) - outcomes["unjudged"]
    assert not missing
    assert outcomes["right"] / judged >= 0.90
    assert sum(fact["found"] for fact in facts) / len(facts) >= 0.62
    assert outcomes["trap"] <= 0.05 * sum(label["kind"] == "trap" for label in labels)
    # the scorer knows no products: '32 x 8 x A100 GPUs' holds 256
    assert all(row["quote_ok"] or check.holds(row["value"], row["quote"]) for row in drafted if row["quote"])


def test_the_longest_document_is_drafted_in_seconds() -> None:
    pytest.importorskip("pypdfium2", reason="PDFs are read with pypdfium2")
    began = time.process_time()
    draft.drafted(read.read(str(CORPUS / "docs" / "palm.pdf")))  # 83 pages
    assert time.process_time() - began < 8
