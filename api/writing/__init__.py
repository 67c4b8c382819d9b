"""Changing the graph, for who has a token: update and graph store, and the process that does it."""
