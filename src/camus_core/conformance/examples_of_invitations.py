"""An example of each message about invitations."""

from collections.abc import Mapping

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

INVITATION_EXAMPLES: Mapping[str, str] = {
    "create-invitation": CREATE_INVITATION,
    "invitation-created": INVITATION_CREATED,
    "list-invitations": LIST_INVITATIONS,
    "invitations": INVITATIONS,
    "revoke-invitation": REVOKE_INVITATION,
}
"""The example of each type, in the order of `docs/protocol.md`."""
