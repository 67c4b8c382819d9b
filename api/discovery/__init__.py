"""What the dataset is, how it can be had, and who may read it."""
