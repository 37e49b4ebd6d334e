"""The program's frame: options made of limits, its help, and tidied variables."""

import os
from typing import Any

import attrs
import click

from camus_core.limits import Limits

from ..descriptors import prepare_standard_streams
from .rooms import Command
from .settings import tidy


def limit_options(command: Command) -> Command:
    """Give a command one option for each field of `Limits`."""
    for limit in reversed(attrs.fields(Limits)):
        reason = limit.metadata["reason"]
        command = click.option(
            "--" + limit.name.replace("_", "-"),
            type=int if limit.type in (int, int | None) else float,
            default=limit.default,
            show_default=limit.default is not None,
            metavar="N",
            callback=_within_bounds,
            help=f"{reason[0].upper()}{reason[1:]}.",
        )(command)
    return command


def _within_bounds(_: click.Context, option: click.Parameter, value: Any) -> Any:
    """Return a value that its field of `Limits` takes; an error names the option."""
    limit = getattr(attrs.fields(Limits), str(option.name))
    try:
        limit.validator(None, limit, value)
    except ValueError as error:
        wrong = str(error.args[0]).removeprefix(f"'{limit.name}' ")
        raise click.BadParameter(wrong) from None
    return value


class Program(click.Group):
    """The command, which makes its surroundings plain before it reads its options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, the options, and below them the many that are limits."""
        limits = attrs.fields_dict(Limits)
        told = [(p.name in limits, p.get_help_record(ctx)) for p in self.get_params(ctx)]
        for title, are_limits in (
            ("Options", False),
            ("Limits, none of which a call meets", True),
        ):
            with formatter.section(title):
                formatter.write_dl(
                    [text for is_one, text in told if text and is_one == are_limits]
                )
            if not are_limits:
                self.format_commands(ctx, formatter)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Return the context; its `obj` is what the operator should hear of the variables."""
        prepare_standard_streams()
        told = tidy(os.environ)
        return super().make_context(info_name, args, parent, obj=told, **extra)
