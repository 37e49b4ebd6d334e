"""Admission: identity, permissions, passwords, and the waiting room of a locked room."""
