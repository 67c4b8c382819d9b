"""Measurements of the product as it is used: from the command line and over HTTP."""
