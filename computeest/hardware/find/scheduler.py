"""What a scheduler was asked for, in the words of a paper: '--nodes=4 --gres=gpu:a100:8' is 4 nodes of 8 A100."""

from __future__ import annotations

import re
from typing import Final

#: Nodes of Slurm, PBS, torchrun and SkyPilot, and chips of each.
_NODES: Final = re.compile(r"(?<![\w-])(?:(?:--nodes|-N|--nnodes|--num[_-]nodes)[= ]"
                           r"|(?:n?nodes|select|num[_-]nodes)\s*=|num[_-]nodes\s*:)\s*(?P<nodes>\d{1,6})(?![\w.])",
                           re.IGNORECASE)
_EACH: Final = re.compile(
    r"(?<![\w-])(?:--gpus-per-node[= ](?:(?P<a>[A-Za-z][\w-]*):)?|(?:--gres[= ])?gpu:(?:(?P<b>[A-Za-z][\w-]*):)?"
    r"|--?nproc[_-]per[_-]node[= ]|gpus[_-]per[_-]node\s*=|(?:ngpus|num_gpus|gpus)\s*=\s*"
    r"|accelerators\s*[:=]\s*(?P<c>[A-Za-z][\w-]*):)\s*(?P<each>\d{1,4})(?![\w.])", re.IGNORECASE)
#: Words of the request that are none of the chip's.
_WORDS: Final = re.compile(r"#(?:SBATCH|PBS)\b|--(?:gres|constraint|partition)[= ]"
                           r"|\b(?:gpu_?(?:model|type)|accelerators?|(?:ppn|ncpus|mpiprocs|cpus-per-task|ntasks-per-node)=\d+)|\b(?:srun|sbatch|torchrun|qsub)\b"
                           r"|(?<!\w)-[lCp](?!\w)|\bon\b|[:=,;]", re.IGNORECASE)


def in_words(text: str) -> str:
    """The text with its request for nodes and the chips of each in words; any other text as it is."""
    nodes = _NODES.search(text)
    if nodes is None:
        return text
    rest = f"{text[:nodes.start()]} {text[nodes.end():]}"
    each = _EACH.search(rest)
    if each is None:
        return f"{nodes['nodes']} nodes {_WORDS.sub(' ', rest)}"
    name = each["a"] or each["b"] or each["c"] or ""
    rest = " ".join(_WORDS.sub(" ", f"{rest[:each.start()]} {rest[each.end():]}").split())
    return f"{nodes['nodes']} nodes of {each['each']} {name} {rest}".strip()
