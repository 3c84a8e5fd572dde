"""A group of commands, each in a module of its own that is imported when the command is used."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import ClassVar

import click

from adbench.api.errors import UnknownNameError

__all__ = ["LazyGroup"]


class LazyGroup(click.Group):
    """A group that knows its commands as names of modules; each module has its command as ``command``.

    Subclasses say which commands there are and what a user calls them.

    Attributes:
        verbs: from the name of a command to that of its module, in the order of the help.
        kind: what a command of this group is called when it is not known.
        listing: the command that lists them.
    """

    verbs: ClassVar[Mapping[str, str]] = {}
    kind = "command"
    listing = "adbench --help"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return our commands in their order, then those that were added to the group, by name."""
        return [*self.verbs, *sorted(set(super().list_commands(ctx)) - set(self.verbs))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; None where there is none."""
        if cmd_name in self.verbs:
            command: click.Command = importlib.import_module(self.verbs[cmd_name]).command
            return command
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Look a command up; an unknown one is answered with the nearest."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise UnknownNameError(self.kind, name, self.list_commands(ctx), self.listing)
        return super().resolve_command(ctx, args)
