"""Towers that bring images, texts and users beside each other, and recommenders."""
