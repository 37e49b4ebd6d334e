"""The messages of the description, one of each type, word for word."""

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
"""Each type of the description and its example."""
