"""The player's reports of deviations: it finds each one, and names its place."""

from collections.abc import Mapping, Sequence

import pytest

from camus_core.conformance import (
    Closed,
    Deviation,
    Fence,
    Heard,
    Pause,
    Read,
    Response,
    Scenario,
    Write,
    run,
)
from camus_core.conformance.acts import Act
from camus_core.conformance.address_phrases import HERE, THERE, joins_from
from camus_core.conformance.control_phrases import admit, waiting, waits
from camus_core.conformance.patterns import (
    A_TIME,
    SECONDS,
    SOME_TEXT,
    TurnServer,
    Wildcard,
    fits,
)
from camus_core.conformance.scenario import (
    Closes,
    Connects,
    Drops,
    Hears,
    HearsNo,
    HearsNothing,
    IsClosed,
    Joins,
    Knocks,
    Says,
    StandsStill,
    Step,
)
from camus_core.conformance.session_phrases import enters, goes_on
from camus_core.conformance.vocabulary import (
    ANY_CLIENT,
    BILL,
    BILL_ANEW,
    CAMUS_2,
    DEFAULT_ROOM,
    ROOM,
    SERVER,
    TED,
    by,
    join,
    joined,
    member,
    owner_token_of,
    pushed,
    resume,
    session_of,
    to,
)
from camus_core.ice import turn_credential
from camus_core.wire.json_text import to_json

A, B = "a" * 32, "b" * 32
"""Ids as a server makes them, for Bill and Ted."""


def greeting(id: str) -> bytes:
    return to_json(by(SERVER, id, "greeting", "This is Ground Control to Major Tom"))


def said(sender: str, receiver: str, type: str, data: object = None) -> bytes:
    return to_json(by(sender, receiver, type, data))


def answer(id: str, session: str, **more: object) -> bytes:
    """Return a `joined` as a server sends it."""
    data = {
        "id": id,
        "room_id": DEFAULT_ROOM,
        "role": "guest",
        "session": session,
        "resumed": False,
    }
    data |= {"ice_servers": [], "limits": {}, "capabilities": [], "locked": False}
    data["clients"] = []
    return said(SERVER, id, "joined", {**data, **more})


PONG = Hears(BILL, by(SERVER, BILL, "pong", 1))


class Recording:
    """A driver that plays back a server's recorded frames to each client."""

    def __init__(self, **heard: Sequence[Heard]) -> None:
        self._heard = {BILL: list(heard.get("bill", ())), TED: list(heard.get("ted", ()))}
        self.written: list[bytes] = []
        self.meanwhile: list[Write] = []

    def do(self, act: Act) -> Sequence[Heard]:
        match act:
            case Write(_, parts):
                self.written.append(b"".join(parts))
            case Pause(_, meanwhile):
                self.meanwhile += meanwhile
            case Read(who):
                heard = self._heard[who]
                return [heard.pop(0)] if heard else []
            case Fence(who):
                heard, self._heard[who] = self._heard[who], []
                return heard
            case _:
                pass
        return ()


def scenario(*steps: Step) -> Scenario:
    return Scenario("Bill and Ted talk", ("CORE-1",), steps)


def test_ids_are_written_and_understood_as_the_server_made_them() -> None:
    server = Recording(
        bill=[greeting(A), said(B, A, "x-note", f"from {B}")],
        ted=[greeting(B)],
    )
    run(
        scenario(
            Joins(BILL),
            Joins(TED),
            Says(TED, to(BILL, "x-note", f"from {TED}")),
            Hears(BILL, by(TED, BILL, "x-note", f"from {TED}")),
        ),
        server.do,
    )
    assert server.written == [to_json(to(A, "x-note", f"from {B}"))]


def test_what_is_said_in_a_pause_has_the_ids_of_the_server_too() -> None:
    server = Recording(bill=[greeting(A)], ted=[greeting(B)])
    in_the_pause = Says(TED, to(BILL, "x-note", "1"))
    run(scenario(Joins(BILL), Joins(TED), StandsStill(1.0, (in_the_pause,))), server.do)
    assert server.meanwhile == [Write(TED, (to_json(to(A, "x-note", "1")),))]


