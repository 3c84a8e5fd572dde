"""A whole search: from events to fits, p-values and a report that is written as JSON."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import MissingError, UnknownNameError, UsageError
from adbench.search.categories import Boundaries, Layout, divide, preselect, slices
from adbench.search.combine import COMBINATIONS, deviations, probability
from adbench.search.cuts import Cuts
from adbench.search.elsewhere import Elsewhere, global_p, toy_curves
from adbench.search.events import Searched
from adbench.search.fit import fit
from adbench.search.minuit import fit_with_minuit
from adbench.search.order import goodness, order_by_f_test
from adbench.search.scan import Said, Scan, Spectrum, mass_points
from adbench.search.shapes import FAMILIES, WIDTH, edges_of, spectra
from adbench.search.toys import scan

__all__ = ["Search", "Settings", "search", "write_report"]

Floats = NDArray[np.float64]

SCHEMA = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """What a search may choose; all of it before the masses are looked at.

    Attributes:
        low, high: of the mass range in GeV.
        masses: number of masses of the scan.
        layout: categories.
        keep: share of the events that the preselection keeps, the most anomalous ones.
        background: one of `adbench.search.shapes.FAMILIES`.
        order: of the background; 0 = by an F-test.
        width: of the resonance over its mass.
        combine: ``fisher`` or ``stouffer``, for the global p-value.
        toys: pseudo-experiments for the global p-value; 0 = none.
        seed: of all that is drawn.

    Raises:
        UsageError: a number is out of range.
        UnknownNameError: no such background.
    """

    low: float
    high: float
    masses: int = 41
    layout: Layout = field(default_factory=lambda: Layout(3, 3))
    keep: float = 0.1
    background: str = "power-law"
    order: int = FAMILIES["power-law"].order
    width: float = WIDTH
    combine: str = "fisher"
    toys: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.0 < self.width < 0.2:
            msg = f"a resonance of width {self.width:g} of its mass; choose --width between 0 and 0.2"
            raise UsageError(msg)
        if not self.low > 0.0 or self.low * (1 + 2 * self.width) >= self.high * (1 - 2 * self.width):
            msg = f"no window of two widths fits between {self.low:g} and {self.high:g} GeV; choose a wider --range"
            raise UsageError(msg)
        if not 0.0 < self.keep <= 1.0:
            msg = f"a share of {self.keep:g} cannot be kept; choose --keep between 0 and 1"
            raise UsageError(msg)
        if self.background not in FAMILIES:
            raise UnknownNameError("background", self.background, FAMILIES)


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found.

    Attributes:
        settings: what was chosen.
        spectrum: bins, masses and shapes.
        counts: (C, B) events in each category.
        scan: the fits and their significances.
        labels: (n,) category of each event; -1 where it is not searched.
        boundaries: of the categories in the plane; None where there is one axis.
        threshold: of the preselection, in units of the background loss or score.
        curves: deviations at each mass, (M,), by combination.
        everywhere: the global p-value; None where none was asked for.
        notes: what a reader must know.
    """

    settings: Settings
    spectrum: Spectrum
    counts: Floats
    scan: Scan
    labels: NDArray[np.int64]
    boundaries: Boundaries | None
    threshold: float
    curves: dict[str, Floats]
    everywhere: Elsewhere | None
    notes: tuple[str, ...]

    @property
    def best(self) -> int:
        """Place of the mass with the largest deviation in the chosen combination."""
        return int(np.argmax(self.curves[self.settings.combine]))


def search(events: Searched, settings: Settings, jobs: int = 1, said: Said | None = None) -> Search:
    """Select events, divide them into categories, scan masses and combine.

    Args:
        events: to search.
        settings: what was chosen.
        jobs: threads; 0 = as many as there are cores.
        said: told of progress.

    Raises:
        UsageError: too few events are left.
    """
    labels, boundaries, threshold = _divided(events, settings)
    if np.count_nonzero(labels >= 0) < 2 * settings.layout.number:
        msg = (
            f"{np.count_nonzero(labels >= 0)} events are left for {settings.layout.number} categories; "
            "choose a larger --keep, a wider --range or fewer --categories"
        )
        raise UsageError(msg)
    edges = edges_of(settings.low, settings.high, settings.width)
    counts = spectra(events.masses, labels, settings.layout.number, edges)
    order = settings.order or order_by_f_test(counts, edges, settings.background)
    points = mass_points(settings.low, settings.high, settings.masses, settings.width)
    spectrum = Spectrum(edges, points, settings.background, order, settings.width)
    found = scan(counts, spectrum, settings.seed, jobs, said)
    curves = {how: found.combined(how) for how in COMBINATIONS}
    everywhere = None
    if settings.toys:
        toys = toy_curves(found, spectrum, settings.toys, settings.combine, settings.seed, jobs, said)
        everywhere = global_p(curves[settings.combine], toys)
    notes = _notes(counts, spectrum, found)
    return Search(settings, spectrum, counts, found, labels, boundaries, threshold, curves, everywhere, notes)


