"""Help and version, written as results are: standard output that cannot be written is no success."""

from __future__ import annotations

import click

from auditor import __version__
from auditor.system import streams


def _show(text: str) -> None:
    streams.put(f"{text}\n".encode())


def _show_help(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        _show(context.get_help())
        context.exit()


def show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    """What `--version` does."""
    if asked and not context.resilient_parsing:
        _show(f"branch-drift, version {__version__}")
        context.exit()


class Command(click.Command):
    """A command whose help is written as results are."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Click's own, with another way to write."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _show_help
        return option


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command
