"""LaTeX source: its commands blanked, its sections, paragraphs and tabulars, each with its line."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from computeest.documents import density, masks
from computeest.documents.document import Document, Passage, Table, TableCell
from computeest.documents.markup import padded

_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_SECTION = re.compile(r"\\(sub){0,2}section\*?\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_PART = re.compile(r"\\(?:sub){0,2}section\*?\s*\{|\\begin\{(?:tabular|table|figure|abstract|thebibliography)|"
                   r"\\end\{(?:table|figure|abstract)|\\caption|\\item\b|\n[^\S\n]*\n")
_BEGINS = re.compile(r"\\begin\{(tabular[x*]?)\}")
_TABULAR = re.compile(r"\\begin\{(tabular[x*]?)\}(.*?)\\end\{\1\}", re.DOTALL)
_CAPTION = re.compile(r"\\caption(?:\[[^\]]{0,500}\])?\{((?:[^{}]|\{[^{}]*\}){0,2000})\}")
_BRACED = re.compile(r"\\(?:textbf|textit|emph|text|textsc|texttt|mathrm|mathbf|mbox|num|SI|underline)\s*\{")
_GONE = re.compile(r"\\(?:cite[a-z]*|ref|label|footnotemark|url|href|eqref|autoref|cref|includegraphics|vspace|hspace)"
                   r"\*?(?:\[[^\]]{0,500}\])*\{[^{}]*\}")
_COMMAND = re.compile(r"\\(?:begin|end)\{[^{}]*\}(?:\[[^\]]{0,500}\])?|\\[A-Za-z]+\*?")
_SIGNS = re.compile(r"\\([%&#$_{},;: ])")
_TITLE = re.compile(r"\\title(?:\[[^\]]{0,500}\])?\{((?:[^{}]|\{[^{}]*\}){0,400})\}")


def plain(text: str) -> str:
    """LaTeX without its commands, as long as it was."""
    text = _GONE.sub(masks.blank, _COMMENT.sub(masks.blank, text))
    text = masks.powers(masks.unenclosed(text))
    text = _SIGNS.sub(lambda match: f" {match[1] if match[1] in '%&#$' else ' '}", text)
    text = _COMMAND.sub(masks.blank, _BRACED.sub(masks.blank, text))
    return re.sub(r"[{}$~\n]", " ", text)


def document(text: str, name: str) -> Document:
    """The document that a LaTeX source is."""
    title = _TITLE.search(text)
    begin = max(text.find("\\begin{document}"), 0)
    fields = {"title": " ".join(plain(title[1]).split())} if title else {}
    end = next((at for word in ("\\begin{thebibliography}", "\\bibliography{", "\\end{document}")
                if (at := text.find(word, begin)) > 0), len(text))
    blocks: list[Passage | Table] = []
    notes: tuple[str, ...] = ()
    try:
        blocks.extend(_blocks(text, begin, end, density.Left(end - begin)))  # what was read before the end stays
    except density.SpentError as spent:
        notes = (spent.said(),)
    return Document(name, tuple(blocks), "line", fields, notes)


def _blocks(text: str, begin: int, end: int, left: density.Left) -> Iterator[Passage | Table]:
    sections: tuple[str, ...] = ()
    breaks = [match.start() for match in re.finditer("\n", text)]
    tabulars = {match.start(): match for match in _tabulars(text, begin, end)}
    at = begin
    while at < end:
        if at in tabulars:
            yield _table(text, tabulars[at], sections, breaks, left)
            at = tabulars[at].end()
            continue
        if section := _SECTION.match(text, at):
            level = text[at:at + 14].count("sub") + 1
            sections = (*(*sections, "", "", "")[:level - 1], " ".join(plain(section[2]).split()))
            at = section.end()
            continue
        following = _PART.search(text, at + 1, end)
        stop = following.start() if following else end
        if text[at:stop].strip() and (blanked := plain(text[at:stop])).strip():
            left.take("blocks", bisect_left(breaks, at) + 1)
            yield _passage(text, at, stop, blanked, sections, breaks)
        at = stop


def _tabulars(text: str, begin: int, end: int) -> Iterator[re.Match[str]]:
    """The tabulars of a text; an end that there is not is looked for once, and not from every beginning."""
    at, never = begin, set[str]()
    while begins := _BEGINS.search(text, at, end):
        ends, at = f"\\end{{{begins[1]}}}", begins.end()
        if ends not in never and text.find(ends, at, end) < 0:
            never.add(ends)
        if ends not in never and (match := _TABULAR.match(text, begins.start(), end)):
            yield match
            at = match.end()


def _passage(text: str, begin: int, end: int, blanked: str, sections: tuple[str, ...],
             breaks: Sequence[int]) -> Passage:
    raw = text[begin:end]
    line = bisect_left(breaks, begin) + 1
    places = [(0, line)]
    for match in re.finditer("\n", raw):
        line += 1
        places.append((match.end(), line))
    kind = "caption" if raw.startswith("\\caption") else "item" if raw.startswith("\\item") else "prose"
    return Passage(raw, blanked, kind, sections, tuple(places))  # type: ignore[arg-type]


def _table(text: str, tabular: re.Match[str], sections: tuple[str, ...], breaks: Sequence[int],
           left: density.Left) -> Table:
    rows, line = [], bisect_left(breaks, tabular.start()) + 1
    parts = re.split(r"(\\\\)", re.sub(r"\\(?:hline|toprule|midrule|bottomrule|cmidrule\S*)", masks.blank,
                                        tabular[2].partition("\n")[2]))
    left.take("blocks", line)
    left.take("cells", line, (len(parts) // 2 + 1) * (1 + max(raw.count("&") for raw in parts)))
    for raw in parts:
        if raw.strip() and raw != "\\\\":
            at = bisect_left(breaks, tabular.start(2) + tabular[2].find(raw.strip()[:30])) + 1
            rows.append([TableCell(" ".join(plain(cell).split()), raw.strip(), at)
                         for cell in re.split(r"(?<!\\)&", raw)])
    caption = _CAPTION.search(text, max(0, tabular.start() - 1500), tabular.end() + 1500)
    rows = rows or [[TableCell("", "", line)]]
    return Table(padded(rows), 1, " ".join(plain(caption[1]).split()) if caption else "", sections)
