"""Texts that people hardly look for, and that programs stumble over."""

ODD = [
    "", " ", "\t\n", "!!!", "...", "''", '"', "\x00", "\u202e", "🙂", "%", "_", "*", "?", "(",
    "[", "{", "SELECT * WHERE { ?s ?p ?o }", '" } UNION { ?s ?p }',
    "'; DROP TABLE names; --", ".*",
    "(a+)+$", "[a-z]{1000}", "\\", "\\d+", "<script>alert(1)</script>", "a" * 200, "a " * 100,
    "x" * 199 + "é", "é" * 200, "\u0301" * 200, "ﷺ" * 200, "0" * 200, "国" * 200, "child " * 33,
]  # fmt: skip
