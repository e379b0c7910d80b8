"""Speech models trained by the hour: a kind of fact of its own, and a method, a layout, a format and checks with it."""

import json
import re
from pathlib import Path

from computeest.contract import (
    Default,
    Field,
    Layout,
    NewColumn,
    Rule,
    TableFormat,
    TextCheck,
    Wanted,
    hookimpl,
)


@hookimpl
def computeest_columns():
    """Hours of audio are no column of the schema; how many frames a second of it makes is assumed."""
    return [
        NewColumn(Field("audio_seen", "data", "Audio heard in all, repeats included.", "second", low=0, high=1e13,
                        aliases=("audio",), unit_aliases={"audio_hours": "hour"}, example="960 hours", adds_up=True)),
        NewColumn(Field("frame_rate", "data", "Frames that a second of audio makes.", "example/second", high=1e5,
                        example="50"),
                  Default(50.0, 0.3, "Baevski et al. 2020, section 2", "a frame every 20 ms, of wav2vec 2.0")),
    ]


def frames(audio_seen, frame_rate):
    """Frames in the audio that was heard."""
    return audio_seen * frame_rate


@hookimpl
def computeest_rules():
    """What the audio says of the examples."""
    return [Rule("examples_seen", frames, "Baevski et al. 2020, section 2")]


@hookimpl
def computeest_text_checks():
    """Hours of machines are no hours of audio."""
    return [TextCheck("machine-hours", ("audio_seen",), re.compile(r"GPU", re.IGNORECASE),
                      "the quote beside the audio speaks of GPUs",
                      "{column} is {text}, but the quote speaks of GPUs")]


@hookimpl
def computeest_layouts():
    """The table that the lab keeps."""
    return [Layout("speech-lab", (Wanted("model", ("net",)), Wanted("audio_seen", ("heard", "audio"), unit="hour"),
                                  Wanted("forward_flop", ("flop a frame",))))]


def _read(path: Path):
    import pyarrow as pa

    rows = json.loads(path.read_text("utf-8"))["rows"]
    names = dict.fromkeys(name for row in rows for name in row)  # from_pylist alone takes those of the first row
    return pa.table({name: [row.get(name) for row in rows] for name in names})


def _write(table, path: Path):
    path.write_text(json.dumps({"rows": table.to_pylist()}), "utf-8")


@hookimpl
def computeest_formats():
    """One JSON object that holds all rows."""
    return [TableFormat("rows", (".rows",), _read, _write)]
