"""Counting and keeping frames without a connection: two ends of one session."""

import random
from functools import partial

import pytest
from attrs import define, evolve, field
from hypothesis import given
from hypothesis import strategies as st

from camus_core.wire import messages as m
from camus_core.wire.errors import MalformedMessage
from camus_core.wire.json_text import to_json
from camus_transport.client.delivery import ClientDelivery
from transport.scripted_server import LIMITS, to_ann


def say(delivery: ClientDelivery, *messages: m.Message) -> None:
    for message in messages:
        delivery.put(message, str(message).encode())


def written(delivery: ClientDelivery) -> list[bytes]:
    frames = []
    while (frame := delivery.next_frame()) is not None:
        frames.append(frame)
    return frames


def frames(*messages: m.Message) -> list[bytes]:
    return [str(message).encode() for message in messages]


def test_an_ack_is_due_at_the_thirty_second_frame() -> None:
    delivery = ClientDelivery(LIMITS)
    assert [delivery.count_received(100) for _ in range(33)] == [False] * 31 + [True] * 2
    assert (delivery.acknowledge(), delivery.acknowledge()) == (33, None)
    assert not delivery.count_received(100)


def test_an_ack_is_due_at_sixty_four_kibibytes() -> None:
    delivery = ClientDelivery(LIMITS)
    assert [delivery.count_received(32 * 1024) for _ in range(3)] == [False, True, True]
    assert delivery.acknowledge() == 3
    assert not delivery.count_received(65535)
    assert delivery.count_received(1)


def test_what_is_confirmed_is_not_written_again() -> None:
    delivery = ClientDelivery(LIMITS)
    say(delivery, to_ann(1), to_ann(2), to_ann(3))
    assert written(delivery) == frames(to_ann(1), to_ann(2), to_ann(3))
    delivery.confirm(1)
    delivery.resume(2)
    assert written(delivery) == frames(to_ann(3))


def test_what_was_never_written_comes_after_what_is_written_again() -> None:
    delivery = ClientDelivery(LIMITS)
    say(delivery, to_ann(1))
    written(delivery)
    say(delivery, m.Ping("x"), to_ann(2))
    delivery.resume(0)
    say(delivery, to_ann(3))
    assert written(delivery) == frames(to_ann(1), to_ann(2), to_ann(3))
    assert delivery.begin_epoch(2) == (to_ann(3),)
    assert (written(delivery), delivery.begin_epoch(0)) == ([], ())


def test_what_a_resume_has_told_is_acknowledged_and_what_it_drops_takes_no_room() -> None:
    delivery = ClientDelivery(evolve(LIMITS, unconfirmed_bytes=1000))
    delivery.count_received(64 * 1024)
    delivery.put(to_ann(1), b"x" * 300)
    delivery.put(m.Ping("x"), b"x" * 300)
    assert not delivery.fits(401)
    delivery.resume(0)
    assert (delivery.fits(700), delivery.fits(701)) == (True, False)
    assert delivery.acknowledge() is None
    assert not delivery.count_received(64 * 1024 - 1)


def test_a_new_epoch_counts_from_0_at_both_ends() -> None:
    delivery = ClientDelivery(LIMITS)
    delivery.count_received(100)
    say(delivery, to_ann(1))
    written(delivery)
    assert delivery.begin_epoch(None) == (to_ann(1),)
    assert (delivery.received, delivery.acknowledge()) == (0, None)
    say(delivery, to_ann(2))
    written(delivery)
    delivery.confirm(1)
    assert delivery.begin_epoch(None) == ()


@pytest.mark.parametrize("received", [0, 3])
def test_what_was_not_sent_can_not_be_confirmed_and_changes_nothing(received: int) -> None:
    delivery = ClientDelivery(LIMITS)
    say(delivery, to_ann(1), to_ann(2), to_ann(3))
    for _ in range(2):
        delivery.next_frame()
    delivery.confirm(1)
    for refuse in (delivery.confirm, delivery.resume, delivery.begin_epoch):
        with pytest.raises(MalformedMessage):
            refuse(received)
    delivery.resume(1)
    assert written(delivery) == frames(to_ann(2), to_ann(3))


def test_a_resume_that_does_not_say_what_was_received_is_none() -> None:
    with pytest.raises(MalformedMessage):
        ClientDelivery(LIMITS).resume(None)


def test_frames_and_bytes_are_bounded_and_confirming_makes_room() -> None:
    delivery = ClientDelivery(evolve(LIMITS, unconfirmed_frames=3, unconfirmed_bytes=1000))
    message = to_ann(1)
    assert delivery.fits(5000), "or it would never go"
    delivery.put(message, b"x" * 600)
    assert (delivery.fits(400), delivery.fits(401)) == (True, False)
    delivery.next_frame()
    assert not delivery.fits(401)
    for _ in range(2):
        delivery.put(message, b"")
    assert not delivery.fits(0)
    delivery.confirm(1)
    assert (delivery.fits(1000), delivery.fits(1001)) == (True, False)


def test_a_message_that_does_not_count_takes_room_until_it_is_written() -> None:
    delivery = ClientDelivery(evolve(LIMITS, unconfirmed_frames=1))
    say(delivery, m.Ping("x"))
    assert not delivery.fits(0)
    assert written(delivery) == frames(m.Ping("x"))
    assert delivery.fits(0)


# Two ends -------------------------------------------------------------------------------


@define
class End:
    """One end; `wire` holds its frames on their way to the other, with acks as numbers."""

    delivery: ClientDelivery = field(factory=lambda: ClientDelivery(LIMITS))
    wire: list[bytes | int] = field(factory=list)
    sent: int = 0
    heard: list[bytes] = field(factory=list)

    def say(self) -> None:
        self.sent += 1
        self.delivery.put(to_ann(self.sent), to_json(self.sent))

    def write(self) -> None:
        frame = self.delivery.next_frame()
        if frame is not None:
            self.wire.append(frame)

    def acknowledge(self) -> None:
        received = self.delivery.acknowledge()
        if received is not None:
            self.wire.append(received)

    def read(self, other: "End") -> None:
        if other.wire:
            frame = other.wire.pop(0)
            if isinstance(frame, int):
                self.delivery.confirm(frame)
            else:
                self.delivery.count_received(len(frame))
                self.heard.append(frame)


@given(st.randoms(use_true_random=False), st.integers(1, 300))
def test_whatever_is_lost_each_end_hears_all_once_and_in_order(
    rolls: random.Random, steps: int
) -> None:
    """In any mix of writing, reading, confirming and breaking."""
    one, other = End(), End()

    def drop() -> None:
        one.wire.clear()
        other.wire.clear()
        received = one.delivery.received, other.delivery.received
        one.delivery.resume(received[1])
        other.delivery.resume(received[0])

    for _ in range(steps):
        end, its_peer = rolls.choice([(one, other), (other, one)])
        read = partial(end.read, its_peer)
        acts = (end.say, end.say, end.write, end.write, end.acknowledge, read, read, drop)
        rolls.choice(acts)()
    drop()
    for end, its_peer in ((one, other), (other, one)):
        for _ in range(end.sent):
            end.write()
        while end.wire:
            its_peer.read(end)
        assert its_peer.heard == [to_json(number + 1) for number in range(end.sent)]
