"""``adbench datasets plot darkmachines``: the spectra of a channel as figures, alone or beside other events."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from adbench.cli.options import dataset_options

if TYPE_CHECKING:
    from adbench.api import Dataset, DatasetOptions, Events
    from adbench_darkmachines.comparison import Comparison

__all__ = ["command"]


@click.command(name="darkmachines")
@click.option("--channel", "channels", multiple=True, metavar="NAME", help="Channel; may be repeated. All by default.")
@click.option("--signals", default="", metavar="A,B", help="Signals to draw as lines; all is allowed.")
@click.option("--against", metavar="DIR", type=click.Path(path_type=Path), help="Other events, drawn as points.")
@click.option("--out", required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(["svg", "png"]), default="png", show_default=True)
@dataset_options
def command(
    channels: tuple[str, ...],
    signals: str,
    against: Path | None,
    out: Path,
    kind: str,
    options: DatasetOptions,
) -> None:
    """Draw MET, HT, multiplicities, leading pT and the dilepton mass of each channel.

    Background is stacked by process, every histogram has unit area, the last bin holds what is beyond. With
    --against the other folder's background is drawn as points, and every observable of background and common
    signals is compared by Kolmogorov's test, on the terminal and in DIR/comparison.csv.

    \b
      adbench datasets plot darkmachines --channel 2b --signals chacha_cha600_neut200 --out plots
      adbench datasets plot darkmachines --channel 1 --against my_events/ --out plots
    """
    from adbench.api import DatasetOptions
    from adbench.data.cache import write_atomically
    from adbench.plotting import save_figure, styled
    from adbench_darkmachines.comparison import as_csv, compare
    from adbench_darkmachines.dataset import DarkMachines
    from adbench_darkmachines.drawing import Picture, draw
    from adbench_darkmachines.spectra import observed

    dataset = DarkMachines(options)
    there = None if against is None else DatasetOptions(data=against.expanduser().resolve(), raw=options.raw)
    other = None if there is None else DarkMachines(there)
    rows = []
    with styled():
        for channel in [dataset.info.check_channel(name) for name in channels] or dataset.info.channels:
            background = observed(_background(dataset, channel))
            lines = {name: observed([dataset.signal(channel, name)]) for name in _signals(dataset, channel, signals)}
            points = None
            if against is not None and other is not None and channel in other.info.channels:
                points = f"{against.name}: background", observed(_background(other, channel))
                rows += compare("background", background, points[1])
                for name in dataset.info.signals[channel]:
                    if name in other.info.signals[channel]:
                        mine = lines[name] if name in lines else observed([dataset.signal(channel, name)])
                        rows += compare(name, mine, observed([other.signal(channel, name)]))
            number = f"{len(background.process):,} background events"
            title = f"{dataset.info.name}, {dataset.info.edition}, channel {channel}: {number}"
            path = out / f"spectra_chan{channel}.{kind}"
            save_figure(draw(Picture(title, background, lines, points)), path)
            click.echo(path)
    if other is not None:
        rows.sort(key=lambda row: row.sample != "background")
        _print(rows)
        write_atomically(out / "comparison.csv", as_csv(rows))
        click.echo(out / "comparison.csv")


def _background(dataset: Dataset, channel: str) -> list[Events]:
    if dataset.info.folds > 1:
        return [dataset.background(channel)]
    return [dataset.train(channel), dataset.validation(channel), dataset.background(channel)]


def _signals(dataset: Dataset, channel: str, wanted: str) -> list[str]:
    """Return the signals to draw in a channel; names that belong to other channels are left to them."""
    from adbench.api import UnknownNameError

    if wanted == "all":
        return list(dataset.info.signals[channel])
    known = {name for signals in dataset.info.signals.values() for name in signals}
    names = [name for name in wanted.split(",") if name]
    for name in names:
        if name not in known:
            raise UnknownNameError(f"signal of {dataset.info.name}", name, known)
    return [name for name in names if name in dataset.info.signals[channel]]


def _print(rows: list[Comparison]) -> None:
    from adbench.cli.tables import echo, table

    cells = [
        [
            row.sample,
            row.observable,
            f"{row.median:.4g}",
            f"{row.against_median:.4g}",
            f"{row.distance:.3f}",
            f"{row.p_value:.1e}",
        ]
        for row in rows
    ]
    echo(table(["sample", "observable", "median", "against", "distance", "p"], cells))
