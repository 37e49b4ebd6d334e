"""The recipients that messages may have, of which `docs/protocol.md` has a table."""

import pytest

from camus_core.wire import messages as m
from camus_core.wire.errors import UnknownType
from camus_core.wire.states import CLIENT, EVERYONE, SERVER, State

KINDS: tuple[type[m.Message], ...] = (*m.MESSAGES.values(), m.Extension)


@pytest.mark.parametrize("state", State, ids=lambda one: one.name)
def test_a_message_to_other_clients_can_be_relayed(state: State) -> None:
    for kind in KINDS:
        if kind.legality.recipients[state] & {CLIENT, EVERYONE}:
            assert issubclass(kind, m.Relayable)


@pytest.mark.parametrize("state", [State.UNJOINED, State.WAITING])
def test_a_client_outside_a_room_reaches_nobody_but_the_server(state: State) -> None:
    for kind in KINDS:
        assert kind.legality.recipients[state] <= {SERVER}


def test_in_a_room_a_message_of_the_core_profile_may_go_to_the_same_in_both_profiles() -> None:
    for kind in KINDS:
        if kind.legality.cells[State.CORE] is not UnknownType:
            assert kind.legality.cells[State.CORE] == kind.legality.cells[State.JOINED]


def test_a_request_names_the_capability_with_which_a_server_has_it() -> None:
    """The core profile has no capabilities, and a client joins before it hears of any."""
    for kind in KINDS:
        is_new = kind.legality.cells[State.CORE] is UnknownType
        if is_new and kind.reply is not None and kind is not m.Join:
            assert kind.capability is not None
