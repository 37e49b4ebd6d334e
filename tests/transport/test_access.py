"""The rules of access, as a transport of one's own uses them."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import pytest

from camus_core.limits import Limits
from camus_transport import Signaling
from camus_transport.http.access import AccessRules
from camus_transport.http.headers import Headers
from camus_transport.http.refusals import Rejected
from camus_transport.http.request_head import RequestHead
from transport.plain_http import ask

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


async def test_an_address_has_its_connections_and_again_when_one_has_ended(
    access: AccessRules, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "camus")
    first, _ = access.accept(TED), access.accept(TED)
    with pytest.raises(Rejected):
        access.accept(TED)
    assert caplog.messages == ["refused 203.0.113.7: too many connections from your address"]
    access.remove(first)
    assert access.accept(TED).address == "203.0.113.7"


async def test_without_a_request_a_proxy_counts_as_itself(access: AccessRules) -> None:
    assert [access.accept(PROXY).address for _ in range(2)] == ["10.0.0.1"] * 2
    with pytest.raises(Rejected):
        access.accept(PROXY)


async def test_a_request_counts_for_the_client_that_a_proxy_names(access: AccessRules) -> None:
    named = HOST, ("X-Forwarded-For", "203.0.113.7")
    accepted = access.accept_request(PROXY, request(*named))
    assert accepted.address == "203.0.113.7"
    access.accept(TED)
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
    access.accept_request(TED, request(HOST, own))


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
        counted = signaling.access.accept(("127.0.0.1", 1))
        assert (await ask(port, "GET /room/lobby/ws")).status == 429
        signaling.access.remove(counted)
        assert (await ask(port, "GET /room/lobby/ws")).status == 426
