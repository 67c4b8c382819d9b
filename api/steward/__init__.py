"""The steward's path over HTTP: templates, validation, submissions, completeness, history."""
