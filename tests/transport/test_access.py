"""The rules of access, as a transport of one's own uses them."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest
from attrs import define

from camus_core.admission.identity import Identity
from camus_core.limits import Limits
from camus_core.records import RoomId
from camus_transport import Signaling
from camus_transport.http.access import AcceptedConnection, AccessRules
from camus_transport.http.handshake import Handshake
from camus_transport.http.headers import Headers
from camus_transport.http.refusals import Rejected
from camus_transport.http.request_head import RequestHead
from camus_transport.memory import MemoryWire
from transport.plain_http import ask
from transport.virtual_time import in_virtual_time

TED = ("203.0.113.7", 40000)
PROXY = ("10.0.0.1", 40000)

HOST = ("Host", "calls.example.com")


def request(*lines: tuple[str, str]) -> RequestHead:
    return RequestHead("GET", "/events?room=lobby", Headers(lines))


@pytest.fixture
async def access() -> AsyncIterator[AccessRules]:
    """The rules of a server behind a proxy, which admits two connections of an address."""
    limits = Limits(connections_per_address=2)
    async with Signaling(
        limits=limits, hosts=["calls.example.com"], trusted_proxies=["10.0.0.1"]
    ) as signaling:
        yield signaling.access


def refused(access: AccessRules, peer: object, *lines: tuple[str, str]) -> HTTPStatus:
    """Return the status with which a request is refused."""
    with pytest.raises(Rejected) as raised:
        access.accept_request(peer, request(*lines))
    return raised.value.status


@define
class Line:
    """A connection without HTTP."""

    is_cut: bool = False

    def cut(self) -> None:
        self.is_cut = True


def accept(access: AccessRules, peer: object) -> tuple[AcceptedConnection, Line]:
    line = Line()
    return access.accept(peer, line.cut), line


async def test_an_address_has_its_connections_and_again_when_one_has_ended(
    access: AccessRules, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "camus")
    opened = [accept(access, TED) for _ in range(3)]
    assert [line.is_cut for _, line in opened] == [False, False, True]
    assert caplog.messages == ["refused 203.0.113.7: too many connections from your address"]
    for _ in range(2):
        opened[0][0].closed()
    more = [accept(access, TED) for _ in range(2)]
    assert [line.is_cut for _, line in more] == [False, True]
    assert more[0][0].address == "203.0.113.7"


async def test_without_a_request_a_proxy_counts_as_itself(access: AccessRules) -> None:
    opened = [accept(access, PROXY) for _ in range(3)]
    assert [accepted.address for accepted, _ in opened] == ["10.0.0.1"] * 3
    assert [line.is_cut for _, line in opened] == [False, False, True]


@in_virtual_time
async def test_a_handshake_that_takes_too_long_is_cut_off_and_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "camus")
    access = AccessRules(Limits(handshake_seconds=5))
    (_, silent), (open_one, served), (ended, gone) = [accept(access, TED) for _ in range(3)]
    open_one.opened()
    ended.closed()
    await asyncio.sleep(4.9)
    assert not silent.is_cut
    await asyncio.sleep(0.2)
    assert (silent.is_cut, served.is_cut, gone.is_cut) == (True, False, False)
    assert caplog.messages == ["refused 203.0.113.7: no handshake within 5 s"]
    access.refusals.close()


async def test_a_server_that_stops_waits_for_the_ends_and_cuts_off_who_takes_too_long() -> None:
    async with Signaling() as signaling:
        (quick, ending), (_, slow) = [accept(signaling.access, TED) for _ in range(2)]
        asyncio.get_running_loop().call_later(0.5, quick.closed)
    assert (ending.is_cut, slow.is_cut) == (False, True)


async def test_a_request_counts_for_the_client_that_a_proxy_names(access: AccessRules) -> None:
    named = HOST, ("X-Forwarded-For", "203.0.113.7")
    accepted = access.accept_request(PROXY, request(*named))
    assert accepted.address == "203.0.113.7"
    access.accept_request(TED, request(HOST))
    assert refused(access, PROXY, *named) == HTTPStatus.TOO_MANY_REQUESTS
    assert refused(access, TED, HOST) == HTTPStatus.TOO_MANY_REQUESTS


async def test_a_page_of_another_origin_or_under_another_name_is_refused_and_not_counted(
    access: AccessRules, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "camus")
    foreign = ("Origin", "https://evil.example.net")
    own = ("Origin", "https://calls.example.com")
    for _ in range(3):
        assert refused(access, TED, HOST, foreign) == HTTPStatus.FORBIDDEN
        assert refused(access, TED, ("Host", "evil.example.net")) == HTTPStatus.FORBIDDEN
        assert refused(access, TED) == HTTPStatus.BAD_REQUEST
        assert refused(access, TED, HOST, own, own) == HTTPStatus.BAD_REQUEST
    assert len(caplog.messages) == 4
    assert "'https://evil.example.net'" in caplog.text
    for _ in range(3):
        with access.accept_request(TED, request(HOST, own)) as accepted:
            assert accepted.address == "203.0.113.7"


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", None)]
)
async def test_an_image_of_another_page_opens_no_stream_with_the_cookies_of_a_user(
    access: AccessRules, site: str, status: int | None
) -> None:
    lines = HOST, ("Sec-Fetch-Site", site), ("Cookie", "session=90aa")
    if status is None:
        access.accept_request(TED, request(*lines))
    else:
        assert refused(access, TED, *lines) == status


async def test_the_scheme_of_an_origin_is_that_of_the_listener(access: AccessRules) -> None:
    lines = HOST, ("Origin", "http://calls.example.com")
    access.accept_request(TED, request(*lines))
    with pytest.raises(Rejected):
        access.accept_request(TED, request(*lines), is_encrypted=True)


async def test_a_listener_may_have_names_of_its_own(access: AccessRules) -> None:
    here = request(("Host", "localhost:5000"))
    access.accept_request(TED, here, hosts=frozenset({"localhost"}))
    with pytest.raises(Rejected):
        access.accept_request(TED, here)


async def test_connections_of_all_transports_count_together() -> None:
    limits = Limits(connections_per_address=1)
    async with Signaling(limits=limits) as signaling:
        port = await signaling.listen("127.0.0.1", 0)
        accepted, _ = accept(signaling.access, ("127.0.0.1", 1))
        assert (await ask(port, "GET /room/lobby/ws")).status == 429
        accepted.closed()
        assert (await ask(port, "GET /room/lobby/ws")).status == 426


async def test_the_cookie_of_a_request_identifies_its_client() -> None:
    async def by_cookie(handshake: Handshake) -> Identity:
        assert (handshake.path, handshake.address) == ("/events?room=lobby", "203.0.113.7")
        return Identity({"session=90aa": "ted"}[handshake.headers["Cookie"]], "Ted")

    async with Signaling(authenticator=by_cookie) as signaling:
        head = request(HOST, ("cookie", "session=90aa"))
        with signaling.access.accept_request(TED, head) as accepted:
            wire = MemoryWire.open(
                signaling.server,
                RoomId("lobby"),
                address=accepted.address,
                handshake=Handshake(head.target, head.headers, accepted.address),
            )
            assert b'"greeting"' in await wire.read()
        assert [one.username for one in signaling.server.roster(RoomId("lobby"))] == ["Ted"]
