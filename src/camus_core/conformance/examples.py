"""The examples of docs/protocol.md, written by docs/generate.py. Do not edit."""

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

JOIN_2 = r"""{
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

SET_ROLE = r"""{
  "receiver": "ground control",
  "type": "set-role",
  "id": "8",
  "data": {
    "id": "f881d631e61a40f7b5c64d3af9493bf0",
    "role": "moderator"
  }
}"""

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

LOCK = r"""{
  "receiver": "ground control",
  "type": "lock",
  "id": "9",
  "data": {
    "locked": true
  }
}"""

ROOM_UPDATED_2 = r"""{
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

CREATE_INVITATION = r"""{
  "receiver": "ground control",
  "type": "create-invitation",
  "id": "17",
  "data": {
    "name": "For the record company",
    "role": "guest",
    "expires": 1615922447,
    "uses": 2
  }
}"""

INVITATION_CREATED = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "invitation-created",
  "reply_to": "17",
  "data": {
    "id": "7d0f4c1be2a5968337c0d1f2e4b5a697",
    "secret": "8f1d0c2b3a49586776859403b2c1d0e1f20314253647586978899aabbccddeef"
  }
}"""

LIST_INVITATIONS = r"""{
  "receiver": "ground control",
  "type": "list-invitations",
  "id": "18"
}"""

INVITATIONS = r"""{
  "sender": "ground control",
  "receiver": "d86f5959c08d48ffb244ffd5e621871e",
  "type": "invitations",
  "reply_to": "18",
  "data": [
    {
      "id": "7d0f4c1be2a5968337c0d1f2e4b5a697",
      "role": "guest",
      "by": "Bill",
      "created_at": 1615918847,
      "used": 1,
      "name": "For the record company",
      "expires": 1615922447.0,
      "uses": 2
    }
  ]
}"""

REVOKE_INVITATION = r"""{
  "receiver": "ground control",
  "type": "revoke-invitation",
  "id": "19",
  "data": {
    "id": "7d0f4c1be2a5968337c0d1f2e4b5a697"
  }
}"""

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
