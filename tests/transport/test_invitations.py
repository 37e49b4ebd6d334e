"""Invitations, from Python: those of members, and of the operator."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from camus_core.admission.identity import Identity
from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_core.wire import messages as m
from camus_core.wire.errors import (
    InvalidName,
    MalformedMessage,
    NotFound,
    RoomNotFound,
    TooManyInvitations,
)
from camus_transport import Refused, Signaling, find_room, invitation_in, join, link_to
from transport.serve import camus_serve
from transport.session_server import next_message
from transport.test_rooms_cli import complaint, rooms

NONE = "There are no invitations.\n"

OWNER = Identity("ann", role="owner", name="Ann")

SECRET = "0123456789abcdef" * 4


async def test_a_member_invites_and_its_link_lets_somebody_in(signaling: Signaling) -> None:
    port = await signaling.listen("localhost", 0)
    url = f"ws://localhost:{port}/ws"
    async with signaling.join("lobby", identity=OWNER) as ann:
        made = await ann.create_invitation(
            name="For Bob", role="moderator", expires=4e9, uses=1
        )
        secret = invitation_in(link_to("https://example.com/", "lobby", made.secret))
        found = await find_room(url, "lobby", invitation=secret)
        assert found.clients == (m.ClientInfo(ann.id, "Ann"),)
        async with join(url, room_id="lobby", invitation=secret) as bob:
            assert bob.role == "moderator"
            [listed] = await bob.invitations()
            assert listed == m.InvitationInfo(
                *(made.id, "moderator", "Ann", listed.created_at, 1, "For Bob", None, 4e9, 1)
            )
            with pytest.raises(Refused, match="not-allowed"):
                await bob.revoke_invitation(made.id)
            await ann.revoke_invitation(made.id)
            assert await bob.invitations() == ()
            with pytest.raises(Refused, match="invalid-invitation"):
                await join(url, room_id="lobby", invitation=secret).__aenter__()
            with pytest.raises(ValueError, match="uses"):
                await bob.create_invitation(uses=0)


@pytest.mark.parametrize("is_empty", [False, True])
async def test_the_operator_invites_to_a_room_with_members_or_without(
    signaling: Signaling, is_empty: bool
) -> None:
    async with AsyncExitStack() as members:
        ann = await members.enter_async_context(signaling.join("lobby", identity=OWNER))
        if is_empty:
            await members.aclose()
        made = await signaling.create_invitation("lobby", role="moderator", uses=2)
        [listed] = await signaling.invitations("lobby")
        assert listed == m.InvitationInfo(
            *(made.id, "moderator", "ground control", listed.created_at, 0),
            uses=2,
        )
        async with signaling.join("lobby", invitation=made.secret) as bob:
            assert bob.role == "moderator"
            with pytest.raises(Refused, match="not-allowed"):
                await bob.revoke_invitation(made.id)
            if not is_empty:
                assert list(bob.clients) == [ann.id, bob.id]
        [listed] = await signaling.invitations("lobby")
        assert listed.used == 1
        with pytest.raises(NotFound):
            await signaling.revoke_invitation("lobby", "nothing")
        await signaling.revoke_invitation("lobby", made.id)
        assert await signaling.invitations("lobby") == ()
        with pytest.raises(NotFound):
            await signaling.revoke_invitation("lobby", made.id)
        with pytest.raises(Refused, match="invalid-invitation"):
            await signaling.join("lobby", invitation=made.secret).__aenter__()


async def test_an_invitation_that_makes_no_sense_is_refused(signaling: Signaling) -> None:
    async with signaling.join("lobby"):
        with pytest.raises(InvalidName):
            await signaling.create_invitation("lobby", name="")
        with pytest.raises(MalformedMessage):
            await signaling.create_invitation("lobby", expires=1.0)
        with pytest.raises(ValueError, match="uses"):
            await signaling.create_invitation("lobby", uses=0)


async def test_a_room_that_is_not_there_has_no_invitations(signaling: Signaling) -> None:
    with pytest.raises(RoomNotFound):
        await signaling.create_invitation("lobby")
    with pytest.raises(RoomNotFound):
        await signaling.invitations("lobby")
    with pytest.raises(RoomNotFound):
        await signaling.revoke_invitation("lobby", "nothing")


@pytest.mark.parametrize("is_empty", [False, True])
async def test_the_operator_makes_no_more_than_a_room_may_have(is_empty: bool) -> None:
    async with (
        Signaling(limits=Limits(invitations=1)) as signaling,
        AsyncExitStack() as members,
    ):
        await members.enter_async_context(signaling.join("lobby"))
        if is_empty:
            await members.aclose()
        made = await signaling.create_invitation("lobby", uses=1)
        with pytest.raises(TooManyInvitations):
            await signaling.create_invitation("lobby")
        async with signaling.join("lobby", invitation=made.secret):
            pass
        second = await signaling.create_invitation("lobby")
        assert [one.id for one in await signaling.invitations("lobby")] == [second.id]


async def test_an_invited_guest_is_admitted_by_the_operator(signaling: Signaling) -> None:
    async with signaling.join("lobby", identity=OWNER) as ann:
        made = await ann.create_invitation(uses=1)
        await ann.lock()
        entering = asyncio.create_task(
            signaling.join("lobby", invitation=made.secret).__aenter__()
        )
        await next_message(ann, m.ClientWaiting)
        [waiting] = ann.waiting
        admit = m.Admit(m.GROUND_CONTROL, m.WhoBody(waiting))
        signaling.server.order(RoomId("lobby"), admit)
        bob = await entering
        assert bob.id == waiting
        assert (await ann.invitations())[0].used == 1
        await bob.__aexit__(None, None, None)


def test_the_secret_of_an_invitation_stands_behind_the_room_in_a_link() -> None:
    page = "https://example.com/call/?lang=de"
    assert link_to(page, "lobby") == f"{page}#/lobby"
    assert link_to(page, "lobby", SECRET) == f"{page}#/lobby?invitation={SECRET}"
    assert invitation_in(f"{page}#/lobby?invitation={SECRET}") == SECRET
    assert invitation_in(f"{page}#/lobby?key=5ec&invitation={SECRET}&x=1") == SECRET
    for other in (
        f"{page}#/lobby",
        f"{page}&invitation={SECRET}#/lobby",
        f"{page}#/lobby?invitation={SECRET[1:]}",
        f"{page}#/lobby?invitation={SECRET}0",
        f"{page}#/lobby?an-invitation={SECRET}",
    ):
        assert invitation_in(other) is None


async def test_the_program_makes_lists_and_revokes_invitations(database_url: str) -> None:
    await rooms("create", "Stage", "--password", "p", url=database_url)
    assert await rooms("invitations", "stage", url=database_url) == NONE
    made = await rooms(
        *("invite", "stage", "--name", "For Bob", "--role", "moderator", "--uses", 1),
        *("--expires", "2096-03-01T18:30+0000"),
        url=database_url,
    )
    secret = invitation_in(made.splitlines()[1])
    assert secret is not None
    async with camus_serve("--database-url", database_url) as server:
        url = f"ws://localhost:{server.port}/ws"
        async with join(url, room_id="stage", invitation=secret) as bob:
            assert bob.role == "moderator"
    listed = (await rooms("invitations", "stage", url=database_url)).splitlines()
    id, *rest = listed[1].split()
    assert rest[:8] == ["For", "Bob", "moderator", "ground", "control", "1", "of", "1"]
    assert made.splitlines()[0] == f"Made the invitation {id}. Its link ends with"
    assert await rooms("revoke", "stage", id, url=database_url) == (
        f"Revoked the invitation {id} to room stage.\n"
    )
    assert await rooms("invitations", "stage", url=database_url) == NONE
    for arguments, problem in (
        (("revoke", "stage", id), "there is no invitation"),
        (("invitations", "attic"), "there is no room"),
        (("invite", "attic"), "there is no room"),
        (("invite", "stage", "--expires", "2020-01-01T00:00"), "expires has passed"),
        (("invite", "stage", "--name", ""), "1 to 64 characters"),
    ):
        assert problem in await complaint(*arguments, url=database_url)
