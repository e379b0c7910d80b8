"""`computeest plugin new`, the example package, and its guide docs/plugins.md."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
from plugin_folders import EXAMPLE, install, python, run
from typer.testing import CliRunner

from computeest import registry
from computeest.cli.plugin import app
from computeest.family_pages.layer_table import SettingError, counted
from computeest.kit.package import LONGEST, PackageError, check_name, contents, write_package
from computeest.text.files import OutputError

DOCS = Path(__file__).parents[1] / "docs" / "plugins.md"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parent = tmp_path_factory.mktemp("new")
    result = CliRunner().invoke(app, ["new", "my_family", "--directory", str(parent)])
    assert result.exit_code == 0, result.output
    return parent / "my_family"


def test_new_names_every_file_it_wrote(written: Path) -> None:
    files = sorted(str(path.relative_to(written)) for path in written.rglob("*") if path.is_file())
    assert files == ["README.md", "pyproject.toml", "src/computeest_my_family/__init__.py",
                     "src/computeest_my_family/py.typed", "tests/test_my_family.py"]
    assert "$" not in "".join(contents("my_family").values())


def test_a_new_package_passes_its_own_tests(written: Path) -> None:
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", folder=written)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


def test_a_new_package_keeps_the_contract_before_it_is_installed(written: Path) -> None:
    done = run("plugin", "check", str(written), "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = {row["item"]: row for row in json.loads(done.stdout)}
    assert {row["verdict"] for row in found.values()} == {"pass"}
    assert found["published"]["reason"] == "my_family-mnist parameters +0.00%"


def test_a_new_package_is_found_when_installed(written: Path, tmp_path: Path) -> None:
    target = install(written, tmp_path / "site")
    done = run("families", "show", "my_family-mnist", "--format", "json", path=target)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["totals"]["parameters"] == 34_826  # Keras' simple MNIST convnet, model summary
    code = """from computeest.kit import contract
