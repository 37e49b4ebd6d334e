"""The contract of every store about the bans of rooms, and the invitations to them."""

import asyncio

from attrs import evolve

from camus_core.effects import Change, ForgetInvitation, ForgetRoom, SaveClient
from camus_core.records import (
    BanRecord,
    InvitationRecord,
    NetworkAddress,
    RoomId,
    StoredRoom,
)
from camus_core.store import Store
from store.conftest import OpenStore
from store.samples import (
    FIRST_INCARNATION,
    a_client,
    a_room,
    an_invitation,
    bans,
    invites,
    takes_back,
)

LOBBY = RoomId("lobby")
ROOM = a_room("lobby")
SUCCESSOR = evolve(ROOM, incarnation="two")
EVE = BanRecord("e1", identity="eve", at=5.0)
TED = BanRecord("t1", address=NetworkAddress("192.0.2.1"), at=6.0)


async def found_bans(store: Store) -> tuple[BanRecord, ...]:
    found = await store.find_room(LOBBY)
    assert found is not None
    return found.bans


async def found_invitations(store: Store) -> tuple[InvitationRecord, ...]:
    found = await store.find_room(LOBBY)
    assert found is not None
    return found.invitations


# Bans ---------------------------------------------------------------------------------------


async def test_a_ban_comes_back_as_it_was_saved(store: Store) -> None:
    whole = BanRecord(
        id="e1",
        identity="eve@example.com",
        address=NetworkAddress("2001:db8::/64"),
        guest_digest="5e884898",
        username="Eve",
        by="Ann",
        by_owner=True,
        at=1_762_473_600.125,
        until=1_762_473_660.25,
    )
    bare = BanRecord("b2")
    await store.create_room(ROOM)
    await store.write([bans(ROOM, whole), bans(ROOM, bare)])
    assert await found_bans(store) == (bare, whole)
    assert [ban.by_owner for ban in await found_bans(store)] == [False, True]


async def test_bans_are_found_beside_clients_and_invitations_and_the_oldest_is_the_first(
    store: Store,
) -> None:
    await store.create_room(ROOM)
    ann, bob = a_client("a1", session="s1", away_since=9.0), a_client("b2", away_since=9.0)
    twin = evolve(EVE, id="e0")
    one, two = an_invitation("i2", created_at=1.0), an_invitation("i1", created_at=2.0)
    await store.write([SaveClient(bob), SaveClient(ann), bans(ROOM, TED), bans(ROOM, EVE)])
    await store.write([bans(ROOM, twin), invites(ROOM, two), invites(ROOM, one)])
    whole = StoredRoom(ROOM, (ann, bob), (twin, EVE, TED), (one, two))
    assert await store.find_room(LOBBY) == whole
    assert ann.session_digest is not None
    assert await store.find_session(ann.session_digest) == whole


async def test_a_ban_that_is_saved_again_replaces_itself_alone(store: Store) -> None:
    await store.create_room(ROOM)
    await store.write([bans(ROOM, EVE), bans(ROOM, TED)])
    ends = evolve(EVE, at=7.0, until=9.0)
    await store.write([bans(ROOM, ends)])
    assert await found_bans(store) == (TED, ends)


async def test_a_ban_that_is_taken_back_is_gone_and_no_other(store: Store) -> None:
    await store.create_room(ROOM)
    await store.write([bans(ROOM, EVE), bans(ROOM, TED), takes_back(ROOM, EVE)])
    assert await found_bans(store) == (TED,)
    await store.write([takes_back(ROOM, EVE)])
    assert await found_bans(store) == (TED,)


async def test_a_hundred_bans_come_back_in_their_order(store: Store) -> None:
    await store.create_room(ROOM)
    many = tuple(
        BanRecord(f"{-number}", identity=chr(0x1F600 + number % 80), at=float(number))
        for number in range(100)
    )
    await store.write([bans(ROOM, ban) for ban in reversed(many)])
    assert await found_bans(store) == many


