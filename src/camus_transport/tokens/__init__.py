"""Join tokens: JSON Web Tokens (RFC 7519) that identify clients. Requires PyJWT."""
