"""Networks that hear."""
