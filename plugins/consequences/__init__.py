"""What a run has besides its FLOP: energy, cost, emissions."""
