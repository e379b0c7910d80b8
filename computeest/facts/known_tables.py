"""Tables that many people download: what their headers mean where the words alone do not say it.

A table is known by headers that only it has; a header of a known table goes before what its words say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from computeest.schema.header_words import Said


@dataclass(frozen=True, slots=True)
class Known:
    """One such table."""

    name: str
    #: Headers, folded, any of which tells it; or all of a group.
    told_by: tuple[frozenset[str], ...]
    #: What a header of it means; None for one that means no fact of an estimate.
    means: Mapping[str, Said | None]
    #: Where that is said or seen.
    source: str


def _any(*headers: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset((header,)) for header in headers)


_MILLIONS = Said("parameters", scale=1e6)
KNOWN = (
    Known("timm", _any("infer_gmacs", "infer_samples_per_sec", "train_samples_per_sec", "infer_img_size",
                       "train_img_size", "crop_pct"),
          {"param_count": _MILLIONS, "infer_gmacs": Said("forward_macs", "gigaMAC"),
           "train_batch_size": None, "infer_batch_size": None, "infer_step_time": None, "train_step_time": None},
          "https://github.com/huggingface/pytorch-image-models, results/README.md and benchmark.py"),
    # ResNet-50 has 4.1e9 there, which are its multiply-adds
    Known("mmpretrain", (frozenset(("training resources", "flops")),),
          {"flops": Said("forward_macs")}, "https://github.com/open-mmlab/mmpretrain, model-index.yml"),
    # ViT-B-32's image tower has 8.8 there, and 4.4e9 multiply-adds
    Known("open_clip", (*_any("image_gflops", "text_gflops"), frozenset(("params (m)", "flops (b)", "pretrained"))),
          {"mparams": _MILLIONS, "gflops": Said("forward_flop", "gigaFLOP"),
           "flops (b)": Said("forward_flop", scale=1e9),
           "image_mparams": None, "text_mparams": None, "image_gflops": None, "text_gflops": None},
          "https://github.com/mlfoundations/open_clip, docs/model_profile.csv and docs/openclip_results.csv"),
    Known("MLPerf", _any("accelerators_per_node", "accelerator_model_name", "accelerator_memory_capacity",
                         "host_processor_model_name", "public id", "# of accelerators", "total accelerators",
                         "latency (in minutes)"),
          {"accelerator_model_name": Said("chip"), "accelerator": Said("chip"), "number_of_nodes": Said("nodes"),
           "accelerators_per_node": Said("chips_per_node"), "# of accelerators": Said("chips"),
           "total accelerators": Said("chips"), "a#": Said("chips"), "system_name": None, "system name": None,
           "system": None, "submitter": Said("organization"), "benchmark": Said("model"), "model mlc": Said("model"),
           "host_processor_model_name": None, "processor": None, "# of processors": None,
           "latency (in minutes)": Said("time", "minute"), "time to train (minutes)": Said("time", "minute")},
          "https://github.com/mlcommons/policies, system description fields"),
    # seconds, kilograms and kilowatt-hours, which no header says
    Known("CodeCarbon", (frozenset(("emissions", "energy_consumed")), frozenset(("emissions", "emissions_rate"))),
          {"emissions": Said("emissions", "kilogram"), "energy_consumed": Said("energy", "kilowatt_hour"),
           "duration": Said("time", "second"), "cpu_model": None, "project_name": Said("model")},
          "https://mlco2.github.io/codecarbon/output.html"),
    Known("ecosystem graphs", (frozenset(("created_date", "dependencies")), frozenset(("modality", "dependencies"))),
          {"created_date": Said("published"), "size": Said("parameters"), "sample": None, "model_card": None},
          "https://github.com/stanford-crfm/ecosystem-graphs, assets"),
    # what these list are chips and clusters, with their own dates and costs, and no runs
    Known("Epoch AI's hardware", (frozenset(("hardware name", "tdp (w)")),
                                  frozenset(("name of the hardware", "release year"))),
          {"release date": None, "release year": None, "release price (usd)": None},
          "https://epoch.ai/data/machine-learning-hardware"),
    Known("Epoch AI's clusters", _any("chip type (primary)", "single cluster?"),
          {"reported cost": None, "hardware cost": None, "first operational date": None},
          "https://epoch.ai/data/gpu-clusters"),
    Known("model card", (frozenset(("hardware type", "hours used")), frozenset(("hours used", "carbon emitted"))),
          {"cloud provider": None, "compute region": None, "carbon emitted": None},
          "Mitchell et al. 2019; Lacoste et al. 2019, mlco2.github.io/impact; the template of huggingface_hub"),
)


def known(headers: Sequence[str]) -> Known | None:
    """The known table that these headers are of."""
    folded = {fold(header) for header in headers}
    return next((one for one in KNOWN if any(group <= folded for group in one.told_by)), None)


def fold(header: str) -> str:
    """A header as the tables here write it."""
    return " ".join(header.split()).lower()
