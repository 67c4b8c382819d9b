"""OCSEA Graph: the kernel that turns reviewed facts into a validated, releasable knowledge graph."""

__version__ = "0.1.0"
