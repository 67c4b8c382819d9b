"""JSON-LD: a thing's triples under our one context, in each of its forms."""
