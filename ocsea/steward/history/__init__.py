"""What happened to the graph and to each record, release by release."""
