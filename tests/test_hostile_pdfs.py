"""PDFs made to harm: each costs a few seconds and some 300 MB at most, and what could be read before is not lost."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Mapping

import pytest

from computeest.documents import draft, pdf, pdf_apart, pdf_blocks, read
from computeest.documents.document import DocumentError
from computeest.documents.pdf import Line

pytest.importorskip("pypdfium2", reason="PDFs are read with pypdfium2")
MEMORY = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit the memory of a process")

SAID = b"BT /F 10 Tf 50 700 Td (Heron was trained on 1T tokens in 3 days.) Tj ET\n"


def made(*contents: bytes, objects: Mapping[int, bytes] | None = None, resources: bytes = b"") -> bytes:
    """A PDF with a page for each content, packed."""
    parts = {1: b"<</Type/Catalog/Pages 2 0 R>>", 4: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
             **(objects or {})}
    for number, content in enumerate(contents):
        parts[10 + number] = stream(zlib.compress(content, 9), b"/Filter/FlateDecode")
        parts[50 + number] = (b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<<%s"
                              b"/Font<</F 4 0 R>>>>>>" % (10 + number, resources))
    kids = b" ".join(b"%d 0 R" % (50 + number) for number in range(len(contents)))
    parts[2] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(contents), kids)
    data, places = bytearray(b"%PDF-1.7\n"), dict[int, int]()
    for number, part in parts.items():
        places[number] = len(data)
        data += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
                     for number in range(max(parts) + 1))
    return bytes(data) + b"xref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        max(parts) + 1, table, max(parts) + 1, len(data))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n" % (entries, len(content)) + content + b"\nendstream"


def forms(depth: int) -> dict[int, bytes]:
    """Forms of which each shows the next one twice."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]"
    return {100 + depth: stream(SAID, form)} | {
        100 + at: stream(b"/X Do /X Do", form + b"/Resources<</XObject<</X %d 0 R>>>>" % (101 + at))
        for at in range(depth)}


def test_a_pdf_is_read_apart_and_here_alike() -> None:
    data = made(SAID, SAID * 3, b"BT /F 9 Tf 9 9 Td (7B) Tj 90 0 Td (8.5) Tj ET")
    assert pdf_apart.pages(data) == pdf_apart._here(data)
    assert [line.text for line in pdf_apart.pages(data)[0][0]] == ["Heron was trained on 1T tokens in 3 days."]


def test_where_no_process_may_be_started_a_pdf_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert read.from_bytes(made(SAID), "x.pdf").passages[0].plain == "Heron was trained on 1T tokens in 3 days."


@MEMORY
@pytest.mark.parametrize("data", [
    made(SAID, b" " * 400_000_000), made(SAID, b"q " * 40_000_000), made(SAID, SAID * 400_000),
    made(SAID, b"/X Do", objects=forms(30), resources=b"/XObject<</X 100 0 R>>"),
], ids=["blanks", "states", "text", "forms"])
def test_a_page_that_unpacks_without_end_costs_itself_and_those_behind_it(data: bytes) -> None:
    assert len(data) < 1_000_000
    found = draft.drafted(read.from_bytes(data, "x.pdf"))
    assert found.document.notes[0] in (
        "page 2 takes more than 300 MB of memory or breaks its reader: pages from 2 on are left out",
        "page 2 takes more than 5 seconds: pages from 2 on are left out")
    assert {fact.reading.column for fact in found.papers[0].facts} == {"tokens_seen", "time"}


@MEMORY
def test_a_pdf_that_cannot_be_opened_in_its_memory_is_refused() -> None:
    with pytest.raises(DocumentError, match="opened: it takes more than 300 MB of memory or breaks its reader"):
        read.from_bytes(b"%PDF-1.7\n1 0 obj " + b"[" * 20_000_000, "x.pdf")


def test_a_page_that_takes_too_long_is_left_out_with_those_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "import time; print('{}', flush=True); time.sleep(60)"
    monkeypatch.setattr(pdf_apart, "_PROGRAM", told.format('"ready"\\n2\\n[["a", "a", []]]'))
    monkeypatch.setattr(pdf_apart, "STALLED", 1.0)
    assert pdf_apart.pages(b"") == ([[Line("a", "a", 1)]],
                                    ["page 2 takes more than 1 seconds: pages from 2 on are left out"])
    monkeypatch.setattr(pdf_apart, "_PROGRAM", told.format('"ready"'))
    monkeypatch.setattr(pdf_apart, "STALLED", 0.2)
    with pytest.raises(DocumentError, match=r"cannot be opened: it takes more than 0\.2 seconds"):
        pdf_apart.pages(b"")


@pytest.mark.parametrize("program", ["raise SystemExit", "no program"])
def test_where_the_process_does_not_begin_a_pdf_is_read_here(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_apart, "_PROGRAM", program)
    assert read.from_bytes(made(SAID), "x.pdf").passages[0].plain == "Heron was trained on 1T tokens in 3 days."


def test_more_characters_than_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_apart, "MOST_LETTERS", 50)
    found, notes = pdf_apart.pages(made(SAID, SAID, SAID))
    assert len(found) == 2
    assert notes == ["more than 50 characters: pages from 3 on are left out"]
    assert pdf_apart.pages(made(SAID, SAID))[1] == []


@pytest.mark.parametrize("broken", [b"%PDF-1.7\n", made(SAID)[:300], b"%PDF-1.7\n" + bytes(range(256)) * 4000,
                                    b"%PDF-1.7\n1 0 obj " + b"<</a " * 400_000])
def test_what_is_no_whole_pdf_is_refused(broken: bytes) -> None:
    with pytest.raises(DocumentError, match="this PDF cannot be opened"):
        read.from_bytes(broken, "x.pdf")


def test_pages_that_hold_themselves_end() -> None:
    data = made(SAID).replace(b"/Kids[50 0 R]", b"/Kids[ 2 0 R]")
    assert read.from_bytes(data, "x.pdf").blocks == ()


def test_a_passage_of_nothing_but_divided_words_is_put_together() -> None:
    lines = [Line(f"a{pdf.SOFT}b{pdf.SOFT}", f"a{pdf.SOFT}b{pdf.SOFT}", 1 + at // 1000) for at in range(100_000)]
    made_of = pdf_blocks._passage(lines, "prose", ())
    assert made_of.plain == made_of.text == "ab" * 100_000
    assert [made_of.place(at) for at in (0, 1999, 2000, 199_999)] == [1, 1, 2, 100]


def test_a_page_of_columns_without_end_is_no_table() -> None:
    content = b"BT /F 4 Tf " + b"".join(b"1 0 0 1 %.1f %.1f Tm (a)Tj 1 0 0 1 %.1f %.1f Tm (7)Tj " % (
        at % 97, 790 - at * 0.08, 150 + at * 13.7 % 450, 790 - at * 0.08) for at in range(9500)) + b"ET"
    found = read.from_bytes(made(content), "x.pdf")
    assert found.notes == ("more cells of tables than documents have: those from page 1 on are left out",)
