"""An example of each message of the core profile and of the session profile."""

from collections.abc import Mapping

PING = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "ping",
  "data": 1615918847680
}"""

PONG = r"""{
  "sender": "d86f5959c08d48ffb244ffd5e621871e",
  "receiver": "ground control",
  "type": "pong",
  "data": 1615918847680
}"""

TEXT = r"""{
  "sender": "f881d631e61a40f7b5c64d3af9493bf0",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "text",
  "data": {
      "from": "Ted",
      "time": 1615918847680,
      "text": "All we are is dust in the wind, dude."
  }
}"""

GET_ROOM_INFO = r"""{
  "sender": "d86f5959c08d48ffb244ffd5e621871e",
  "receiver": "ground control",
  "type": "get-room-info"
}"""

ROOM_INFO = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "room-info",
  "data": {
    "room_id": "excellent-adventure",
    "clients": [
      {
        "id": "d86f5959c08d48ffb244ffd5e621871e",
        "username": "Bill"
      },
      {
        "id": "f881d631e61a40f7b5c64d3af9493bf0",
        "username": "Ted"
      }
    ]
  }
}"""

PROFILE = r"""{
  "sender": "d86f5959c08d48ffb244ffd5e621871e",
  "receiver": "ground control",
  "type": "profile",
  "data": {
    "username": "Bill"
  }
}"""

GET_ICE_SERVERS = r"""{
  "sender": "d86f5959c08d48ffb244ffd5e621871e",
  "receiver": "ground control",
  "type": "get-ice-servers"
}"""

ICE_SERVERS = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "ice-servers",
  "data": [
      {
        "urls": [
          "stun:turn.example.com:3478"
        ],
        "kind": "stun"
      },
      {
        "urls": [
          "turn:turn.example.com:3478"
        ],
        "username": "1615934570:d86f5959c08d48ffb244ffd5e621871e",
        "credential": "ifiW349BM2jX4+UnzRl0Da7GrA0=",
        "kind": "turn"
      }
    ]
  }"""

OFFER = r"""{
  "sender": "f881d631e61a40f7b5c64d3af9493bf0",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "offer",
  "data": {
    "type": "offer",
     "sdp": "v=0\r\no=- 3924465504085920629 2 IN IP4 127.0...."
  }
}"""

ANSWER = r"""{
  "sender": "d86f5959c08d48ffb244ffd5e621871e",
  "receiver": "f881d631e61a40f7b5c64d3af9493bf0",
  "type": "answer",
  "data": {
    "type": "answer",
    "sdp": "v=0\r\no=- 1134820208031418978 2 IN IP4 127.0...."
  }
}"""

ICECANDIDATE = r"""{
  "sender": "d86f5959c08d48ffb244ffd5e621871e",
  "receiver": "f881d631e61a40f7b5c64d3af9493bf0",
  "type": "icecandidate",
  "data": {
    "candidate": "candidate:3885250869 1 udp 2122260223 17...",
    "sdpMid": "2",
    "sdpMLineIndex": 2
  }
}"""

GREETING = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "greeting",
  "data": "This is Ground Control to Major Tom"
}"""

BYE = r"""{
  "sender": "d86f5959c08d48ffb244ffd5e621871e",
  "receiver": "f881d631e61a40f7b5c64d3af9493bf0",
  "type": "bye",
  "data": 1615919897795
}"""

EXAMPLES: Mapping[str, str] = {
    "ping": PING,
    "pong": PONG,
    "text": TEXT,
    "get-room-info": GET_ROOM_INFO,
    "room-info": ROOM_INFO,
    "profile": PROFILE,
    "get-ice-servers": GET_ICE_SERVERS,
    "ice-servers": ICE_SERVERS,
    "offer": OFFER,
    "answer": ANSWER,
    "icecandidate": ICECANDIDATE,
    "greeting": GREETING,
    "bye": BYE,
}
"""The example of each type of the core profile."""

JOIN = r"""{
  "receiver": "ground control",
  "type": "join",
  "id": "1",
  "data": {
    "room_id": "excellent-adventure",
    "username": "Bill"
  }
}"""

