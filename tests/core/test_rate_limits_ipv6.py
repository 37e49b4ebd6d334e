"""Tests of the shares of IPv6 networks: one larger share for all the /64 of a /56 and a /48."""

import pytest
from attrs import evolve

from camus_core.events import Timestamp
from camus_core.limits import Limits
from camus_core.rate_limits import LimitedAction, RateLimits, networks_of, quotas_of
from camus_core.records import NetworkAddress
from camus_core.wire import messages as m
from camus_core.wire.errors import RateLimited, WrongPassword
from camus_core.wire.messages import GROUND_CONTROL
from camus_core.wire.profile import SESSION
from driving.driver import START

from .moderated_room import OWNED
from .phrases import join, refusal
from .talk import Talk

COMPANY = [f"2001:db8:7:{number * 0x100:x}::/64" for number in range(50)]
HOME = [f"2001:db8:7:{number:x}::/64" for number in range(50)]
ELSEWHERE = "2001:db8:8::/64"


def is_allowed(addresses: RateLimits, doing: LimitedAction, address: str) -> bool:
    try:
        addresses.acquire(doing, NetworkAddress(address), Timestamp(START))
    except RateLimited:
        return False
    return True


def test_an_ipv6_address_is_part_of_two_wider_networks() -> None:
    assert networks_of("2001:db8:7:abcd::/64") == (
        "2001:db8:7:abcd::/64",
        "2001:db8:7:ab00::/56",
        "2001:db8:7::/48",
    )
    for other in ("192.0.2.1", "unix", "", "2001:db8::1", "2001:db8::1/64", "mine/64"):
        assert networks_of(other) == (other,)


@pytest.mark.parametrize("doing", LimitedAction)
def test_50_networks_of_one_home_or_company_have_a_larger_share_and_not_50(
    doing: LimitedAction,
) -> None:
    limits = Limits(
        joins_per_minute=0.001,
        join_burst=3,
        room_creation_burst=3,
        wrong_passwords=3,
        ice_servers_per_hour=3,
        announcement_burst=3,
        announcement_shares=1,
        relayed_bytes_per_second=0.001,
        relayed_burst_bytes=3,
        relayed_shares=1,
    )
    for networks, share in ((HOME, limits.ipv6_56_shares), (COMPANY, limits.ipv6_48_shares)):
        addresses = RateLimits(limits)
        took = sum(is_allowed(addresses, doing, one) for one in networks for _ in range(5))
        assert took == 3 * share
        assert is_allowed(addresses, doing, ELSEWHERE)


def test_what_a_wider_network_refuses_takes_nothing_from_the_address() -> None:
    addresses = RateLimits(Limits(join_burst=1, ipv6_56_shares=1))
    assert is_allowed(addresses, LimitedAction.JOIN, HOME[0])
    assert not is_allowed(addresses, LimitedAction.JOIN, HOME[1])
    addresses.refund(LimitedAction.JOIN, NetworkAddress(HOME[0]))
    assert is_allowed(addresses, LimitedAction.JOIN, HOME[1])


def test_what_is_given_back_is_given_back_to_all_three() -> None:
    addresses = RateLimits(Limits(join_burst=1, ipv6_56_shares=1, ipv6_48_shares=1))
    for network in HOME:
        assert is_allowed(addresses, LimitedAction.JOIN, network)
        addresses.refund(LimitedAction.JOIN, NetworkAddress(network))


def test_of_each_size_so_many_are_remembered() -> None:
    addresses = RateLimits(Limits(addresses=10))
    for number in range(100):
        assert is_allowed(addresses, LimitedAction.JOIN, f"2001:db8:{number:x}::/64")
    assert [len(known) for known in addresses._known] == [10, 10, 10]


def test_an_attack_from_new_networks_does_not_make_the_server_forget_theirs() -> None:
    addresses = RateLimits(Limits(addresses=10, join_burst=1, joins_per_minute=0.001))
    took = sum(
        is_allowed(addresses, LimitedAction.JOIN, one) for one in COMPANY for _ in range(4)
    )
    assert took == 8


def test_50_networks_of_one_company_do_not_fill_the_server_with_rooms() -> None:
    """Without these shares: 200 rooms from each /64, and none for others for an hour."""
    talk = Talk(limits=Limits(rooms=300, rooms_per_address=20))
    for number, network in enumerate(COMPANY):
        talk.connects(f"eve {number}", None, SESSION, address=network)
        for room in range(20):
            requested = m.CreateRoomBody(f"{number}-{room}")
            talk.says(f"eve {number}", m.CreateRoom(GROUND_CONTROL, requested))
    assert len(talk.rooms) == 160
    assert talk.joins("ann", "lobby", address=ELSEWHERE).room_id == "lobby"


@pytest.mark.parametrize(("networks", "made"), [(HOME, 75), (COMPANY, 87)])
def test_nor_do_they_where_there_are_few_rooms(networks: list[str], made: int) -> None:
    talk = Talk(limits=Limits(rooms=100, rooms_per_address=60))
    for number, network in enumerate(networks):
        talk.connects(f"eve {number}", None, SESSION, address=network)
        for room in range(5):
            requested = m.CreateRoomBody(f"{number}-{room}")
            talk.says(f"eve {number}", m.CreateRoom(GROUND_CONTROL, requested))
    assert len(talk.rooms) == made


def test_they_do_not_guess_passwords_from_each() -> None:
    talk = Talk(evolve(OWNED, password_hash="tin can"))
    wrong = 0
    for number, network in enumerate(COMPANY):
        name = f"eve {number}"
        talk.connects(name, None, SESSION, address=network)
        for _ in range(11):
            talk.says(name, join("lobby", password="a guess"))
        wrong += sum(one == refusal(name, WrongPassword()) for one in talk.has_heard(name))
    assert wrong == 80
    assert talk.joins("ann", "lobby", address=ELSEWHERE, password="tin can").role == "guest"


def test_of_what_many_want_an_address_leaves_a_part_and_a_network_a_smaller_one() -> None:
    assert quotas_of(20, Limits()) == [10, 15, 17]
    assert quotas_of(1, Limits()) == [1, 1, 1]
    assert quotas_of(20, Limits(address_part=1)) == [20, 20, 20]


@pytest.mark.parametrize("part", [0, -0.5, 1.5])
def test_a_part_is_one(part: float) -> None:
    with pytest.raises(ValueError, match="address_part"):
        Limits(address_part=part)