def test_two_clients_with_one_id_are_a_deviation() -> None:
    with pytest.raises(Deviation, match="greeting"):
        run(
            scenario(Joins(BILL), Joins(TED)),
            Recording(bill=[greeting(A)], ted=[greeting(A)]).do,
        )


S, T = "s" * 64, "t" * 64
"""Secrets as a server makes them."""


def test_a_session_is_learned_from_joined_and_named_as_the_server_made_it() -> None:
    going_on = {
        "id": A,
        "room_id": DEFAULT_ROOM,
        "role": "guest",
        "session": S,
        "resumed": True,
    }
    going_on |= {"ice_servers": [], "limits": {}, "capabilities": [], "locked": False}
    going_on["received"] = 0
    server = Recording(bill=[answer(A, S), said(SERVER, A, "joined", going_on)])
    run(scenario(*enters(BILL), Drops(BILL), *goes_on(BILL, 3, handled=0)), server.do)
    assert server.written == [
        to_json(join()),
        to_json(join(resume={"session": S, "received": 3})),
    ]


def test_a_client_that_gets_another_id_is_known_by_both() -> None:
    server = Recording(
        bill=[answer(A, S), answer(B, T, reason="unknown")],
        ted=[said(B, ROOM, "x-note", f"{A} and {B}")],
    )
    run(
        scenario(
            Connects(TED, None, CAMUS_2),
            *enters(BILL),
            Closes(BILL, 1000),
            Connects(BILL, None, CAMUS_2),
            Says(BILL, resume(BILL, 0)),
            Hears(BILL, joined(BILL_ANEW, reason="unknown")),
            Hears(TED, by(BILL_ANEW, ROOM, "x-note", f"{BILL} and {BILL_ANEW}")),
        ),
        server.do,
    )


def test_what_is_heard_before_joined_names_nobody() -> None:
    server = Recording(bill=[said(SERVER, B, "pong"), answer(A, S), said(SERVER, A, "pong")])
    run(
        scenario(
            Connects(BILL, None, CAMUS_2),
            Hears(BILL, by(SERVER, ANY_CLIENT, "pong")),
            Hears(BILL, joined(BILL)),
            Hears(BILL, by(SERVER, BILL, "pong")),
        ),
        server.do,
    )


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ([answer("Bill", S)], enters(BILL)),
        ([answer(A, "")], enters(BILL)),
        ([answer(A, "a session")], enters(BILL)),
        ([answer(A, S, clients=None)], enters(BILL)),
        ([answer(A, S), answer(B, S)], (*enters(BILL), Hears(BILL, joined(BILL)))),
        ([answer(A, S), answer(A, T)], (*enters(BILL), Hears(BILL, joined(BILL)))),
        ([answer(A, S), answer(A, S)], (*enters(BILL), Hears(BILL, joined(BILL_ANEW)))),
        ([said(SERVER, A, "joined")], enters(BILL)),
    ],
)
def test_a_joined_of_another_form_or_of_somebody_else_is_a_deviation(
    heard: list[Heard], expected: tuple[Step, ...]
) -> None:
    with pytest.raises(Deviation):
        run(scenario(*expected), Recording(bill=heard).do)


def test_a_waiting_client_is_known_by_the_id_that_it_will_have() -> None:
    data = {"room_id": DEFAULT_ROOM, "moderated": True, "session": S}
    server = Recording(
        bill=[
            said(SERVER, A, "waiting", data),
            answer(A, S, locked=True),
        ],
        ted=[said(SERVER, ROOM, "client-waiting", {"id": A, "username": "Bill"})],
    )
    run(
        scenario(
            Connects(TED, None, CAMUS_2),
            Connects(BILL, None, CAMUS_2),
            Hears(BILL, waiting(BILL)),
            Hears(TED, waits(BILL, "Bill")),
            Says(TED, admit(BILL)),
            Hears(BILL, joined(BILL, locked=True)),
        ),
        server.do,
    )
    assert server.written[-1] == to_json(admit(A))


