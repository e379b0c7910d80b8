"""Published numbers that the progress fits have to reproduce, each with its source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from computeest.progress.presets import ERDIL_BESIROGLU_2022

#: The authors' dataset carries no licence and is not part of this repository; it lies beside a development checkout.
ERDIL_BESIROGLU_TABLE = Path(__file__).parents[2] / "shared" / "progress" / "imagenet_models.csv"

#: Erdil and Besiroglu 2022 (arXiv:2212.05153), point fit as printed by the authors' notebook.
POINT_FIT = {"a1": 0.889338, "a_y": 0.158895, "a_c": 0.154499, "b1": 1.782682, "b_y": 0.019822, "b_d": 0.063199,
             "delta": -2.160454}
LOG_LIKELIHOOD = 267.0627

POINTS = {point.name: point for point in ERDIL_BESIROGLU_2022.points}

#: Tables 2 and 3 (accuracy) and Appendix F (log-odds), in percent of the predicted gain:
#: algorithmic, compute, data, data-augmenting, compute-augmenting; then log-odds algorithmic, compute, data.
#: None stands for a misprint (MISPRINTS).
ATTRIBUTION = {
    ("AlexNet", "ResNet-50"): (64.9, 35.1, 0.0, 5.2, 59.7, 65.0, 35.1, 0.0),
    ("AlexNet", "ResNeXt-101"): (70.6, 29.3, 0.0, 5.9, 64.7, None, 29.2, 0.0),
    ("AlexNet", "BiT-L"): (40.8, 47.2, 12.1, 4.9, 35.9, 39.9, 46.6, None),
    ("AlexNet", "ViT-H/14"): (43.7, 44.4, 11.9, 5.4, 38.3, 43.0, None, 13.5),
    ("AlexNet", "ViT-e"): (41.6, 43.6, 14.8, 5.6, 36.0, 40.2, 42.6, 17.2),
    ("ResNet-50", "BiT-L"): (30.7, 47.3, 22.0, 5.1, 25.6, 29.9, 47.2, 22.9),
    ("ResNet-50", "ViT-H/14"): (35.2, 43.4, 21.4, 6.0, 29.2, 34.4, 43.2, 22.4),
    ("ResNet-50", "ViT-e"): (34.1, 40.9, 25.0, 6.4, 27.7, 32.7, 40.6, 26.7),
    ("ResNeXt-101", "BiT-L"): (24.9, 49.8, 25.4, 4.4, 20.5, 24.0, 49.8, 26.2),
    ("ResNeXt-101", "ViT-H/14"): (30.1, 45.3, 24.5, 5.5, 24.6, 29.3, 45.3, 25.4),
    ("ResNeXt-101", "ViT-e"): (30.3, 41.6, 28.1, 6.1, 24.2, 28.9, 41.5, 29.6),
}

#: Shares of log-odds with which a printed row does not add up to 100: the first and the third repeat the share of
#: accuracy, the second is BiT-L's.
MISPRINTS = {
    ("AlexNet", "ResNeXt-101"): ("algorithmic", 70.6),
    ("AlexNet", "ViT-H/14"): ("compute", 46.6),
    ("AlexNet", "BiT-L"): ("data", 12.1),
}

#: The notebook's compute-equivalent gains of compute-augmenting progress (log-odds shares).
COMPUTE_EQUIVALENT_GAIN = {
    ("AlexNet", "ResNet-50"): 22.4, ("AlexNet", "BiT-L"): 1410.0, ("AlexNet", "ViT-e"): 17300.0,
    ("ResNet-50", "ViT-H/14"): 164.0, ("BiT-L", "ViT-e"): 11.4,
}

#: The notebook's predicted accuracies.
PREDICTED = {"AlexNet": 0.635, "ResNet-50": 0.744, "ResNeXt-101": 0.763, "BiT-L": 0.887, "ViT-H/14": 0.890,
             "ViT-e": 0.913}

#: Table 4: months in which the compute for an accuracy halves. Its fifth row (0.88: 0.67) is an artefact of a grid.
HALVING_MONTHS = {0.60: 7.72, 0.70: 7.46, 0.80: 6.71, 0.84: 5.35}

#: Hernandez and Brown 2020 (arXiv:2005.04305), Table 3: epochs to AlexNet's 79.1 % top-5, GMAC an image, and the
#: printed column, which is headed teraflop/s-days but holds PFLOP of multiply-adds counted as one; dates of the papers.
HERNANDEZ_BROWN = pd.DataFrame(
    [
        ("VGG-11", "2014-09-04", 12, 7.98, 367.7),
        ("Wide_ResNet_50", "2016-05-23", 7, 11.46, 308.0),
        ("AlexNet", "2012-06-01", 90, 0.77, 266.1),
        ("ResNet-50", "2015-12-10", 8, 3.86, 118.6),
        ("ResNet-34", "2015-12-10", 9, 3.43, 118.5),
        ("ResNeXt_50", "2016-11-16", 7, 4.29, 115.3),
        ("ResNet-18", "2015-12-10", 15, 1.7, 97.9),
        ("DenseNet121", "2016-08-25", 8, 2.7, 82.9),
        ("SqueezeNet_v1_1", "2016-02-24", 53, 0.36, 73.1),
        ("GoogLeNet", "2014-09-17", 8, 2.0, 61.4),
        ("MobileNet_v1", "2017-04-17", 11, 0.57, 24.0),
        ("MobileNet_v2", "2018-01-13", 16, 0.33, 20.2),
        ("ShuffleNet_v2_1_5x", "2018-06-30", 13, 0.31, 15.4),
        ("ShuffleNet_v1_1x", "2017-07-03", 24, 0.14, 12.9),
        ("ShuffleNet_v2_1x", "2018-06-30", 20, 0.14, 10.8),
        ("EfficientNet-b0", "2019-05-28", 4, 0.39, 6.0),
    ],
    columns=["model", "published", "epochs", "gmac", "printed_pflop"],
)

#: The same paper's running best in TFLOP/s-days (figure and public tracker): 44x in seven years, 16 months to halve.
HERNANDEZ_BROWN_BEST = pd.DataFrame(
    [("AlexNet", "2012-06-01", 3.1), ("GoogLeNet", "2014-09-17", 0.71), ("MobileNet", "2017-04-17", 0.28),
     ("ShuffleNet", "2017-07-03", 0.15), ("ShuffleNet v2", "2018-06-30", 0.12),
     ("EfficientNet-b0", "2019-05-28", 0.069)],
    columns=["model", "published", "tfs_days"],
)

#: Thirteen trials of the BCG vaccine (Colditz et al. 1994): infected and not, vaccinated then control; latitude
#: in degrees. Viechtbauer 2010 (J. Stat. Softw. 36(3), metafor) regresses the log risk ratio on latitude by REML.
BCG = np.array([
    (4, 119, 11, 128, 44), (6, 300, 29, 274, 55), (3, 228, 11, 209, 42), (62, 13536, 248, 12619, 52),
    (33, 5036, 47, 5761, 13), (180, 1361, 372, 1079, 44), (8, 2537, 10, 619, 19), (505, 87886, 499, 87892, 13),
    (29, 7470, 45, 7232, 27), (17, 1699, 65, 1600, 42), (186, 50448, 141, 27197, 18), (5, 2493, 3, 2338, 33),
    (27, 16886, 29, 17825, 33),
], dtype=float)
BCG_REML = {"intercept": 0.2515, "slope": -0.0291, "standard_error": 0.0072, "variance": 0.0764}


def design(rng: np.random.Generator, count: int = 97) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Years, compute and data like those of published ImageNet models: correlated, most of them on one dataset."""
    year = 2012.5 + 10.0 * rng.beta(3.0, 1.5, size=count)
    large = rng.random(count) < 0.35
    data = np.where(large, 10.0 ** rng.uniform(7.1, 9.5, count), 1.28e6)
    compute = 10.0 ** (17.7 + 0.3 * (year - 2012.0) + rng.normal(0.0, 0.8, count) + np.where(large, 1.5, 0.0))
    return year, compute, data


def simulated_records(seed: int, count: int = 97) -> pd.DataFrame:
    """Records drawn from the published fit."""
    from computeest.progress.model import PRODUCT
    from computeest.progress.records import centred

    rng = np.random.default_rng(seed)
    year, compute, data = design(rng, count)
    vector = np.array(list(POINT_FIT.values()))
    expected = PRODUCT.accuracy(vector[None, :-1], centred(ERDIL_BESIROGLU_2022.centre, year, compute, data))[0]
    log_odds = np.log(expected / (1.0 - expected)) + np.exp(vector[-1]) * rng.normal(size=count)
    return pd.DataFrame({
        "model": [f"model {i}" for i in range(count)], "year": year, "flop": compute, "training_examples": data,
        "score": 1.0 / (1.0 + np.exp(-log_odds)), "benchmark": "ImageNet-1k", "metric": "top-1 accuracy",
    })
