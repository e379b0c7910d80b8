"""What runs have besides FLOP: energy, cost, emissions, and what else plugins bring. Never part of the FLOP."""

from computeest.consequences.answers import Answers, Reading, added, answers

__all__ = ["Answers", "Reading", "added", "answers"]
