"""What a scheduler was asked for, in the words of a paper: '--nodes=4 --gres=gpu:a100:8' is 4 nodes of 8 A100."""

from __future__ import annotations

import re
from math import prod
from typing import Final

#: Nodes of Slurm, PBS, LSF, torchrun, Lightning and SkyPilot, machines of Accelerate and Detectron2, instances of
#: SageMaker, slices of xpk, pods of Kubernetes. 'nodes: 4' begins a line or an entry of a list, for '64 nodes: 8 A100
#: each' counts other things.
_NODES: Final = re.compile(r"(?<![\w-])(?:(?P<slurm>--nodes[= ]|(?-i:-N)[= ]?)|(?:--?nnodes|--(?P<long>num[_-]nodes"
                           r"|num[_-]machines|num[_-]slices))[= ]"
                           r"|(?:trainer\.)?(?P<num>num[_-](?:nodes|machines|instances|slices))[\"']?\s*[:=]"
                           r"|(?:n?nodes|select|replicas)\s*="
                           r"|(?:(?:train_)?instance|node|machine|server|vm|replica)[_ ]?counts?[\"']?"
                           r"(?:\s*[:=]|\s(?=\d))"
                           r"|number of (?:nodes|machines|servers|instances)\s*[:=]"
                           r"|(?:^|(?<=[,;{(\n])|(?<=[,;{(] ))"
                           r"(?:n?nodes|replicas|pods|workers|instances|servers|machines|hosts)\s*:)\s*[\"']?"
                           r"(?P<nodes>\d{1,6})(?![\w.])[\"']?"
                           r"|(?<![\w.-])(?P<pods>\d{1,6})\s+(?:pods|replicas|workers)\b"
                           r"(?=.*\b(?:nvidia\.com/gpu|amd\.com/gpu|google\.com/tpu)\b)", re.IGNORECASE)
_EACH: Final = re.compile(
    r"(?<![\w-])(?:--gpus-per-node[= ](?:(?P<a>[A-Za-z][\w-]*):)?|(?:--gres[= ])?gpu:(?:(?P<b>[A-Za-z][\w-]*):)?"
    r"|--?nproc[_-]per[_-]node[= ]|(?:num[_-])?gpus[_-]per[_-](?:node|pod|replica|worker|instance)\s*[:=]\s*"
    r"|resources_per_worker[\"']?\s*[:=]\s*\{\s*[\"']?GPU[\"']?\s*:\s*"
    r"|(?:(?:nvidia|amd)\.com/gpu|google\.com/tpu|habana\.ai/gaudi)[\"']?\s*[:=]\s*[\"']?|ngpus\s*=\s*"
    r"|accelerator_?count[\"']?\s*[:=]\s*[\"']?"
    r"|(?P<open>(?:--num[_-]gpus[= ]|(?:num_gpus|gpus)\s*=)\s*)"
    r"|accelerators\s*[:=]\s*(?P<c>[A-Za-z][\w-]*):)\s*(?P<each>\d{1,4})(?![\w.])", re.IGNORECASE)
#: Devices of each node as Lightning's Trainer counts them beside its num_nodes,
#: https://lightning.ai/docs/pytorch/stable/common/trainer.html.
_DEVICES: Final = re.compile(r"(?<![\w-])(?:trainer\.)?(?P<open>devices|gpus)[\"']?\s*[:=]\s*[\"']?"
                             r"(?P<each>\d{1,4})(?![\w.])[\"']?(?P<a>)(?P<b>)(?P<c>)", re.IGNORECASE)
#: Chips of each node in SkyPilot's words, https://docs.skypilot.co/en/latest/reference/cli.html: '--gpus H100:8'.
_OF_SKY: Final = re.compile(r"(?<![\w-])--gpus[= ][\"']?(?P<c>[A-Za-z][\w-]*):(?P<each>\d{1,4})(?![\w.])[\"']?"
                            r"(?P<a>)(?P<b>)(?P<open>(?!))?", re.IGNORECASE)
