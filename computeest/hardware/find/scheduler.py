"""What a scheduler was asked for, in the words of a paper: '--nodes=4 --gres=gpu:a100:8' is 4 nodes of 8 A100."""

from __future__ import annotations

import re
from typing import Final

#: Nodes of Slurm, PBS, torchrun and SkyPilot, pods of Kubernetes. 'nodes: 4' begins a line or an entry of a list, for
#: '64 nodes: 8 A100 each' counts other things.
_NODES: Final = re.compile(r"(?<![\w-])(?:(?P<slurm>--nodes[= ]|(?-i:-N)[= ]?)|(?:--nnodes|--num[_-]nodes)[= ]"
                           r"|(?:n?nodes|select|num[_-]nodes|replicas)\s*=|num[_-]nodes\s*:"
                           r"|(?:^|(?<=[,;{(\n])|(?<=[,;{(] ))"
                           r"(?:n?nodes|replicas|pods|workers|instances|servers|machines|hosts)\s*:)\s*"
                           r"(?P<nodes>\d{1,6})(?![\w.])"
                           r"|(?<![\w.-])(?P<pods>\d{1,6})\s+(?:pods|replicas|workers)\b(?=.*\b(?:nvidia|amd)\.com/gpu\b)",
                           re.IGNORECASE)
_EACH: Final = re.compile(
    r"(?<![\w-])(?:--gpus-per-node[= ](?:(?P<a>[A-Za-z][\w-]*):)?|(?:--gres[= ])?gpu:(?:(?P<b>[A-Za-z][\w-]*):)?"
    r"|--?nproc[_-]per[_-]node[= ]|gpus[_-]per[_-](?:node|pod|replica|worker|instance)\s*[:=]\s*"
    r"|(?:nvidia|amd)\.com/gpu\s*[:=]\s*|ngpus\s*=\s*|(?P<open>(?:num_gpus|gpus)\s*=\s*)"
    r"|accelerators\s*[:=]\s*(?P<c>[A-Za-z][\w-]*):)\s*(?P<each>\d{1,4})(?![\w.])", re.IGNORECASE)
#: What Slurm gives each node, where nothing says how many nodes there were.
_PER_NODE: Final = re.compile(r"(?:#SBATCH\s+)?--gpus-per-node[= ]([A-Za-z][\w-]*):(\d{1,4})(?![\w.])")
#: The chips of the whole job: `--gpus=[type:]number` of Slurm, https://slurm.schedmd.com/sbatch.html.
_IN_ALL: Final = re.compile(r"(?<![\w-])(?:--gpus[= ]|(?-i:-G)[= ]?)\s*(?:(?P<name>[A-Za-z][\w-]*):)?"
                            r"(?P<all>\d{1,6})(?![\w.:])", re.IGNORECASE)
#: Tasks of Slurm, which are none of nodes: '-n 32'.
_TASKS: Final = re.compile(r"(?<![\w-])(?:-n[= ]?|--ntasks[= ])\s*\d+(?![\w.])")
#: More chips than a node has; up to these `gpus=` and `--gpus` may be those of each node or of all.
_MOST_IN_A_NODE: Final = 16
#: Words of the request that are none of the chip's.
_WORDS: Final = re.compile(r"#(?:SBATCH|PBS)\b|--(?:gres|constraint|partition)[= ]"
                           r"|\b(?:gpu_?(?:model|type)|accelerators?|(?:ppn|ncpus|mpiprocs|cpus-per-task|ntasks-per-node)=\d+)"
                           r"|\b(?:srun|sbatch|torchrun|qsub|on)\b"
                           r"|(?<!\w)-[lCp](?!\w)|[:=,;{}]", re.IGNORECASE)
#: How many chips share a copy of the model, or hold copies, as launchers take it: 'tensor_parallel=8, data=16'.
_DEGREE: Final = re.compile(r"(?<![\w-])(?:[tpdces]p|(?:tensor|pipeline|data|context|expert|sequence)"
                            r"|(?:tensor|pipeline|data|context|expert|sequence|model)[ _-]?(?:model[ _-]?)?parallel\w*)"
                            r"(?:[ _-]?(?:size|degree))?\s*[=:]\s*\d", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_ASKS: Final = re.compile(r"\b(?:each|with|requesting|requests|limits)\b", re.IGNORECASE)


def in_words(text: str) -> str:
    """The text with its request for nodes and the chips of each in words; any other text as it is."""
    nodes = _NODES.search(text)
    if nodes is None:
        return _PER_NODE.sub(r" \2 \1 per node ", text)
    many, rest = nodes["nodes"] or nodes["pods"], f"{text[:nodes.start()]} {text[nodes.end():]}"
    if nodes["slurm"]:
        rest = _TASKS.sub(" ", rest)
    each = _EACH.search(rest)
    every = _IN_ALL.search(rest) if each is None and nodes["slurm"] else each if each and each["open"] else None
    if every is not None:
        number, name = (every["all"], every["name"]) if each is None else (every["each"], None)
        if int(number) > max(_MOST_IN_A_NODE, int(many) - 1):
            return f"{number} {name or 'GPUs'} {_without(rest, every)} on {many} nodes"
    if each is None:
        return f"{many} nodes {_WORDS.sub(' ', rest)}"
    name = each["a"] or each["b"] or each["c"]
    rest = _without(rest, each)
    # a chip named elsewhere may be an instance's, which has chips of its own
    held = f"of {each['each']} {name}" if name else f"with {each['each']} GPUs each"
    return f"{many} nodes {held} {rest}".strip()


def says_degrees(text: str) -> bool:
    """Whether the text, outside of brackets, says how the chips share the work: numbers that count none."""
    return ("=" in text or ":" in text) and _DEGREE.search(_IN_BRACKETS.sub(" ", text)) is not None


def _without(text: str, said: re.Match[str]) -> str:
    """The text without what was read of it, and without words of the request."""
    return " ".join(_ASKS.sub(" ", _WORDS.sub(" ", f"{text[:said.start()]} {text[said.end():]}")).split())
