"""What a table's columns mean: as its headers say, as a map says, and as guessed from cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from annotating import annotated, read
from conftest import Cli

from computeest.pipeline import Options
from computeest.problems import InputError
from computeest.schema import headers
from computeest.schema.headers import Source, named, of_mapping
from computeest.tables.header_guess import guesses
from computeest.tables.inputs import source


def test_headers_are_names_aliases_and_units() -> None:
    found = named(["Model", "params", "Training time (days)", "gpu_hours", "MFU", "Citations", "architecture.depth"])
    assert {column: (at.header, at.unit) for column, at in found.columns.items()} == {
        "model": ("Model", None), "parameters": ("params", None), "time": ("Training time (days)", "day"),
        "chip_time": ("gpu_hours", "chip * hour"), "utilization": ("MFU", None)}
    assert found.architecture == {"depth": "architecture.depth"}
    assert found.headers() == {"Model", "params", "Training time (days)", "gpu_hours", "MFU", "architecture.depth"}


@pytest.mark.parametrize(("header", "column", "unit", "scale"), [
    ("Training cost (M$)", "cost", None, 1e6), ("Cost (USD, millions)", "cost", None, 1e6),
    ("Params (total, B)", "parameters", None, 1e9), ("Params (active, B)", "active_parameters", None, 1e9),
    ("GPUs (#)", "chips", None, 1.0), ("train_time_hrs", "time", "hour", 1.0), ("params_b", "parameters", None, 1e9),
    ("GPU Hrs", "chip_time", "chip * hour", 1.0), ("train_tokens_t", "tokens", None, 1e12),
    ("Tokens (m)", "tokens", None, 1e6),
    ("Time (1,000 hours)", "time", "hour", 1e3), ("Cost (millions, USD)", "cost", None, 1e6)])
def test_headers_in_short_and_with_several_qualifiers(header: str, column: str, unit: str | None, scale: float) -> None:
    assert named([header]).columns == {column: Source(header, unit, scale=scale)}


@pytest.mark.parametrize("header", [
    "Params (total, embedding)", "Compute (FLOP, log10)", "Image", "Example", "Sample", "Training example",
    "text_size_b", "time_m", "Sequence length (t)", "Tokens (B, per day)", "cost_b", "Params (B, excluding experts)"])
def test_headers_that_say_something_else(header: str) -> None:
    assert not named([header]).columns


def test_the_second_of_two_that_are_compared_counts_no_billions() -> None:
    assert not named(["tokens_a", "tokens_b"]).columns
    assert named(["tokens_b"]).columns["tokens"].scale == 1e9


@pytest.mark.parametrize(("header", "scale"), [("Parameters (B)", 1e9), ("Tokens [trillion]", 1e12),
                                               ("params (millions)", 1e6), ("Tokens (B tokens)", 1e9)])
def test_numbers_counted_in_billions(header: str, scale: float) -> None:
    (found,) = named([header]).columns.values()
    assert found == Source(header, scale=scale)


def test_only_counts_are_counted_in_billions() -> None:
    assert named(["Epochs (B)", "Model (B)", "Citations (B)"]).columns == {}


def test_two_columns_of_one_meaning_are_refused() -> None:
    with pytest.raises(InputError, match="'params' and 'Parameters' both mean parameters"):
        named(["params", "Parameters"])


def test_a_map_renames_converts_sets_and_leaves_out() -> None:
    found = of_mapping({"tokens": "corpus", "time": {"column": "t", "unit": "hours"}, "chip": {"constant": "A100"},
                        "parameters": None, "architecture.depth": "d"}, ["corpus", "t", "parameters", "d"], "map")
    assert found.columns == {"tokens": Source("corpus"), "time": Source("t", "hour"), "chip": Source("", None, "A100")}
    assert found.architecture == {"depth": "d"}


@pytest.mark.parametrize(("entries", "message"), [
    ({"tokns": "x"}, "no column is called 'tokns'"),
    ({"tokens": "y"}, "the table has no column 'y'"),
    ({"tokens": {"colum": "x"}}, "'colum' is none of column, unit, constant"),
    ({"model": {"column": "x", "unit": "hour"}}, "model is no number and has no unit"),
    ({"time": {"column": "x", "unit": "parsnip"}}, "parsnip"),
])
def test_a_wrong_map_is_refused(entries: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        of_mapping(entries, ["x"], "map")


def test_a_map_file_applies(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("who,n,corpus,h\nA,1e9,20000,2\n")
    (tmp_path / "map.yaml").write_text("model: who\nparameters: n\ntokens: {column: corpus, unit: M tokens}\n")
    ran = cli("annotate", tmp_path / "t.csv", "--columns", tmp_path / "map.yaml", "-o", tmp_path / "out.csv")
    assert ran.code == 0, ran.err
    assert float(read(tmp_path / "out.csv")[0]["flop"]) == pytest.approx(1.2e20, rel=0.01)
    (tmp_path / "map.yaml").write_text("model: [")
    assert cli("annotate", tmp_path / "t.csv", "--columns", tmp_path / "map.yaml").code == 1


HEADER = ("System name", "# params", "Training tokens", "GPU type", "Number of GPUs", "Train time (hrs)",
          "Release date", "where", "dtype", "acc", "remarks", "h")
TABLE = f"""{','.join(HEADER)}
GPT-3,175B,300B,V100,10000,350,2020-05-28,https://arxiv.org/abs/2005.14165,fp16,75.3 %,large,A100
LLaMA-65B,65e9,1.4T,A100 80GB,2048,504,2023-02-27,https://arxiv.org/abs/2302.13971,bf16,80 %,open,H100 SXM
OPT-175B,175e9,180B,A100-80GB,992,792,2022-05-02,https://arxiv.org/abs/2205.01068,fp16,60 %,,TPU v3
"""


def test_columns_are_guessed_from_headers_and_cells(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    found, unknown = guesses(source(str(tmp_path / "t.csv")))
    meant = {guess.header: (guess.column, guess.unit) for guess in found}
    assert meant == {
        "System name": ("model", ""), "# params": ("parameters", ""), "Training tokens": ("tokens", ""),
        "GPU type": ("chip", ""), "Number of GPUs": ("chips", ""), "Train time (hrs)": ("time", "hour"),
        "Release date": ("published", ""), "where": ("link", ""), "dtype": ("number_format", ""), "acc": ("score", "")}
    assert [one.header for one in unknown] == ["remarks", "h"], "a second column of chips is left to the user"
    confidence = {guess.header: guess.confidence for guess in found}
    assert confidence["Training tokens"] == "sure"
    assert confidence["where"] == "likely"


def test_a_guessed_map_is_a_map(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    ran = cli("columns", tmp_path / "t.csv", "-o", tmp_path / "map.yaml")
    assert ran.code == 0
    assert "not understood" in ran.err
    text = (tmp_path / "map.yaml").read_text()
    assert "\ntime: {column: \"Train time (hrs)\", unit: hour}  # " in text
    assert "\nchips: \"Number of GPUs\"  # " in text
    assert "cells: '10000', '2048', '992'" in text
    found = headers.read(tmp_path / "map.yaml", source(str(tmp_path / "t.csv")).columns)
    assert found.columns["chips"] == Source("Number of GPUs")
    annotated(tmp_path / "t.csv", tmp_path / "out.csv", columns=tmp_path / "map.yaml", options=Options())
    rows = read(tmp_path / "out.csv")
    assert float(rows[0]["flop_by_operation_counting"]) == pytest.approx(3.14e23, rel=0.05), "Brown et al. 2020"
    assert float(rows[1]["flop_by_gpu_time"]) == pytest.approx(2048 * 504 * 3600 * 312e12 * 0.3, rel=0.01)


def test_columns_that_say_nothing_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Citations,id,colour\n12,a1,red\n15,a2,blue\n")
    found, unknown = guesses(source(str(tmp_path / "t.csv")))
    assert found == []
    assert [one.header for one in unknown] == ["Citations", "id", "colour"]


def test_an_estimate_of_before_is_no_reported_figure() -> None:
    assert "reported_compute" not in named(["model", "flop", "flop_low", "flop_high"]).columns
    assert named(["model", "flop"]).columns["reported_compute"] == Source("flop")


def guessed(text: str, folder: Path) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """What each header of a table is guessed to mean, with its unit; and of each other header why it is not."""
    (folder / "t.csv").write_text(text, "utf-8")
    found, left = guesses(source(str(folder / "t.csv")))
    return {g.header: (g.column, g.unit) for g in found}, {one.header: one.why for one in left}


@pytest.mark.parametrize(("header", "cells", "column", "unit"), [
    ("Parameters [millions]", "350 1300", "parameters", "million"),
    ("Number of params (in bn)", "1.3 66", "parameters", "billion"),
    ("Train time (TPU-hours)", "5000 90", "chip_time", "chip * hour"),
    ("Runtime (k GPU hours)", "53 1720", "chip_time", "thousand chip * hour"),
    ("Pretraining time in weeks", "3 5", "time", "week"),
    ("GPU-hours (k)", "53 1720", "chip_time", "thousand chip * hour"),
    ("H100-days", "500 90", "chip_time", "chip * day"), ("TPU core hours", "500 90", "core_time", "core * hour"),
    ("Tokens trained on (B)", "300 1400", "tokens", "billion"), ("Cost ($M)", "2.5 4.6", "cost", "million"),
    ("Params (active) (B)", "13 37", "active_parameters", "billion"), ("Release year", "2021 2022", "published", ""),
    ("Achieved TFLOPs per GPU", "147 172", "achieved_rate", "teraFLOP / second"),
    ("Training cost (thousand USD)", "2.5 4600", "cost", "thousand"),
    ("Compute cost (2023 USD)", "250000 4600000", "cost", ""),
    ("Energy used (GWh)", "1.2 3", "energy", "gigawatt_hour"),
    ("Training compute (x1e21 FLOP)", "314 58", "reported_compute", "zettaFLOP"),
    ("Training compute (EFLOP/s-days)", "3.6 21", "reported_compute", "exaFLOP / second * day"),
    ("Pretraining tokens, in trillions", "1.4 15", "tokens", "trillion"),
    ("Corpus size (tokens)", "3e11 1e12", "tokens", ""), ("Corpus (B tokens)", "300 1400", "tokens", "billion"),
    ("Training data (images)", "1.28e6 3e8", "examples", ""),
    ("GPUs", "8xA100|4 x V100", "chip", ""), ("GPU", "8 64", "chips", ""),
    ("Accuracy", "71.8 76.1", "score", "percent"), ("Accuracy", "0.718 0.761", "score", ""),
    ("Model FLOPs utilization", "38 41.5", "utilization", "percent"),
    ("Servers", "16 4", "nodes", ""), ("GPUs per node", "8 8", "chips_per_node", ""),
    ("Release (DD/MM/YYYY)", "01/02/2021 03/04/2022", "published", ""),
    ("Training time (s)", "86400 172800", "time", "second"), ("Time(s)", "86400 172800", "time", "second"),
    ("seconds", "86400 172800", "time", "second"), ("Organization(s)", "Acme|Bell", "organization", ""),
    ("GMACs", "4.1 11.3", "forward_macs", "gigaMAC"), ("gmacs", "4.1 11.3", "forward_macs", "gigaMAC"),
    ("Forward FLOP per sample", "8.2e9 4.1e9", "forward_flop", ""), ("PF-days", "3640 58", "reported_compute",
                                                                     "petaFLOP / second * day"),
    ("Name", "H100 SXM|V100|RTX 3090", "chip", ""), ("Name", "Llama 2|GPT-3|H100 net", "model", ""),
    ("Runtime (hh:mm:ss)", "72:30:00 10:00:00", "time", ""),
    ("N (params)", "7e9 7e10", "parameters", ""), ("D (tokens)", "300B 2T", "tokens", ""),
    ("Params (N)", "7B 70B", "parameters", ""), ("Tokens (D)", "300B 2T", "tokens", ""),
    ("C (FLOPs)", "4.2e22 8.4e23", "reported_compute", ""), ("Compute (6ND)", "4.2e22 8.4e23", "reported_compute", ""),
    ("C = 6ND (FLOPs)", "4.2e22 8.4e23", "reported_compute", ""),
    ("total zettaFLOPs", "40.5 314", "reported_compute", "zettaFLOP"),
    ("Training ZFLOPs", "40.5 314", "reported_compute", "zettaFLOP"),
    ("Parámetros", "175B 70B", "parameters", ""), ("Paramètres (millions)", "110 340", "parameters", "million"),
    ("参数量", "175B 70B", "parameters", ""), ("训练 tokens", "300B 2T", "tokens", ""),
    ("Año", "2021 2022", "published", ""),
    ("Tokens entrenamiento", "300B 2T", "tokens", ""), ("训练 FLOPs", "3e23 5e23", "reported_compute", ""),
])
def test_headers_with_qualifiers(header: str, cells: str, column: str, unit: str, tmp_path: Path) -> None:
    rows = "\n".join(f'm{i},"{c}"' for i, c in enumerate(cells.split("|") if "|" in cells else cells.split()))
    meant, left = guessed(f'model,"{header}"\n{rows}\n', tmp_path)
    assert meant.get(header) == (column, unit), left


@pytest.mark.parametrize(("header", "cells"), [
    ("Energy Efficiency (log)", "12.15 11.9"), ("Energy efficiency", "4e11 8e11"),
    ("Decommissioned Date (if applicable)", "2024-03-01 2023-07-01"),
    ("First Operational Date", "2024-03-01 2023-01-02"), ("Total compute [10^22 FLOP]", "31.4 5.8"),
    ("accelerator_memory_capacity", "80GB 40GB"), ("Memory size per board (Byte)", "3e9 8e10"),
    ("host_processor_model_name", "8380|7742"), ("Inference hardware", "A100|V100"),
    ("Training compute lower bound", "1e22 1e23"), ("Training compute notes", "1e22 1e23"),
    ("Finetune compute (FLOP)", "1e22 1e23"), ("Inference compute (FLOPs)", "1e12 1e13"), ("image_size", "224 384"),
    ("Hidden layers", "12 24"), ("Params total/active", "671 37"), ("Tokens/s", "300 400"), ("GFLOPs", "4.1 7.8"),
    ("GPU hours/epoch", "3 4"), ("Training time (k)", "3 4"), ("Score (k)", "0.3 0.4"), ("Cost (EUR)", "1e6 2e6"),
    ("Price per chip-hour (1-year CUD)", "1.2 0.9"), ("Chip quantity (secondary)", "8 9"),
    ("Chip type (secondary)", "A100|V100"), ("Training power draw (W)", "1e6 2e6"), ("Parameters (log10)", "9.8 11"),
    ("Epochs (B)", "1 2"), ("Tokens (2023)", "3e11 1e12"),
    ("Training time", "12 100"), ("Parameters", "7 70"), ("Tokens", "300 1400"), ("Dataset size", "1.2 14"),
    ("Dataset", "3e8 1e9"),
    ("Compute", "3.1 0.7"), ("FLOPs", "4.1e9 7.8e9"), ("FLOPs (G)", "4.1 7.8"), ("Energy", "1287 433"),
    ("Cost", "2.5 4.6"), ("GPU utilization", "380 415"), ("N (tokens)", "3e11 1e12"), ("N (layers)", "12 24"),
    ("Params (D)", "7e9 7e10"), ("C (channels)", "64 128"), ("N", "7e9 7e10"), ("模型参数", "7e9 7e10"),
    ("GPU ms", "4.2 15.2"),
])
def test_headers_that_are_not_understood(header: str, cells: str, tmp_path: Path) -> None:
    rows = "\n".join(f'm{i},"{c}"' for i, c in enumerate(cells.split("|") if "|" in cells else cells.split()))
    meant, left = guessed(f'model,"{header}"\n{rows}\n', tmp_path)
    assert header in left
    assert set(meant) == {"model"}


def test_n_and_d_of_one_table_are_those_of_scaling_laws(tmp_path: Path) -> None:
    meant, left = guessed("model,N,D,Compute (PF-days)\na,340M,3.3B,0.01\nb,175B,300B,3640\n", tmp_path)
    assert (meant["N"], meant["D"]) == (("parameters", ""), ("tokens", ""))
    meant, left = guessed("model,$N$,$D$\na,3.4e8,3.3e9\nb,175e9,3e11\n", tmp_path)
    assert set(meant) == {"model", "$N$", "$D$"}
    meant, left = guessed("model,N,D\na,12,3\nb,24,7\n", tmp_path)
    assert set(meant) == {"model"}
    assert {"N", "D"} <= set(left)


def test_what_parameters_count_in_is_in_the_models_names(tmp_path: Path) -> None:
    meant, _ = guessed("model,params\nLlama-7B,6.7\nLlama-13B,13\nmine,30\n", tmp_path)
    assert meant["params"] == ("parameters", "billion")
    meant, _ = guessed("model,params\nbert-110M,110\nbert-340M,340\n", tmp_path)
    assert meant["params"] == ("parameters", "million")
    _, left = guessed("model,params\nbert-110M,110\nllama-7B,7\n", tmp_path)
    assert "say nothing of what they are counted in" in left["params"]


def test_two_columns_of_one_number_are_left_to_the_user(tmp_path: Path) -> None:
    meant, left = guessed("model,Pretraining tokens,Training tokens\na,3e11,4e11\n", tmp_path)
    assert set(meant) == {"model"}
    assert left["Training tokens"].startswith("'Pretraining tokens', 'Training tokens' all mean tokens: name the one")


def test_units_of_a_map_are_read_as_they_were_meant(cli: Cli, tmp_path: Path) -> None:
    headers_ = ["Time (k GPU hours)", "Cost (million USD)", "Energy (MWh)", "Compute (PF-days)", "Tokens (T)",
                "Peak TFLOPS", "MFU (%)", "Steps (k)"]
    rows = ["53", "2.5", "1287", "3640", "1.4", "312", "40", "300"]
    (tmp_path / "t.csv").write_text(f"model,{','.join(headers_)}\nx,{','.join(rows)}\n")
    assert cli("columns", tmp_path / "t.csv", "-o", tmp_path / "map.yaml").code == 0
    found = headers.read(tmp_path / "map.yaml", source(str(tmp_path / "t.csv")).columns).columns
    assert {column: (at.unit, at.scale) for column, at in found.items() if column != "model"} == {
        column: (at.unit, at.scale) for column, at in named(headers_).columns.items()}
    assert len(found) == len(headers_) + 1


def test_what_is_not_understood_is_not_read_from_the_map(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("model,Training time,chip,chips\nx,200,A100,8\n")
    assert cli("columns", tmp_path / "t.csv", "-o", tmp_path / "map.yaml").code == 0
    text = (tmp_path / "map.yaml").read_text()
    assert "\ntime: null\n" in text
    assert '"Training time": neither the header nor its cells say a unit' in text
    ran = cli("annotate", tmp_path / "t.csv", "--columns", tmp_path / "map.yaml", "-o", tmp_path / "out.csv")
    assert ran.code == 1
    assert read(tmp_path / "out.csv")[0]["flop"] == ""


@pytest.mark.parametrize(("hours", "chip", "low", "high"), [
    ("150000", "A100 PCIe 40GB", 150000, 150000), ("90 hours", "8 V100 16GB", 90, 720),
    ("500 GPU hours", "4x A100", 500, 500),
])
def test_hours_of_a_model_card(hours: str, chip: str, low: float, high: float, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"model,Hardware Type,Hours used\nx,{chip},{hours}\n")
    annotated(tmp_path / "t.csv", tmp_path / "out.csv", options=Options())
    [row] = read(tmp_path / "out.csv")
    assert float(row["chip_hours"]) == pytest.approx((low * high) ** 0.5)
    assert float(row["flop_high"]) / float(row["flop_low"]) > high / low
    assert ("hours-of-one-or-all" in row["checks"]) is (low != high)


def test_nodes_times_chips_of_a_node(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("model,Accelerator,Number of Nodes,GPUs per node,Time (hours)\n"
                                    "x,H100 SXM,16,8,10\n")
    annotated(tmp_path / "t.csv", tmp_path / "out.csv", options=Options())
    assert float(read(tmp_path / "out.csv")[0]["chip_hours"]) == pytest.approx(16 * 8 * 10)


WIDE = """model,Params (B),Tokens (T),GPU type,# GPUs,Training time (days),Release date,Domain
a,7,1,A100,64,20,2023-02-01,Language
b,70,2,H100,512,40,03/05/2024,Language
c,13,1.4,TPU v4,256,12,25/06/2023,Language
"""


def test_nothing_changes_with_other_columns_or_another_order(cli: Cli, tmp_path: Path) -> None:
    def flops(text: str, name: str) -> list[str]:
        (tmp_path / f"{name}.csv").write_text(text)
        assert cli("columns", tmp_path / f"{name}.csv", "-o", tmp_path / f"{name}.yaml").code == 0
        ran = cli("annotate", tmp_path / f"{name}.csv", "--columns", tmp_path / f"{name}.yaml", "--records-only",
                  "-o", tmp_path / f"{name}.out.csv")
        assert ran.code == 0, ran.err
        return (tmp_path / f"{name}.out.csv").read_text().splitlines()

    plain = flops(WIDE, "plain")
    table = [line.split(",") for line in WIDE.splitlines()]
    assert flops("\n".join(",".join(reversed(row)) for row in table), "reversed") == plain
    more = [["Energy efficiency", "Tokens per second", "id", "Notes", *table[0]],
            *(["8e11", "3000", "12", "7B for 300 hours", *row] for row in table[1:])]
    assert flops("\n".join(",".join(row) for row in more), "more") == plain


@pytest.mark.parametrize(("table", "meant"), [
    ("model,infer_samples_per_sec,param_count,infer_gmacs\nresnet18,9000,11.69,1.82\n",
     {"param_count": ("parameters", "million"), "infer_gmacs": ("forward_macs", "gigaMAC")}),
    ("model,image_size,mparams,gflops,image_gflops\nViT-B-16,224,149.62,41.09,35.13\n",
     {"mparams": ("parameters", "million"), "gflops": ("forward_flop", "gigaFLOP")}),
    ("Name,Training Resources,FLOPs,Parameters\nvgg11,8x V100 GPUs,7630000000,132860000\n",
     {"FLOPs": ("forward_macs", ""), "Training Resources": ("chip", ""), "Parameters": ("parameters", "")}),
    ("submitter,system_name,accelerator_model_name,accelerators_per_node,number_of_nodes,accelerator_memory_capacity,"
     "host_processor_model_name,benchmark\nacme,box,NVIDIA H100-SXM5-80GB,8,16,80GB,8480C,bert\n",
     {"accelerator_model_name": ("chip", ""), "accelerators_per_node": ("chips_per_node", ""),
      "number_of_nodes": ("nodes", ""), "benchmark": ("model", ""), "submitter": ("organization", "")}),
    ("name,created_date,modality,dependencies,size,training_time,training_hardware\n"
     "X,2023-01-30,text,['Y'],7B parameters (dense),29 hours,8 A100\n",
     {"size": ("parameters", ""), "created_date": ("published", ""), "training_time": ("time", ""),
      "training_hardware": ("chip", ""), "name": ("model", "")}),
    ("Model,Model Size (B),Pretraining Data Size (T),FLOPs (1E21)\nmeta-llama/Llama-2-7b-hf,7.0,2.0,84.0\n",
     {"Model Size (B)": ("parameters", "billion"), "Pretraining Data Size (T)": ("tokens", "trillion"),
      "FLOPs (1E21)": ("reported_compute", "zettaFLOP")}),
    ("model,Data size\nJFT,99999999999\n", {"Data size": ("examples", "")}),
    ("model,Data size\nX,100000000001\n", {"Data size": ("tokens", "")}),
    ("Name,Number of parameters (billion),Training cost (petaFLOP-day)\nGPT-3,175,3640\n",
     {"Training cost (petaFLOP-day)": ("reported_compute", "petaFLOP / second * day")}),
    ("Hardware name,TDP (W),Release date\nH100,700,2022-03-22\n", {"Hardware name": ("chip", "")}),
    ("Name,Chip type (primary),Single cluster?,Reported Cost\nX,H100,yes,273000000\n",
     {"Chip type (primary)": ("chip", "")}),
    ("model,Hardware Type,Hours used,Cloud Provider,Compute Region,Carbon Emitted\nx,T4,12,AWS,eu,1.2 kg\n",
     {"Hardware Type": ("chip", ""), "Hours used": ("hours_used", "hour"), "model": ("model", "")}),
])
def test_headers_of_known_tables(table: str, meant: dict[str, tuple[str, str]], tmp_path: Path) -> None:
    found, left = guessed(table, tmp_path)
    assert {header: found.get(header) for header in meant} == meant, left
    assert not {"accelerator_memory_capacity", "Release date", "Reported Cost"} & set(found)
