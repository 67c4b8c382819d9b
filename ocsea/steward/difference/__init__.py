"""What a proposal would change: in words, as a patch, and in the answers to questions."""
