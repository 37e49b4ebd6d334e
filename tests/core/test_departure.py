"""Conversations about leaving: with a `bye`, with one made by the server, and without any."""

from camus_core.wire import messages as m
from camus_core.wire.messages import Json

from .phrases import id_of, roster
from .talk import Talk


def test_a_bye_to_the_server_is_forwarded_and_then_the_roster_and_ends_the_connection() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob", "joe")
    talk.says("ann", m.Bye("ground control", Json(b"1615919897795")))
    for name in ("bob", "joe"):
        talk.hears(name, m.Bye("room", Json(b"1615919897795"), id_of("ann")))
        talk.hears(name, roster("room", "lobby", "bob", "joe"))
        talk.hears_nothing(name)
    talk.hears_nothing("ann")
    talk.is_closed("ann", 1000)


def test_a_bye_without_a_time_gets_the_time_of_the_server() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", m.Bye("ground control"))
    talk.hears("bob", m.Bye("room", talk.milliseconds(), id_of("ann")))


def test_after_a_bye_nothing_is_read_and_the_disconnect_changes_nothing() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", m.Bye("ground control"))
    talk.forget()
    talk.says("ann", m.Offer(id_of("bob"), Json(b"{}")))
    talk.drops("ann")
    talk.waits(1)
    talk.hears_nothing("ann", "bob")
    assert talk.changes == []


def test_for_who_vanishes_the_server_says_bye() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.drops("ann")
    talk.hears("bob", m.Bye("room", talk.milliseconds(), id_of("ann")))
    talk.hears("bob", roster("room", "lobby", "bob"))
    talk.hears_nothing("bob")


def test_a_bye_to_others_is_a_message_like_any_other() -> None:
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.says("ann", m.Bye(id_of("bob"), Json(b"5")))
    talk.hears("bob", m.Bye(id_of("bob"), Json(b"5"), id_of("ann")))
    talk.says("ann", m.Bye("room"))
    for name in ("ann", "bob"):
        talk.hears(name, m.Bye("room", talk.milliseconds(), id_of("ann")))
    talk.is_open("ann")
    talk.says("bob", m.GetRoomInfo())
    talk.hears("bob", roster("bob", "lobby", "ann", "bob"))


def test_a_bye_to_who_has_gone_is_taken_in_silence() -> None:
    """Two clients that hang up at once each send it to a client that has left."""
    talk = Talk()
    talk.gather("lobby", "ann", "bob")
    talk.drops("bob")
    talk.waits(1)
    talk.forget()
    talk.says("ann", m.Bye(id_of("bob")))
    talk.hears_nothing("ann")
