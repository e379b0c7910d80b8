"""Loading the database: what it holds, overlays, errors with file and line, and a cache that cannot mislead."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import subprocess
import sys
import weakref
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from computeest.facts import chip_lookup
from computeest.hardware import Database, Match, database, files, load
from computeest.hardware.compile import check, document
from computeest.hardware.files import File, overlay_files
from computeest.problems import InputError
from computeest.text import kept


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


ARCHITECTURE = """
schema: 1
sources:
  sheet: {title: "Example One data sheet", url: "https://example.com/one", kind: datasheet, accessed: "2026-11-21"}
architectures:
  one: {name: Example architecture, unit: core, years: [2025, 2027], formats: [bf16-tensor], source: sheet}
"""


def overlay(tmp_path: Path, text: str, name: str = "mine.yaml") -> Path:
    folder = tmp_path / "overlay"
    folder.mkdir(exist_ok=True)
    (folder / "one.yaml").write_text(ARCHITECTURE, "utf-8")
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
    assert all(isinstance(json.loads(line), dict | list) for line in content.splitlines()[1:])


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
    kept.keep("hardware", "digest", {"chips": {}})
    path = home / "hardware-digest.json"
    seal, _, body = path.read_bytes().partition(b"\n")
    assert kept.recall("hardware", "digest") == {"chips": {}}
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes({
            "empty": b"", "cut": seal + b"\n" + body[:-1], "forged": kept._seal("another", body) + b"\n" + body,
            "pickle": b"cos\nsystem\n(S'false'\ntR.", "nonsense": b"\x00\xff" * 5000,
            "list": kept._seal("digest", b"[]") + b"\n[]",
        }[damage])
    assert kept.recall("hardware", "digest") is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no file owners on this system")
def test_cache_that_others_may_write_is_not_believed(home: Path) -> None:
    kept.keep("hardware", "digest", {"chips": {}})
    path = home / "hardware-digest.json"
    path.chmod(0o666)
    assert kept.recall("hardware", "digest") is None
    path.chmod(0o600)
    assert kept.recall("hardware", "digest") is not None
    target = path.with_name("elsewhere")
    path.rename(target)
    path.symlink_to(target)
    assert kept.recall("hardware", "digest") is None


def test_cache_that_cannot_be_written_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert len(fresh()) >= 240
    database._loaded.cache_clear()


def test_cache_keeps_few_files(home: Path) -> None:
    for number in range(8):
        kept.keep("hardware", f"{number}", {"chips": {}})
    assert len(list(home.iterdir())) == kept._KEPT
    assert kept.recall("hardware", "7") == {"chips": {}}


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
        f"{folder / 'mine.yaml'}:8: nvidia-t4: replaces the entry of nvidia-turing.yaml:")
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
    ('value: "100 TFLOP/s"', "value: 100", 14,
     'example-one.peak.bf16-tensor.value: 100 is no quoted quantity such as "1 TFLOP/s" [unquoted]'),
    ('"100 TFLOP/s"', '"100 TFLOP"', 14, "example-one.peak.bf16-tensor.value: '100 TFLOP': compute (FLOP) is not"),
    ('"100 TFLOP/s"', '"100 TOP/s"', 14, "example-one.peak.bf16-tensor.value: '100 TOP/s': "),
    ('"100 TFLOP/s"', '"-1 TFLOP/s"', 14, "example-one.peak.bf16-tensor.value: '-1 TFLOP/s' is not a plain number"),
    ('"100 TFLOP/s"', '"1e400 TFLOP/s"', 14, "example-one.peak.bf16-tensor.value: '1e400 TFLOP/s'"),
    ("accumulate: fp32, source: sheet", "source: shet", 14,
     "example-one.peak.bf16-tensor: 'shet' is no key of this file's sources; closest: 'sheet' [source-unknown]"),
    ("training-format: bf16-tensor", "training-format: fp8", 15, "example-one.training-format: "),
    ("name: Example One", "nome: Example One", 8, "example-one: has no 'name' [missing-key]"),
    ("{core: 0.25}", "{core: -1}", 17, "example-one.units.core: is no number [shape]"),
    ("{core: 0.25}", "{core: 0.25}\n    slices: {pattern: v3, n-counts: cores, chips-per-n: 0.5}", 18,
     "example-one.slices.pattern: is no pattern such as v3-{n} [shape]"),
    ("{core: 0.25}", "{core: 0.25}\n    ambiguous: {question: which, default: this, others: [example-two]}", 18,
     "example-one.ambiguous.others: 'example-two' is no chip; closest: 'example-one' [member]"),
    ('["EX1"]', "EX1", 18, "example-one.aliases: is no list [shape]"),
    ("kind: asic", "kind: [asic]", 9, "example-one.kind: 'a list' is not a value it can have"),
    ('"2026-01-01"', '"soon"', 12, "example-one.released.value: 'soon' is no day"),
    ("architecture: one", "architecture: two", 10, "example-one.architecture: 'two' is not in architectures.yaml"),
    ("kind: asic", "kind: asic\n    kind: gpu", 10, "the key 'kind' is given twice; first on line 9"),
    ("schema: 1", "schema: !!python/object:os.system 1", 2, "'!!python/object:os.system' is a tag"),
    ("schema: 1", "schema: 1\nfamilies: {mine: {aliases: [EX], members: [example-two], default: example-two}}", 3,
     "mine: 'example-two' is no chip; closest: 'example-one' [member]"),
    ("schema: 1", "schema: 1\nfamilies: {mine: {aliases: [EX], members: [example-one], default: example-one, "
                  "default-from: {\"2025-13-01\": example-one}}}", 3,
     "mine: '2025-13-01' is no day such as \"2020-05-14\" [date]"),
    ("schema: 1", "schema: 1\nsystems: {box: {name: Box, chip: example-on, chips: 8, source: sheet}}", 3,
     "box: 'example-on' is no chip; closest: 'example-one' [member]"),
    ("chips:", "chips: 3\nx:", 6, "chips: is no mapping [shape]"),
])
def test_wrong_overlay_says_where(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in OVERLAY
    folder = overlay(tmp_path, OVERLAY.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        document(overlay_files(folder))
    said = [str(problem) for problem in caught.value.problems]
    assert any(one.startswith(f"{folder / 'mine.yaml'}:{line}: {message}") for one in said), said


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    text = OVERLAY + OVERLAY.partition("chips:\n")[2].replace("example-one", "example-two")
    folder = overlay(tmp_path, text.replace("kind: asic", "kind: asics"))
    with pytest.raises(InputError) as caught:
        document(overlay_files(folder))
    found = [(problem.line, problem.what.rpartition(" ")[2]) for problem in caught.value.problems]
    assert found == [(9, "[word]"), (21, "[alias-clash]"), (21, "[alias-clash]"), (22, "[word]")]


def scalars() -> list[str]:
    """Every value of the overlay, with its key in front."""
    return re.findall(r"[\w-]+: (?:\"[^\"]+\"|[\w-]+)", OVERLAY)


@pytest.mark.parametrize("odd", [
    "null", "''", "[x]", "{x: 1}", "-1", "1e999", "true", '"1e999 TFLOP/s"', '"9999-99-99"'
])
def test_whatever_stands_there_is_refused_or_understood(tmp_path: Path, odd: str) -> None:
    taken = 0
    for scalar in scalars():
        folder = overlay(tmp_path, OVERLAY.replace(scalar, f"{scalar.partition(':')[0]}: {odd}", 1))
        try:
            compiled = document(overlay_files(folder), date(2026, 11, 26))
        except InputError:
            continue
        taken += 1
        found = Database(compiled)
        assert [chip.training_peak for chip in found] == [100e12]
        assert isinstance(found.find("8 EX1 cores", date(2026, 6, 1)), Match)
    assert taken < len(scalars()) / 2


def test_a_file_that_the_lint_refuses_is_not_loaded(home: Path, tmp_path: Path) -> None:
    folder = overlay(tmp_path, OVERLAY.replace("kind: asic", "kind: asics").replace("confidence: high", "colour: red"))
    errors = {str(finding.spot.line): finding.code for finding in check([folder]) if finding.level == "error"}
    assert errors == {"8": "missing-key", "9": "word", "19": "unknown-key"}
    with pytest.raises(InputError) as caught:
        load([folder])
    assert {str(problem.line): problem.what.rpartition("[")[2][:-1] for problem in caught.value.problems} == errors


def test_an_overlay_may_excuse_with_a_reason(home: Path, tmp_path: Path) -> None:
    wrong = OVERLAY.replace("{core: 0.25}", "{core: 2}")
    with pytest.raises(InputError, match="but a core is a part of a chip"):
        load([overlay(tmp_path, wrong)])
    excused = wrong.replace("    confidence", "    lint-ok: {unit-multiple: printed so}\n    confidence")
    folder = overlay(tmp_path, excused)
    assert load([folder]).chip("example-one").units == {"core": 2}


def test_an_error_that_an_overlay_brings_to_ours_is_said(home: Path, tmp_path: Path) -> None:
    """A name that ours has already is an error, wherever the second owner stands."""
    folder = overlay(tmp_path, OVERLAY.replace("example-one", "nvidia-k80").replace('"EX1"', '"NVIDIA T4"'))
    found = [finding for finding in check([folder]) if finding.level == "error"]
    assert {finding.code for finding in found} >= {"alias-clash"}
    assert any(finding.spot.file == "nvidia-turing.yaml" for finding in found)
    with pytest.raises(InputError, match="is also a name of the chip nvidia-k80"):
        load([folder])

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


def compiled_with(folder: Path) -> set[str]:
    """What a new interpreter imports and opens of the package in a folder to compile: paths below it."""
    code = f"""
