"""Published tables of efficiency: what took how much to one level, as their authors count it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeest.progress.records import ProgressError, require

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Level:
    """One level of performance, what reached it, and the gain that its authors print."""

    name: str
    what: str
    records: pd.DataFrame
    unit: str
    counts: str
    published_factor: float | None
    published_months: float | None


#: Hernandez and Brown 2020 (arXiv:2005.04305): when each model of their table 3 was published.
_DATES: Mapping[str, str] = {
    "VGG-11": "2014-09-04", "Wide_ResNet_50": "2016-05-23", "AlexNet": "2012-06-01", "ResNet-50": "2015-12-10",
    "ResNet-34": "2015-12-10", "ResNeXt_50": "2016-11-16", "ResNet-18": "2015-12-10", "DenseNet121": "2016-08-25",
    "SqueezeNet_v1_1": "2016-02-24", "GoogLeNet": "2014-09-17", "MobileNet_v1": "2017-04-17",
    "MobileNet_v2": "2018-01-13", "ShuffleNet_v2_1_5x": "2018-06-30", "ShuffleNet_v1_1x": "2017-07-03",
    "ShuffleNet_v2_1x": "2018-06-30", "EfficientNet-b0": "2019-05-28",
}

#: The same authors' tracker, *AI and Efficiency* (openai.com/research/ai-and-efficiency), and the paper's sections 4.2
#: and 4.3: level, what is counted, the gain printed, months printed, and model, date, amount of each record. Dates are
#: the papers': the tracker prints the month of four of them as January. Games and inference are ratios as printed.
_TRACKER: tuple[tuple[str, str, float, float | None, tuple[tuple[str, str, float], ...]], ...] = (
    ("AlexNet", "training, TFLOP/s-days", 44.0, 16.0, (
        ("AlexNet", "2012-06-01", 3.1), ("GoogLeNet", "2014-09-17", 0.71), ("MobileNet", "2017-04-17", 0.28),
        ("ShuffleNet", "2017-07-03", 0.15), ("ShuffleNet v2", "2018-06-30", 0.12),
        ("EfficientNet-b0", "2019-05-28", 0.069))),
    ("ResNet-50", "training, TFLOP/s-days", 10.0, 17.0, (
        ("ResNet-50", "2015-12-10", 17.0), ("EfficientNet-b1", "2019-05-28", 0.75))),
    ("Seq2Seq", "training, TFLOP/s-days", 61.0, 6.0, (
        ("Seq2Seq (ensemble)", "2014-09-10", 465.0), ("Transformer (base)", "2017-06-12", 8.0))),
    ("GNMT", "training, TFLOP/s-days", 9.0, 3.0, (
        ("GNMT", "2016-09-26", 1620.0), ("Transformer (big)", "2017-06-12", 181.0))),
    ("AlphaGo Zero", "training, ratio", 8.0, 4.0, (
        ("AlphaGo Zero", "2017-10-18", 8.0), ("AlphaZero", "2018-12-07", 1.0))),
    ("OpenAI Five", "training, ratio", 5.0, None, (
        ("OpenAI Five", "2019-04-13", 5.0), ("OpenAI Five Rerun", "2019-07-13", 1.0))),
    ("AlexNet, inference", "inference, ratio", 18.0, 15.0, (
        ("AlexNet", "2012-06-01", 18.0), ("ShuffleNet", "2017-07-03", 1.0))),
)

#: The headers of the tracker's own table.
_HEADERS = {"Metric": "level", "Publication": "model", "Publication Date": "published",
            "Compute (teraflops-s/days)": "flop"}


def levels(preset: str, frame: pd.DataFrame | None) -> list[Level]:
    """The levels of a preset: of a table with its authors' headers, or, without one, of what they published."""
    if preset == "hernandez-brown-2020":
        return [_hernandez_brown(frame)]
    if preset == "ai-and-efficiency":
        return _tracker() if frame is None else _of_table(frame)
    raise ProgressError(f"the preset {preset} has no efficiencies; expected hernandez-brown-2020 or ai-and-efficiency")


def _hernandez_brown(frame: pd.DataFrame | None) -> Level:
    if frame is None:
        raise ProgressError("hernandez-brown-2020 reads a table: columns experiment and published_pflop (or printed_"
                            "pflop), or epochs and multiply-adds")
    name = "experiment" if "experiment" in frame else "model"
    amount = next((one for one in ("published_pflop", "printed_pflop") if one in frame), "published_pflop")
    require(frame, (name, amount))
    published = frame["published"] if "published" in frame else frame[name].map(_DATES)
    records = frame.assign(model=frame[name], published=published, flop=frame[amount])
    return Level("AlexNet", "training, PFLOP of multiply-adds", records[["model", "published", "flop"]], "PFLOP", "mac",
                 44.0, 16.0)


def _tracker() -> list[Level]:
    import pandas as pd

    return [Level(name, what, pd.DataFrame(rows, columns=["model", "published", "flop"]),
                  "TFLOP/s-day" if "days" in what else "FLOP", "flop", factor, months)
            for name, what, factor, months, rows in _TRACKER]


def _of_table(frame: pd.DataFrame) -> list[Level]:
    """The tracker's own table: a level a metric, with the gain it prints; dates as the papers have them."""
    require(frame, tuple(_HEADERS))
    named = frame.rename(columns=_HEADERS)
    dates = {(name, amount): day for name, _, _, _, rows in _TRACKER for _, day, amount in rows}
    known = {name: (factor, months) for name, _, factor, months, _ in _TRACKER}
    found = []
    for name in dict.fromkeys(named["level"]):
        own = named[named["level"] == name]
        days = [dates.get((str(name), float(amount)), day)
                for amount, day in zip(own["flop"], own["published"], strict=True)]
        found.append(Level(str(name), "training, TFLOP/s-days", own.assign(published=days)[
            ["model", "published", "flop"]], "TFLOP/s-day", "flop", *known.get(str(name), (None, None))))
    return found
