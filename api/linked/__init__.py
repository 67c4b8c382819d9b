"""Every IRI of ours leads to what the graph says of it."""
