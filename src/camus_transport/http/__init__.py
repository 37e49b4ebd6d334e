"""HTTP before a connection becomes a WebSocket: requests, origins, proxies, pages, limits."""
