"""The steward's path: from a country's spreadsheet to what it would change in the graph."""
