"""Sessions: delivery that survives a lost connection, and resumption."""