import json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
sys.path.insert(0, {str(folder)!r})
from pathlib import Path
from computeest.hardware.compile import check, document
from computeest.hardware.files import File
document([File("mine.yaml", {OVERLAY.encode()!r}, 0), File("one.yaml", {ARCHITECTURE.encode()!r}, 0)])
root = Path({str(folder / "computeest")!r})
files = [m.__file__ for n, m in list(sys.modules.items()) if n.split(".")[0] == "computeest" and m.__file__]
data = [name for name in opened if name.startswith(str(root)) and ".py" not in name]  # nor .pyc, being written
print(json.dumps(sorted(str(Path(path).relative_to(root)) for path in {{*files, *data}})))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    return set(json.loads(ran.stdout))


def test_the_cache_key_covers_all_that_compiling_imports(tmp_path: Path) -> None:
    own = tmp_path / "computeest"
    shutil.copytree(Path(database.__file__).parents[1], own, ignore=shutil.ignore_patterns("__pycache__"))
    needed = compiled_with(tmp_path)
    assert {"hardware/compile.py", "hardware/lint/rates.py", "hardware/find/index.py", "text/numbers.py",
            "problems/__init__.py", "units.txt"} <= needed
    before = database._digest(database.compilers(own))
    for name in sorted(needed):
        path = own / name
        content, state = path.read_bytes(), path.stat()
        path.write_bytes(content + b"\n")
        assert database._digest(database.compilers(own)) != before, f"{name} is imported and not in the key"
        path.write_bytes(content)
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert database._digest(database.compilers(own)) == before
    (own / "cli" / "app.py").write_text("")  # and what compiling does not import is not
    assert database._digest(database.compilers(own)) == before


