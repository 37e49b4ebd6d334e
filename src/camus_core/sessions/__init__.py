"""Sessions: delivery that survives a lost connection, and how clients resume."""