def _divided(events: Searched, settings: Settings) -> tuple[NDArray[np.int64], Boundaries | None, float]:
    """Return the category of each event, the boundaries and the threshold of the preselection."""
    kept = preselect(events.background, settings.keep)
    threshold = float(events.background[kept].min()) if kept.any() else float("nan")
    kept &= (events.masses >= settings.low) & (events.masses <= settings.high)
    labels = np.full(len(events), -1, np.int64)
    if events.signal is None:
        labels[kept] = slices(events.background[kept], settings.layout.number)
        return labels, None, threshold
    labels[kept], boundaries = divide(events.background[kept], events.signal[kept], settings.layout)
    return labels, boundaries, threshold


def _notes(counts: Floats, spectrum: Spectrum, found: Scan) -> tuple[str, ...]:
    notes = []
    poor = np.flatnonzero(_fit_quality(counts, spectrum, found) < 0.01 / len(counts))
    if len(poor):
        names = ", ".join(str(k + 1) for k in poor)
        notes.append(
            f"a {spectrum.family} background of order {spectrum.order}, even with a resonance, does not describe "
            f"categories {names}: p-values there mean nothing; choose --order auto or a shorter --range"
        )
    few = found.from_toys.mean()
    if few > 0:
        notes.append(f"{few:.0%} of the p-values come from pseudo-experiments: fewer than 10 events expected there")
    return tuple(notes)


def _fit_quality(counts: Floats, spectrum: Spectrum, found: Scan) -> Floats:
    """Return the p-value of each category's fit with its own largest resonance, (C,): a signal is no misfit."""
    p = np.empty(len(counts))
    for k, place in enumerate(found.z.argmax(axis=1)):
        p[k] = goodness(counts[k : k + 1], fit(counts[k : k + 1], spectrum.designs[place]))[0]
    return p


def write_report(path: Path, found: Search, about: dict[str, Any], cuts: Cuts | None = None) -> None:
    """Write a search as JSON, whole or not at all.

    Args:
        path: of the file.
        found: the search.
        about: what was searched: run, data set, channel, events, axes.
        cuts: method 1, where it was asked for.

    Raises:
        MissingError: the file cannot be written.
    """
    from adbench.data.cache import write_atomically

    grid = None if cuts is None else dataclasses.asdict(cuts)
    content = {"schema": SCHEMA, **about, **_content(found), "cuts_illustrative": grid}
    text = json.dumps(_plain(content), indent=1, allow_nan=False) + "\n"
    try:
        write_atomically(path, text)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}; choose another place with --out"
        raise MissingError(msg) from error


def _content(found: Search) -> dict[str, Any]:
    scan_, best = found.scan, found.best
    p = probability(scan_.z)
    fit_p = goodness(found.counts, scan_.background)
    return {
        "settings": {**dataclasses.asdict(found.settings), "order": found.spectrum.order},
        "masses": found.spectrum.masses,
        "edges": found.spectrum.edges,
        "threshold": found.threshold,
        "boundaries": None if found.boundaries is None else dataclasses.asdict(found.boundaries),
        "combined": {how: {"p": probability(z), "z": z} for how, z in found.curves.items()},
        "best": {"mass": found.spectrum.masses[best], **{f"z_{how}": z[best] for how, z in found.curves.items()}},
        "global": None
        if found.everywhere is None
        else {
            **dataclasses.asdict(found.everywhere),
            "z": float(deviations(np.array(found.everywhere.p))),
        },
        "categories": [
            {
                "events": found.counts[k].sum(),
                "counts": found.counts[k],
                "background": scan_.background.coefficients[k],
                "goodness": fit_p[k],
                "p": p[k],
                "z": scan_.z[k],
                "yield": scan_.yields[k],
                "error": scan_.errors[k],
                "expected_in_window": scan_.window[k],
                "from_toys": scan_.from_toys[k],
                "minuit": dataclasses.asdict(fit_with_minuit(found.counts[k], found.spectrum.designs[best])),
            }
            for k in range(len(found.counts))
        ],
        "notes": found.notes,
    }


def _plain(value: Any) -> Any:
    """Return lists and numbers that JSON can hold; numbers that are none become null."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