JOINED = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "joined",
  "reply_to": "1",
  "data": {
    "id": "d86f5959c08d48ffb244ffd5e621871e",
    "room_id": "excellent-adventure",
    "role": "guest",
    "session": "6c0b76a4c62d0c1c7d0b7a5d6f5a1c0e8f6f4f8ab2f9d8b3a7d9b1f22c3a4e5d.0",
    "resumed": false,
    "ice_servers": [],
    "limits": {
      "frame_bytes": 65536,
      "messages_per_second": 50.0,
      "message_burst": 1000.0,
      "unconfirmed_frames": 1000,
      "unconfirmed_bytes": 1048576,
      "place_seconds": 30.0,
      "silent_for": 60.0
    },
    "capabilities": [
      "attributes",
      "bans",
      "control",
      "create-room",
      "encrypted-rooms",
      "end-room",
      "find-room",
      "invitations",
      "list-rooms",
      "request-mute",
      "resume",
      "undeliverable",
      "update-room"
    ],
    "locked": false,
    "clients": [
      {
        "id": "d86f5959c08d48ffb244ffd5e621871e",
        "username": "Bill",
        "role": "guest"
      }
    ],
    "name": "Excellent Adventure",
    "guest_token": "3d4f2e1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e"
  }
}"""

CREATE_ROOM = r"""{
  "receiver": "ground control",
  "type": "create-room",
  "id": "2",
  "data": {
    "name": "Wyld Stallyns",
    "password": "Be excellent to each other",
    "public": true,
    "guest_limit": 4
  }
}"""

ROOM_CREATED = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "room-created",
  "reply_to": "2",
  "data": {
    "room_id": "wyld-stallyns",
    "owner_token": "0f9e2d7c4b8a1635e0d9c8b7a6f5e4d3c2b1a0998877665544332211ffeeddcc"
  }
}"""

LIST_ROOMS = r"""{
  "receiver": "ground control",
  "type": "list-rooms"
}"""

ROOMS = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "rooms",
  "data": [
    {
      "room_id": "wyld-stallyns",
      "name": "Wyld Stallyns",
      "clients": 2,
      "guest_limit": 4,
      "password": true
    }
  ]
}"""

CLIENT_JOINED = r"""{
  "sender": "ground control",
  "receiver": "room",
  "type": "client-joined",
  "data": {
    "id": "f881d631e61a40f7b5c64d3af9493bf0",
    "username": "Major Tom",
    "role": "guest"
  }
}"""

CLIENT_LEFT = r"""{
  "sender": "ground control",
  "receiver": "room",
  "type": "client-left",
  "data": {
    "id": "f881d631e61a40f7b5c64d3af9493bf0",
    "reason": "gone"
  }
}"""

CLIENT_UPDATED = r"""{
  "sender": "ground control",
  "receiver": "room",
  "type": "client-updated",
  "data": {
    "id": "f881d631e61a40f7b5c64d3af9493bf0",
    "username": "Ted",
    "role": "guest"
  }
}"""

DONE = r"""{
  "sender": "ground control",
  "receiver": "f881d631e61a40f7b5c64d3af9493bf0",
  "type": "done",
  "reply_to": "3",
  "data": null
}"""

FIND_ROOM = r"""{
  "receiver": "ground control",
  "type": "find-room",
  "id": "12",
  "data": {
    "name": "Wyld Stallyns"
  }
}"""

ROOM_FOUND = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "room-found",
  "reply_to": "12",
  "data": {
    "room_id": "wyld-stallyns",
    "name": "Wyld Stallyns!",
    "clients": [
      {
        "id": "f881d631e61a40f7b5c64d3af9493bf0",
        "username": "Ted"
      }
    ]
  }
}"""

ACK = r"""{
  "receiver": "ground control",
  "type": "ack",
  "data": {
    "received": 32
  }
}"""

UNDELIVERABLE = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "undeliverable",
  "reply_to": "4",
  "data": {
    "receiver": "f881d631e61a40f7b5c64d3af9493bf0",
    "reason": "gone"
  }
}"""

RESUME = r"""{
  "receiver": "ground control",
  "type": "join",
  "id": "5",
  "data": {
    "room_id": "excellent-adventure",
    "resume": {
      "session": "6c0b76a4c62d0c1c7d0b7a5d6f5a1c0e8f6f4f8ab2f9d8b3a7d9b1f22c3a4e5d.0",
      "received": 117
    }
  }
}"""

GOING_AWAY = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "going-away",
  "data": {
    "reconnect_in": 0.75
  }
}"""

SESSION_EXAMPLES: Mapping[str, str] = {
    "join": JOIN,
    "joined": JOINED,
    "create-room": CREATE_ROOM,
    "room-created": ROOM_CREATED,
    "list-rooms": LIST_ROOMS,
    "rooms": ROOMS,
    "find-room": FIND_ROOM,
    "room-found": ROOM_FOUND,
    "client-joined": CLIENT_JOINED,
    "client-left": CLIENT_LEFT,
    "client-updated": CLIENT_UPDATED,
    "done": DONE,
    "ack": ACK,
    "undeliverable": UNDELIVERABLE,
    "join, to come back": RESUME,
    "going-away": GOING_AWAY,
}
"""The example of each type that the session profile adds."""
