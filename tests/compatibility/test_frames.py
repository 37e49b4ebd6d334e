"""Every frame that the server says in the scenarios, as the earlier release reads it."""

from collections.abc import Sequence

from camus_core.conformance import SCENARIOS, Setting, run
from camus_core.events import ConnectionId
from camus_core.wire.messages import GROUND_CONTROL, Message
from compatibility.clients import people_of
from compatibility.releases import Release
from conformance.setup import counted_address
from driving.bare_router import BareRouter


class RecordingRouter(BareRouter):
    """A server that keeps what it says, apart from what it relays."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting, counted_address)
        self.said: set[str] = set()

    def deliver(self, to: Sequence[ConnectionId], message: Message) -> None:
        if message.sender == GROUND_CONTROL:
            self.said.add(self._codec.encode(message).decode())
        super().deliver(to, message)


def frames_of_the_scenarios() -> list[str]:
    said: set[str] = set()
    for scenario in SCENARIOS:
        if not scenario.wire:
            server = RecordingRouter(scenario.setting)
            run(scenario, server.do)
            said |= server.said
    return sorted(said)


async def test_the_earlier_client_reads_all_that_the_server_says(earlier: Release) -> None:
    frames = frames_of_the_scenarios()
    assert len(frames) > 500
    async with people_of(earlier) as people:
        ann = people.client("ann")
        assert await ann.does("read", frames=frames) == []
        ghost = '{"sender":"ground control","receiver":"room","type":"client-left","data":{}}'
        [[malformed, _]] = await ann.does("read", frames=[ghost])
        assert malformed == ghost
