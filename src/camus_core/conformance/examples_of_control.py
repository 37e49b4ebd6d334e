"""An example of each message of moderation, of the waiting room and of the history."""

from collections.abc import Mapping

KICK = r"""{
  "receiver": "ground control",
  "type": "kick",
  "id": "6",
  "data": {
    "id": "f881d631e61a40f7b5c64d3af9493bf0"
  }
}"""

BAN = r"""{
  "receiver": "ground control",
  "type": "ban",
  "id": "7",
  "data": {
    "id": "f881d631e61a40f7b5c64d3af9493bf0"
  }
}"""

LIST_BANS = r"""{
  "receiver": "ground control",
  "type": "list-bans",
  "id": "12"
}"""

BANS = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "bans",
  "reply_to": "12",
  "data": [
    {
      "id": "f881d631e61a40f7b5c64d3af9493bf0",
      "username": "Ted",
      "by": "Bill",
      "at": 1615918847,
      "until": 1615922447
    }
  ]
}"""

UNBAN = r"""{
  "receiver": "ground control",
  "type": "unban",
  "id": "13",
  "data": {
    "id": "f881d631e61a40f7b5c64d3af9493bf0"
  }
}"""

SET_ROLE = r"""{
  "receiver": "ground control",
  "type": "set-role",
  "id": "8",
  "data": {
    "id": "f881d631e61a40f7b5c64d3af9493bf0",
    "role": "moderator"
  }
}"""

LOCK = r"""{
  "receiver": "ground control",
  "type": "lock",
  "id": "9",
  "data": {
    "locked": true
  }
}"""

ROOM_UPDATED = r"""{
  "sender": "ground control",
  "receiver": "room",
  "type": "room-updated",
  "data": {
    "locked": true
  }
}"""

WAITING = r"""{
  "sender": "ground control",
  "receiver": "5ba1cf2a6f0d4c0e9a52cf0f1d3f8b77",
  "type": "waiting",
  "reply_to": "1",
  "data": {
    "room_id": "excellent-adventure",
    "moderated": true,
    "session": "b3c5e1f09a7d4e2f8c6b1a0d9e8f7c6b5a4d3e2f1c0b9a8d7e6f5c4b3a2d1e0f.0",
    "name": "Excellent Adventure",
    "guest_token": "3d4f2e1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e"
  }
}"""

CLIENT_WAITING = r"""{
  "sender": "ground control",
  "receiver": "room",
  "type": "client-waiting",
  "data": {
    "id": "5ba1cf2a6f0d4c0e9a52cf0f1d3f8b77",
    "username": "Rufus"
  }
}"""

ADMIT = r"""{
  "receiver": "ground control",
  "type": "admit",
  "id": "10",
  "data": {
    "id": "5ba1cf2a6f0d4c0e9a52cf0f1d3f8b77"
  }
}"""

DENY = r"""{
  "receiver": "ground control",
  "type": "deny",
  "id": "11",
  "data": {
    "id": "5ba1cf2a6f0d4c0e9a52cf0f1d3f8b77"
  }
}"""

CLIENT_WAITING_LEFT = r"""{
  "sender": "ground control",
  "receiver": "room",
  "type": "client-waiting-left",
  "data": {
    "id": "5ba1cf2a6f0d4c0e9a52cf0f1d3f8b77"
  }
}"""

REMOVE_TEXT = r"""{
  "receiver": "ground control",
  "type": "remove-text",
  "id": "12",
  "data": {
    "sender": "f881d631e61a40f7b5c64d3af9493bf0",
    "id": "31"
  }
}"""

TEXT_REMOVED = r"""{
  "sender": "ground control",
  "receiver": "room",
  "type": "text-removed",
  "data": {
    "sender": "f881d631e61a40f7b5c64d3af9493bf0",
    "id": "31"
  }
}"""

CONTROL_EXAMPLES: Mapping[str, str] = {
    "set-role": SET_ROLE,
    "kick": KICK,
    "ban": BAN,
    "list-bans": LIST_BANS,
    "bans": BANS,
    "unban": UNBAN,
    "lock": LOCK,
    "room-updated": ROOM_UPDATED,
    "waiting": WAITING,
    "client-waiting": CLIENT_WAITING,
    "admit": ADMIT,
    "deny": DENY,
    "client-waiting-left": CLIENT_WAITING_LEFT,
    "remove-text": REMOVE_TEXT,
    "text-removed": TEXT_REMOVED,
}
"""The example of each type, in the order of `docs/protocol.md`."""
