"""Plots: every kind is drawn with units on its axes, and the same figure gives the same bytes."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from progress_facts import HERNANDEZ_BROWN, POINTS, simulated_records

from computeest.progress import (
    ProgressError,
    attribute,
    compute_trend,
    efficiency_gains,
    fit_frontier,
    observations,
    pairs,
)
from computeest.progress.figures import (
    attribution_plot,
    efficiency_plot,
    pareto_plot,
    records_plot,
    thresholds_plot,
    trend_plot,
)
from computeest.progress.plots import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, save
from computeest.progress.presets import ERDIL_BESIROGLU_2022
from computeest.progress.trend import compute_series

KINDS = ("records", "pareto", "thresholds", "attribution", "efficiency", "trend")


@pytest.fixture(scope="module")
def figures():
    frame = simulated_records(5)
    seen = observations(frame, ERDIL_BESIROGLU_2022.centre)
    fit = fit_frontier(seen, resamples=40, starts=2)
    table3 = HERNANDEZ_BROWN.assign(flop=HERNANDEZ_BROWN.epochs * HERNANDEZ_BROWN.gmac * 1e9 * 1.28e6 * 3)
    frame = frame.assign(flop_low=frame.flop / 3, flop_high=frame.flop * 3)
    return {
        "records": records_plot(fit, seen, score_label="top-1 accuracy"),
        "pareto": pareto_plot(fit, [0.7, POINTS["BiT-L"]], range(2012, 2023, 2)),
        "thresholds": thresholds_plot(fit, [0.6, 0.7, 0.8, 0.97], range(2012, 2023), 1.28e6),
        "attribution": attribution_plot([attribute(fit, a, b) for a, b in pairs(list(POINTS.values()))]),
        "efficiency": efficiency_plot(efficiency_gains(table3, counts="mac")),
        "trend": trend_plot(compute_series(frame), compute_trend(frame)),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_same_figure_same_bytes(figures, kind, tmp_path):
    for suffix in (".png", ".svg"):
        first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
        save(figures[kind], first)
        save(figures[kind], second)
        assert first.read_bytes() == second.read_bytes()
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert ElementTree.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize("kind", KINDS)
def test_axes_are_labelled_with_units(figures, kind):
    labels = [axis.get_xlabel() + axis.get_ylabel() for axis in figures[kind].axes if axis.get_label() != "<colorbar>"]
    expected = {"records": "(FLOP)", "pareto": "(FLOP)", "thresholds": "(FLOP)", "attribution": "(%)",
                "efficiency": "(TFLOP/s-days)", "trend": "(FLOP)"}
    assert any(expected[kind] in label for label in labels)
    assert all(labels)


def test_records_plot_shows_every_record(figures):
    left = figures["records"].axes[0]
    assert len(left.collections[0].get_offsets()) == 97


def test_a_model_is_marked_on_its_own_frontier(figures):
    """The frontiers of a model's level are the sets of data and compute that would have done as well."""
    score, model = figures["pareto"].axes[:2]
    assert score.get_title() == "score 0.7"
    assert model.get_title().startswith("BiT-L of 2020.0 (0.8")
    *frontiers, mark = model.lines
    point = POINTS["BiT-L"]
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (point.data, point.compute)
    # published in 2019.97: between the frontiers of 2018 and 2020, next to the latter
    at = [np.interp(point.data, line.get_xdata(), line.get_ydata()) for line in frontiers]
    assert at[3] > point.compute
    assert at[4] == pytest.approx(point.compute, rel=0.1)


def test_out_of_reach_is_in_the_legend(figures):
    labels = [text.get_text() for text in figures["thresholds"].legends[0].get_texts()]
    assert any(label.startswith("0.97 (out of reach") for label in labels)


def test_bars_add_up_to_the_whole(figures):
    bars = figures["attribution"].axes[0].patches
    rows = {round(bar.get_y(), 3) for bar in bars}
    for row in rows:
        assert sum(bar.get_width() for bar in bars if round(bar.get_y(), 3) == row) == pytest.approx(100.0)


def test_line_colours_are_apart_for_deuteranopes():
    """Machado et al. 2009's matrix for deuteranopia, in linear RGB: no two lines of a plot look alike."""
    matrix = np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
    colours = np.array([[int(code[i:i + 2], 16) / 255 for i in (1, 3, 5)] for code in
                        (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)])
    seen = (matrix @ (colours**2.2).T).T.clip(0, 1) ** (1 / 2.2)
    apart = np.sqrt(((seen[:, None] - seen[None]) ** 2).sum(axis=-1)) + np.eye(len(seen))
    assert apart.min() > 0.15


def test_other_file_types_are_refused(figures, tmp_path):
    with pytest.raises(ProgressError, match=r"expected a name that ends in \.png or \.svg"):
        save(figures["trend"], tmp_path / "plot.gif")
    with pytest.raises(ProgressError, match="no such folder"):
        save(figures["trend"], Path("nowhere") / "plot.png")


