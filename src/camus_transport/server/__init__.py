"""The server that drives the core: clocks, answers, write-behind, fair reads, metrics."""
