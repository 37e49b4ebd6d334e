"""The client's view of its room, kept current by the messages of the server."""

from collections.abc import Mapping

from attrs import define, evolve, field, fields_dict

from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL

from .attributes import own_attributes, said_again

_CHANGED_LATER = fields_dict(m.JoinedBody).keys() & fields_dict(m.RoomUpdatedBody).keys()
"""The members of `joined` of which `room-updated` tells changes."""


@define(eq=False)
class Membership:
    """One client's membership: the contents of `joined`, and the changes since.

    Attributes:
        joined: the last `joined`, with later changes of the role, the room and the ICE servers.
        clients: the members of the room by id, this client included, in order of joining.
        waiting: the waiting clients by id; always empty for guests, who aren't told of them.
        history: the texts to the room from before this client joined, the oldest first.
        own: the attributes that this client has set itself, and sets again where they are lost.
        reconnect_in: the seconds given by `going-away`, if the server has sent it.
    """

    joined: m.JoinedBody
    clients: dict[str, m.SessionClient] = field(factory=dict, init=False)
    waiting: dict[str, m.ClientInfo] = field(factory=dict, init=False)
    history: tuple[m.Text, ...] = field(default=(), init=False)
    own: Mapping[str, str] = field(factory=dict, init=False)
    reconnect_in: float | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.join_again(self.joined)

    def join_again(self, joined: m.JoinedBody) -> None:
        """Apply the `joined` of a new connection; it has a roster unless it resumes."""
        if joined.resumed:
            joined = evolve(joined, attributes=self.joined.attributes)
        self.joined, self.reconnect_in = joined, None
        if joined.clients is not None:
            self.clients = {client.id: client for client in joined.clients}
            self.waiting = {client.id: client for client in joined.waiting or ()}
            if joined.reason == "overflow":  # the server has had them all the time
                self.own = own_attributes(self.clients.get(joined.id))
        if joined.history is not None:
            self.history = tuple(
                m.Text(m.ROOM, text.data, text.sender, id=text.id) for text in joined.history
            )

    def to_say_again(self, joined: m.JoinedBody) -> list[m.Order]:
        """Return the requests that set attributes again, before `join_again` is called."""
        return said_again(self.own, self.joined.attributes, self.clients, joined)

    def believes(self, request: m.MuteRequestedBody) -> bool:
        """Return whether a request to mute comes from somebody who may ask (CLIENT-38)."""
        author = self.clients.get(request.by)
        return request.by == GROUND_CONTROL or (author is not None and author.role != "guest")

    def update(self, message: m.Message) -> None:
        """Apply a message of the server; ignore those that change nothing here."""
        match message:
            case m.ClientJoined(data=client) | m.ClientUpdated(data=client):
                self.clients[client.id] = client
                if client.id == self.joined.id:
                    self.own = own_attributes(client)
                    self._set_role(client.role)
            case m.ClientLeft(data=left):
                self.clients.pop(left.id, None)
            case m.RoomUpdated(data=room):
                changes = {name: getattr(room, name) for name in _CHANGED_LATER}
                told = {name: one for name, one in changes.items() if one is not None}
                self.joined = evolve(self.joined, **told)
            case m.ClientWaiting(data=waiting_client):
                self.waiting[waiting_client.id] = waiting_client
            case m.ClientWaitingLeft(data=no_longer_waiting):
                self.waiting.pop(no_longer_waiting.id, None)
            case m.TextRemoved(data=removed):
                self.history = tuple(
                    text
                    for text in self.history
                    if text.sender != removed.sender or removed.id not in (None, text.id)
                )
            case m.IceServers(data=servers):
                self.joined = evolve(self.joined, ice_servers=servers)
            case m.GoingAway(data=body):
                self.reconnect_in = body.reconnect_in
            case _:
                pass

    def _set_role(self, role: m.Role) -> None:
        self.joined = evolve(self.joined, role=role)
        if role == "guest":  # the server no longer tells it of waiting clients
            self.waiting.clear()

    def resuming(self, join: m.JoinBody, received: int) -> m.JoinBody:
        """Return a `join` that resumes this session.

        The rest of the first `join` stays in it: the server needs it if it doesn't know the
        session, and the client then joins as a new member.
        """
        me = self.clients.get(self.joined.id)
        return evolve(
            join,
            username=join.username if me is None else me.username,
            resume=m.ResumeBody(self.joined.session, received),
        )
