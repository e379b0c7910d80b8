"""The commands of a page of the documentation, and the folder in which they run."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Pages whose commands run on files that tests write; those of index.md and of the tutorials write their own.
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md",
         *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name != "index.md"),
         *sorted((ROOT / "examples").rglob("README.md"))]
#: A block: a file with its name, or commands; a comment before it says why no test runs them.
_BLOCK = re.compile(r'^(?:<!-- not run in tests: (?P<why>.+?) -->\n)?```(?P<kind>\w*)(?: title="(?P<title>[^"]+)")?\n'
                    r"(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(computeest [^`\n]*)`")
#: What stands for a word of the reader's: TABLE, [docs/x.md], a|b, ...
PLACEHOLDER = re.compile(r"(?<![\w.-])[A-Z][A-Z_]{2,}\b|\\?\|\w|\.\.\.")
_EXIT = re.compile(r"\s+# exits with (\d)$")
#: Commands within sentences that have their help run alone, and why.
IN_WORDS = {
    "computeest progress fit imagenet.csv --preset erdil-besiroglu-2022": "the authors' dataset is theirs to give",
    "computeest progress fit --model loss --preset ho-2024": "the options alone are meant",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A line of a page, the code it ends with, and why it is not run where it is not."""

    text: str
    code: int = 0
    why: str = ""
    #: What the page says that it prints, '...' being whatever; nothing where the page does not say.
    prints: str = ""


def steps(page: Path) -> Iterator[tuple[str, str] | Command]:
    """What a page has in order: files with their contents, commands of blocks, and whole commands in sentences."""
    text, done = page.read_text("utf-8"), 0
    for block in (*_BLOCK.finditer(text), None):
        yield from _in_words(text[done:block.start() if block else len(text)])
        if block is None:
            return
        done = block.end()
        if block["title"]:
            yield block["title"], block["content"]
        elif block["kind"] in ("console", "sh"):
            yield from _of_block(block["content"], block["why"] or "")


def commands(page: Path) -> list[Command]:
    """The commands of a page."""
    return [step for step in steps(page) if isinstance(step, Command)]


def _of_block(content: str, why: str) -> Iterator[Command]:
    content = re.sub(r"\\\n\s*", " ", content)
    parts = re.split(r"^\$ ", content, flags=re.MULTILINE)[1:] or list(filter(str.strip, content.splitlines()))
    for part in parts:
        line, _, prints = part.partition("\n")
        found = _EXIT.search(line)
        yield Command(_EXIT.sub("", line), int(found[1]) if found else 0, why, prints.rstrip("\n"))


def pattern(prints: str) -> str:
    """What is printed as a pattern: '...' on a line of its own is any lines, within one any words."""
    def of(line: str) -> str:
        words = ".*".join(map(re.escape, line.rstrip().split("...")))
        return r"(?:.*\n)*?" if line.strip() == "..." else rf"{words}\n"

    return "".join(map(of, prints.splitlines()))


def _in_words(text: str) -> Iterator[Command]:
    for inline in dict.fromkeys(_INLINE.findall(text)):
        if not PLACEHOLDER.search(inline.replace("\\|", "|")):
            bare = re.fullmatch(r"computeest(?: [a-z]+)+", inline)
            yield Command(inline, why="its name alone is meant" if bare else IN_WORDS.get(inline, ""))


def _models(folder: Path) -> None:
    (folder / "models.csv").write_text("model,parameters,tokens,published\nA,7B,2T,2023-01-01\nB,70B,2T,2023-07-01\n")


def _annotated(folder: Path) -> None:
    import pandas

    import computeest

    _models(folder)
    frame = pandas.read_csv(folder / "models.csv")
    computeest.annotate(frame).to_csv(folder / "old.csv", index=False)
    computeest.annotate(frame.assign(tokens=["2T", "3T"])).to_csv(folder / "new.csv", index=False)


def _parquet(folder: Path) -> None:
    import pandas

    _models(folder)
    pandas.read_csv(folder / "models.csv").to_parquet(folder / "models.parquet")


def _epoch(folder: Path) -> None:
    """Two rows in Epoch's layout, of which the note of one is off by ten."""
    (folder / "models.csv").write_text(
        "Model,Publication date,Parameters,Training dataset size (datapoints),Epochs,Training compute (FLOP),"
        "Training compute notes\nA,2023-01-01,7e9,2e12,1,8.4e22,6*7e9*2e12 = 8.4e22\n"
        "B,2023-01-01,7e9,2e12,1,8.4e23,6*7e9*2e12 = 8.4e23\n")


def _config(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12,
                                                    "vocab_size": 50257, "n_positions": 1024}))


def _reports(folder: Path) -> None:
    """Documents to draft: a PDF where one can be made, a card, and a folder of both; an answer to check."""
    fpdf = pytest.importorskip("fpdf", reason="fpdf2 makes the PDF of this test")
    pytest.importorskip("pypdfium2", reason="PDFs are read with pypdfium2")
    page = fpdf.FPDF()
    page.add_page()
    page.set_font("Helvetica", size=11)
    page.multi_cell(0, 6, "Heron: A Model\n\n1 Training\nHeron-1B has 1.1B parameters. We train Heron-1B on "
                          "300B tokens with 64 A100 GPUs for 9 days.")
    for name in ("report.pdf", "a.pdf"):
        page.output(str(folder / name))
    shutil.copy(ROOT / "examples" / "documents" / "heron-report.md", folder / "card.md")
    (folder / "papers").mkdir()
    shutil.copy(folder / "card.md", folder / "papers")
    from computeest.documents import draft, read, writing

    drafted = draft.drafted(read.read(str(folder / "report.pdf")))
    (folder / "answer.json").write_text(json.dumps(writing.as_mappings(drafted)[0]))


def _chips(folder: Path) -> None:
    (folder / "my-chips").mkdir()


def _lenet(folder: Path) -> None:
    shutil.copytree(ROOT / "examples" / "plugin", folder, dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "speech.yaml").write_text("model: S\nforward_flop: 2e9\naudio_seen: 9600 hours\n")
    (folder / "report.md").write_text("# S\n\nThe model was trained for 300k optimizer ticks.\n")


#: What a page's reader has in the folder, beside the examples and a paper.
HELD: Mapping[str, Callable[[Path], None]] = {
    "annotate.md": _annotated, "audit.md": _epoch, "draft.md": _reports, "hardware.md": _chips, "plugins.md": _lenet,
    "scaling.md": _parquet, "performance.md": _config,
}


def prepare(page: Path, folder: Path) -> None:
    """Put into a folder what the commands of a page need."""
    (folder / "examples").symlink_to(ROOT / "examples")
    for name in ("paper.yaml", "gpt3.yaml"):
        shutil.copy(ROOT / "examples" / "gpt3.yaml", folder / name)
    HELD.get(page.name, lambda _: None)(folder)
