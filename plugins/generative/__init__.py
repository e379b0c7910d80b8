"""Autoencoders, image generators and denoisers."""