def test_the_key_tells_layers_apart() -> None:
    one, other = File("a", b"x", 1), File("a", b"x", 2)
    assert database._digest([], [one]) != database._digest([], [other])


def test_the_key_tells_overlays_apart_by_what_they_hold() -> None:
    assert database._digest([], [File("a", b"x", 1)]) != database._digest([], [File("a", b"y", 1)])


@pytest.mark.parametrize("changed", ["size", "time", "content"])
def test_a_changed_file_of_the_database_is_seen(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                changed: str) -> None:
    """A new time tells; where times are whole seconds, as tools that unify them leave them, it is what a file holds."""
    own = tmp_path / "hardware_db"
    shutil.copytree(str(files.package_folder()), own)
    monkeypatch.setattr(files, "package_folder", lambda: own)
    path = own / "nvidia-ampere.yaml"
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert load_peak() == 312e12
    text = path.read_text("utf-8")
    assert '"312 TFLOP/s"' in text
    path.write_text(text.replace('"312 TFLOP/s"', '"312.5 TFLOP/s"' if changed == "size" else '"313 TFLOP/s"'), "utf-8")
    if changed == "content":
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert load_peak() == (312.5e12 if changed == "size" else 313e12)


def test_a_file_that_changes_while_it_is_read_is_not_kept(home: Path, tmp_path: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "hardware_db"
    shutil.copytree(str(files.package_folder()), own)
    monkeypatch.setattr(files, "package_folder", lambda: own)
    whole = files.package_files

    def read_and_changed() -> tuple[File, ...]:
        found = whole()
        path = own / "nvidia-ampere.yaml"
        path.write_text(path.read_text("utf-8").replace('"312 TFLOP/s"', '"313 TFLOP/s"'), "utf-8")
        return found

    monkeypatch.setattr(files, "package_files", read_and_changed)
    assert load_peak() == 312e12
    assert not list(home.glob("hardware-*.json"))
    monkeypatch.setattr(files, "package_files", whole)
    assert load_peak() == 313e12


def test_each_part_of_the_cache_is_held_against_its_checksum(home: Path) -> None:
    """Chips, prices, places and names: what one damaged byte would change is compiled again."""
    first = fresh()
    path = next(home.glob("hardware-*.json"))
    right = path.read_bytes()
    for old, new in ((b'"name":"NVIDIA A100 SXM4 80GB"', b'"name":"NVIDIA A100 SXM4 90GB"'),
                     (b'"deflator"', b'"deflated"'), (b'"countries"', b'"continent"'),
                     (b'"tpuv3":"chip ', b'"tpuv3":"base ')):
        assert old in right
        path.write_bytes(right.replace(old, new))
        again = fresh()
        assert list(again) == list(first)
        assert again.find("8 A100") == first.find("8 A100")
        assert again.prices.index(2023) == first.prices.index(2023)
        assert again.places._document == first.places._document
        assert path.read_bytes() == right


def test_what_lies_in_an_archive_is_told_by_what_it_holds(tmp_path: Path) -> None:
    def state(content: str) -> list[kept.Stamp]:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("text/a.py", content)
            archive.writestr("text/b.txt", "no code")
            archive.writestr("units.txt", "x")
        root = zipfile.Path(tmp_path / "a.zip")
        return [*kept.stamps(root / "text"), *kept.stamps(root / "units.txt")]

    one = state("a = 1")
    assert [name for name, *_ in one] == ["text/a.py", "units.txt"]
    assert one != state("a = 2")
    assert one == state("a = 1")


def test_warm_load_is_cheap(home: Path) -> None:
    fresh()
    code = ("import sys; from computeest.hardware import load; load().find('8 A100'); "
            "print([name for name in ('yaml', 'pint', 'pandas', 'numpy', 'rich') if name in sys.modules])")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                         env={**os.environ, "XDG_CACHE_HOME": str(home.parent)})
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("text", [
    "A100", "8 V100", "H100", "NVIDIA H200", "P100", "Titan X", "GTX Titan", "TPU", "Google TPU v3", "MI250X", "K80",
    "T4", "DGX-1", "p3.16xlarge", "RTX 8000", "Quadro", "7919 A100", "A100, V100", "Tesla", "GPU", "v3-8", "Gaudi",
    "Ascend 910"])
def test_a_text_means_one_thing_between_its_turns(text: str) -> None:
    known = load()
    turns = known.turns(text)
    assert list(turns) == sorted(set(turns))
    assert set(turns) <= set(known.turns())
    for start, end in pairwise([date(1990, 1, 1), *turns, date(2035, 1, 1)]):
        within = [day for day in known.turns() if start <= day < end]
        meant = {repr(known.find(text, day)) for day in (start, *within, end - timedelta(days=1))}
        assert len(meant) == 1, (text, start, end)


def test_a_database_that_nobody_uses_any_more_is_let_go() -> None:
    known = Database(load()._document)
    key = ("A100", None, None)
    assert chip_lookup._remembered(known, key, partial(chip_lookup._looked_up, known, *key)).refusal is None
    gone = weakref.ref(known)
    del known
    gc.collect()
    assert gone() is None
    assert database._loaded.cache_parameters()["maxsize"] == 8  # one for each set of overlays, of which many may come
