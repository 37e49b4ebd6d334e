"""One attack, in a process of its own, so that its cost isn't charged to the server.

    python tests/attack/attacker.py send_pings PORT SECONDS

At the end it prints the server's answers as JSON: outcomes, and the number of each.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from attack import (
    before_joining,
    with_bans,
    with_frames,
    with_history,
    with_invitations,
    with_rooms,
)
from attack.target import Target

Attack = Callable[[Target], Coroutine[Any, Any, None]]

ATTACKS: Mapping[str, Attack] = {
    attack.__name__: attack
    for attack in (
        before_joining.open_and_close,
        before_joining.open_and_hold,
        before_joining.say_nothing,
        before_joining.speak_slowly,
        before_joining.ask_at_length,
        before_joining.ask_with_long_lists,
        before_joining.drip_long_heads,
        before_joining.shake_hands,
        with_frames.send_the_largest,
        with_frames.send_too_large,
        with_frames.never_end_a_message,
        with_frames.send_noise,
        with_frames.send_no_messages,
        with_frames.send_unknown_types,
        with_frames.send_costly_texts,
        with_frames.send_pings,
        with_frames.talk_too_much,
        with_frames.stop_reading,
        with_frames.send_dictionaries,
        with_frames.talk_at_length,
        with_frames.say_much_and_hang_up,
        with_rooms.guess_passwords,
        with_rooms.look_for_private_rooms,
        with_rooms.talk_while_asked,
        with_rooms.make_rooms,
        with_rooms.create_rooms,
        with_rooms.change_rooms,
        with_rooms.ask_in_a_crowd,
        with_rooms.rename_in_a_crowd,
        with_rooms.talk_in_a_crowd,
        with_rooms.set_attributes_in_a_crowd,
        with_rooms.come_and_go,
        with_rooms.guess_sessions,
        with_rooms.rejoin_again_and_again,
        with_history.scrape_a_locked_history,
        with_history.fetch_a_long_history,
        with_history.fill_histories,
        with_bans.come_back_when_banned,
        with_invitations.guess_invitations,
        with_invitations.flood_invitations,
    )
}

LESS_URGENT = 5
"""Niceness: members on the same core run first; the attacker still gets most of the core."""


@click.command()
@click.argument("name", type=click.Choice(list(ATTACKS)))
@click.argument("port", type=int)
@click.argument("seconds", type=float)
def main(name: str, port: int, seconds: float) -> None:
    """Attack the server at PORT of this machine with the attack NAME, for this many SECONDS."""
    os.nice(LESS_URGENT)
    target = Target(port, time.monotonic() + seconds)
    asyncio.run(ATTACKS[name](target))
    print(json.dumps(target.outcomes))


if __name__ == "__main__":
    main()
