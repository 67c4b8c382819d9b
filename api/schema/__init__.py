"""The terms, what data must be like, and both as pages."""
