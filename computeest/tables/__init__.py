"""Whole tables in and out: readers, writers, and the long work between them that a crash does not lose."""
