"""The table of legal messages, compared with the messages, the states and the receivers."""

import pytest

from camus_core.wire import messages as m
from camus_core.wire.errors import (
    AlreadyJoined,
    NotJoined,
    ProtocolError,
    ServerOnlyType,
    UnknownType,
    WrongReceiver,
)
from camus_core.wire.states import CLIENT, EVERYONE, LEGAL, SERVER, TABLE, State, why_not

OF_THE_SESSION_PROFILE = {
    m.Join,
    m.Joined,
    m.CreateRoom,
    m.RoomCreated,
    m.ListRooms,
    m.Rooms,
    m.ClientJoined,
    m.ClientLeft,
    m.ClientUpdated,
    m.Done,
    m.Ack,
    m.Undeliverable,
    m.GoingAway,
    m.Kick,
    m.Ban,
    m.SetRole,
    m.Lock,
    m.Admit,
    m.Deny,
    m.RoomUpdated,
    m.Waiting,
    m.ClientWaiting,
    m.ClientWaitingLeft,
}

every_state = pytest.mark.parametrize("state", State, ids=lambda one: one.name)


def refused(state: State, why: type[ProtocolError]) -> set[type[m.Message]]:
    """Return the messages that are refused for this reason to any receiver."""
    return {kind for kind in TABLE if not LEGAL[state][kind] and why_not(kind, state) is why}


def test_every_message_has_a_row_and_every_row_a_message() -> None:
    assert set(TABLE) == {*m.MESSAGES.values(), m.Extension}


def test_every_row_has_a_cell_for_every_state() -> None:
    assert {len(row) for row in TABLE.values()} == {len(State)}
    assert set(LEGAL) == set(State)


@every_state
def test_a_cell_names_recipients_or_one_reason(state: State) -> None:
    for kind, row in TABLE.items():
        cell = row[list(State).index(state)]
        if isinstance(cell, frozenset):
            assert cell and cell <= {SERVER, CLIENT, EVERYONE}
            assert LEGAL[state][kind] == cell
            assert why_not(kind, state) is WrongReceiver
        else:
            assert LEGAL[state][kind] == frozenset()
            assert why_not(kind, state) is cell


@pytest.mark.parametrize("state", [State.CORE, State.JOINED])
def test_what_may_go_to_others_can_be_relayed_and_nothing_else(state: State) -> None:
    others = {
        kind for kind, recipients in LEGAL[state].items() if recipients & {CLIENT, EVERYONE}
    }
    assert others == {kind for kind in TABLE if issubclass(kind, m.Relayable)}


def test_who_has_not_joined_reaches_nobody_but_the_server() -> None:
    recipients = {
        kind: recipients for kind, recipients in LEGAL[State.UNJOINED].items() if recipients
    }
    assert set(recipients) == {m.Join, m.CreateRoom, m.ListRooms, m.Ping, m.Pong, m.Bye}
    assert set(recipients.values()) == {frozenset({SERVER})}


def test_in_a_room_both_profiles_may_say_the_same_of_the_core_profile() -> None:
    for kind in set(TABLE) - OF_THE_SESSION_PROFILE:
        assert LEGAL[State.CORE][kind] == LEGAL[State.JOINED][kind]


def test_the_core_profile_knows_no_message_of_the_session_profile() -> None:
    assert refused(State.CORE, UnknownType) == OF_THE_SESSION_PROFILE
    assert refused(State.CORE, ServerOnlyType) == {m.RoomInfo, m.IceServers, m.Error}


@pytest.mark.parametrize("state", [State.UNJOINED, State.JOINED, State.WAITING])
def test_what_the_server_answers_with_nobody_else_may_say(state: State) -> None:
    assert refused(state, ServerOnlyType) == {
        m.RoomInfo,
        m.IceServers,
        m.Error,
        m.Joined,
        m.RoomCreated,
        m.Rooms,
        m.ClientJoined,
        m.ClientLeft,
        m.ClientUpdated,
        m.Done,
        m.Undeliverable,
        m.GoingAway,
        m.RoomUpdated,
        m.Waiting,
        m.ClientWaiting,
        m.ClientWaitingLeft,
    }


def test_one_joins_once_and_first() -> None:
    assert refused(State.JOINED, AlreadyJoined) == {m.Join}
    may_be_said_later = {kind for kind, recipients in LEGAL[State.JOINED].items() if recipients}
    may_be_said_before = {
        kind for kind, recipients in LEGAL[State.UNJOINED].items() if recipients
    }
    assert refused(State.UNJOINED, NotJoined) == may_be_said_later - may_be_said_before


def test_who_waits_says_nothing_but_that_it_is_there_or_goes() -> None:
    may_be_said = {
        kind: recipients for kind, recipients in LEGAL[State.WAITING].items() if recipients
    }
    assert may_be_said == dict.fromkeys((m.Ping, m.Pong, m.Bye), frozenset({SERVER}))
    assert refused(State.WAITING, AlreadyJoined) == {m.Join}
    may_be_said_elsewhere = {
        kind
        for state in (State.UNJOINED, State.JOINED)
        for kind, recipients in LEGAL[state].items()
        if recipients
    }
    assert refused(State.WAITING, NotJoined) == may_be_said_elsewhere - {*may_be_said, m.Join}
