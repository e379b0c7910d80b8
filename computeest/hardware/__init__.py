"""Chips: what they can do at their peak, and what papers call them."""

from computeest.hardware.chip import Chip, Rate, Source
from computeest.hardware.database import Database, load
from computeest.hardware.find.answer import Match, Refusal
from computeest.hardware.peak import Peak

__all__ = ["Chip", "Database", "Match", "Peak", "Rate", "Refusal", "Source", "load"]