def test_the_secret_of_a_room_is_learned_when_it_is_told() -> None:
    told, wanted = (
        {"room_id": "circle-k", "owner_token": token}
        for token in (S, owner_token_of("circle-k"))
    )
    server = Recording(bill=[said(SERVER, A, "room-created", told)])
    run(
        scenario(
            Connects(BILL, None, CAMUS_2),
            Hears(BILL, by(SERVER, ANY_CLIENT, "room-created", wanted)),
            Says(BILL, join("circle-k", owner_token=owner_token_of("circle-k"))),
        ),
        server.do,
    )
    assert server.written == [to_json(join("circle-k", owner_token=S))]


def test_no_name_of_a_secret_stands_in_another() -> None:
    names = [session_of(who, nth) for who in (BILL, BILL_ANEW, TED) for nth in (1, 2, 11)]
    assert not [
        (one, other) for one in names for other in names if one != other and one in other
    ]


def test_a_deviation_names_the_scenario_its_rules_and_the_step() -> None:
    with pytest.raises(Deviation) as caught:
        run(scenario(Connects(BILL), HearsNothing(BILL)), Recording(bill=[greeting(A)]).do)
    assert str(caught.value) == (
        "Bill and Ted talk (CORE-1)\n"
        "at step 2, HearsNothing(who='Bill')\n"
        f"heard: {greeting('Bill').decode()}"
    )


@pytest.mark.parametrize(
    ("step", "heard"),
    [
        (PONG, []),
        (PONG, [said(SERVER, A, "pong", 2)]),
        (PONG, [said(SERVER, A, "pong", True)]),
        (PONG, [b"pong"]),
        (PONG, [Closed(1011)]),
        (PONG, [said(SERVER, A, "pong", 1)] * 2),
        (PONG, [said(B, A, "ping"), said(SERVER, A, "pong", 1)]),
        (Hears(BILL, PONG.pattern, " 1}"), [said(SERVER, A, "pong", 1)]),
        (Hears(BILL, pushed((BILL, "Bill"))), [said(SERVER, ROOM, "room-info", {})]),
        (HearsNothing(BILL), [said(B, A, "x-note")]),
        (HearsNothing(BILL), [Closed(1000)]),
        (HearsNo(BILL, "ping"), [said(SERVER, A, "ping", 1)]),
        (IsClosed(BILL, 4001), []),
        (IsClosed(BILL, 4001), [Closed(1006)]),
        (IsClosed(BILL, 4001), [said(B, A, "x-note"), Closed(4001)]),
    ],
)  # fmt: skip
def test_what_the_step_does_not_say_is_a_deviation(step: Step, heard: list[Heard]) -> None:
    with pytest.raises(Deviation):
        run(scenario(Joins(BILL), step), Recording(bill=[greeting(A), *heard]).do)


def test_what_a_server_says_at_a_time_of_its_own_may_come_anywhere() -> None:
    unasked = [said(SERVER, ROOM, "room-info", {}), said(SERVER, A, "ping", 1)]
    run(
        scenario(
            Joins(BILL),
            Hears(BILL, by(SERVER, BILL, "pong", 1)),
            IsClosed(BILL, 1000),
        ),
        Recording(
            bill=[greeting(A), *unasked, said(SERVER, A, "pong", 1), *unasked, Closed(1000)]
        ).do,
    )
    run(scenario(Joins(BILL), HearsNothing(BILL)), Recording(bill=[greeting(A), *unasked]).do)


IN_THE_CORE_PROFILE = (Joins(BILL),), greeting(A)
IN_THE_SESSION_PROFILE = enters(BILL), answer(A, S)


