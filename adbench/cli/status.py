"""``adbench status``: the state of a study, while it runs and after."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adbench.cli.options import results_option
from adbench.cli.tables import echo, echo_json, format_option, table

if TYPE_CHECKING:
    from adbench.runs.status import RunState


@click.command(name="status", short_help="Show how a study's runs are doing.")
@click.argument("study", required=False)
@results_option
@format_option
def command(study: str | None, results: Path, style: str) -> None:
    """Show what a STUDY's runs are doing or how they ended; the newest study unless one is named.

    All of it is read from the results folder, so it also works from another machine that sees the folder.
    Runs of ``adbench run`` belong to the study named run.
    """
    from adbench.api import MissingError
    from adbench.runs.status import read_status, studies
    from adbench.runs.store import ResultsFolder

    store = ResultsFolder(results.expanduser().resolve())
    known = studies(store)
    if not known:
        msg = f"no study in {results}. Start one: adbench run --detector NAME --channel all"
        raise MissingError(msg)
    name = study or known[0]
    states = read_status(store, name)
    if style == "json":
        echo_json([_as_dict(state) for state in states])
        return
    counts = Counter(state.state for state in states)
    click.echo(f"study {name}: {', '.join(f'{number} {state}' for state, number in sorted(counts.items()))}")
    rows = [
        (s.entry, s.identity.channel, str(s.identity.seed), s.state, _duration(s), s.detail, s.identity.key)
        for s in states
    ]
    echo(table(("detector", "channel", "seed", "state", "time", "detail", "run"), rows))
    if counts["lost"]:
        click.echo("lost: the process died; the command that started it continues")


def _duration(state: RunState) -> str:
    if state.seconds is None:
        return ""
    return f"seen {state.seconds:.0f} s ago" if state.state == "running" else f"{state.seconds:.1f} s"


def _as_dict(state: RunState) -> dict[str, object]:
    return {
        "entry": state.entry,
        "dataset": state.identity.dataset,
        "channel": state.identity.channel,
        "seed": state.identity.seed,
        "key": state.identity.key,
        "state": state.state,
        "detail": state.detail,
        "seconds": state.seconds,
    }
