"""Rooms: a room with its members, the registry of all rooms, and the directory."""
