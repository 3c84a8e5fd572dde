"""Verbs of ``adbench datasets`` whose work a data set's plugin does: fetch, generate, verify, plot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import click

from adbench.api.errors import UsageError
from adbench.cli.lazy import LazyGroup

if TYPE_CHECKING:
    from adbench.api.specs import DatasetSpec

__all__ = ["DATASET_VERBS", "DatasetVerbs"]

DATASET_VERBS = {
    "fetch": "Download the official files of a data set.",
    "generate": "Generate events of a data set on this machine.",
    "verify": "Check the files of a data set: hashes, cuts, counts.",
    "plot": "Draw what is in a data set.",
}


class DatasetVerbs(LazyGroup):
    """The verbs of the harness, and those that at least one installed data set brings (`DatasetSpec.commands`)."""

    verbs: ClassVar[Mapping[str, str]] = {"info": "adbench.cli.dataset_info", "check": "adbench.cli.dataset_check"}
    kind = "command of adbench datasets"
    listing = "adbench datasets -h"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the harness's own verbs, then the others in the order of a first session."""
        return [*super().list_commands(ctx), *DATASET_VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb."""
        if cmd_name in DATASET_VERBS:
            return _OfDatasets(cmd_name)
        return super().get_command(ctx, cmd_name)


class _OfDatasets(click.Group):
    """One verb: a group with a command per data set that has it, imported when it is used."""

    def __init__(self, verb: str) -> None:
        super().__init__(verb, help=DATASET_VERBS[verb], subcommand_metavar="NAME [OPTIONS]...")
        self.verb = verb

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the data sets that have the verb."""
        return sorted(_having(self.verb))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a data set's command."""
        spec = _having(self.verb).get(cmd_name)
        return None if spec is None else spec.load_command(self.verb)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Look a data set up; an unknown one is answered with the nearest."""
        from adbench.registry import catalogue

        name = args[0]
        known = _having(self.verb)
        if not name.startswith("-") and name not in known:
            spec = catalogue().datasets.get(name)  # an unknown name ends here
            having = ", ".join(sorted(known)) or "no installed one"
            msg = f"data set '{spec.name}' has no '{self.verb}'; data sets that have it: {having}"
            raise UsageError(msg)
        return super().resolve_command(ctx, args)


def _having(verb: str) -> dict[str, DatasetSpec]:
    """Return the installed data sets that have a verb."""
    from adbench.registry import catalogue

    return {spec.name: spec for spec in catalogue().datasets if verb in spec.commands}
