"""Documents of every kind become passages and tables with their places."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeest.documents import masks, read
from computeest.documents import pdf as pages
from computeest.documents.document import DocumentError, Passage, Table
from computeest.documents.sentences import sentences

MARKDOWN = """---
license: apache-2.0
base_model: some/model-7b
---
# Heron

**Hours used:** 150000

## Training

Heron was trained on [300B tokens](https://example.org/3e9_tokens) with `bf16`.
It took 9 days.

| Model | Tokens |
| --- | --- |
| Heron | 300B |

```
--epochs 800
```
"""


HTML = """<html><head><title>Heron</title></head><body><h1>Heron</h1>
<p>It took 3.2 × 10<sup>23</sup> FLOP.</p>
<table><tr><th>Model</th><th>Tokens</th></tr>
<tr><td>A</td><td rowspan=2>1T</td></tr><tr><td>B</td></tr></table><script>var x = '9 days';</script></body></html>"""

LATEX = r"""\documentclass{article}\title{Heron}\begin{document}
\section{Training}
% we lied: 5 days
It took $3.2 \times 10^{23}$ FLOP on 64~GPUs \cite{x}.

\begin{tabular}{ll}
Model & Tokens \\ \hline
Heron & 300B \\
\end{tabular}
\end{document}"""


def pdf(tmp_path: Path) -> Path:
    """A PDF of two pages: prose with a hyphenated word, a power of ten whose figures are raised, and a table."""
    fpdf = pytest.importorskip("fpdf", reason="fpdf2 makes the PDF of this test")
    pytest.importorskip("pypdfium2", reason="PDFs are read with pypdfium2")
    page = fpdf.FPDF()
    page.add_page()
    page.set_font("Helvetica", size=11)
    page.multi_cell(0, 6, "Heron: A Model\n\n1 Introduction\nHeron was trained on 300 billion tokens in nine days.")
    page.add_page()
    page.multi_cell(0, 6, "2 Compute")
    page.text(10, 40, "We used 3.2 x 10")
    page.set_font("Helvetica", size=7)
    page.text(10 + page.get_string_width("We used 3.2 x 10") * 11 / 7, 38, "23")
    page.set_font("Helvetica", size=11)
    page.text(10, 60, "Table 1: Sizes of the models.")
    for row, cells in enumerate((("Model", "Parameters", "Steps"), ("Heron-1B", "1.1B", "100K"),
                                 ("Heron-3B", "3.2B", "250K"))):
        for column, cell in enumerate(cells):
            page.text(10 + 50 * column, 70 + 7 * row, cell)
    path = tmp_path / "heron.pdf"
    page.output(str(path))
    return path


def test_pdf_pages_headings_powers_and_tables(tmp_path: Path) -> None:
    document = read.read(str(pdf(tmp_path)))
    assert document.counts == "page"
    passages = {passage.text: passage for passage in document.passages}
    assert passages["1 Introduction"].kind == "heading"
    trained = next(p for p in document.passages if "300 billion" in p.text)
    assert (trained.sections, trained.place(0)) == (("Introduction",), 1)
    compute = next(p for p in document.passages if "We used" in p.text)
    assert "3.2e23" in compute.plain
    assert "1023" in compute.text, "the quote is the document's own words"
    assert compute.place(0) == 2
    table, = document.tables
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Model", "Parameters", "Steps"], ["Heron-1B", "1.1B", "100K"], ["Heron-3B", "3.2B", "250K"]]
    assert (table.headers, table.caption[:8], table.place) == (1, "Table 1:", 2)
    assert table.rows[1][1].quote == "Heron-1B 1.1B 100K"


@pytest.mark.parametrize(("raised", "plain"), [(True, "3.2e23     FLOP"), (False, "3.2 x 1023 FLOP")])
def test_a_power_is_one_only_where_its_figures_are_raised(raised: bool, plain: str) -> None:
    assert masks.powers("3.2 x 1023 FLOP", lambda _: raised) == plain


@pytest.mark.parametrize(("text", "plain"), [
    ("3.2 × 10^23", "3.2e23     "), ("6e21", "6e21"), ("5 x 10 GPUs", "5 x 10 GPUs"), ("4 x 1024", "4 x 1024")])
def test_powers_keep_their_length(text: str, plain: str) -> None:
    assert masks.powers(text, lambda _: False) == plain


def test_markdown_front_matter_links_tables_code_and_lines() -> None:
    document = read.from_text(MARKDOWN, "card.md")
    assert document.fields["base_model"] == "some/model-7b"
    trained = next(p for p in document.passages if "300B" in p.text)
    assert "example.org" not in trained.plain
    assert len(trained.plain) == len(trained.text)
    assert trained.sections == ("Heron", "Training")
    took = list(sentences(trained))[1]
    assert (took.plain, took.place()) == ("It took 9 days.", 12)
    table, = document.tables
    assert (table.rows[1][1].text, table.rows[1][1].place) == ("300B", 16)
    assert [p.text for p in document.passages if p.kind == "code"] == ["--epochs 800"]


def test_html_tables_with_spans_and_superscripts() -> None:
    document = read.from_text(HTML, "a.html")
    assert document.fields["title"] == "Heron"
    assert any("3.2e23" in p.plain for p in document.passages)
    assert [[c.text for c in row] for row in document.tables[0].rows] == [["Model", "Tokens"], ["A", "1T"], ["B", "1T"]]
    assert document.tables[0].rows[1][0].place == 4
    assert not any("9 days" in p.text for p in document.passages)


def test_latex_sections_tables_and_comments() -> None:
    document = read.from_text(LATEX, "a.tex")
    assert document.fields["title"] == "Heron"
    trained = next(p for p in document.passages if "FLOP" in p.plain)
    assert "3.2e23" in trained.plain
    assert "64 GPUs" in trained.plain
    assert "5 days" not in trained.plain
    assert trained.sections == ("Training",)
    assert [[c.text for c in row] for row in document.tables[0].rows] == [["Model", "Tokens"], ["Heron", "300B"]]


@pytest.mark.parametrize(("data", "what"), [(b"\x00\x01\x02", "this is no text and no PDF"),
                                            (b"a" * (read.LARGEST_TEXT + 1), "the text has 10,000,001 bytes")])
def test_what_is_no_document(data: bytes, what: str) -> None:
    with pytest.raises(DocumentError, match=what):
        read.from_bytes(data, "x")


def test_a_broken_pdf_is_said_to_be_one() -> None:
    pytest.importorskip("pypdfium2", reason="PDFs are read with pypdfium2")
    with pytest.raises(DocumentError, match="this PDF cannot be opened"):
        read.from_bytes(b"%PDF-1.7\nnothing", "x.pdf")


def test_a_missing_file() -> None:
    with pytest.raises(DocumentError, match="there is no such file"):
        read.read("nowhere.pdf")


@pytest.mark.parametrize("text", ["<table>" * 3000, "| a |\n" * 20000, "# " * 50000, "(" * 100000, "\\section{" * 5000,
                                  "10 x " * 50000, "1,000," * 50000, "\n" * 100_000, "\n\n1" * 30_000,
                                  "<table\n" * 15_000, "\\cite[" * 50_000,
                                  "\\begin{tabular}{l}" * 20_000, "\\begin{tabular}\\end{tabularx}" * 20_000])
def test_hostile_texts_are_read_in_bounded_time(text: str) -> None:
    import time

    began = time.monotonic()
    for name in ("a.md", "a.html", "a.tex"):
        assert all(isinstance(block, Passage | Table) for block in read.from_text(text, name).blocks)
    assert time.monotonic() - began < 20


def test_an_address_is_loaded_only_when_asked(tmp_path: Path) -> None:
    import functools
    import http.server
    import threading

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *said: object) -> None:
            """Say nothing."""

    (tmp_path / "card.md").write_text(MARKDOWN)
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/card.md"
        with pytest.raises(DocumentError, match="nothing is loaded unasked"):
            read.read(address)
        assert read.read(address, fetch=True).fields["base_model"] == "some/model-7b"
        with pytest.raises(DocumentError, match="cannot be loaded"):
            read.read(f"{address}x", fetch=True)
        server.shutdown()


def test_a_page_whose_text_leaves_characters_out_is_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = pytest.importorskip("pypdfium2", reason="PDFs are read with pypdfium2").raw
    units = [*map(ord, "a"), 0, 0xD835, 0xDC59, 0xD835, ord("9")]  # a control, an italic l, half of a pair
    monkeypatch.setattr(raw, "FPDFText_GetUnicode", lambda _, at: units[at])
    page = type("Page", (), {"raw": None})()
    assert pages._one_by_one(page, len(units)) == ("a\x00\U0001d459 9", [0, 1, 2, 4, 5])


@pytest.mark.parametrize(("text", "read_as"), [
    ("2.3 x 1024", "2.3e24"), ("3 × 1019 FLOP", "3e19     FLOP"), ("1024 x 1024", "1024 x 1024"),
    ("3 x 1024 x 1024", "3 x 1024 x 1024"), ("12 × 1024", "12 × 1024"), ("12 × 10^24", "12e24"),
])
def test_powers_of_ten_and_the_sizes_of_pictures(text: str, read_as: str) -> None:
    assert masks.powers(text).rstrip() == read_as
