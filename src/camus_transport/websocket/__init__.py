"""The WebSocket transport, on the Sans-I/O protocol of the websockets library."""
