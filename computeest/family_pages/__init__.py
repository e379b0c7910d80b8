"""Families of networks, written for people: the catalogue and the layers of one network."""
