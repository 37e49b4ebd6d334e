"""Conversations about new epochs: after a lost state, and after a lost answer."""

from camus_core.limits import Limits
from camus_core.wire import messages as m
from camus_core.wire.json_codec import JsonCodec
from camus_core.wire.messages import Json
from camus_core.wire.profile import SESSION

from .phrases import (
    acked,
    bye,
    came,
    done,
    hi,
    id_of,
    left,
    rename,
    renamed,
    resume,
    roster,
    secret_of,
    seen,
    undeliverable,
)
from .talk import Talk


def talk_of(*names: str, limits: Limits | None = None) -> Talk:
    talk = Talk(limits=limits)
    talk.gather("lobby", *names, profile=SESSION)
    return talk


# A lost state ----------------------------------------------------------------------------


def test_who_has_lost_its_state_is_rejoined_and_everyone_begins_anew_with_it() -> None:
    talk = talk_of("ann", "bob")
    talk.gather("lobby", "joe")
    talk.says("bob", rename("Bob"))
    talk.waits(1)
    talk.drops("bob", 1001)
    talk.says("ann", hi("bob", id="7"))
    talk.forget()
    body = talk.rejoins("bob 2", "bob")
    assert (body.id, body.resumed, body.reason) == (id_of("bob"), False, "rejoined")
    assert body.clients == (seen("ann"), seen("bob", "Bob"), seen("joe"))
    talk.hears("ann", undeliverable("ann", "bob", "expired", reply_to="7"))
    talk.hears("ann", left("bob", "rejoined"), came("bob", "Bob"))
    talk.hears("joe", m.Bye("room", talk.milliseconds(), id_of("bob")))
    talk.hears("joe", roster("room", "lobby", "ann", "bob", "joe", bob="Bob"))
    talk.hears_nothing("ann", "bob 2", "joe")


def test_after_it_counting_begins_anew() -> None:
    talk = talk_of("ann", "bob")
    talk.says("bob", hi("ann"))
    talk.rejoins("bob 2", "bob")
    talk.is_closed("bob", 4505)
    talk.forget()
    talk.says("bob 2", rename("Bob"))
    talk.hears("bob 2", renamed("bob", "Bob"), done("bob"))
    talk.waits(2)
    talk.hears("bob 2", acked("bob", 1))
    talk.says("ann", hi("bob", 3))
    assert talk.resumes("bob 3", "bob 2", received=2).resumed
    talk.hears("bob 3", hi("bob", 3, by="ann"))
    talk.hears_nothing("bob 3")


def test_a_second_reload_before_the_first_was_answered_changes_nothing() -> None:
    talk = talk_of("ann", "bob")
    talk.rejoins("bob 2", "bob")
    talk.drops("bob 2")
    assert talk.rejoins("bob 3", "bob").reason == "rejoined"
    assert talk.router.census().members == 2
    for _ in range(2):
        talk.hears("ann", left("bob", "rejoined"), came("bob"))


# A lost answer ---------------------------------------------------------------------------


def break_bobs_session(talk: Talk) -> None:
    """Rename joe until the notices for bob, who is away, are too many."""
    for number in range(4):
        talk.says("joe", rename(f"Joe {number}"))


def test_who_has_not_heard_of_its_overflow_is_told_again() -> None:
    talk = Talk(limits=Limits(unconfirmed_frames=3))
    talk.gather("lobby", "joe")
    talk.gather("lobby", "bob", profile=SESSION)
    talk.says("bob", hi("joe"))
    talk.drops("bob")
    break_bobs_session(talk)
    talk.forget()
    for again in ("bob 2", "bob 3", "bob 4"):
        body = talk.resumes(again, "bob")
        assert (body.resumed, body.reason, body.received) == (False, "overflow", 1)
        assert body.clients == (seen("joe", "Joe 3"), seen("bob"))
        talk.drops(again)
        talk.says("joe", hi("bob", again))
    body = talk.resumes("bob 5", "bob")
    assert body.reason == "overflow"
    said = [hi("bob", again, by="joe") for again in ("bob 2", "bob 3", "bob 4")]
    talk.hears("bob 5", *said)
    talk.drops("bob 5")
    assert talk.resumes("bob 6", "bob 5").resumed
    talk.hears_nothing("bob 6", "joe")


def test_its_old_number_confirms_nothing_of_the_new_epoch() -> None:
    talk = Talk(limits=Limits(unconfirmed_frames=3))
    talk.gather("lobby", "joe")
    talk.gather("lobby", "bob", profile=SESSION)
    talk.says("joe", hi("bob", "old"))
    talk.drops("bob")
    break_bobs_session(talk)
    talk.resumes("bob 2", "bob", received=1)
    talk.says("joe", hi("bob", "new"))
    talk.drops("bob 2")
    assert talk.resumes("bob 3", "bob", received=1).reason == "overflow"
    talk.hears("bob 3", hi("bob", "new", by="joe"))


def test_what_the_next_roster_tells_is_not_told_again_after_it() -> None:
    talk = Talk(limits=Limits(unconfirmed_frames=3))
    talk.gather("lobby", "joe")
    talk.gather("lobby", "bob", profile=SESSION)
    talk.drops("bob")
    break_bobs_session(talk)
    talk.resumes("bob 2", "bob")
    talk.drops("bob 2")
    talk.says("joe", rename("Jo"))
    talk.says("joe", hi("bob"))
    assert talk.resumes("bob 3", "bob").clients == (seen("joe", "Jo"), seen("bob"))
    talk.hears("bob 3", hi("bob", by="joe"))
    talk.hears_nothing("bob 3")


def test_what_was_handled_is_told_in_the_epoch_of_the_client() -> None:
    """Two connections try to resume after a restart; the one that ann knows of is replaced."""
    talk = talk_of("ann", "bob")
    talk.says("ann", hi("bob"))
    talk.stops()
    talk.starts_again()
    talk.holds_questions = True
    for name in ("ann 2", "ann 3"):
        talk.connects(name, None, SESSION)
        talk.says(name, resume(talk.token("ann"), talk.received("ann")))
    talk.answers("ann 3")
    assert talk.is_in("ann 3").received == 1
    talk.answers("ann 2")
    talk.is_closed("ann 3", 4505)
    talk.says("ann 3", hi("bob", "never read"))
    body = talk.resumes("ann 4", "ann 3", received=0)
    assert (body.resumed, body.reason) == (False, "restarted")
    assert not body.received


def test_who_left_is_unknown_even_if_its_bye_was_the_last_it_knew() -> None:
    talk = talk_of("ann", "bob")
    talk.says("bob", bye())
    assert talk.resumes("bob 2", "bob").reason == "unknown"
    talk.hears("ann", left("bob", "left"), came("bob 2"))


def test_nobody_but_its_client_hears_the_secret_of_a_session() -> None:
    talk = talk_of("ann", "bob")
    talk.rejoins("bob 2", "bob")
    talk.says("bob 2", m.Text("room", {"text": Json(b'"Hi"')}))
    talk.says("ann", m.GetRoomInfo())
    frames = b"".join(map(JsonCodec().encode, talk.has_heard("ann")))
    assert id_of("bob").encode() in frames
    assert secret_of("bob").encode() not in frames
    assert secret_of("bob 2").encode() not in frames
