"""Plain HTTP requests over real sockets, and the answers to them as values."""

from attrs import frozen

from transport.raw_socket import raw_socket


@frozen
class Answer:
    """A HTTP response, but for its date; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(port: int, request: str, *headers: str) -> Answer:
    """Send the request line without its HTTP version; return what comes until the end."""
    lines = [f"{request} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]
    async with raw_socket(port) as client:
        await client.send("\r\n".join(lines).encode())
        return parsed(await client.read_to_the_end())


def parsed(response: bytes) -> Answer:
    """Return what a whole response says."""
    head, _, body = response.partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    found = {name.lower(): value for name, value in (line.split(": ", 1) for line in fields)}
    assert len(found) == len(fields), "a header comes twice"
    del found["date"]
    return Answer(int(status.split(" ")[1]), found, body)