@pytest.mark.parametrize(
    ("profile", "type"),
    [(IN_THE_CORE_PROFILE, "ack"), (IN_THE_SESSION_PROFILE, "room-info")],
)
def test_what_a_server_never_says_unasked_in_a_profile_is_a_deviation(
    profile: tuple[tuple[Step, ...], bytes], type: str
) -> None:
    steps, first = profile
    heard = [first, said(SERVER, A, type, {}), said(SERVER, A, "pong", 1)]
    with pytest.raises(Deviation):
        run(scenario(*steps, PONG), Recording(bill=heard).do)


def test_acks_and_pings_may_come_anywhere_in_the_session_profile() -> None:
    unasked = [said(SERVER, A, "ack", {"received": 1}), said(SERVER, A, "ping", 1)]
    heard = [answer(A, S), *unasked, said(SERVER, A, "pong", 1), *unasked]
    run(scenario(*enters(BILL), PONG, HearsNothing(BILL)), Recording(bill=heard).do)


def test_an_ack_that_is_waited_for_is_not_passed_over() -> None:
    two = Hears(BILL, by(SERVER, BILL, "ack", {"received": 2}))
    heard = [said(SERVER, A, "ack", {"received": received}) for received in (1, 2)]
    with pytest.raises(Deviation):
        run(scenario(*enters(BILL), two), Recording(bill=[answer(A, S), *heard]).do)


def test_what_only_a_newer_server_says_is_no_deviation() -> None:
    news = said(SERVER, A, "news", {"of": "a newer server"})
    bill = {"id": A, "username": "Bill", "role": "guest", "colour": "red"}
    heard = [
        news,
        answer(A, S, clients=[bill], colours=["red"]),
        news,
        to_json({**by(SERVER, A, "pong", 1), "at": 5}),
        news,
    ]
    run(
        scenario(
            Connects(BILL, None, CAMUS_2),
            Hears(BILL, joined(BILL, clients=[member(BILL, "Bill")])),
            PONG,
            HearsNothing(BILL),
        ),
        Recording(bill=heard).do,
    )


@pytest.mark.parametrize(
    "heard",
    [
        [said(B, A, "news"), said(SERVER, A, "pong", 1)],
        [said(SERVER, A, "x-news"), said(SERVER, A, "pong", 1)],
        [said(SERVER, A, "rooms", []), said(SERVER, A, "pong", 1)],
        [to_json({"sender": SERVER, "receiver": A, "data": 1}), said(SERVER, A, "pong", 1)],
        [said(SERVER, A, "pong", {"of": 1})],
        [said(SERVER, A, "news")],
    ],
)
def test_nothing_else_is_taken_for_the_words_of_a_newer_server(heard: list[Heard]) -> None:
    with pytest.raises(Deviation):
        run(scenario(*enters(BILL), PONG), Recording(bill=[answer(A, S), *heard]).do)


def test_members_of_a_relayed_message_are_not_ignored() -> None:
    talk = scenario(
        Joins(BILL), Joins(TED), Hears(BILL, by(TED, BILL, "x-note", {"text": "hello"}))
    )
    note = by(B, A, "x-note", {"text": "hello"})
    run(talk, Recording(bill=[greeting(A), to_json(note)], ted=[greeting(B)]).do)
    for more in ({"priority": "high"}, {"data": {"text": "hello", "priority": "high"}}):
        heard = [greeting(A), to_json({**note, **more})]
        with pytest.raises(Deviation):
            run(talk, Recording(bill=heard, ted=[greeting(B)]).do)


def test_no_error_of_the_driver_ends_a_scenario_as_if_it_were_played() -> None:
    def fails(act: Act) -> Sequence[Heard]:
        raise StopIteration

    with pytest.raises(StopIteration):
        run(Scenario("a greeting", (), (Joins(BILL),)), fails)


