"""``adbench datasets info``: what the data sets hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from adbench.cli.options import dataset_options, open_dataset, plugin_file_option
from adbench.cli.tables import echo, echo_json, format_option, paragraph, table, terminal_width

if TYPE_CHECKING:
    from rich.console import RenderableType

    from adbench.api import Dataset, DatasetOptions, Events


@click.command(name="info")
@click.argument("name", required=False)
@plugin_file_option
@dataset_options
@format_option
def command(
    name: str | None,
    options: DatasetOptions,
    style: str,
) -> None:
    """Count the events of a data set per channel, split and process; show luminosity, origin, notes and licence.

    Without NAME all installed data sets are shown. Files are read, which converts them where that was not done before.

    \b
      adbench datasets info
      adbench datasets info darkmachines --data my_events/
    """
    from adbench.api.errors import UsageError
    from adbench.registry import catalogue

    installed = catalogue().datasets
    names = list(installed.specs) if name is None else [installed.get(name).name]
    if len(names) > 1 and (options.edition, options.data, options.split) != (None, None, None):
        msg = f"say which data set is meant: adbench datasets info NAME, one of {', '.join(sorted(names))}"
        raise UsageError(msg)
    described = [_described(open_dataset(one, options)) for one in sorted(names)]
    if style == "json":
        echo_json(described)
        return
    if not described:
        echo(paragraph("no data sets; install a plugin that brings some"))
    for one in described:
        _print(one)


def _described(dataset: Dataset) -> dict[str, Any]:
    import numpy as np

    from adbench.api.dataset import source_ids

    counts: dict[str, dict[str, int]] = {}
    independent: dict[str, dict[str, int]] = {}
    mixture: dict[str, dict[str, float]] = {}
    for channel in dataset.info.channels:
        dataset.prepare(channel)
        samples = _samples(dataset, channel)
        counts[channel] = {name: len(events) for name, events in samples.items()}
        independent[channel] = {name: len(np.unique(source_ids(events))) for name, events in samples.items()}
        mixture[channel] = _processes([events for name, events in samples.items() if "/" not in name])
    about = dataset.info  # asked for again: what was found in the files is in the notes only now
    return {
        "name": about.name,
        "edition": about.edition,
        "split": about.split,
        "splits": dict(about.splits),
        "folds": about.folds,
        "summary": about.summary,
        "doi": list(about.doi),
        "licence": about.licence,
        "provenance": list(about.provenance),
        "luminosities": dict(about.luminosities),
        "masses": list(about.masses),
        "fingerprints": {channel: dataset.fingerprint(channel) for channel in about.channels},
        "families": {signal: about.family(signal) for signals in about.signals.values() for signal in signals},
        "selections": dict(about.selections),
        "events": counts,
        "independent": independent,
        "background": mixture,
        "notes": list(about.notes),
    }


def _samples(dataset: Dataset, channel: str) -> dict[str, Events]:
    """Return the samples of a channel by name; with folds, training and validation are those of the first one."""
    learning = dataset.fold(0)
    samples = {
        "train": learning.train(channel),
        "validation": learning.validation(channel),
        "test": dataset.background(channel),
    }
    unlabelled = dataset.unlabelled(channel)
    if unlabelled is not None:
        samples["unlabelled/all"] = unlabelled
    for signal in dataset.info.signals.get(channel, ()):
        samples[f"signal/{signal}"] = dataset.signal(channel, signal)
    return samples


def _processes(backgrounds: list[Events]) -> dict[str, float]:
    """Return the share of each process in the weight of background; empty where events do not know theirs."""
    import numpy as np

    known = [events for events in backgrounds if "process" in events.aux and events.schema.processes]
    if not known:
        return {}
    names = known[0].schema.processes
    weights = np.sum([np.bincount(events.aux["process"], events.weights, len(names)) for events in known], axis=0)
    return {names[i]: float(weights[i] / weights.sum()) for i in np.argsort(-weights, kind="stable") if weights[i] > 0}


def _print(d: dict[str, Any]) -> None:
    split = f"{d['split']}, {d['folds']} folds" if d["folds"] > 1 else d["split"] or "its own"
    echo(
        paragraph(f"{d['name']}: {d['summary']}", style="bold"),
        paragraph(f"  edition  {d['edition']}"),
        paragraph(f"  split    {split}"),
        *(paragraph(f"           {name}: {meaning}") for name, meaning in d["splits"].items()),
        paragraph(f"  licence  {d['licence'] or 'not stated'}"),
        *(paragraph(f"  DOI      {doi}") for doi in d["doi"] or ["none"]),
        *(paragraph(f"  origin   {line}") for line in d["provenance"]),
        *(
            paragraph(f"  luminosity of channel {channel}: {value:.4g} /fb")
            for channel, value in d["luminosities"].items()
        ),
        *(paragraph(f"  mass     {mass} [GeV], for adbench search") for mass in d["masses"]),
        *(paragraph(f"  channel {channel}: {cuts}") for channel, cuts in d["selections"].items()),
    )
    echo(*(_events(channel, d) for channel in d["events"]))
    processes = dict.fromkeys(name for mixture in d["background"].values() for name in mixture)
    if processes:
        rows = [[name, *(_percent(mixture, name) for mixture in d["background"].values())] for name in processes]
        echo(table(["background", *(f"ch. {channel}" for channel in d["background"])], rows, numbers=True))
    echo(*(paragraph(f"note: {note}") for note in d["notes"]))


def _events(channel: str, d: dict[str, Any]) -> RenderableType:
    """Return the table of a channel; where copies share their source, with the number of independent events."""
    counts, independent = d["events"][channel], d["independent"][channel]
    columns = {
        f"channel {channel}": [_title(name, d) for name in counts],
        "family": [_family(name, d) for name in counts],
        "events": [f"{n:,}" for n in counts.values()],
        "independent": [f"{independent[name]:,}" for name in counts],
    }
    if independent == counts:
        del columns["independent"]
    width = terminal_width()
    for spare in ("family", "independent"):  # a number is never broken, so long names take the place of columns
        if width is not None and sum(_width(*column) for column in columns.items()) + 1 > width:
            columns.pop(spare, None)
    return table(list(columns), zip(*columns.values(), strict=True), numbers=True)


def _width(heading: str, cells: list[str]) -> int:
    return max(map(len, (heading, *cells))) + 3  # a frame and two blanks


def _title(sample: str, d: dict[str, Any]) -> str:
    sort, _, name = sample.partition("/")
    if sort == "signal":
        return f"signal {name}"
    of_fold = f" (fold 1 of {d['folds']})" if d["folds"] > 1 and sort != "test" else ""
    return f"background {sort}{of_fold}" if not name else sort


def _family(sample: str, d: dict[str, Any]) -> str:
    sort, _, name = sample.partition("/")
    return d["families"][name] if sort == "signal" and d["families"][name] != name else ""


def _percent(mixture: dict[str, float], process: str) -> str:
    return f"{100 * mixture[process]:.1f} %" if process in mixture else ""
