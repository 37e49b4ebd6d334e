"""The command group of `camus-serve`: options made from `Limits`, and its help."""

import os
from typing import Any

import attrs
import click

from camus_core.limits import Limits

from ..descriptors import prepare_standard_streams
from .rooms import Command
from .settings import tidy


def limit_options(command: Command) -> Command:
    """Add one option to a command for each field of `Limits`."""
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
    """Return a value after checking it against its field of `Limits`.

    Raises:
        click.BadParameter: the value is out of bounds; the error names the option.
    """
    limit = getattr(attrs.fields(Limits), str(option.name))
    try:
        limit.validator(None, limit, value)
    except ValueError as error:
        problem = str(error.args[0]).removeprefix(f"'{limit.name}' ")
        raise click.BadParameter(problem) from None
    return value


class Program(click.Group):
    """The command group; it cleans up the environment before it reads any option."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands, and the many limits last."""
        limits = attrs.fields_dict(Limits)
        rows = [(p.name in limits, p.get_help_record(ctx)) for p in self.get_params(ctx)]
        for title, are_limits in (
            ("Options", False),
            ("Limits, which an ordinary call never reaches", True),
        ):
            with formatter.section(title):
                formatter.write_dl(
                    [row for is_limit, row in rows if row and is_limit == are_limits]
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
        """Return the context; its `obj` lists warnings about environment variables."""
        prepare_standard_streams()
        warnings = tidy(os.environ)
        return super().make_context(info_name, args, parent, obj=warnings, **extra)
