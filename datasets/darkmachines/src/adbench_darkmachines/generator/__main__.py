"""Command line of the generator: `python -m adbench_darkmachines.generator --help`."""

from __future__ import annotations

import difflib
import logging
import shlex
from pathlib import Path

import click

from adbench_darkmachines.generator.assembly import write_channel
from adbench_darkmachines.generator.manifest import write_manifest
from adbench_darkmachines.generator.processes import BACKGROUNDS
from adbench_darkmachines.generator.production import Plan, produce
from adbench_darkmachines.generator.reconstruction import Met
from adbench_darkmachines.generator.signals import signals_of
from adbench_darkmachines.selection import CHANNELS


@click.command(context_settings={"show_default": True})
@click.option("--channel", "channels", multiple=True, default=tuple(CHANNELS), help="channel; may be repeated")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="folder of the edition")
@click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("generator-work"),
    help="folder of finished chunks; a later run with the same seed continues from it",
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="processes; the events do not depend on it")
@click.option("--seed", type=click.IntRange(min=0), default=2105)
@click.option("--train", type=click.IntRange(min=1), default=4000, help="training events per channel")
@click.option("--validation", type=click.IntRange(min=1), default=500)
@click.option("--test", type=click.IntRange(min=1), default=2500, help="test background events per channel")
@click.option("--signal-events", type=click.IntRange(min=1), default=600, help="events per signal and channel")
@click.option("--signals", default="all", help="all, or names separated by commas")
@click.option("--cap", "caps", multiple=True, metavar="CHANNEL:PROCESS=SHARE", help="largest share of a process")
@click.option("--met", type=click.Choice(["visible", "calorimeter"]), default="calorimeter", help="muons in MET or not")
@click.option("--edition", default="sample", help="name in the manifest")
def main(
    channels: tuple[str, ...],
    out: Path,
    work: Path,
    jobs: int,
    seed: int,
    train: int,
    validation: int,
    test: int,
    signal_events: int,
    signals: str,
    caps: tuple[str, ...],
    met: Met,
    edition: str,
) -> None:
    """Generate backgrounds and signals with Pythia 8 and write them in the challenge's CSV format."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    for channel in channels:
        if channel not in CHANNELS:
            raise click.UsageError(f"unknown channel '{channel}'; channels are {', '.join(CHANNELS)}")
    splits = {"train": train, "validation": validation, "test": test}
    plan = Plan(
        seed=seed,
        events=sum(splits.values()),
        signal_events=signal_events,
        signals={channel: _signals(channel, signals) for channel in channels},
        work=work,
        caps=dict(_cap(text) for text in caps),
        met=met,
    )
    produced = produce(plan, jobs)
    described = {channel: write_channel(channel, plan, produced, splits, out) for channel in channels}
    write_manifest(out, edition, _command(plan, splits, signals, caps, edition), plan, described)
    click.echo(f"wrote {out / 'manifest.json'}")


def _signals(channel: str, wanted: str) -> tuple[str, ...]:
    """Resolve `--signals` for one channel; names that belong to other channels are left to them."""
    valid = signals_of(channel)
    if wanted == "all":
        return valid
    names = wanted.split(",")
    every = {name for other in CHANNELS for name in signals_of(other)}
    for name in names:
        if name not in every:
            near = difflib.get_close_matches(name, every, n=1, cutoff=0.0)[0]
            raise click.UsageError(f"unknown signal '{name}'; the nearest is '{near}'")
    return tuple(name for name in names if name in valid)


def _cap(text: str) -> tuple[tuple[str, str], float]:
    """Parse CHANNEL:PROCESS=SHARE."""
    where, _, share = text.partition("=")
    channel, _, process = where.partition(":")
    keys = [process.key for process in BACKGROUNDS]
    try:
        value = float(share)
    except ValueError:
        value = -1.0
    if channel not in CHANNELS or process not in keys or not 0.0 <= value <= 1.0:
        raise click.UsageError(
            f"--cap '{text}' is not CHANNEL:PROCESS=SHARE, for example 1:njets=0.05; processes are {', '.join(keys)}"
        )
    return (channel, process), value


def _command(plan: Plan, splits: dict[str, int], signals: str, caps: tuple[str, ...], edition: str) -> str:
    """Write the command that makes the same events; folders and jobs do not matter to them."""
    words = ["python", "-m", "adbench_darkmachines.generator", "--out", "OUT", "--seed", str(plan.seed)]
    for channel in plan.signals:
        words += ["--channel", channel]
    for name, events in splits.items():
        words += [f"--{name}", str(events)]
    words += ["--signal-events", str(plan.signal_events), "--signals", signals]
    for cap in caps:
        words += ["--cap", cap]
    words += ["--met", plan.met, "--edition", edition]
    return shlex.join(words)


if __name__ == "__main__":
    main()
