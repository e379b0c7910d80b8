"""The answer in words: records, checks, derivations, thresholds and their formats."""
