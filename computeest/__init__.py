"""Estimate the compute (FLOP) that training a machine-learning model took."""
