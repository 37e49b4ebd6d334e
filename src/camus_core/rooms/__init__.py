"""Rooms: each one with its members, the registry of all, and their directory."""
