"""A harness that feeds computeest what strangers might, and holds every answer to what is promised of it."""
