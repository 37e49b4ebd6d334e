"""Attributes and muting, as a session sees them: kept, said again, believed."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial

import pytest
from attrs import evolve

from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL, SPEAK
from camus_transport import HAND, Refused, Signaling, create_room, next_hand, raised_hands
from camus_transport.client.attributes import may_speak, said_again
from camus_transport.client.membership import Membership
from transport.cutting_proxy import cutting_proxy
from transport.raw_socket import eventually
from transport.room_owner import owner, read_token
from transport.scripted_server import ANN, NEWCOMER, TED, rejoined, resumed, server_that_says
from transport.session_server import (
    SECONDS,
    TRANSPORTS,
    SessionServer,
    next_message,
    open_server,
)
from transport.virtual_time import in_virtual_time

OpenServer = Callable[..., AbstractAsyncContextManager[SessionServer]]

KNOWS_ATTRIBUTES = evolve(NEWCOMER, capabilities=("attributes", "request-mute", "resume"))
"""The answer to a `join` from a server with attributes."""

ted = m.SessionClient(TED, "Ted", "guest")
ann = m.SessionClient(ANN, "Ann", "guest")


@pytest.fixture(params=TRANSPORTS)
def start_server(request: pytest.FixtureRequest) -> OpenServer:
    """A function that starts a server with these limits."""
    return partial(open_server, request.param, tokens=read_token)


def room_updated(attributes: dict[str, str] | None) -> m.RoomUpdated:
    return m.RoomUpdated(m.ROOM, m.RoomUpdatedBody(False, attributes=attributes))


def with_hand(client: m.SessionClient, value: str) -> m.SessionClient:
    return evolve(client, attributes={HAND: value})


# Kept -----------------------------------------------------------------------------------


def test_attributes_are_kept_current() -> None:
    membership = Membership(evolve(NEWCOMER, attributes={"layout": "grid"}))
    membership.update(m.ClientUpdated(m.ROOM, with_hand(ted, "1")))
    membership.update(room_updated(None))
    membership.join_again(resumed(0))
    assert membership.joined.attributes == {"layout": "grid"}
    assert membership.clients == {TED: with_hand(ted, "1")}
    membership.update(room_updated({}))
    membership.update(m.ClientUpdated(m.ROOM, ted))
    assert membership.joined.attributes == {}
    assert membership.clients == {TED: ted}


async def test_what_one_sets_all_see(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann, server.join("Ted") as ted:
        await ted.set_attributes({HAND: next_hand(ted.clients.values()), "mood": "fine"})
        assert ted.clients[ted.id].attributes == {HAND: "1", "mood": "fine"}
        await ann.set_room_attributes({SPEAK: "moderated"})
        await ann.set_attributes({SPEAK: "no"}, ted.id)
        assert ann.attributes == {SPEAK: "moderated"}
        assert ann.clients[ted.id].attributes == {HAND: "1", "mood": "fine", SPEAK: "no"}
        assert (ann.may_speak(ted.id), ann.may_speak(ann.id)) == (False, True)
        with pytest.raises(Refused, match="not-allowed"):
            await ted.set_attributes({SPEAK: None})


async def test_a_moderator_asks_everyone_to_mute(start_server: OpenServer) -> None:
    async with start_server() as server, owner(server) as ann, server.join("Ted") as ted:
        await ann.request_mute("audio")
        request = m.MuteRequestedBody(ann.id, "audio")
        assert await next_message(ted, m.MuteRequested) == m.MuteRequested(
            m.ROOM, request, GROUND_CONTROL
        )
        await ann.request_mute("video", ted.id)
        heard = await next_message(ted, m.MuteRequested)
        assert heard.receiver == ted.id


# Said again -----------------------------------------------------------------------------


@in_virtual_time
async def test_attributes_are_said_again_after_a_restart() -> None:
    again = evolve(rejoined("restarted"), capabilities=("attributes",))
    server = server_that_says(KNOWS_ATTRIBUTES, again, again)
    async with server.session() as session:
        await asyncio.sleep(1)
        server.wires[0].say(m.ClientUpdated(m.ROOM, with_hand(ted, "1")))
        for number in (1, 2):  # the second server ends before it has answered
            server.wires[number - 1].abort()
            await asyncio.sleep(1.5)
            [request] = server.wires[number].heard_so_far()
            assert isinstance(request, m.SetAttributes)
            assert request.data == m.SetAttributesBody({HAND: "1"})
        server.wires[2].say(
            m.Error(TED, m.ErrorBody("rate-limited", ""), reply_to=request.id),
            m.Done(TED, None),
        )
        heard = [type(await session.receive()) for _ in range(4)]
        assert heard == [m.ClientUpdated, m.Joined, m.Joined, m.Done]  # and not the answer


def said(
    joined: m.JoinedBody,
    *before: m.SessionClient,
    own: dict[str, str] | None = None,
    room: dict[str, str] | None = None,
) -> list[m.Order]:
    """Return what is said again to a server with attributes."""
    joined = evolve(joined, capabilities=("attributes",))
    return said_again(own or {}, room or {}, {one.id: one for one in before}, joined)


@pytest.mark.parametrize("reason", ["restarted", "rejoined", "unknown"])
def test_only_what_is_missing_is_said_again(reason: m.Lost) -> None:
    joined = rejoined(reason)
    mine = {HAND: "1", "mood": "fine"}
    [request] = said(joined, own=mine)
    assert isinstance(request, m.SetAttributes)
    assert request.data == m.SetAttributesBody(mine)
    [request] = said(evolve(joined, clients=(with_hand(ted, "2"),)), own=mine)
    assert isinstance(request, m.SetAttributes)
    assert request.data == m.SetAttributesBody({"mood": "fine"})
    assert said(evolve(joined, clients=(evolve(ted, attributes=mine),)), own=mine) == []


def test_nothing_is_said_again_that_the_server_has_kept_or_does_not_know() -> None:
    assert said(rejoined("overflow"), own={HAND: "1"}) == []
    assert said(resumed(0), own={HAND: "1"}) == []
    assert said_again({HAND: "1"}, {}, {}, rejoined("restarted")) == []


def test_after_an_overflow_the_roster_says_what_is_a_clients_own() -> None:
    membership = Membership(KNOWS_ATTRIBUTES)
    membership.update(m.ClientUpdated(m.ROOM, with_hand(ted, "1")))
    membership.join_again(rejoined("overflow"))
    assert membership.own == {}


def test_a_moderator_says_again_what_the_room_has_and_who_has_lost_speak() -> None:
    silenced = evolve(ann, attributes={SPEAK: "no"})
    restarted = evolve(rejoined("restarted"), clients=(ted, ann))
    as_moderator = evolve(restarted, role="moderator")
    room = {SPEAK: "moderated"}
    assert said(restarted, silenced, room=room) == []
    assert said(evolve(as_moderator, reason="unknown"), silenced, room=room) == []
    assert said(as_moderator, silenced, room=room) == [
        m.SetRoomAttributes(GROUND_CONTROL, m.SetRoomAttributesBody(room)),
        m.SetAttributes(GROUND_CONTROL, m.SetAttributesBody({SPEAK: "no"}, ANN)),
    ]
    others_were_first = evolve(
        as_moderator, attributes={"layout": "grid"}, clients=(evolve(ann, attributes=room),)
    )
    assert said(others_were_first, silenced, room=room) == []
    equal = evolve(as_moderator, clients=(evolve(ann, role="moderator"),))
    assert said(equal, silenced) == []


async def test_on_another_server_all_is_as_before(sqlite_url: str) -> None:
    async with AsyncExitStack() as exits, asyncio.timeout(SECONDS):
        first = await exits.enter_async_context(AsyncExitStack())
        server = await first.enter_async_context(open_server("websocket", sqlite_url))
        proxy = server.proxy = await exits.enter_async_context(cutting_proxy(server.port))
        room = await create_room(f"ws://127.0.0.1:{server.port}/ws", name="Lobby")
        ann = await exits.enter_async_context(
            server.join("Ann", "lobby", owner_token=room.owner_token)
        )
        ted = await exits.enter_async_context(server.join("Ted", "lobby"))
        await ted.set_attributes({HAND: "1"})
        await ann.set_attributes({SPEAK: "no"}, ted.id)
        await ann.set_room_attributes({SPEAK: "moderated"})
        await next_message(ted, m.RoomUpdated)
        server.may_reconnect.clear()
        await first.aclose()
        await eventually(lambda: len(server.events) == 2)
        async with Signaling(sqlite_url) as second:
            proxy.target = await second.listen("127.0.0.1", 0)
            server.may_reconnect.set()
            everything = {HAND: "1", SPEAK: "no"}
            async with second.join("lobby", username="Eve") as eve:
                await eventually(lambda: eve.clients[ted.id].attributes == everything)
                await eventually(lambda: eve.attributes == {SPEAK: "moderated"})
                assert not eve.may_speak(ted.id)
            await exits.aclose()


# Believed -------------------------------------------------------------------------------


@in_virtual_time
async def test_only_moderators_are_believed_to_ask_for_muting() -> None:
    server = server_that_says(KNOWS_ATTRIBUTES)
    async with server.session() as session:
        wire = server.wires[0]

        def asked(by: str, sender: str = GROUND_CONTROL) -> m.MuteRequested:
            return m.MuteRequested(TED, m.MuteRequestedBody(by, "audio"), sender)

        moderator = evolve(ann, role="moderator")
        wire.say(
            m.ClientJoined(m.ROOM, ann),
            asked(ANN),
            asked("nobody"),
            asked(ANN, sender=ANN),
            asked(GROUND_CONTROL),
            m.ClientUpdated(m.ROOM, moderator),
            asked(ANN),
            m.Done(TED, None),
        )
        believed = []
        while not isinstance(message := await session.receive(), m.Done):
            if isinstance(message, m.MuteRequested):
                believed.append(message.data.by)
        assert believed == [GROUND_CONTROL, ANN]


def test_in_a_moderated_room_members_that_have_lost_speak_are_silent() -> None:
    silenced = evolve(ann, attributes={SPEAK: "no"})
    granted = evolve(ann, attributes={SPEAK: "yes"})
    moderated = {SPEAK: "moderated"}
    assert may_speak(ann, moderated)
    assert may_speak(granted, moderated)
    assert not may_speak(silenced, moderated)
    assert [may_speak(silenced, room) for room in ({}, {SPEAK: "on"})] == [True, True]


# Hands ----------------------------------------------------------------------------------


def test_hands_are_in_order_and_the_next_one_is_last() -> None:
    values = ["7", "", "2", "2", "-1", "1e3", "1" * 16, "007", "x"]
    roster = [with_hand(evolve(ann, id=str(at)), value) for at, value in enumerate(values)]
    assert [one.id for one in raised_hands(roster)] == ["2", "3", "0", "7"]
    assert next_hand(roster) == "8"
    assert (next_hand([]), next_hand([ted])) == ("1", "1")
    assert next_hand([with_hand(ted, "9" * 15)]) == "9" * 15
