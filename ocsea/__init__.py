"""OCSEA Graph: the kernel that turns reviewed facts into a validated, released graph."""

__version__ = "0.1.0"