for name in ("my_family", "computeest-my-family", "computeest_my_family"):
    print(len(contract(name)), {one.verdict for one in contract(name)})"""
    assert python("-c", code, path=target).stdout == "11 {'pass'}\n" * 3


def _builds_wheels() -> bool:
    known = importlib.util.find_spec("setuptools") is not None and importlib.util.find_spec("pip") is not None
    new = known and tuple(map(int, version("setuptools").split(".")[:2])) >= (70, 1)
    return new or (known and importlib.util.find_spec("wheel") is not None)


@pytest.mark.skipif(not _builds_wheels(), reason="setuptools 70.1 or newer builds wheels on its own; it is not here")
def test_pip_installs_packages_offline(written: Path, tmp_path: Path) -> None:
    example = shutil.copytree(EXAMPLE, tmp_path / "example", ignore=shutil.ignore_patterns("__pycache__"))
    site = tmp_path / "site"
    done = python("-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
                  "--disable-pip-version-check", "--target", str(site), str(written), str(example))
    assert done.returncode == 0, done.stderr
    for name in ("my_family", "lenet"):
        assert run("plugin", "check", name, path=site).returncode == 0


@pytest.mark.parametrize(("name", "says"), [
    ("class", "'class' is a word of the Python language; choose another, such as 'class_network'"),
    ("match", "'match' is a word of the Python language; choose another, such as 'match_network'"),
    ("My-Net", "'My-Net' is no name for a plugin; write lower-case letters, digits and underscores, beginning with a"
               " letter, such as 'my_net'"),
    ("3d_cnn", "'3d_cnn' is no name for a plugin; write lower-case letters, digits and underscores, beginning with a"
               " letter, such as 'd_cnn'"),
    ("../up", "'../up' is no name for a plugin; write lower-case letters, digits and underscores, beginning with a"
              " letter, such as 'up'"),
    ("", "'' is no name for a plugin; write lower-case letters, digits and underscores, beginning with a letter, such"
         " as 'my_family'"),
    ("a" * (LONGEST + 1), f"'{'a' * (LONGEST + 1)}' has 41 characters; a name has at most 40"),
    ("resnet", "a family is already called 'resnet': computeest_plugins.resnet"),
    ("gpt2", "'gpt2' is already a variant of the family 'decoder'"),
])
def test_new_refuses_names(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(PackageError) as caught:
        write_package(name, tmp_path)
    assert str(caught.value) == says
    assert not list(tmp_path.iterdir())


def test_a_proposed_name_is_a_good_one() -> None:
    for name in ("My-Net", "3d_cnn", "../up", "", "Größe", "-"):
        with pytest.raises(PackageError) as caught:
            check_name(name)
        check_name(re.findall("'([^']*)'", str(caught.value))[-1])


def test_new_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text("my work")
    with pytest.raises(PackageError) as caught:
        write_package("mine", tmp_path)
    assert str(caught.value) == f"{tmp_path}/mine exists already; choose another name, or another --directory"
    assert (tmp_path / "mine" / "README.md").read_text() == "my work"


def test_new_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(PackageError) as caught:
        write_package("mine", tmp_path / "nowhere")
    assert str(caught.value) == f"{tmp_path}/nowhere is no folder"


def test_new_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match=r"mine: cannot be written: no space left on device$"):
        write_package("mine", tmp_path)
    assert not list(tmp_path.iterdir())


def test_wrong_usage_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    done = run("plugin", "new", "class", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "'class' is a word of the Python language; choose another, such as 'class_network'\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(EXAMPLE, tmp_path_factory.mktemp("site"))


def test_the_example_passes_its_own_tests() -> None:
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", folder=EXAMPLE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "13 passed" in done.stdout


def test_an_installed_third_party_family_estimates_a_paper(site: Path) -> None:
    done = run("estimate", str(EXAMPLE / "lenet-5.yaml"), "--format", "json", path=site)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["versions"]["plugins"] == {"computeest-lenet": "0.1.0"}
    # LeCun et al. 1998, section II.B: 340,908 connections, forward and backward for each of 60,000 images, 20 times;
    # no gradient goes to the image that the 122,304 of C1 read, nor to the 840 weights that are drawn by hand
    multiplied = 3 * 340_908 - 122_304 - 840
    counted = record["methods"]["operation_counting"]["flop"]
    assert counted == pytest.approx(2 * multiplied * 60_000 * 20, rel=0.05)


def test_of_two_plugins_of_one_name_one_is_left_out_and_both_are_named(tmp_path: Path) -> None:
    target = install(EXAMPLE, tmp_path / "site")
    other = tmp_path / "other"
    (other / "src" / "computeest_copy").mkdir(parents=True)
    code = (EXAMPLE / "src" / "computeest_lenet" / "__init__.py").read_text("utf-8")
    (other / "src" / "computeest_copy" / "__init__.py").write_text(code, "utf-8")
    text = (EXAMPLE / "pyproject.toml").read_text("utf-8").replace("computeest_lenet", "computeest_copy")
    (other / "pyproject.toml").write_text(text.replace("computeest-lenet", "computeest-copy"), "utf-8")
    install(other, target)
    done = run("estimate", str(EXAMPLE / "lenet-5.yaml"), path=target)
    assert done.returncode == 0
    assert done.stderr == ("the plugin computeest_lenet is left out: two plugins bring a family called 'lenet': "
                           "computeest_copy and computeest_lenet\n")


def test_a_plugin_that_does_not_load_spoils_nothing_else(tmp_path: Path) -> None:
    target = install(EXAMPLE, tmp_path / "site")
    (target / "computeest_lenet" / "__init__.py").write_text("import no_such_module\n")
    says = ("the plugin 'lenet' of computeest-lenet does not load: ModuleNotFoundError: No module named"
            " 'no_such_module'\n")
    done = run("families", path=target)
    assert (done.returncode, done.stderr) == (0, says)
    assert "resnet" in done.stdout
    done = run("plugin", "check", "lenet", path=target)
    assert (done.returncode, done.stderr) == (2, says)


def test_the_example_is_no_part_of_computeest() -> None:
    with pytest.raises(SettingError, match="no family is called 'lenet-5'"):
        counted(registry.load(()), "lenet-5", {})


def test_the_guide_shows_the_example_word_for_word() -> None:
    files = [path for path in EXAMPLE.rglob("*") if path.suffix in (".py", ".toml", ".yaml")]
    # methods, rules and checks are shown by the built-in ones, which are plugins too
    sources = [path.read_text("utf-8") for path in (
        *files, *EXAMPLE.parent.glob("*_plugin.py"), *(EXAMPLE.parents[1] / "plugins").rglob("*.py"))]
    blocks = re.findall(r"```(?:python|toml|yaml)\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert len(blocks) >= 6
    for block in blocks:
        assert any(block in source for source in sources), block
    family = (EXAMPLE / "src" / "computeest_lenet" / "__init__.py").read_text("utf-8")
    shown = sum(len(block) for block in blocks if block in family)
    assert shown > 0.9 * len(family)


def test_the_guide_shows_what_the_commands_print() -> None:
    blocks = re.findall(r"```console\n\$ computeest (.*?)\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert len(blocks) >= 2
    for command, expected in blocks:
        done = run(*command.split(), folder=EXAMPLE)
        assert done.stdout + done.stderr == expected, command
