"""Amounts of greenhouse gases as people write them: '552 tCO2e', '0.385 kg CO2e per KWh', '75 tons of CO2eq'."""

from __future__ import annotations

import re

#: The gas that a mass is of, and that it is counted in its equivalents: nothing that changes the number.
_OF_GAS = re.compile(r"[\s.·-]*(?:of\s+)?(?:C[O0]_?[2₂]|carbon(?:[- ]dioxide)?)(?:[\s.-]*eq\w*\.?|-?e(?![a-z]))?"
                     r"(?:\s*(?:equivalents?|emissions?|emitted))*", re.IGNORECASE)
#: Tonnes: a lone t would be a trillion, and a short or a long ton is within 10 % of one.
_TONNES = re.compile(r"(?<![a-z])(?:metric\s+)?(?P<scale>[kM]|kilo|mega)?(?:tonnes?|tons?|t)(?![a-z])", re.IGNORECASE)
_SCALES = {"k": "kilo", "kilo": "kilo", "m": "mega", "mega": "mega"}


def plain(text: str) -> str:
    """The amount without the gas it is of, its tonnes in one word that no scale has."""
    found = _OF_GAS.sub(" ", text).strip(" .")
    return _TONNES.sub(lambda match: f" {_SCALES.get((match['scale'] or '').lower(), '')}tonne", found)
