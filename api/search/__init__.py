"""Things by what they are called."""
