"""Files of stewards: templates written, and what comes back read where it can do no harm."""
