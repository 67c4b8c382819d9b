"""Submissions: kept, decided on, and told of."""
