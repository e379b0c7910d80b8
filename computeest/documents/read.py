"""A document from a file, a stream or its bytes: what kind it is, and its passages and tables."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from computeest.documents import html, latex, markup, pdf_blocks
from computeest.documents.document import Document, DocumentError
from computeest.problems import files as wrong
from computeest.text.files import DOCUMENTS, given_bytes, handed_over

LARGEST = 100_000_000
LARGEST_TEXT = 10_000_000
#: How long an address may keep silent.
SECONDS = 30.0


def read(path: str, *, fetch: bool = False) -> Document:
    """The document in a file; '-' is standard input; an address is loaded only where that was asked for."""
    if path == "-":
        return from_bytes(sys.stdin.buffer.read(LARGEST + 1), "-")
    if re.match(r"https?://", path):
        return _loaded(path, fetch=fetch)
    file = Path(path)
    try:
        if file.is_dir():
            raise DocumentError(wrong.DOCUMENTS_NONE(endings=" ".join(DOCUMENTS)))
        if not file.is_file() and not handed_over(path):
            raise DocumentError(wrong.DOCUMENT_MISSING())
        if file.stat().st_size > LARGEST:
            raise DocumentError(wrong.DOCUMENT_TOO_LARGE(bytes=file.stat().st_size, most=LARGEST))
        return from_bytes(given_bytes(path, LARGEST), file.name)
    except OSError as error:
        raise DocumentError(wrong.DOCUMENT_UNREADABLE(reason=(error.strerror or str(error)).lower())) from None


def _loaded(address: str, *, fetch: bool) -> Document:
    if not fetch:
        raise DocumentError(wrong.DOCUMENT_NOT_FETCHED())
    import urllib.error
    import urllib.request

    request = urllib.request.Request(address, headers={"User-Agent": "computeest"})  # noqa: S310 - http(s) alone comes here
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            content = answer.read(LARGEST + 1)
            kind = answer.headers.get_content_type()
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise DocumentError(wrong.DOCUMENT_NOT_LOADED(error=str(error)[:100].lower())) from None
    name = address.partition("?")[0].rstrip("/").rpartition("/")[2] or "page"
    return from_bytes(content, name if kind != "text/html" or name.endswith((".html", ".htm")) else f"{name}.html")


def from_bytes(data: bytes, name: str) -> Document:
    """The document that the bytes hold; what it is shows in how it begins, then in its name."""
    if len(data) > LARGEST:
        raise DocumentError(wrong.DOWNLOAD_TOO_LARGE(most=LARGEST))
    if not data.strip():
        raise DocumentError(wrong.DOCUMENT_EMPTY())
    if b"%PDF-" in data[:1024]:
        return pdf_blocks.document(data, name)
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DocumentError(wrong.DOCUMENT_OF_UNKNOWN_KIND())
    if len(data) > LARGEST_TEXT:
        raise DocumentError(wrong.DOCUMENT_TEXT_TOO_LARGE(count=len(data), most=LARGEST_TEXT))
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return from_text(data.decode(encoding, errors="replace").replace("\r\n", "\n"), name)


def from_text(text: str, name: str) -> Document:
    """The document that a text is."""
    head = text[:4000].lower()
    if name.lower().endswith((".html", ".htm", ".xhtml")) or head.lstrip().startswith(("<!doctype html", "<html")):
        return html.document(text, name)
    if name.lower().endswith(".tex") or "\\documentclass" in head or "\\begin{document}" in head:
        return latex.document(text, name)
    return markup.document(text, name)
