"""``adbench datasets generate darkmachines``: events of all channels from Pythia 8, on this machine."""

from __future__ import annotations

import logging
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from adbench.api import UnknownNameError, UsageError
from adbench.cli.producing import generation_options
from adbench_darkmachines.signals import PAIRS

if TYPE_CHECKING:
    from adbench_darkmachines.generator.production import Plan
    from adbench_darkmachines.generator.reconstruction import Met

__all__ = ["command"]


@click.command(name="darkmachines", context_settings={"show_default": True})
@click.option("--channel", "channels", multiple=True, default=tuple(PAIRS), help="Channel; may be repeated.")
@generation_options(seed=2105)
@click.option("--train", type=click.IntRange(min=1), default=20_000, help="Training events per channel.")
@click.option("--validation", type=click.IntRange(min=1), default=2_000, help="Validation events per channel.")
@click.option("--test", type=click.IntRange(min=1), default=10_000, help="Test background events per channel.")
@click.option(
    "--events", "signal_events", type=click.IntRange(min=1), default=2_000, help="Events per signal and channel."
)
@click.option("--signals", default="all", help="all, or names separated by commas.")
@click.option("--cap", "caps", multiple=True, metavar="CHANNEL:PROCESS=SHARE", help="Largest share of a process.")
@click.option(
    "--met",
    type=click.Choice(["visible", "calorimeter"]),
    default="calorimeter",
    help="Whether MET balances muons too.",
)
def command(
    channels: tuple[str, ...],
    out: Path,
    work: Path | None,
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
    """Generate backgrounds and signals with Pythia 8, mix them by cross-section, write them as the challenge does.

    The whole bundled sample takes about two core-hours. An interrupted command goes on where it stopped when it is
    given again; what is generated depends on the options alone, not on --jobs. The time that is left is that of the
    whole command, once the first round has shown how many events each process needs.

    \b
      adbench datasets generate darkmachines --channel 1 --train 20000 --signals all --events 2000 --jobs 2 --out DIR
      adbench run -d met --data DIR
    """
    from adbench.generation.pythia import require_generator
    from adbench_darkmachines.generator.assembly import write_channel
    from adbench_darkmachines.generator.manifest import write_manifest
    from adbench_darkmachines.generator.production import Plan, produce

    require_generator("datasets/darkmachines")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    for channel in channels:
        if channel not in PAIRS:
            raise UnknownNameError("channel of darkmachines", channel, PAIRS)
    splits = {"train": train, "validation": validation, "test": test}
    plan = Plan(
        seed=seed,
        events=sum(splits.values()),
        signal_events=signal_events,
        signals={channel: _signals(channel, signals) for channel in dict.fromkeys(channels)},
        work=out.with_name(f"{out.name}.work") if work is None else work,
        caps=dict(_cap(text) for text in caps),
        met=met,
    )
    produced = produce(plan, jobs)
    described = {channel: write_channel(channel, plan, produced, splits, out) for channel in plan.signals}
    write_manifest(out, edition, _command(plan, splits, signals, caps, edition), plan, described)
    click.echo(f"wrote {out / 'manifest.json'}; use it with --data {shlex.quote(str(out))}")


def _signals(channel: str, wanted: str) -> tuple[str, ...]:
    """Resolve `--signals` for one channel; names that belong to other channels are left to them."""
    from adbench_darkmachines.generator.signals import signals_of

    valid = signals_of(channel)
    if wanted == "all":
        return valid
    names = wanted.split(",")
    every = {name for other in PAIRS for name in signals_of(other)}
    for name in names:
        if name not in every:
            raise UnknownNameError("signal of darkmachines", name, every)
    return tuple(name for name in names if name in valid)


def _cap(text: str) -> tuple[tuple[str, str], float]:
    """Parse CHANNEL:PROCESS=SHARE."""
    from adbench_darkmachines.generator.processes import BACKGROUNDS

    where, _, share = text.partition("=")
    channel, _, process = where.partition(":")
    keys = [process.key for process in BACKGROUNDS]
    try:
        value = float(share)
    except ValueError:
        value = -1.0
    if channel not in PAIRS or process not in keys or not 0.0 <= value <= 1.0:
        msg = f"--cap '{text}' is not CHANNEL:PROCESS=SHARE, for example 1:njets=0.05; processes: {', '.join(keys)}"
        raise UsageError(msg)
    return (channel, process), value


def _command(plan: Plan, splits: dict[str, int], signals: str, caps: tuple[str, ...], edition: str) -> str:
    """Write the command that makes the same events; folders and jobs do not matter to them."""
    words = ["adbench", "datasets", "generate", "darkmachines", "--out", "OUT", "--seed", str(plan.seed)]
    for channel in plan.signals:
        words += ["--channel", channel]
    for name, events in splits.items():
        words += [f"--{name}", str(events)]
    words += ["--events", str(plan.signal_events), "--signals", signals]
    for cap in caps:
        words += ["--cap", cap]
    words += ["--met", plan.met, "--edition", edition]
    return shlex.join(words)
