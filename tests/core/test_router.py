"""Conversations about dispatching: the recipients of each message, and the server's answers."""

import pytest

from camus_core.ice import IceConfiguration
from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.errors import UnknownReceiver, WrongReceiver
from camus_core.wire.messages import Json
from camus_core.wire.profile import CORE, SESSION, ProtocolProfile

from .messages_of_every_type import (
    ALLOWED,
    ALLOWED_IN_SESSION_PROFILE,
    RECEIVERS,
    allowed_recipients,
    message,
    refusal_to_anybody,
)
from .phrases import id_of, refusal
from .talk import Talk

SDP = Json(rb'{"type": "offer", "sdp": "v=0\r\n", "new": null}')
HI = Json(b'"Hi"')


WAYS = [
    (profile, type_, receiver)
    for profile in (CORE, SESSION)
    for type_ in (*ALLOWED, *ALLOWED_IN_SESSION_PROFILE)
    for receiver in RECEIVERS
]
WRONG_WAYS = [way for way in WAYS if way[2] not in allowed_recipients(way[0], way[1])]
TO_ONE = [way[:2] for way in WAYS if way not in WRONG_WAYS and way[2] == "client"]
TO_ALL = [way[:2] for way in WAYS if way not in WRONG_WAYS and way[2] == "room"]


def word(value: ProtocolProfile | str) -> str:
    return value.name if isinstance(value, ProtocolProfile) else value


def test_the_table_of_this_test_has_every_type() -> None:
    assert {*ALLOWED, *ALLOWED_IN_SESSION_PROFILE} == {*m.MESSAGES, "x-any"}


@pytest.mark.parametrize(("profile", "type_", "receiver"), WRONG_WAYS, ids=word)
def test_what_may_not_go_there_is_refused_and_reaches_nobody(
    profile: ProtocolProfile, type_: str, receiver: str
) -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=profile)
    talk.says("ann", message(type_, RECEIVERS[receiver]))
    why = (
        WrongReceiver()
        if allowed_recipients(profile, type_)
        else refusal_to_anybody(profile, type_)
    )
    talk.hears("ann", refusal("ann", why))
    talk.waits(1)
    talk.hears_nothing("ann", "bob")
    talk.is_open("ann")


@pytest.mark.parametrize(("profile", "type_"), TO_ONE, ids=word)
def test_what_goes_to_one_client_reaches_that_client_alone(
    profile: ProtocolProfile, type_: str
) -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", "joe", profile=profile)
    talk.says("ann", message(type_, id_of("bob")))
    (heard,) = talk.has_heard("bob")
    said = (heard.type, heard.receiver, heard.sender)
    assert said == (type_, id_of("bob"), id_of("ann"))
    talk.hears_nothing("ann", "bob", "joe")


@pytest.mark.parametrize(("profile", "type_"), TO_ALL, ids=word)
def test_what_goes_to_the_room_reaches_its_sender_too(
    profile: ProtocolProfile, type_: str
) -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", profile=profile)
    talk.gather("attic", "eve", profile=profile)
    talk.says("ann", message(type_, "room"))
    (echo,), (heard,) = talk.has_heard("ann"), talk.has_heard("bob")
    assert echo == heard
    assert (heard.type, heard.receiver, heard.sender) == (type_, "room", id_of("ann"))
    talk.hears_nothing("ann", "bob", "eve")


# Relaying ------------------------------------------------------------------------------


def test_an_offer_arrives_to_the_byte_from_its_true_sender() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", m.Offer(id_of("bob"), SDP, sender=id_of("joe")))
    talk.hears("bob", m.Offer(id_of("bob"), SDP, id_of("ann")))
    talk.hears_nothing("ann")


def test_nobody_can_speak_as_ground_control() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", m.Greeting(id_of("bob"), HI, "ground control"))
    talk.hears("bob", m.Greeting(id_of("bob"), HI, id_of("ann")))


