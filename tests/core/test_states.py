"""The table of who may say what to whom, held against the messages and the addresses."""

from camus_core import messages as m
from camus_core.states import CLIENT, EVERYONE, LEGAL, SERVER


def test_every_message_has_a_row_and_every_row_a_message() -> None:
    assert set(LEGAL) == {*m.MESSAGES.values(), m.Extension}


def test_every_place_is_one_of_three() -> None:
    assert frozenset().union(*LEGAL.values()) == {SERVER, CLIENT, EVERYONE}


def test_what_may_go_to_others_can_be_relayed_and_nothing_else() -> None:
    others = {kind for kind, places in LEGAL.items() if places & {CLIENT, EVERYONE}}
    assert others == {kind for kind in LEGAL if issubclass(kind, m.Relayable)}


def test_what_the_server_answers_with_nobody_else_may_say() -> None:
    assert {kind for kind in LEGAL if not LEGAL[kind]} == {m.RoomInfo, m.IceServers, m.Error}