def test_a_scenario_in_which_somebody_speaks_before_connecting_can_not_be_built() -> None:
    with pytest.raises(ValueError, match="comes before"):
        scenario(Joins(BILL), Says(TED, "Dude!"))
    with pytest.raises(ValueError, match="comes before"):
        scenario(Joins(BILL), StandsStill(1.0, (Says(TED, "Dude!"),)))
    with pytest.raises(ValueError, match="connects twice"):
        scenario(Joins(BILL), Joins(BILL))
    with pytest.raises(ValueError, match="connects twice"):
        scenario(Joins(BILL), Drops(BILL), Connects(BILL))


@pytest.mark.parametrize("end", [Drops(BILL), Closes(BILL, 1001), IsClosed(BILL, 4001)])
def test_a_session_may_have_one_connection_after_the_other(end: Step) -> None:
    again = Connects(BILL, DEFAULT_ROOM, CAMUS_2)
    scenario(Connects(BILL, None, CAMUS_2), end, again, Says(BILL, "Dude!"))
    with pytest.raises(ValueError, match="connects twice"):
        scenario(again, again, end)


def test_a_scenario_says_what_its_server_has_to_speak() -> None:
    assert scenario(Joins(BILL)).subprotocols == frozenset()
    assert scenario(Joins(BILL), *enters(TED)).subprotocols == {CAMUS_2}


def test_a_scenario_says_which_addresses_its_clients_have() -> None:
    assert scenario(Joins(BILL), *enters(TED)).addresses == frozenset()
    assert scenario(*joins_from(HERE, BILL), *enters(TED, address=THERE)).addresses == {
        HERE,
        THERE,
    }


@pytest.mark.parametrize(
    ("response", "fit"),
    [
        (Response(101, {"a": "1", "b": "2", "d": "10"}), True),
        (Response(101, {"a": "1", "c": "3", "d": "10"}), False),
        (Response(101, {"a": "2", "d": "10"}), False),
        (Response(101, {"a": "1", "d": "soon"}), False),
        (Response(101, {"a": "1"}), False),
        (Response(101, {}), False),
        (Response(200, {"a": "1", "d": "10"}), False),
    ],
)
def test_a_handshake_is_answered_as_the_step_says(response: Response, fit: bool) -> None:
    answered: Mapping[str, str | Wildcard] = {"a": "1", "d": Wildcard(r'"\d+"')}
    knock = scenario(Knocks("/ws", 101, answered=answered, without=("c",)))
    if fit:
        run(knock, lambda _: [response])
    else:
        with pytest.raises(Deviation):
            run(knock, lambda _: [response])


@pytest.mark.parametrize(
    ("pattern", "value", "fit"),
    [
        (1, 1, True),
        (1, True, False),
        (1, 1.0, False),
        (None, None, True),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ({"a": 1, "b": None}, {"a": 1}, False),
        ([1, 2], [1, 2], True),
        ([1, 2], [1, 2, 3], False),
        (A_TIME, 1615918847680, True),
        (A_TIME, 1615918847, False),
        (A_TIME, "1615918847680", False),
        (SECONDS, 0.25, True),
        (SECONDS, None, False),
        (SOME_TEXT, "é\n", True),
        (SOME_TEXT, "", False),
    ],
)
def test_a_pattern_fits_the_whole_value(pattern: object, value: object, fit: bool) -> None:
    assert fits(pattern, value, str) is fit


def test_a_turn_server_fits_when_its_credential_is_of_the_secret() -> None:
    username = f"1615934570:{A}"
    server = {
        "urls": ["turn:turn.example.com"],
        "username": username,
        "credential": turn_credential("secret", username),
        "kind": "turn",
    }
    pattern = TurnServer(("turn:turn.example.com",), A, "secret")
    assert fits(pattern, server, str)
    assert not fits(pattern, {**server, "username": f"1615934570:{B}"}, str)
    assert not fits(pattern, {**server, "credential": "AAAA"}, str)
    assert fits(TurnServer(pattern.urls, A, "secret", r"16159\d{5}"), server, str)
    assert not fits(TurnServer(pattern.urls, A, "secret", r"16158\d{5}"), server, str)
    assert not fits(pattern, {"urls": ["turn:turn.example.com"], "kind": "turn"}, str)
