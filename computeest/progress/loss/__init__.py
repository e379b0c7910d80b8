"""Augmented scaling laws for scores that are losses: Ho et al. 2024 and its variants."""
