"""Loading the database: what it holds, overlays, errors with file and line, and a cache that cannot mislead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from computeest.hardware import Database, Match, database, files, load
from computeest.hardware.compile import document
from computeest.hardware.files import overlay_files
from computeest.problems import InputError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache directory of our own, and a process that has loaded nothing yet."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    database._loaded.cache_clear()
    yield folder / "computeest"
    database._loaded.cache_clear()


def fresh() -> Database:
    database._loaded.cache_clear()
    return load()


OVERLAY = """
schema: 1
vendor: Example
sources:
  sheet: {title: "Example One data sheet", url: "https://example.com/one", kind: datasheet, accessed: "2026-11-21"}
chips:
  example-one:
    name: Example One
    kind: asic
    architecture: one
    status: released
    released: {value: "2026-01-01", source: sheet}
    peak:
      bf16-tensor: {value: "100 TFLOP/s", accumulate: fp32, source: sheet}
    training-format: bf16-tensor
    memory: {value: "64 GB", type: HBM3, source: sheet}
    units: {core: 0.25}
    aliases: ["EX1"]
    confidence: high
"""


def overlay(tmp_path: Path, text: str, name: str = "mine.yaml") -> Path:
    folder = tmp_path / "overlay"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder


def test_there_are_enough_chips() -> None:
    loaded = load()
    assert len(loaded) >= 240
    assert len(list(loaded)) == len(loaded) == len(set(loaded.ids))
    assert {chip.vendor for chip in loaded} >= {
        "NVIDIA", "AMD", "Google", "AWS", "Intel", "Huawei", "Cerebras", "Graphcore", "Apple"}


@pytest.mark.parametrize(("chip", "key", "published"), [
    # dense peaks from the vendors' own tables
    ("nvidia-a100-sxm4-80gb", "bf16-tensor", 312e12),
    ("nvidia-a100-sxm4-80gb", "fp32", 19.5e12),
    ("nvidia-v100-sxm2-16gb", "fp16-tensor", 125e12),
    ("nvidia-h100-sxm", "fp8", 1979e12),
    ("google-tpu-v4", "bf16-tensor", 275e12),
    ("amd-mi250x", "bf16-tensor", 383e12),
    ("nvidia-k80", "fp32", 8.73e12),
])
def test_peaks_are_the_published_ones(chip: str, key: str, published: float) -> None:
    assert load().chip(chip).peaks[key].value == pytest.approx(published, rel=0.01)


def test_every_value_has_its_source() -> None:
    for chip in load():
        for rate in chip.peaks.values():
            assert rate.source.title, chip.id
            assert rate.source.url or rate.source.kind == "derived", chip.id
        if chip.training_format:
            assert chip.training_peak == chip.peaks[chip.training_format].value > 0


def test_units_are_converted() -> None:
    chip = load().chip("google-tpu-v3")
    assert chip.memory == pytest.approx(32 * 2**30 / 1e9)  # the file says 32 GiB
    assert chip.nominal_memory == 32
    assert chip.bandwidth == pytest.approx(900)
    assert load().chip("nvidia-a100-sxm4-80gb").tdp == 400


def test_unknown_id_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load().chip("nvidia-a100")
    assert "nvidia-a100" not in load()


def test_cache_is_used_again_and_gives_the_same(home: Path) -> None:
    first = fresh()
    kept = sorted(home.glob("hardware-*.json"))
    assert len(kept) == 1
    before = kept[0].stat().st_mtime_ns
    second = fresh()
    assert kept[0].stat().st_mtime_ns == before
    assert first is not second
    assert list(first) == list(second)
    assert first.find("8 A100 80GB") == second.find("8 A100 80GB")


def test_cache_is_plain_data(home: Path) -> None:
    fresh()
    content = next(home.glob("hardware-*.json")).read_bytes()
    assert isinstance(json.loads(content.partition(b"\n")[2]), dict)


def test_changed_cache_changes_no_answer(home: Path) -> None:
    fresh()
    path = next(home.glob("hardware-*.json"))
    seal, _, body = path.read_bytes().partition(b"\n")
    wrong = body.replace(b"312 TFLOP/s", b"624 TFLOP/s").replace(b"312000000000000.0", b"624000000000000.0")
    assert wrong != body
    path.write_bytes(seal + b"\n" + wrong)
    assert load_peak() == 312e12
    assert path.read_bytes() == seal + b"\n" + body  # and it is mended


def load_peak() -> float | None:
    return getattr(fresh().peak("nvidia-a100-sxm4-80gb", "bf16"), "value", None)


@pytest.mark.parametrize("damage", ["empty", "cut", "forged", "pickle", "folder", "nonsense", "list"])
def test_damaged_cache_is_not_believed(home: Path, damage: str) -> None:
    files.keep("digest", {"chips": {}})
    path = home / "hardware-digest.json"
    seal, _, body = path.read_bytes().partition(b"\n")
    assert files.recall("digest") == {"chips": {}}
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes({
            "empty": b"", "cut": seal + b"\n" + body[:-1], "forged": files._seal("another", body) + b"\n" + body,
            "pickle": b"cos\nsystem\n(S'false'\ntR.", "nonsense": b"\x00\xff" * 5000,
            "list": files._seal("digest", b"[]") + b"\n[]",
        }[damage])
    assert files.recall("digest") is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no file owners on this system")
def test_cache_that_others_may_write_is_not_believed(home: Path) -> None:
    files.keep("digest", {"chips": {}})
    path = home / "hardware-digest.json"
    path.chmod(0o666)
    assert files.recall("digest") is None
    path.chmod(0o600)
    assert files.recall("digest") is not None
    target = path.with_name("elsewhere")
    path.rename(target)
    path.symlink_to(target)
    assert files.recall("digest") is None


def test_cache_that_cannot_be_written_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert len(fresh()) >= 240
    database._loaded.cache_clear()


def test_cache_keeps_few_files(home: Path) -> None:
    for number in range(8):
        files.keep(f"{number}", {"chips": {}})
    assert len(list(home.iterdir())) == files._KEPT
    assert files.recall("7") == {"chips": {}}


def test_overlay_adds_a_chip(home: Path, tmp_path: Path) -> None:
    loaded = load([overlay(tmp_path, OVERLAY)])
    assert loaded.warnings == ()
    match = loaded.find("32 EX1 cores")
    assert isinstance(match, Match)
    assert (match.chip, match.chips, match.peak_low) == ("example-one", 8, 100e12)
    assert "example-one" not in load()


def test_overlay_replaces_with_a_warning(home: Path, tmp_path: Path) -> None:
    text = OVERLAY.replace("example-one", "nvidia-t4").replace("EX1", "EX2").replace("Example One\n", "NVIDIA T4\n")
    folder = overlay(tmp_path, text)
    loaded = load([folder])
    assert len(loaded.warnings) == 1
    assert loaded.warnings[0].startswith(
        f"{folder / 'mine.yaml'}:8: chips.nvidia-t4 replaces the entry of nvidia-turing.yaml:")
    assert loaded.chip("nvidia-t4").training_peak == 100e12
    assert load().chip("nvidia-t4").training_peak == 65e12


def test_later_overlay_wins(home: Path, tmp_path: Path) -> None:
    first = overlay(tmp_path, OVERLAY, "a.yaml")
    second = tmp_path / "second.yaml"
    second.write_text(OVERLAY.replace("100 TFLOP/s", "200 TFLOP/s"), "utf-8")
    assert load([first, second]).chip("example-one").training_peak == 200e12
    assert load([second, first]).chip("example-one").training_peak == 100e12
    assert len(load([first, second]).warnings) == 1


def test_changed_overlay_is_read_again(home: Path, tmp_path: Path) -> None:
    folder = overlay(tmp_path, OVERLAY)
    assert load([folder]).chip("example-one").training_peak == 100e12
    overlay(tmp_path, OVERLAY.replace("100 TFLOP/s", "300 TFLOP/s"))
    assert load([folder]).chip("example-one").training_peak == 300e12


@pytest.mark.parametrize(("old", "new", "line", "message"), [
    ('value: "100 TFLOP/s"', "value: 100", 14, "chips.example-one.peak.bf16-tensor: '100' has no unit"),
    ('"100 TFLOP/s"', '"100 TFLOP"', 14, "chips.example-one.peak.bf16-tensor: "),
    ('"100 TFLOP/s"', '"100 TOP/s"', 14, "chips.example-one.peak.bf16-tensor: "),
    ('"100 TFLOP/s"', '"-1 TFLOP/s"', 14, "chips.example-one.peak.bf16-tensor: '-1 TFLOP/s' is not positive"),
    ("accumulate: fp32, source: sheet", "source: shet", 14,
     "chips.example-one.peak.bf16-tensor: no source 'shet'\n  closest: 'sheet'"),
    ("training-format: bf16-tensor", "training-format: fp8", 15,
     "chips.example-one.training-format: no peak for 'fp8'"),
    ("name: Example One", "nome: Example One", 8, "chips.example-one.name: missing"),
    ("{core: 0.25}", "{core: -1}", 17, "chips.example-one.units.core: '-1' is no number of chips"),
    ('["EX1"]', "EX1", 18, "chips.example-one.aliases: not a list of texts"),
    ("kind: asic", "kind: [asic]", 9, "chips.example-one.kind: '['asic']' is no text"),
    ('"2026-01-01"', '"soon"', 12, "chips.example-one.released: 'soon' is no day"),
    ("kind: asic", "kind: asic\n    kind: gpu", 10, "the key 'kind' is given twice; first on line 9"),
    ("schema: 1", "schema: !!python/object:os.system 1", 2, "'!!python/object:os.system' is a tag"),
    ("schema: 1", "families: {mine: {aliases: [EX], members: [example-two], default: example-two}}", 2,
     "families.mine.members: no chip has the id 'example-two'\n  closest: 'example-one'"),
    ("schema: 1", "systems: {box: {name: Box, chip: example-on, chips: 8}}", 2,
     "systems.box.chip: no chip has the id 'example-on'\n  closest: 'example-one'"),
    ("chips:", "chips: 3\nx:", 6, "chips: not a mapping"),
])
def test_wrong_overlay_says_where(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in OVERLAY
    folder = overlay(tmp_path, OVERLAY.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        document(overlay_files(folder))
    first = str(caught.value.problems[0])
    assert first.startswith(f"{folder / 'mine.yaml'}:{line}: {message}"), first


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    text = OVERLAY + OVERLAY.partition("chips:\n")[2].replace("example-one", "example-two")
    folder = overlay(tmp_path, text.replace("TFLOP/s", "TFLOP"))
    with pytest.raises(InputError) as caught:
        document(overlay_files(folder))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe", b"- a\n- b\n", b"chips: {a: &x [*x]}"])
def test_overlay_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError):
        document(overlay_files(path))


def test_missing_overlay(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or directory"):
        load([tmp_path / "nowhere"])
    with pytest.raises(InputError, match="holds no YAML file"):
        load([tmp_path])


def test_warm_load_is_cheap(home: Path) -> None:
    fresh()
    code = ("import sys; from computeest.hardware import load; load().find('8 A100'); "
            "print([name for name in ('yaml', 'pint', 'pandas', 'numpy', 'rich') if name in sys.modules])")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                         env={**os.environ, "XDG_CACHE_HOME": str(home.parent)})
    assert ran.stdout.strip() == "[]"
