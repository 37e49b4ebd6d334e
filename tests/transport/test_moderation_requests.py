"""The methods by which a session moderates: each sends one request, with all its arguments."""

import inspect
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

import attrs
import pytest

from camus_core.wire import messages as m
from camus_core.wire.messages import GROUND_CONTROL
from camus_transport.client.moderation import ModerationRequests

METHODS = {
    name: method
    for name, method in vars(ModerationRequests).items()
    if inspect.iscoroutinefunction(method) and name != "request"
}


class Moderator(ModerationRequests):
    """A moderator whose requests are answered at once."""

    def __init__(self) -> None:
        self.requests: list[m.Message] = []

    async def request(self, message: m.Message) -> m.Message:
        self.requests.append(message)
        kind: Any = message.reply
        reply: m.Message = kind("ann", None)
        return reply


def value(name: str, form: Any) -> object:
    """Return a value of a type, which no other argument of the method has."""
    if form in (bool, int, float):
        return form(len(name))
    if get_origin(form) is Literal:
        return get_args(form)[0]
    if get_origin(form) is Mapping:
        return {name: "1"}
    return f"the {name}" if form is str else value(name, get_args(form)[0])


async def request_of(name: str, arguments: Mapping[str, object]) -> m.Message:
    """Return the one request that a method sends."""
    moderator = Moderator()
    await METHODS[name](moderator, **arguments)
    [request] = moderator.requests
    return request


def arguments_of(name: str) -> dict[str, object]:
    """Return an argument for each parameter of a method."""
    _, *parameters = inspect.signature(METHODS[name]).parameters.values()
    return {one.name: value(one.name, one.annotation) for one in parameters}


@pytest.mark.parametrize("name", METHODS)
async def test_a_method_asks_the_server_for_all_that_it_is_given(name: str) -> None:
    arguments = arguments_of(name)
    request = await request_of(name, arguments)
    assert request.receiver == GROUND_CONTROL
    said = attrs.asdict(request.data) if isinstance(request, m.Described) else {}
    assert sorted(map(repr, said.values())) == sorted(map(repr, arguments.values()))


async def test_each_order_has_a_method() -> None:
    kinds = {type(await request_of(name, arguments_of(name))) for name in METHODS}
    assert kinds >= {kind for kind in m.MESSAGES.values() if issubclass(kind, m.Order)}
