from .forms import Form, Scanned

def scan(
    frame: bytes,
    ids: bool,
    forms: dict[str, Form],
    extension: Form,
    max_depth: int,
    longest_id: int,
) -> Scanned | None: ...
def write(
    sender: str, receiver: str, type: str, id: str | None, reply_to: str | None, data: bytes
) -> bytes | None: ...
