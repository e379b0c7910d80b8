"""The sources of records as people read them: the title and the address of what a key stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from computeest.registry import references


def works(records: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Title and address of every key among the sources: of works that are cited, and of documents on chips."""
    known, found = references(), dict[str, tuple[str, str]]()
    lacking, chips = set[str](), set[str]()
    for record in records:
        for key in record.get("sources") or ():
            if (work := known.get(key)) is not None:
                found[key] = (work.title, work.url)
            elif " " not in key and "://" not in key:
                lacking.add(key)
                chips.add(str(record.get("chip") or ""))
    if lacking:
        found |= _of_chips(lacking, chips)
    return found


def _of_chips(keys: Iterable[str], named: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What keys mean in the files of the chips that records name."""
    from computeest.hardware import load

    wanted = "\n".join(named)
    sources: dict[str, Any] = {}
    for chip in load(()):
        if chip.name in wanted:
            sources.update(chip.sources)
    return {key: (sources[key].title, sources[key].url) for key in keys if key in sources}


def cited(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The sources of one record: what to read, and its address where it has one."""
    known = works([record])
    return [known.get(text, (text, text if "://" in text else "")) for text in record.get("sources") or ()]
