"""Records as text: json, yaml, csv, markdown, latex."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from computeest.problems import UsageError
from computeest.records.columns import FIELDS, Record
from computeest.text.files import steers
from computeest.text.listing import as_csv, as_markdown
from computeest.text.suggest import did_you_mean

#: What a table for people shows of a record.
SHORT = ("model", "published", "flop", "flop_low", "flop_high", "confidence", "method", "assumed", "checks")


class FormatError(UsageError):
    """An output format that there is not."""


def check_form(form: str) -> None:
    """FormatError when there is no such format."""
    if form not in FORMS and form != "table":
        close = did_you_mean(form, ("table", *FORMS)) or f"there are table, {', '.join(FORMS)}"
        raise FormatError(f"no format is called '{form}'; {close}")


def render(records: Sequence[Record], form: str, alone: bool | None = None) -> str:
    """The records in one of `FORMS`: an object where one paper was asked for (`alone`), a list for several."""
    check_form(form)
    several = len(records) != 1 if alone is None else not alone
    return FORMS[form](records, several)


def flat(record: Record) -> dict[str, str]:
    """A record's fields as texts a spreadsheet can hold."""
    return {name: _text(record[name]) for name in FIELDS}


def _json(records: Sequence[Record], several: bool) -> str:
    content: Any = list(records) if several else records[0]
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _yaml(records: Sequence[Record], several: bool) -> str:
    plain = [dict(record) for record in records]  # a record as notebooks show it is a kind of dict, which YAML refuses
    content: Any = plain if several else plain[0]
    import yaml

    class Dumper(yaml.SafeDumper):
        """YAML that says what would steer a terminal, or turn its lines about, as escapes."""

        def analyze_scalar(self, scalar: str) -> Any:
            found = super().analyze_scalar(scalar)
            if steers(scalar):  # only double quotes can hold escapes
                found.allow_flow_plain = found.allow_block_plain = found.allow_single_quoted = found.allow_block = False
            return found

        def write_double_quoted(self, text: str, split: bool = True) -> None:
            self.allow_unicode = not steers(text)
            super().write_double_quoted(text, split)
            self.allow_unicode = True

    return str(yaml.dump(content, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120))


def _csv(records: Sequence[Record], _several: bool) -> str:
    besides = list(dict.fromkeys(name for record in records for name in _consequences(record)))
    return as_csv((*FIELDS, *besides), ({**dict.fromkeys(besides, ""), **flat(record), **_consequences(record)}
                                        for record in records))


def _consequences(record: Record) -> dict[str, str]:
    """Energy, cost and emissions as columns, each with the ends of its interval."""
    return {f"{name}_{said['unit'].lower()}{end}": _text(said[key])
            for name, said in record.get("consequences", {}).items()
            for key, end in (("value", ""), ("low", "_low"), ("high", "_high"))}


def _markdown(records: Sequence[Record], _several: bool) -> str:
    return as_markdown(SHORT, map(short, records))


_LATEX = str.maketrans({"_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "{": r"\{", "}": r"\}",
                        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"})


def _latex(records: Sequence[Record], _several: bool) -> str:
    lines = [r"\begin{tabular}{" + "l" * len(SHORT) + "}", r"\hline",
             " & ".join(name.translate(_LATEX) for name in SHORT) + r" \\", r"\hline"]
    lines += [" & ".join(short(record)[name].translate(_LATEX) for name in SHORT) + r" \\" for record in records]
    return "\n".join([*lines, r"\hline", r"\end{tabular}", ""])


def short(record: Record) -> dict[str, str]:
    """What a table for people shows, as texts."""
    shown = {name: _text(record[name]) for name in SHORT}
    for name in ("flop", "flop_low", "flop_high"):
        shown[name] = "" if record[name] is None else f"{record[name]:.2e}"
    shown["checks"] = ", ".join(dict.fromkeys(check["code"] for check in record["checks"] if check["level"] != "info"))
    return {name: _one_line(text) for name, text in shown.items()}


def _one_line(text: str) -> str:
    """A paper's words without line ends and without what would steer a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_text(item['flop']) if isinstance(item, Mapping) and 'flop' in item else _text(item)}"
                         for key, item in value.items())
    if isinstance(value, list):
        return "; ".join(f"{item['code']}: {item['message']}" if isinstance(item, Mapping) else _text(item)
                         for item in value)
    return str(value)


FORMS: Mapping[str, Callable[[Sequence[Record], bool], str]] = {
    "json": _json, "yaml": _yaml, "csv": _csv, "markdown": _markdown, "latex": _latex,
}
