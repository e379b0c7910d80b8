"""Pages and parts of them, as HTML."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

    from computeest.web.rows import Rows
    from computeest.web.study import Study


#: The facts that the form of the calculator asks for; all others are written as paper.yaml.
_FORM = {
    "Model": ("model", "published", "stage", "base_model", "base_compute"),
    "Network": ("parameters", "active_parameters", "family", "architecture"),
    "Data": ("tokens", "examples", "epochs", "steps", "batch_size", "sequence_length"),
    "Hardware": ("chip", "chips", "time", "chip_time", "number_format", "utilization"),
    "Reported": ("reported_compute",),
}
_LISTS = {"chip": "chips", "family": "families", "base_model": "models"}
_LABELS = {"chip_time": "chip time (GPU-hours)", "reported_compute": "compute, as reported", "published": "date",
           "family": "family or member"}


def standing(name: str, prefix: str) -> str:
    """A page of the application that is the same for everybody."""
    from computeest import registry, schema
    from computeest.web import openapi

    groups = [(group, [{"key": key, "label": _LABELS.get(key, _words(key)), "example": schema.FIELDS[key].example,
                        "means": schema.FIELDS[key].means, "list": _LISTS.get(key, "")} for key in keys])
              for group, keys in _FORM.items()]
    return environment().get_template(f"{name}.html").render(
        prefix=prefix, groups=groups, layouts=tuple(registry.load().layouts), api=openapi.document(prefix)["paths"])


def paper(study: Study, form: str = "") -> str:
    """The page on a paper, as a part of another; `form` asks for a statement, such as eu."""
    from computeest.web.statement import statement

    macros = environment().get_template("_paper.html").module
    return str(macros.paper(study, statement(study, form), 0))  # type: ignore[attr-defined]


def overview(rows: Rows, name: str = "The table") -> str:
    """The overview of a table, as a part of another page."""
    from computeest.web.overview import Overview

    return str(environment().get_template("_overview.html").module.overview(Overview(name, rows)))  # type: ignore[attr-defined]


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates; everything that is put into one is escaped."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    from computeest.records import wording
    from computeest.web import figures, numbers, works

    folder = files("computeest.web").joinpath("templates")
    found = Environment(loader=FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
                        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
                        finalize=_shown)
    found.globals |= {"answers": figures.answers, "tornado": figures.tornado, "amount": wording.amount,
                      "sources_of": works.cited, "works": works.works}
    found.filters |= {"flop": numbers.flop, "number": numbers.shown, "plain": numbers.plain, "times": numbers.times,
                      "percent": numbers.percent, "days": numbers.days, "raised": numbers.raised, "words": _words,
                      "address": _address}
    return found


def _shown(value: object) -> object:
    """What is put into a page: no text of an input turns its line about."""
    from computeest.text.files import visible

    return value if not isinstance(value, str) or hasattr(value, "__html__") else visible(value)


def _words(name: object) -> str:
    """A name of the schema as words."""
    return str(name).replace("_", " ")


def _address(text: object) -> str:
    """The text where it is a web address, and nothing where a link would lead elsewhere."""
    found = str(text or "")
    return found if found.startswith(("https://", "http://")) else ""
