"""What ``adbench search`` shows: a bar while it fits, then a table of what was found."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from adbench.cli.tables import echo, paragraph, table
from adbench.search.combine import deviations, probability

if TYPE_CHECKING:
    from adbench.search.cuts import Cuts
    from adbench.search.report import Search

__all__ = ["Progress", "summary"]


class Progress:
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self, quiet: bool) -> None:
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(20),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
        )
        self._bar = Bar(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
        self._task = self._bar.add_task("fits", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        """Move the bar; each stage of a search counts anew."""
        self._bar.update(self._task, completed=done, total=total)


def summary(found: Search, about: Mapping[str, str], cuts: Cuts | None = None) -> None:
    """Print the largest excess, alone and in view of all masses, and what each category contributes."""
    settings, best = found.settings, found.best
    title = f"{about['entry']}, channel {about['channel']} of {about['dataset']}, by {about['axes']}"
    echo(paragraph(title, style="bold"))
    echo(
        paragraph(f"events     {about['events']}; {found.counts.sum():,.0f} searched in {len(found.counts)} categories")
    )
    echo(
        paragraph(
            f"masses     {len(found.spectrum.masses)} from {found.spectrum.masses[0]:.0f} to "
            f"{found.spectrum.masses[-1]:.0f} GeV, fitted from {settings.low:.0f} to {settings.high:.0f} GeV "
            f"with a {found.spectrum.family} background of order {found.spectrum.order}"
        )
    )
    mass = found.spectrum.masses[best]
    rows = [_row(str(k + 1), found, k, best) for k in range(len(found.counts))]
    echo(table(("category", "events", "in window", "yield", "z", "p", "from"), rows,
               title=f"Largest excess, at {mass:.0f} GeV ({settings.combine})", numbers=True))  # fmt: skip
    for how, z in found.curves.items():
        echo(
            paragraph(f"{how:<10} p = {float(probability(z[best])):.2g} at {mass:.0f} GeV: {z[best]:+.2f} sigma, local")
        )
    if found.everywhere is not None:
        p = found.everywhere.p
        way = f"{found.everywhere.beyond} of {found.everywhere.toys} pseudo-experiments are beyond"
        sigma = float(deviations(np.array(p)))
        echo(paragraph(f"global     p = {p:.2g}: {sigma:+.2f} sigma, by {found.everywhere.method}; {way}"))
    if cuts is not None and np.isfinite(cuts.z).any():
        at = np.unravel_index(np.nanargmax(cuts.z), cuts.z.shape)
        echo(
            paragraph(
                f"cuts       {cuts.z[at]:+.2f} sigma at {cuts.masses[at]:.0f} GeV with {cuts.events[at]:,.0f} events, "
                f"the best of {cuts.z.size} cuts and {len(found.spectrum.masses)} masses: illustrative, it is biased"
            )
        )
    for note in found.notes:
        echo(paragraph(f"note: {note}"))


def _row(name: str, found: Search, category: int, place: int) -> tuple[str, ...]:
    scan = found.scan
    z = scan.z[category, place]
    return (
        name,
        f"{found.counts[category].sum():,.0f}",
        f"{scan.window[category, place]:.1f}",
        f"{scan.yields[category, place]:+.1f} ± {scan.errors[category, place]:.1f}",
        f"{z:+.2f}",
        f"{float(probability(z)):.2g}",
        "toys" if scan.from_toys[category, place] else "fit",
    )
