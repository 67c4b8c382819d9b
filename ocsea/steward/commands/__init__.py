"""The commands of the command line that stewards use."""