def test_a_client_of_another_room_is_as_unknown_as_one_that_never_was() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.gather("attic", "eve")
    for receiver in (id_of("eve"), id_of("nobody"), "", "lobby", "Room", "ground control "):
        talk.says("ann", m.Offer(receiver, SDP))
        talk.hears("ann", refusal("ann", UnknownReceiver()))
    talk.hears_nothing("ann", "eve")


def test_who_has_left_is_unknown() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.drops("bob")
    talk.forget()
    talk.says("ann", m.Offer(id_of("bob"), SDP))
    talk.hears("ann", refusal("ann", UnknownReceiver()))


def test_messages_of_one_sender_arrive_in_their_order() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    for number in (b"1", b"2", b"3"):
        talk.says("ann", m.Extension("x-n", id_of("bob"), Json(number)))
    said = [m.Extension("x-n", id_of("bob"), Json(n), id_of("ann")) for n in (b"1", b"2", b"3")]
    talk.hears("bob", *said)


def test_a_text_tells_who_says_it_and_when() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    for untold in ({"text": HI}, {"text": HI, "time": m.NULL, "from": Json(b'"Bob"')}):
        talk.says("ann", m.Text(id_of("bob"), untold))
        told = {"from": Json(b'"Major Tom"'), "time": talk.milliseconds(), "text": HI}
        talk.hears("bob", m.Text(id_of("bob"), told, id_of("ann")))


def test_a_text_keeps_the_time_that_its_sender_wrote_and_members_that_nobody_knows() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    said = {"text": HI, "time": Json(b"1.50"), "color": Json(b'{ "r": 1 }')}
    talk.says("ann", m.Text("room", said))
    told = said | {"from": Json(b'"Major Tom"')}
    talk.hears("bob", m.Text("room", told, id_of("ann")))


# Answers of the server ---------------------------------------------------------------


@pytest.mark.parametrize("data", [b"1615918847680", b"null", b'{"t": [1.0]}', b'"now"'])
def test_a_ping_is_answered_with_the_same_data(data: bytes) -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", m.Ping("ground control", Json(data)))
    talk.hears("ann", m.Pong(id_of("ann"), Json(data), "ground control"))
    talk.hears_nothing("ann", "bob")


def test_a_pong_and_a_greeting_to_the_server_are_taken_in_silence() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", m.Pong("ground control", Json(b"1")))
    talk.says("ann", m.Greeting("ground control", HI))
    talk.hears_nothing("ann", "bob")


def test_ice_servers_come_with_credentials_for_this_client_and_a_day() -> None:
    ice = IceConfiguration(("stun:a.example:3478",), ("turn:a.example",), "north")
    talk = Talk(ice=ice)
    talk.gather("lobby", "ann")
    talk.waits(0.75)
    talk.says("ann", m.GetIceServers())
    # printf %s 1616005248:616e6e… | openssl dgst -sha1 -hmac north -binary | base64
    servers = (
        m.IceServer(("stun:a.example:3478",)),
        m.IceServer(
            ("turn:a.example",),
            "1616005248:616e6e00000000000000000000000000",
            "0q2CybDdqJvpBRKveq6wP2fMngk=",
            "turn",
        ),
    )
    talk.hears("ann", m.IceServers(id_of("ann"), servers, "ground control"))


def test_turn_credentials_last_as_long_as_the_limits_say() -> None:
    ice = IceConfiguration((), ("turn:a.example",), "north")
    talk = Talk(limits=Limits(turn_seconds=60), ice=ice)
    talk.gather("lobby", "ann")
    servers = ice.servers_for(id_of("ann"), talk.unix_time, 60)
    talk.says("ann", m.GetIceServers())
    talk.hears("ann", m.IceServers(id_of("ann"), servers, "ground control"))


def test_a_server_without_ice_servers_says_that_there_are_none() -> None:
    talk = Talk()
    talk.gather("lobby", "ann")
    talk.says("ann", m.GetIceServers())
    talk.hears("ann", m.IceServers(id_of("ann"), (), "ground control"))
