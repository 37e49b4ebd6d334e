"""Names of rooms at a real server: their ids, and how the Python clients find rooms by them."""

from collections.abc import AsyncIterator

import pytest

from camus_core.wire import messages as m
from camus_transport import Refused, Signaling, create_room, find_room, join

NAMES = {
    "Straßenfest": "strassenfest",
    "Łódź": "lodz",
    "Ærø": "aero",
    "日本語": "ri-ben-yu",
    "C++": "c",
}
"""Names of rooms, and the id that the server makes of each."""


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """The URL of a server."""
    async with Signaling() as signaling:
        yield f"ws://127.0.0.1:{await signaling.listen('127.0.0.1', 0)}/ws"


@pytest.mark.parametrize(("name", "room_id"), NAMES.items())
async def test_a_room_is_found_by_the_name_that_made_it(
    url: str, name: str, room_id: str
) -> None:
    assert (await create_room(url, name=name)).room_id == room_id
    assert await find_room(url, name) == m.RoomFoundBody(room_id, name, ())


async def test_whoever_may_enter_learns_who_is_there(url: str) -> None:
    made = await create_room(url, name="Book Club", password="marmalade")
    async with join(url, room_id="book-club", username="Ann", password="marmalade") as ann:
        assert ann.room_name == "Book Club"
        assert await find_room(url, "Book Club") == m.RoomFoundBody("book-club")
        members = (m.ClientInfo(ann.id, "Ann"),)
        for shown in ({"password": "marmalade"}, {"owner_token": made.owner_token}):
            found = await find_room(url, "https://a.example/#/book-club", **shown)
            assert found == m.RoomFoundBody("book-club", "Book Club", members)


async def test_a_room_that_is_made_on_demand_gets_the_name_of_the_join(url: str) -> None:
    async with join(url, room_id="aero", room_name="Ærø") as first:
        assert first.room_name == "Ærø"
    async with join(url, room_id="lodz", room_name="Ærø") as first:
        assert first.room_name == "lodz"


async def test_a_session_in_memory_names_its_room_too() -> None:
    async with Signaling() as signaling, signaling.join("aero", room_name="Ærø") as first:
        assert first.room_name == "Ærø"


async def test_a_text_that_names_no_room_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="room-not-found"):
        await find_room(url, "!!!")
