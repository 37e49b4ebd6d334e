"""The server that drives the core: questions answered, changes stored, deadlines kept."""