async def test_servers_that_ban_at_once_overwrite_no_ban_of_each_other(
    open_again: OpenStore,
) -> None:
    async with open_again() as one, open_again() as other:
        await one.create_room(ROOM)
        await one.write([bans(ROOM, EVE)])
        await asyncio.gather(
            one.write([bans(ROOM, TED)]),
            other.write([takes_back(ROOM, EVE), bans(ROOM, evolve(TED, id="t2"))]),
        )
        assert await found_bans(one) == (TED, evolve(TED, id="t2"))


# Invitations --------------------------------------------------------------------------------


async def test_an_invitation_comes_back_as_it_was_saved(store: Store) -> None:
    whole = InvitationRecord(
        id="i1",
        digest="5e884898",
        name="The panel",
        role="moderator",
        by="Ann",
        created_at=1_762_473_600.125,
        not_before=1_762_473_660.25,
        expires=1_762_560_000.5,
        uses=12,
        used=3,
    )
    bare = InvitationRecord("i2", "5e884899", None, "guest", "Ann", 1_762_473_600.25)
    await store.create_room(ROOM)
    await store.write([invites(ROOM, whole), invites(ROOM, bare)])
    assert await found_invitations(store) == (whole, bare)


async def test_an_invitation_is_used_as_often_as_it_may_be(store: Store) -> None:
    twice, ever = an_invitation("i1", uses=2), an_invitation("i2")
    await store.create_room(ROOM)
    await store.write([invites(ROOM, twice), invites(ROOM, ever)])
    used = [await store.use_invitation(LOBBY, FIRST_INCARNATION, "i1") for _ in range(4)]
    assert used == [True, True, False, False]
    used = [await store.use_invitation(LOBBY, FIRST_INCARNATION, "i2") for _ in range(4)]
    assert used == [True] * 4
    assert await found_invitations(store) == (evolve(twice, used=2), evolve(ever, used=4))


async def test_an_invitation_that_is_saved_again_keeps_its_uses(store: Store) -> None:
    once = an_invitation("i1", uses=1)
    await store.create_room(ROOM)
    await store.write([invites(ROOM, once)])
    assert await store.use_invitation(LOBBY, FIRST_INCARNATION, "i1")
    await store.write([invites(ROOM, once), invites(ROOM, evolve(once, uses=5))])
    assert await found_invitations(store) == (evolve(once, used=1),)
    assert not await store.use_invitation(LOBBY, FIRST_INCARNATION, "i1")


async def test_an_invitation_that_is_not_there_cant_be_used(store: Store) -> None:
    assert not await store.use_invitation(LOBBY, FIRST_INCARNATION, "i1")
    await store.create_room(ROOM)
    await store.create_room(a_room("hall"))
    await store.write([invites(a_room("hall"), an_invitation("i1"))])
    assert not await store.use_invitation(LOBBY, FIRST_INCARNATION, "i1")
    await store.write([invites(ROOM, an_invitation("i1"))])
    assert not await store.use_invitation(LOBBY, "another", "i1")
    await store.write([ForgetInvitation(LOBBY, FIRST_INCARNATION, "i1")])
    assert not await store.use_invitation(LOBBY, FIRST_INCARNATION, "i1")
    assert await found_invitations(store) == ()
    assert await store.use_invitation(RoomId("hall"), FIRST_INCARNATION, "i1")


async def test_of_many_that_use_an_invitation_at_once_no_more_than_its_uses_do(
    store: Store,
) -> None:
    await store.create_room(ROOM)
    await store.write([invites(ROOM, an_invitation("i1", uses=7))])
    used = await asyncio.gather(
        *(store.use_invitation(LOBBY, FIRST_INCARNATION, "i1") for _ in range(50))
    )
    assert used.count(True) == 7
    assert await found_invitations(store) == (an_invitation("i1", uses=7, used=7),)


