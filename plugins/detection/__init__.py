"""Detectors: backbone, neck, head and proposals."""