#: All chips or those of each node, in words.
_STATED: Final = re.compile(r"\bnumber of (?:GPUs|accelerators|chips|TPUs)\s*[:=]\s*(?P<all>\d{1,6})(?![\w.])"
                            r"(?P<name>)", re.IGNORECASE)
_NUMBER_OF: Final = re.compile(r"\bnumber of\b", re.IGNORECASE)
#: Chips of each machine of Vertex AI, https://cloud.google.com/vertex-ai/docs/reference/rest/v1/MachineSpec.
_OF_MACHINE: Final = re.compile(r"(?<![\w-])accelerator_?count[\"']?\s*[:=]\s*[\"']?(?P<all>\d{1,3})(?![\w.])[\"']?",
                                re.IGNORECASE)
#: The shape of a slice in GKE, of which each host asks for its own chips,
#: https://cloud.google.com/kubernetes-engine/docs/concepts/plan-tpus.
_TOPOLOGY: Final = re.compile(r"(?:cloud\.google\.com/)?gke-tpu-topology[\"']?\s*[:=]\s*[\"']?"
                              r"(?P<shape>\d{1,3}(?:x\d{1,3}){1,2})(?![\w.])[\"']?", re.IGNORECASE)
_OF_HOST: Final = re.compile(r"(?:(?:limits|requests)\s*:\s*)?\bgoogle\.com/tpu[\"']?\s*[:=]\s*[\"']?\d{1,2}(?![\w.])"
                             r"[\"']?|(?:cloud\.google\.com/)?gke-tpu-accelerator[\"']?\s*[:=]"
                             r"|-(?:podslice|slice|device)\b", re.IGNORECASE)
#: Pods of Kubernetes, whose groups each ask for chips; a job completes as many as run side by side.
_PODS: Final = re.compile(r"(?<![\w-])(?:replicas|parallelism)[\"']?\s*:\s*[\"']?(\d{1,6})(?![\w.])[\"']?",
                          re.IGNORECASE)
_COMPLETIONS: Final = re.compile(r"(?<![\w-])completions[\"']?\s*:\s*[\"']?\d{1,6}(?![\w.])[\"']?", re.IGNORECASE)
_OF_PODS: Final = (".com/gpu", ".com/tpu", "habana.ai/")
#: The slots of a host in DeepSpeed's hostfile, https://www.deepspeed.ai/getting-started/: 'worker-1 slots=8'.
_SLOTS: Final = re.compile(r"(?:(?<=\s)|^)[A-Za-z][\w.-]*\s+slots\s*=\s*(\d{1,3})(?![\w.])", re.IGNORECASE)
_AND_SO_ON: Final = re.compile(r"\.\.|…")
#: Workers of Ray, which have one GPU each unless resources are said, ScalingConfig of
#: https://docs.ray.io/en/latest/train/user-guides/using-gpus.html.
_RAY: Final = re.compile(r"(?<![\w-])num[_-]workers[\"']?\s*[:=]\s*(?P<nodes>\d{1,6})(?![\w.])", re.IGNORECASE)
_USES_GPU: Final = re.compile(r"(?<![\w-])use_gpu[\"']?\s*[:=]\s*true\b", re.IGNORECASE)
#: Chips of each task of Slurm, and of each resource set of Summit's jsrun, with how many of these there are.
_OF_TASK: Final = re.compile(r"(?<![\w-])--gpus-per-task[= ](?:(?P<name>[A-Za-z][\w-]*):)?(?P<each>\d{1,3})(?![\w.:])",
                             re.IGNORECASE)
_OF_SET: Final = re.compile(r"(?<![\w-])(?:-g ?|--gpu_per_rs[= ])(?P<each>\d{1,2})(?![\w.])")
_SETS: Final = re.compile(r"(?<![\w-])(?:-n ?|--nrs[= ])(?P<many>\d{1,6})(?![\w.])")
_TASKS_OF_NODE: Final = re.compile(r"(?<![\w-])--ntasks-per-node[= ](?P<many>\d{1,3})(?![\w.])", re.IGNORECASE)
#: What mpirun and horovodrun say of hosts beside the number of all processes.
_OF_HOSTS: Final = re.compile(r"(?<![\w-])(?:--?(?:ppn|npernode|perhost|map-by|bind-to)[= ]|(?-i:-H) )\S+",
                              re.IGNORECASE)