async def test_of_two_servers_one_uses_the_last_use_of_an_invitation(
    open_again: OpenStore,
) -> None:
    async with open_again() as one, open_again() as other:
        await one.create_room(ROOM)
        many = [an_invitation(f"i{number}", uses=1) for number in range(30)]
        await one.write([invites(ROOM, invitation) for invitation in many])
        by_one, by_other = await asyncio.gather(
            asyncio.gather(
                *(one.use_invitation(LOBBY, FIRST_INCARNATION, each.id) for each in many)
            ),
            asyncio.gather(
                *(other.use_invitation(LOBBY, FIRST_INCARNATION, each.id) for each in many)
            ),
        )
        assert [a + b for a, b in zip(by_one, by_other, strict=True)] == [1] * len(many)


async def test_a_use_that_was_acknowledged_is_there_when_the_store_is_opened_again(
    open_again: OpenStore,
) -> None:
    async with open_again() as store:
        await store.create_room(ROOM)
        await store.write([invites(ROOM, an_invitation("i1", uses=1)), bans(ROOM, EVE)])
        assert await store.use_invitation(LOBBY, FIRST_INCARNATION, "i1")
    async with open_again() as store:
        assert not await store.use_invitation(LOBBY, FIRST_INCARNATION, "i1")
        assert await found_bans(store) == (EVE,)


# Rooms that end -----------------------------------------------------------------------------


async def test_bans_and_invitations_go_with_their_room(store: Store) -> None:
    hall = a_room("hall")
    for if_unused in (False, True):
        for each in (ROOM, hall):
            await store.create_room(each)
            await store.write([bans(each, EVE), invites(each, an_invitation("i1"))])
        await store.write([ForgetRoom(LOBBY, FIRST_INCARNATION, if_unused)])
        await store.create_room(ROOM)
        assert await store.find_room(LOBBY) == StoredRoom(ROOM), "nothing came back"
        found = await store.find_room(hall.id)
        assert found == StoredRoom(hall, (), (EVE,), (an_invitation("i1"),))


async def test_a_room_that_is_in_use_keeps_its_bans_and_invitations(store: Store) -> None:
    here = a_client("a1", away_since=9.0)
    await store.create_room(ROOM)
    await store.write([SaveClient(here), bans(ROOM, EVE), invites(ROOM, an_invitation("i1"))])
    await store.write([ForgetRoom(LOBBY, FIRST_INCARNATION, if_unused=True)])
    kept = StoredRoom(ROOM, (here,), (EVE,), (an_invitation("i1"),))
    assert await store.find_room(LOBBY) == kept


async def test_bans_and_invitations_of_a_room_that_is_not_there_are_not_kept(
    store: Store,
) -> None:
    saved: list[Change] = [bans(ROOM, EVE), invites(ROOM, an_invitation("i1"))]
    await store.write(saved)
    await store.create_room(ROOM)
    assert await store.find_room(LOBBY) == StoredRoom(ROOM)
    await store.write([ForgetRoom(LOBBY, FIRST_INCARNATION), *saved])
    await store.create_room(ROOM)
    assert await store.find_room(LOBBY) == StoredRoom(ROOM)


async def test_bans_and_invitations_of_an_earlier_room_leave_its_successor_as_it_is(
    store: Store,
) -> None:
    await store.create_room(ROOM)
    await store.write([bans(ROOM, EVE), invites(ROOM, an_invitation("i1"))])
    await store.write([ForgetRoom(LOBBY, FIRST_INCARNATION)])
    await store.create_room(SUCCESSOR)
    await store.write([bans(SUCCESSOR, TED), invites(SUCCESSOR, an_invitation("i2"))])
    for old_news in (
        bans(ROOM, EVE),
        takes_back(ROOM, TED),
        invites(ROOM, an_invitation("i1")),
        ForgetInvitation(LOBBY, FIRST_INCARNATION, "i2"),
        ForgetRoom(LOBBY, FIRST_INCARNATION),
    ):
        await store.write([old_news])
        assert await store.find_room(LOBBY) == StoredRoom(
            SUCCESSOR, (), (TED,), (an_invitation("i2"),)
        )
    assert not await store.use_invitation(LOBBY, FIRST_INCARNATION, "i2")
