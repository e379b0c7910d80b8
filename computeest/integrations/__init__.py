"""Live runs and their logs as papers: what ran, counted, with its chips, its time and its utilization."""

from computeest.integrations.logs import read_log
from computeest.integrations.measure import measure
from computeest.integrations.run import Run

__all__ = ["Run", "measure", "read_log"]
