"""Whether what is proposed is complete and right, and how that is told."""
