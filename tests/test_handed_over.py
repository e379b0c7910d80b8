"""What the shell hands over under a number, as `<(zcat table.csv.gz)` does, is read as standard input is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from computeest.text.files import given_bytes, handed_over

PAPER = "model: a\nparameters: 7B\ntokens: 1T\n"
TABLE = "model,parameters,tokens\na,7B,1T\nb,,\n"
ANNOTATED = "model,flop\na,4.2e22\n"
LOG = "iteration 3/ 9 | consumed samples: 48 | elapsed time per iteration (ms): 100.0 | TFLOPs: 50 |\n"

pytestmark = pytest.mark.skipif(not Path("/dev/fd").exists(), reason="streams by number are where /dev/fd is")


def _ran(words: list[str], text: str, number: bool) -> tuple[int, bytes, bytes]:
    """The command with a stream in place of FILE: under its number, or as standard input."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    name = f"/dev/fd/{reading}" if number else "-"
    ended = subprocess.run([sys.executable, "-m", "computeest", *(name if word == "FILE" else word for word in words)],
                           stdin=subprocess.DEVNULL if number else reading, pass_fds=(reading,), capture_output=True,
                           check=False, timeout=60)
    os.close(reading)
    names = rb"/dev/fd/\d+|(?<=from )\d+(?=:)|standard input|(?<=[ \n])-(?=[ :,])"
    return ended.returncode, *(re.sub(names, b"FILE", said) for said in (ended.stdout, ended.stderr))


@pytest.mark.parametrize(("words", "text"), [
    (["estimate", "FILE", "--format", "json"], PAPER), (["validate", "FILE"], "epochs: ninety\n"),
    (["solve", "utilization", "FILE"], PAPER + "chip: A100\nchips: 8\ntime: 90 days\n"),
    (["sensitivity", "FILE"], PAPER),
    (["annotate", "FILE"], TABLE), (["annotate", "FILE", "--input-format", "jsonl"], '{"parameters": "7B"}\n'),
    (["annotate", "FILE", "--jobs", "2", "--chunk", "1"], TABLE), (["columns", "FILE"], TABLE),
    (["audit", "FILE", "--published", "flop"], ANNOTATED), (["draft", "FILE"], "We train a 7B model on 1T tokens.\n"),
    (["diff", "FILE", "OLD"], ANNOTATED), (["annotate", "OLD", "--reference", "FILE"], "model,compute\na,1e20\n"),
    (["progress", "trend", "FILE"], ANNOTATED), (["report", "FILE", "-o", "OUT"], PAPER),
])
def test_a_stream_under_a_number_is_read_as_standard_input_is(words: list[str], text: str, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text(ANNOTATED.replace("4.2", "8.4"))
    places = {"OLD": str(tmp_path / "old.csv"), "OUT": str(tmp_path / "out.html")}
    words = [places.get(word, word) for word in words]
    first, second = _ran(words, text, number=True), _ran(words, text, number=False)
    assert first == second
    assert b"Traceback" not in first[2]
    assert first[1] or first[2]


def test_a_log_and_a_column_map_come_from_streams_too(tmp_path: Path) -> None:
    ended = _ran(["log", "FILE", "--chip", "A100"], LOG * 3, number=True)
    assert b"A100" in ended[1], ended[2]
    (tmp_path / "t.csv").write_text("name,size,seen\na,7e9,1e12\n")
    ended = _ran(["annotate", str(tmp_path / "t.csv"), "--columns", "FILE"], "parameters: size\ntokens: seen\n",
                 number=True)
    assert b"e+22" in ended[1], ended[2]


def test_only_what_the_shell_hands_over_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    assert not handed_over(tmp_path / "t.csv")
    with pytest.raises(OSError, match="no regular file"):
        given_bytes(tmp_path / "t.csv", 10)
    with pytest.raises(OSError, match="no regular file"):
        given_bytes("/dev/zero", 10)
    with (tmp_path / "plain").open("wb+") as file:
        file.write(b"0123456789")
        file.flush()
        assert given_bytes(f"/dev/fd/{file.fileno()}", 4) == b"01234"
    for command in ("annotate", "columns", "log", "draft", "estimate"):
        ended = subprocess.run([sys.executable, "-m", "computeest", command, tmp_path / "t.csv"], capture_output=True,
                               check=False, timeout=60)
        assert ended.returncode == 1
        assert b"no regular file" in ended.stderr or b"no such file" in ended.stderr
