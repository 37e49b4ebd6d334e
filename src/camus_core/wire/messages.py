"""Every message of the wire under one name: `from .wire import messages as m`.

On the wire a message is one JSON object {"sender", "receiver", "type", "data"}; the session
profile adds "id" and "reply_to". Each type is one class, which declares all that the
rest has to know of it (see `message.Message`).
"""

from collections.abc import Iterator, Mapping

from . import (
    attribute_messages,
    ban_messages,
    core_messages,
    find_messages,
    history_messages,
    invitation_messages,
    message,
    moderation_messages,
    room_messages,
    session_messages,
)
from .attribute_messages import *
from .ban_messages import *
from .core_messages import *
from .find_messages import *
from .history_messages import *
from .invitation_messages import *
from .message import *
from .moderation_messages import *
from .room_messages import *
from .session_messages import *


def _declared() -> Iterator[type[message.Message]]:
    for module in (
        core_messages,
        session_messages,
        moderation_messages,
        ban_messages,
        invitation_messages,
        attribute_messages,
        room_messages,
        find_messages,
        history_messages,
        message,
    ):
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, message.Message):
                if one.__module__ == module.__name__ and isinstance(vars(one).get("type"), str):
                    yield one


MESSAGES: Mapping[str, type[message.Message]] = {kind.type: kind for kind in _declared()}
"""The class of each type on the wire. A type that starts with `x-` is an `Extension`."""
