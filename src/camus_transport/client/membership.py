"""What a client knows of the room that it is in, kept current by what the server says."""

from attrs import define, evolve, field

from camus_core.wire import messages as m


@define(eq=False)
class Membership:
    """One client's place: what `joined` said, and the changes since.

    `clients` are those in the room, by their ids, and `waiting` those at its locked door, where
    this client is told of them. `reconnect_in` is what `going-away` said.
    """

    joined: m.JoinedBody
    clients: dict[str, m.SessionClient] = field(factory=dict, init=False)
    waiting: dict[str, m.ClientInfo] = field(factory=dict, init=False)
    reconnect_in: float | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.join_again(self.joined)

    def join_again(self, joined: m.JoinedBody) -> None:
        """The client is in the room again; when it was not resumed there is a fresh roster."""
        self.joined, self.reconnect_in = joined, None
        if joined.clients is not None:
            self.clients = {client.id: client for client in joined.clients}
            self.waiting = {client.id: client for client in joined.waiting or ()}

    def hear(self, message: m.Message) -> None:
        """Take note of what the server says."""
        match message:
            case m.ClientJoined(data=client) | m.ClientUpdated(data=client):
                self.clients[client.id] = client
                if client.id == self.joined.id:
                    self._become(client.role)
            case m.ClientLeft(data=left):
                self.clients.pop(left.id, None)
            case m.RoomUpdated(data=room):
                self.joined = evolve(self.joined, locked=room.locked)
            case m.ClientWaiting(data=waiter):
                self.waiting[waiter.id] = waiter
            case m.ClientWaitingLeft(data=waiter_left):
                self.waiting.pop(waiter_left.id, None)
            case m.IceServers(data=servers):
                self.joined = evolve(self.joined, ice_servers=servers)
            case m.GoingAway(data=body):
                self.reconnect_in = body.reconnect_in
            case _:
                pass

    def _become(self, role: m.Role) -> None:
        self.joined = evolve(self.joined, role=role)
        if role == "guest":  # it hears no more of those who wait
            self.waiting.clear()

    def as_before(self, join: m.JoinBody, received: int) -> m.JoinBody:
        """Return a `join` that resumes this place, or takes another one as the first did."""
        me = self.clients.get(self.joined.id)
        return evolve(
            join,
            username=join.username if me is None else me.username,
            resume=m.ResumeBody(self.joined.session, received),
        )