@pytest.fixture(scope="module")
def losses():
    import pandas as pd

    from computeest.progress.loss.session import LossRequest, run

    table = Path(__file__).parents[1] / "examples" / "language" / "evaluations.csv"
    return run(pd.read_csv(table), LossRequest("ho-2024", bootstrap=6, variants=False, starts=24))


def test_a_loss_fit_shows_every_evaluation_and_what_is_extrapolated(losses):
    from computeest.progress.loss.figures import fit_plot

    left, right = fit_plot(losses.fit).axes[:2]
    assert len(left.collections[0].get_offsets()) == len(right.collections[0].get_offsets()) == 231
    assert {line.get_linestyle() for line in right.lines} == {"-", ":"}
    assert "(FLOP)" in right.get_xlabel()
    assert "(nats)" in right.get_ylabel()
    bands = [one for one in right.collections[1:] if one.get_alpha()]
    assert len(bands) == 2


def test_a_frontier_of_losses_falls_with_compute_and_years(losses):
    from computeest.progress.loss.figures import frontier

    budgets = np.geomspace(1e16, 1e23, 8)
    early, late = (frontier(losses.fit, year, budgets)[0] for year in (2014.0, 2022.0))
    assert (np.diff(early) < 0).all()
    assert (late < early).all()


def test_every_minimum_of_a_loss_is_drawn(losses):
    from computeest.progress.loss.figures import modes_plot

    axis = modes_plot(losses.fit).axes[0]
    names = [tick.get_text() for tick in axis.get_yticklabels()]
    assert len(names) == len(losses.fit.modes) + 1
    assert names[0].startswith("objective 0.0508")
    drawn = [line for line in axis.lines if line.get_marker() in "os^" and line.get_linestyle() == "None"]
    assert len(drawn) == 3 * len(losses.fit.modes)


def test_falls_in_loss_add_up(losses):
    from computeest.progress.loss.figures import falls_plot

    bars = falls_plot(losses.shapley[:3]).axes[0].patches
    rows = {round(bar.get_y(), 3) for bar in bars}
    assert len(rows) == 3
    for row in rows:
        assert sum(bar.get_width() for bar in bars if round(bar.get_y(), 3) == row) == pytest.approx(100.0)


def test_both_modes_of_a_frontier_are_drawn():
    from computeest.progress.figures import modes_plot

    frame = simulated_records(2)
    fit = fit_frontier(observations(frame, ERDIL_BESIROGLU_2022.centre), resamples=20, starts=5)
    names = [tick.get_text() for tick in modes_plot(fit).axes[0].get_yticklabels()]
    assert len(names) == len(fit.modes) + 1


@pytest.mark.parametrize("draw", [
    lambda fit, seen: thresholds_plot(fit, [0.7], range(2012, 2023), float(np.median(seen.data)), seen),
    lambda fit, seen: pareto_plot(fit, [0.7], [2016], seen=seen)], ids=["thresholds", "pareto"])
def test_lines_are_whole_only_where_records_took_so_much(draw):
    seen = observations(simulated_records(5), ERDIL_BESIROGLU_2022.centre)
    fit = fit_frontier(seen, resamples=0, starts=3, seed=1)
    lines = [line for line in draw(fit, seen).axes[0].lines if len(line.get_ydata()) > 50]
    whole, dotted = ([line.get_ydata() for line in lines if line.get_linestyle() == style] for style in ("-", ":"))
    assert whole
    assert dotted
    for one in whole:
        drawn = one[np.isfinite(one)]
        assert len(drawn) == 0 or (drawn.min() >= seen.compute.min() and drawn.max() <= seen.compute.max())
    assert any((one < seen.compute.min()).any() for one in dotted)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_words_and_looks_are_kept(figures, tmp_path, suffix):
    """Alternative text is in the file, of whatever kind; a width, a style and a title are as asked."""
    from computeest.progress.plots import Look, looking

    path = tmp_path / f"a{suffix}"
    with looking(Look("print", 3.5, "A title")):
        figure = trend_plot(*_trend_of(simulated_records(5)))
    assert figure.get_size_inches()[0] == pytest.approx(3.5)
    assert figure.axes[0].get_title() == "A title"
    save(figure, path, "words for readers who do not see it")
    assert b"words for readers who do not see it" in path.read_bytes()
    again = tmp_path / f"b{suffix}"
    save(figure, again, "words for readers who do not see it")
    assert path.read_bytes() == again.read_bytes()


def _trend_of(frame):
    return compute_series(frame), compute_trend(frame)


def test_minutes_are_not_drawn_as_compute():
    import pandas as pd

    table = pd.read_csv(Path(__file__).parents[1] / "examples" / "speedrun" / "nanogpt.csv")
    axis = efficiency_plot(efficiency_gains(table, compute="minutes"), "minutes").axes[0]
    assert axis.get_ylabel() == "minutes"
    assert "FLOP" not in axis.get_title()
    assert axis.get_ylim()[1] < 200
