"""``adbench datasets generate lhco``: dijet events from Pythia 8, on this machine."""

from __future__ import annotations

import logging
import shlex
from pathlib import Path

import click

from adbench.cli.producing import generation_options

__all__ = ["command"]


@click.command(name="lhco", context_settings={"show_default": True})
@click.option("--qcd", type=click.IntRange(min=1), default=100_000, help="Background events.")
@click.option("--events", type=click.IntRange(min=0), default=5_000, help="Events of each signal.")
@click.option("--box", type=click.IntRange(min=0), default=20_000, help="Background events of each black box.")
@click.option("--hidden", type=click.IntRange(min=0), default=400, help="Events of the hidden signal.")
@generation_options(seed=2011)
def command(
    qcd: int,
    events: int,
    box: int,
    hidden: int,
    out: Path,
    work: Path | None,
    jobs: int,
    seed: int,
    edition: str,
) -> None:
    """Generate QCD dijets, resonances and two black boxes with Pythia 8 and write them in compact form.

    About 70 background events per second of a core. An interrupted command goes on where it stopped when it is given
    again; more events of the same seed continue the chunks of fewer.

    \b
      adbench datasets generate lhco --qcd 5000 --events 1000 --box 2000 --hidden 50 --out my_dijets
      adbench datasets info lhco --data my_dijets
    """
    from adbench.generation.production import produce
    from adbench.generation.pythia import require_generator
    from adbench_lhco.card import BACKGROUND, SIGNALS
    from adbench_lhco.generator.edition import write_edition
    from adbench_lhco.generator.recipes import BOX_BACKGROUND, BOX_SIGNAL, RECIPES

    require_generator("datasets/lhco")
    wanted = {
        BACKGROUND: qcd,
        **dict.fromkeys(SIGNALS, events),
        BOX_BACKGROUND: 2 * box,
        BOX_SIGNAL: hidden * (box > 0),
    }
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    samples = produce(wanted, RECIPES, seed, out.with_name(f"{out.name}.work") if work is None else work, jobs)
    words = ["adbench", "datasets", "generate", "lhco", "--out", "OUT", "--seed", str(seed)]
    for name, number in (("qcd", qcd), ("events", events), ("box", box), ("hidden", hidden)):
        words += [f"--{name}", str(number)]
    write_edition(out, samples, seed, shlex.join([*words, "--edition", edition]), edition)
    click.echo(f"wrote {out / 'manifest.json'}; use it with --data {shlex.quote(str(out))}")
