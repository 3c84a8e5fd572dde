"""``adbench combine``: an ensemble from stored scores, without training anything again."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from adbench.cli.options import results_option


@click.command(name="combine", short_help="Make an ensemble from stored scores.")
@click.argument("parents", metavar="ENTRY ENTRY...", nargs=-1, required=True)
@click.option("--name", metavar="NAME", required=True, help="Name of the new entry, such as avg_forest_met.")
@click.option(
    "--rule",
    metavar="RULE",
    default="average",
    show_default=True,
    help="average, product, and (all call it anomalous) or or (one does).",
)
@results_option
@click.option("--dataset", metavar="NAME", help="Data set; that of the newest run unless given.")
@click.option("--edition", metavar="NAME", help="Its edition; likewise.")
@click.option("--split", metavar="NAME", help="How background was divided; likewise.")
@click.option("-c", "--channel", "channels", metavar="NAME", multiple=True, help="Only this channel; repeatable.")
def command(
    parents: tuple[str, ...],
    name: str,
    rule: str,
    results: Path,
    dataset: str | None,
    edition: str | None,
    split: str | None,
    channels: tuple[str, ...],
) -> None:
    """Combine stored ENTRIES into a new one, in every channel and for every seed that all of them have.

    Each score becomes the share of validation background below it, with a tail fitted beyond the last event; the rule
    makes one of them (as in arXiv:2105.14027). Nothing is trained. An entry's further scores are named
    ENTRY:SCORE, a single run by its key.

    \b
      adbench combine --name avg_forest_met isolation_forest met
      adbench combine --name or_flow_vae --rule or surjective_flow gcn_vae:elbo --channel 2b
      adbench leaderboard
    """
    from adbench.api.errors import UnknownNameError, UsageError
    from adbench.combining.parents import matching
    from adbench.combining.rules import RULES
    from adbench.combining.writing import check_name, store_combination
    from adbench.leaderboard.selection import select_runs
    from adbench.leaderboard.stored import readable_runs
    from adbench.registry import catalogue
    from adbench.runs.names import path_name
    from adbench.runs.store import ResultsFolder

    if rule not in RULES:
        raise UnknownNameError("rule", rule, RULES)
    if name in catalogue().detectors.specs:
        msg = f"'{name}' is the name of a detector; choose another --name"
        raise UsageError(msg)
    path_name("entry", name)
    if len(parents) < 2:
        msg = f"a combination needs two entries or more: adbench combine --name {name} {parents[0]} ANOTHER"
        raise UsageError(msg)
    store = ResultsFolder(results.expanduser())
    every, _ = readable_runs(store)
    chosen = select_runs(store, dataset=dataset, edition=edition, split=split, channels=channels)
    others = [run for run in every if not channels or run.record.identity.channel in channels]
    line = shlex.join(["adbench", *sys.argv[1:]])
    groups = matching(chosen.runs, parents, others)
    check_name(every, name, rule, groups)
    for group in groups:
        run, known = store_combination(store, name, rule, group, line)
        identity = run.record.identity
        what = "already there" if known else "stored"
        click.echo(f"{run.record.key}  {name}, channel {identity.channel}, seed {identity.seed}: {what}")
    click.echo(f"see it with: adbench leaderboard --results {shlex.quote(str(store.root))}")
