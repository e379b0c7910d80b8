"""Well-known models that others start from: what their developers state of them, value by value with its source.

The compute of an entry is never typed in: `questions.known_models` has the pipeline estimate it from these facts, as it
does a paper's.
"""

from computeest.models.entry import Entry, Source
from computeest.models.table import entries, find, is_tuned, lineage, with_bases

__all__ = ["Entry", "Source", "entries", "find", "is_tuned", "lineage", "with_bases"]
