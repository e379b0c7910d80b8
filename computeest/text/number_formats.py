"""The number format that a text means: the one reader for papers, tables and chips."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from computeest.text import fold

#: Which 16 bits is left to the chip.
MIXED: Final = "mixed"
FORMATS: Final = ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "fp6", "fp4", "int8", "int4")
#: The lower precision that does the work when two are named.
_BY_WIDTH: Final = ("fp4", "int4", "fp6", "fp8", "int8", "bf16", "fp16", "tf32", "fp32", "fp64", MIXED)

#: How papers name a number format, in lower case with spaces for signs -> the schema's word. PyTorch Lightning's
#: '16-mixed' is torch.float16, its '32-true' plain single precision (its Trainer's `precision`, once a bare 32);
#: Apex's O0 is single precision, its O1 to O3 are products in float16; Transformer Engine's HYBRID is FP8 in two kinds.
_NAMES: Final = {
    **{word: word for word in FORMATS},
    "double": "fp64", "float64": "fp64", "f64": "fp64", "64 bit": "fp64", "64 true": "fp64",
    "single": "fp32", "float": "fp32", "float32": "fp32", "full": "fp32", "f32": "fp32", "32 bit": "fp32",
    "32 true": "fp32", "32bit": "fp32", "32": "fp32", "64": "fp64",
    "o0": "fp32", "o1": "fp16", "o2": "fp16", "o3": "fp16",
    "tensorfloat32": "tf32", "tensorfloat 32": "tf32", "tensor float 32": "tf32", "tensor float32": "tf32",
    "half": "fp16", "float16": "fp16", "f16": "fp16", "16 mixed": "fp16", "16 true": "fp16", "16 bit float": "fp16",
    "16 bit floating point": "fp16", "16 bit floats": "fp16",
    "bfloat16": "bf16", "bfloat": "bf16", "brain float": "bf16", "brain floating point": "bf16", "brainfloat": "bf16",
    "bfp16": "bf16", "brain float 16": "bf16", "brain float16": "bf16", "brainfloat16": "bf16", "b float16": "bf16",
    "float8": "fp8", "e4m3": "fp8", "e5m2": "fp8", "mxfp8": "fp8", "8 bit": "fp8", "f8": "fp8",
    "float6": "fp6", "mxfp6": "fp6", "float4": "fp4", "nvfp4": "fp4", "mxfp4": "fp4",
    "mixed": MIXED, "amp": MIXED, "16 bit": MIXED, "16 bit mixed": MIXED, "16bit": MIXED,
}
#: Words beside a format that say how it was used, and not another one: 'mixed precision (fp16)'.
_BESIDE: Final = frozenset((
    "automatic", "precision", "training", "trained", "arithmetic", "tensor", "core", "cores", "with", "in", "using",
    "format", "formats", "and", "or", "floating", "point", "number", "numbers", "native", "pure", "true", "compute",
    "computation", "accumulation", "master", "weights", "apex", "pytorch", "torch", "the", "a", "s", "scaling",
    "transformer", "engine", "hybrid", "delayed", "recipe", "opt", "level",
    "loss", "dynamic", "static"))
_GLUED = re.compile(r"\b(fp|bf|int|tf|float|bfloat|tensorfloat|nvfp|mxfp) (\d+)\b")
_MOST_WORDS = 4


@lru_cache(maxsize=4096)
def read(text: str) -> str | None:
    """The schema's word for a number format, of several the narrowest, 'mixed' where only that is said; else None."""
    words = _GLUED.sub(r"\1\2", fold.words(text)).split()
    found, at = [], 0
    while at < len(words):
        end = next((end for end in range(min(at + _MOST_WORDS, len(words)), at, -1) if " ".join(words[at:end]) in
                    _NAMES), 0)
        if end:
            found.append(_NAMES[" ".join(words[at:end])])
        elif words[at] not in _BESIDE:
            return None
        at = end or at + 1
    return min(found, key=_BY_WIDTH.index) if found else None
