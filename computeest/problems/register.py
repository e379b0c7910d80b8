"""Every kind there is, by its code; importing it fails where two have one code.

`registry.load` refuses a check of a plugin whose code is here, or that two plugins bring: a code has one owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from computeest.problems import audits, chips, facts, files, networks, records, texts
from computeest.problems.kind import Code, one_owner


def _of(*modules: ModuleType) -> Iterator[Code]:
    return (code for module in modules for code in vars(module).values() if isinstance(code, Code))


#: What records may say beside the checks of plugins.
OF_RECORDS = one_owner(_of(records))
#: What an audit may say beside what records say.
OF_AUDITS = one_owner(_of(audits))
#: What can be wrong with an input, by the part of the engine that reads it.
OF_INPUTS = {part: one_owner(_of(module)) for part, module in {
    "A number with its unit, and YAML": texts, "A paper, a row of a table, a column": facts,
    "A chip, and files of them": chips, "A network: its family, its parameters, its layers": networks,
    "A file, and what is asked of one": files}.items()}
#: Every code of the engine.
CODES = one_owner(_of(records, audits, texts, facts, chips, networks, files))
