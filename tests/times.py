"""How many times their usual size some property tests have: `COMPUTEEST_TIMES=10 pytest tests/test_one_reader.py`."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("COMPUTEEST_TIMES", "1"))
