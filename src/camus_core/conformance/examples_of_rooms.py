"""An example of each message that changes or ends a room."""

from collections.abc import Mapping

UPDATE_ROOM = r"""{
  "receiver": "ground control",
  "type": "update-room",
  "id": "12",
  "data": {
    "name": "Circle K",
    "password": "Party on, dudes!",
    "guest_limit": 8
  }
}"""

ROOM_UPDATED = r"""{
  "sender": "ground control",
  "receiver": "room",
  "type": "room-updated",
  "data": {
    "locked": false,
    "name": "Circle K",
    "password": true,
    "guest_limit": 8
  }
}"""

END_ROOM = r"""{
  "receiver": "ground control",
  "type": "end-room",
  "id": "13",
  "data": {
    "reason": "The history report begins."
  }
}"""

ROOM_EXAMPLES: Mapping[str, str] = {
    "update-room": UPDATE_ROOM,
    "room-updated (after update-room)": ROOM_UPDATED,
    "end-room": END_ROOM,
}
"""The examples, in the order of `docs/protocol.md`."""
