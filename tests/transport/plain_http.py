"""Plain HTTP requests over real sockets, and their responses as values."""

from attrs import frozen

from transport.raw_socket import raw_socket


@frozen
class Answer:
    """An HTTP response without its date; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(port: int, request: str, *headers: str) -> Answer:
    """Send a request line, given without its HTTP version; return the response."""
    lines = [f"{request} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]
    async with raw_socket(port) as client:
        await client.send("\r\n".join(lines).encode())
        return parsed(await client.read_to_the_end())


def parsed(response: bytes) -> Answer:
    """Parse a whole response."""
    head, _, body = response.partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    found = {name.lower(): value for name, value in (line.split(": ", 1) for line in fields)}
    assert len(found) == len(fields), "a header comes twice"
    del found["date"]
    return Answer(int(status.split(" ")[1]), found, body)
