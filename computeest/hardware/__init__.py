"""Chips: what they can do at their peak, and what papers call them."""

from computeest.hardware.chip import Chip, Rate, Source
from computeest.hardware.database import Database, load
from computeest.hardware.match import Match
from computeest.hardware.peak import Peak
from computeest.hardware.refusal import Refusal

__all__ = ["Chip", "Database", "Match", "Peak", "Rate", "Refusal", "Source", "load"]
