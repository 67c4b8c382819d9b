"""Queries by the SPARQL 1.1 Protocol, and other endpoints within them."""
