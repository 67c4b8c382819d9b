"""The sheets of a template: a state's facts as rows, and rows as what they would change."""
