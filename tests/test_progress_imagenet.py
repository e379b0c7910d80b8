"""The ImageNet table end to end: facts in, records out, rates from them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from computeest.pipeline import annotate
from computeest.progress import Centre, fit_frontier, observations

TABLE = Path(__file__).parents[1] / "examples" / "imagenet" / "models.csv"

#: Billions of multiply-adds that the authors' repositories and papers print (as "FLOPs") for one image.
PRINTED_GMAC = {
    "Swin-T": 4.5, "Swin-S": 8.7, "Swin-B": 15.4, "ConvNeXt-T": 4.5, "ConvNeXt-S": 8.7, "ConvNeXt-B": 15.4,
    "ConvNeXt-L": 34.4, "ResNeXt-50 32x4d": 4.1, "ResNeXt-101 32x4d": 7.8, "ResNeXt-101 64x4d": 15.6,
    "RegNetX-32GF": 31.7, "RegNetY-16GF": 15.9, "ShuffleNet 2x (g=3)": 0.524, "ShuffleNet v2 2x": 0.591,
    "ResNet-50": 3.8, "ResNet-152": 11.3, "Mixer-B/16": 12.7, "SENet-154": 20.7,
}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(TABLE)


@pytest.fixture(scope="module")
def records(table) -> pd.DataFrame:
    return annotate(table)


def test_every_row_states_its_facts_and_where_they_are_from(table):
    assert len(table) >= 80
    assert table.model.is_unique
    assert table.link.str.startswith("https://").all()
    assert table.score.between(0.5, 0.95).all()
    assert (table.family.notna() | table.forward_macs.notna()).all()
    assert (table.epochs.notna() | table.time.notna() | table.chip_time.notna()).all()
    said = table.note.str.contains("checked against") | table.note.str.endswith("from the paper, looked up in vain")
    assert said.all(), "every row says whether its facts were checked"


def test_every_row_becomes_a_record(records):
    assert records.flop.notna().all()
    assert (records.flop_low < records.flop).all()
    assert (records.flop < records.flop_high).all()


def test_stated_multiply_adds_are_counted_twice_and_three_times(records):
    """Two FLOP a multiply-add, one forward pass and a backward pass of two."""
    stated = records[records.forward_macs.notna()]
    macs = stated.forward_macs.str.removesuffix(" GMAC").astype(float) * 1e9
    expected = 3 * 2 * macs * stated.examples * stated.epochs
    pd.testing.assert_series_equal(stated.flop, expected, check_names=False, rtol=1e-6)


@pytest.mark.parametrize("model", PRINTED_GMAC)
def test_counted_families_agree_with_printed_figures(records, model):
    row = records[records.model == model].iloc[0]
    counted = row.flop_by_operation_counting / (6 * row.examples * row.epochs)
    assert counted / 1e9 == pytest.approx(PRINTED_GMAC[model], rel=0.1)


def test_vision_transformer_on_jft_matches_its_paper(records):
    """Dosovitskiy et al. 2020, Table 6: 4262 exaFLOP of pre-training for ViT-H/14 with 14 epochs."""
    row = records[records.model == "ViT-H/14 (JFT-300M)"].iloc[0]
    assert row.flop == pytest.approx(4.262e21, rel=0.05)


def test_fit_of_our_own_records(records):
    """What they determine, whatever mode is chosen: that algorithms gave a good part of the gain, compute another."""
    from computeest.progress import Point, attribute

    fit = fit_frontier(observations(records, Centre(2012.0, 4.7e17, 1e6)), resamples=60, starts=3)
    assert fit.n == len(records)
    names = ["AlexNet", "ViT-H/14 (JFT-300M)"]
    ends = [records[records.model == name].iloc[0] for name in names]
    first, last = (Point(row.model, row.year, row.training_examples, row.flop) for row in ends)
    shares = attribute(fit, first, last).shares
    assert 0.15 < shares["algorithmic"].low < shares["algorithmic"].high < 0.6
    assert shares["compute"].low > 0.3
