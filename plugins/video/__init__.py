"""Networks that watch video."""
