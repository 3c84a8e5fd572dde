"""``adbench datasets generate jets``: jets of all classes from Pythia 8, on this machine."""

from __future__ import annotations

import logging
import shlex
from pathlib import Path

import click

from adbench.cli.producing import generation_options
from adbench_jets.card import CLASSES

__all__ = ["command"]

_DEFAULTS = {"qcd": 15_000, "top": 6_000, "zprime": 4_000, "semivisible": 3_000}


@click.command(name="jets", context_settings={"show_default": True})
@click.option("--qcd", type=click.IntRange(min=0), default=_DEFAULTS["qcd"], help="QCD jets.")
@click.option("--top", type=click.IntRange(min=0), default=_DEFAULTS["top"], help="Hadronic top jets.")
@click.option("--zprime", type=click.IntRange(min=0), default=_DEFAULTS["zprime"], help="Jets of the dark Z'.")
@click.option(
    "--semivisible", type=click.IntRange(min=0), default=_DEFAULTS["semivisible"], help="Semi-visible dark jets."
)
@generation_options(seed=2306)
def command(
    qcd: int,
    top: int,
    zprime: int,
    semivisible: int,
    out: Path,
    work: Path | None,
    jobs: int,
    seed: int,
    edition: str,
) -> None:
    """Generate jets with Pythia 8, cluster them and write them in the compact form of the bundled sample.

    The whole bundled sample takes about 20 minutes of a core. An interrupted command goes on where it stopped when
    it is given again; more jets of the same seed continue the chunks of fewer.

    \b
      adbench datasets generate jets --qcd 2000 --top 1000 --zprime 500 --semivisible 0 --out my_jets
      adbench datasets info jets --data my_jets
    """
    from adbench.api.errors import UsageError
    from adbench.generation.production import produce
    from adbench.generation.pythia import require_generator
    from adbench_jets.generator.edition import write_edition
    from adbench_jets.generator.recipes import RECIPES

    require_generator("datasets/jets")
    wanted = dict(zip(CLASSES, (qcd, top, zprime, semivisible), strict=True))
    if not (qcd or top):
        msg = "neither --qcd nor --top: there would be no background; ask for jets of at least one of them"
        raise UsageError(msg)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    samples = produce(wanted, RECIPES, seed, out.with_name(f"{out.name}.work") if work is None else work, jobs)
    words = ["adbench", "datasets", "generate", "jets", "--out", "OUT", "--seed", str(seed)]
    for name, number in wanted.items():
        words += [f"--{name}", str(number)]
    write_edition(out, samples, seed, shlex.join([*words, "--edition", edition]), edition)
    click.echo(f"wrote {out / 'manifest.json'}; use it with --data {shlex.quote(str(out))}")
