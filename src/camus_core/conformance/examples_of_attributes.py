"""An example of each message of attributes and muting."""

from collections.abc import Mapping

SET_ATTRIBUTES = r"""{
  "receiver": "ground control",
  "type": "set-attributes",
  "id": "12",
  "data": {
    "attributes": {
      "hand": "1",
      "mood": null
    }
  }
}"""

SET_ROOM_ATTRIBUTES = r"""{
  "receiver": "ground control",
  "type": "set-room-attributes",
  "id": "13",
  "data": {
    "attributes": {
      "speak": "moderated"
    }
  }
}"""

REQUEST_MUTE = r"""{
  "receiver": "ground control",
  "type": "request-mute",
  "id": "14",
  "data": {
    "id": null,
    "kind": "audio"
  }
}"""

MUTE_REQUESTED = r"""{
  "sender": "ground control",
  "receiver": "room",
  "type": "mute-requested",
  "data": {
    "by": "d86f5959c08d48ffb244ffd5e621871e",
    "kind": "audio"
  }
}"""

ATTRIBUTE_EXAMPLES: Mapping[str, str] = {
    "set-attributes": SET_ATTRIBUTES,
    "set-room-attributes": SET_ROOM_ATTRIBUTES,
    "request-mute": REQUEST_MUTE,
    "mute-requested": MUTE_REQUESTED,
}
"""The example of each type, in the order of `docs/protocol.md`."""