#: What Slurm gives each node, where nothing says how many nodes there were.
_PER_NODE: Final = re.compile(r"(?:#SBATCH\s+)?--gpus-per-node[= ]([A-Za-z][\w-]*):(\d{1,4})(?![\w.])")
#: The chips of the whole job: `--gpus=[type:]number` of Slurm, https://slurm.schedmd.com/sbatch.html.
_IN_ALL: Final = re.compile(r"(?<![\w-])(?:--gpus[= ]|(?-i:-G)[= ]?)\s*(?:(?P<name>[A-Za-z][\w-]*):)?"
                            r"(?P<all>\d{1,6})(?![\w.:])", re.IGNORECASE)
#: All processes of Accelerate on all its machines, one for each chip, https://huggingface.co/docs/accelerate.
_PROCESSES: Final = re.compile(r"(?<![\w-])(?:--)?num_processes[\"']?(?:\s*[:=]\s*| )(?P<all>\d{1,6})(?![\w.])",
                               re.IGNORECASE)
#: Tasks of Slurm, which are none of nodes: '-n 32'.
_TASKS: Final = re.compile(r"(?<![\w-])(?:-n[= ]?|--ntasks[= ])\s*(?P<many>\d{1,6})(?![\w.])")
#: More chips than a node has; up to these `gpus=` and `--gpus` may be those of each node or of all.
_MOST_IN_A_NODE: Final = 16
#: Words of the request that are none of the chip's.
_WORDS: Final = re.compile(r"#(?:SBATCH|PBS)\b|--(?:gres|constraint|partition)[= ]"
                           r"|\b(?:gpu_?(?:model|type)|accelerators?|accelerator_?type|machine_?type|(?:ppn|ncpus|mpiprocs|cpus-per-task|ntasks-per-node)=\d+)"
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
    text = _OF_HOSTS.sub(" ", text) if "-" in text else text
    counted = _of_topology(text) or _multiplied(text)
    if counted:
        return counted
    pods = any(resource in text for resource in _OF_PODS)
    text = _COMPLETIONS.sub(" ", text) if pods else text
    nodes = _nodes(text, pods)
    if nodes is None:
        one = _OF_MACHINE.search(text) or _PROCESSES.search(text)
        return _PER_NODE.sub(r" \2 \1 per node ", text) if one is None else f"{one['all']} GPUs {_without(text, one)}"
    said = nodes.groupdict()
    many = said.get("nodes") or said.get("pods") or nodes[1]
    rest = f"{text[:nodes.start()]} {text[nodes.end():]}"
    if said.get("slurm"):
        rest = _TASKS.sub(" ", rest)
    long = said.get("num") or said.get("long")
    each = _EACH.search(rest) or (_OF_SKY.search(rest) or _DEVICES.search(rest) if long else None)
    every = _PROCESSES.search(rest) if each is None else None
    if every is not None:
        return f"{every['all']} GPUs in total {_without(rest, every)} on {many} nodes"
    every = each if each and each["open"] else None
    if each is None:
        every = _IN_ALL.search(rest) if said.get("slurm") else _STATED.search(rest)
    if every is not None:
        number, name = (every["all"], every["name"]) if each is None else (every["each"], None)
        if int(number) > max(_MOST_IN_A_NODE, int(many) - 1):
            return f"{number} {name or 'GPUs'} {_without(rest, every)} on {many} nodes"
    if each is None:
        return f"{many} nodes {_WORDS.sub(' ', _NUMBER_OF.sub(' ', rest))}"
    name = each["a"] or each["b"] or each["c"]
    rest = _without(rest, each)
    # a chip named elsewhere may be an instance's, which has chips of its own
    held = f"of {each['each']} {name}" if name else f"with {each['each']} GPUs each"
    return f"{many} nodes {held} {rest}".strip()


def _nodes(text: str, pods: bool) -> re.Match[str] | None:
    """Where the text asks for nodes, for Ray's workers or for pods."""
    nodes = _NODES.search(text)
    if "per_worker" in text:
        return _RAY.search(text) or nodes
    return _PODS.search(text) or nodes if pods else nodes


def _of_topology(text: str) -> str:
    """The text with the chips of its slice, where GKE's words say the shape; empty where they do not."""
    shape = _TOPOLOGY.search(text) if "gke-tpu" in text else None
    if shape is None:
        return ""
    chip = " ".join(_OF_HOST.sub(" ", f"{text[:shape.start()]} {text[shape.end():]}").replace("-lite", "e").split())
    return f"{chip.strip(' ,')} ({prod(map(int, shape['shape'].split('x')))} chips)"


def _multiplied(text: str) -> str:
    """The text where chips are asked for by the task, the worker or the host; empty where they are not."""
    if "slots" in text and (slots := _SLOTS.findall(text)):
        return f"{sum(map(int, slots))} GPUs {_SLOTS.sub(' ', text)}"
    if _USES_GPU.search(text) and "per_worker" not in text and (workers := _RAY.search(text)):
        return f"{workers['nodes']} GPUs {_without(text, workers)}"
    each = _OF_TASK.search(text) or (_OF_SET.search(text) if "jsrun" in text else None)
    if each is None:
        return ""
    rest = f"{text[:each.start()]} {text[each.end():]}"
    name = each.groupdict().get("name")
    for tasks in (_TASKS_OF_NODE, _SETS if "jsrun" in text else _TASKS):
        many, nodes = tasks.search(rest), _NODES.search(rest)
        if many is None:
            continue
        chips = int(each["each"]) * int(many["many"])
        rest = _TASKS.sub(" ", f"{rest[:many.start()]} {rest[many.end():]}")
        if tasks is not _TASKS_OF_NODE:
            rest = rest if nodes is None else _NODES.sub(" ", rest, count=1)
            return f"{chips} {name or 'GPUs'} in total {_WORDS.sub(' ', rest)}"
        if nodes is not None:
            rest = _WORDS.sub(" ", _NODES.sub(" ", rest, count=1))
            return f"{nodes['nodes']} nodes of {chips} {name} {rest}" if name else (
                f"{nodes['nodes']} nodes with {chips} GPUs each {rest}")
    return ""


#: A share of a number of chips, which counts none: '50% of 64 A100', '1/4 of the 64 A100'.
_PART_OF_THEM = re.compile(r"(?P<part>(?:\d+(?:\.\d+)?\s?(?:%|percent\b)|(?<![\d.])0?\.\d+|(?<![\d./])\d\s?/\s?\d+))"
                           r"\s+of\s+(?:the|our|an?|all)?\s*~?\d[\d,.]*+"
                           r"(?!\s*(?:hours?|days?|weeks?|epochs?|steps?|tokens?)\b)", re.IGNORECASE)


def not_said(text: str) -> str:
    """Why the numbers of a request do not say how many chips there are; empty where they may."""
    if says_degrees(text):
        return "degrees of parallelism multiply: write how many chips there are"
    if "gke-tpu-topology" in text and (_PODS.search(text) or "slices" in text):
        return "slices, or the hosts of one, are counted beside its topology: write how many chips there are"
    if any(resource in text for resource in _OF_PODS) and len(_PODS.findall(text)) > 1:
        return "several groups of pods are asked for: write how many chips there are"
    if "slots" in text and _AND_SO_ON.search(text) and _SLOTS.search(text):
        return "hosts are left out: write how many chips there are"
    if " of " in text and (part := _PART_OF_THEM.search(text)):
        return f"'{part['part']}' is a part of them: write how many chips there are"
    return ""


def says_degrees(text: str) -> bool:
    """Whether the text, outside of brackets, says how the chips share the work: numbers that count none."""
    return ("=" in text or ":" in text) and _DEGREE.search(_IN_BRACKETS.sub(" ", text)) is not None


def _without(text: str, said: re.Match[str]) -> str:
    """The text without what was read of it, and without words of the request."""
    return " ".join(_ASKS.sub(" ", _WORDS.sub(" ", f"{text[:said.start()]} {text[said.end():]}")).split())
