"""`camus-serve`, the command-line program."""
