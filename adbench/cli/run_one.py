"""``adbench run-one``: what a batch job calls; not for people."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click


@click.command(name="run-one", hidden=True)
@click.argument("file", metavar="TASK.json", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Do the run that TASK.json, written by ``adbench submit``, describes, and store what became of it."""
    from adbench.executors.batch import do_ticket

    stop = threading.Event()
    taken_away = (signal.SIGTERM, signal.SIGINT)  # by the batch system, which may start the job again
    before = [signal.signal(number, lambda *_: stop.set()) for number in taken_away]
    try:
        stored = do_ticket(file, stop)
    finally:
        for number, handler in zip(taken_away, before, strict=True):
            signal.signal(number, handler)
    if stored is None:
        click.echo("interrupted; the task stays", err=True)
        raise SystemExit(130)
    record = stored.record
    click.echo(f"{record.status} {record.entry}, channel {record.identity.channel}, seed {record.identity.seed}"
               f"{': ' if record.reason else ''}{record.reason} ({stored.folder})")  # fmt: skip
    if record.status not in ("ok", "skipped"):
        raise SystemExit(1)
