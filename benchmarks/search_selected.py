"""Calibration of the resonance search on background that a detector has selected: does the selection sculpt bumps?

python benchmarks/search_selected.py RESULTS KEY [CONTROLS]

KEY is a stored run of a data set with a mass. Its signal-free test background is asked in two ways. Ten disjoint parts
of it are searched, as they are: nothing is assumed of their spectrum, but there are few. And the whole is smoothed by
Bernstein polynomials of order 6: what is left of a deviation then is a spurious signal, or a wide fluctuation.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
from scipy.stats import norm

from adbench.api import DatasetOptions
from adbench.registry import catalogue
from adbench.runs.store import ResultsFolder
from adbench.search.categories import Layout, divide, preselect
from adbench.search.events import Searched, read_searched
from adbench.search.fit import fit
from adbench.search.order import goodness, order_by_f_test
from adbench.search.scan import Spectrum, mass_points, scan_asymptotic
from adbench.search.shapes import background, edges_of, falling_range, spectra
from adbench.search.toys import pseudo_experiments, scan

PARTS = 10
SELECTIONS = ((1.0, Layout(1, 1)), (1.0, Layout(3, 3)), (0.3, Layout(3, 3)), (0.1, Layout(3, 3)), (0.1, Layout(5, 5)))
BACKGROUNDS = (("power-law", 2), ("power-law", 3), ("bernstein", 3), ("bernstein", 4))


def main(results: Path, key: str, controls: int) -> None:
    run = next(run for run in ResultsFolder(results) if run.record.key.startswith(key))
    dataset = catalogue().datasets.get(run.record.identity.dataset).load()(DatasetOptions())
    low, high = falling_range(dataset.background(run.record.identity.channel).aux["m_jj"])
    events = read_searched(run, dataset, "m_jj", sample="background")
    edges, masses = edges_of(low, high), mass_points(low, high, 41)
    print(f"{run.record.entry}, seed {run.record.identity.seed}, {low:.0f} to {high:.0f} GeV\n")
    orders(events, edges)
    parts(events, edges, masses[2::5])
    spurious(events, edges, masses, controls)


def counted(events: Searched, some: np.ndarray, edges: np.ndarray, keep: float, layout: Layout) -> np.ndarray:
    """Return the counts of each category, (C, B), as `adbench search` makes them of some of the events."""
    masses = events.masses[some]
    kept = preselect(events.background[some], keep) & (masses >= edges[0]) & (masses <= edges[-1])
    labels = np.full(len(masses), -1, np.int64)
    labels[kept] = divide(events.background[some][kept], events.signal[some][kept], layout)[0]
    return spectra(masses, labels, layout.number, edges)


def orders(events: Searched, edges: np.ndarray) -> None:
    """Print the order that the F-test takes, and the p-value of the fit to the category with the worst one."""
    names = " | ".join(f"{family} {order}" for family, order in BACKGROUNDS)
    print(
        f"| kept | categories | events | order, power-law | order, bernstein | {names} |\n|---|---|---|---|---|", end=""
    )
    print("---|" * len(BACKGROUNDS))
    for keep, layout in SELECTIONS:
        counts = counted(events, np.arange(len(events)), edges, keep, layout)
        taken = [order_by_f_test(counts, edges, family) for family in ("power-law", "bernstein")]
        worst = [np.nanmin(goodness(counts, fit(counts, background(edges, *kind)))) for kind in BACKGROUNDS]
        what = f"{keep:.0%} | {layout} | {counts.sum():,.0f} | {taken[0]} | {taken[1]}"
        print(f"| {what} |", " | ".join(f"{p:.2g}" for p in worst), "|", flush=True)


def parts(events: Searched, edges: np.ndarray, masses: np.ndarray) -> None:
    """Print the rates of disjoint parts, at masses that lie two widths and more apart, in all categories."""
    order = np.random.default_rng(7).permutation(len(events))
    print(f"\n{PARTS} disjoint parts, {len(masses)} masses, each category alone\n")
    print("| background | kept | categories | in window | mean z | > 1 | < -1 | > 2 | expected > 1 | > 2 |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for family, degree in (BACKGROUNDS[0], BACKGROUNDS[2]):
        spectrum = Spectrum(edges, masses, family, degree)
        for keep, layout in SELECTIONS[:-1]:
            some = [counted(events, one, edges, keep, layout) for one in np.array_split(order, PARTS)]
            found = scan(np.concatenate(some), spectrum, seed=3, jobs=2)
            z, window = found.z.ravel(), found.window.mean(axis=0)
            shares = " | ".join(f"{np.mean(one):.3f}" for one in (z > 1.0, z < -1.0, z > 2.0))
            wanted = " | ".join(
                f"{norm.sf(k):.3f} ± {math.sqrt(norm.sf(k) * norm.cdf(k) / len(z)):.3f}" for k in (1, 2)
            )
            what = f"{family} {degree} | {keep:.0%} | {layout} | {window[0]:.0f} to {window[-1]:.0f}"
            print(f"| {what} | {z.mean():+.3f} ± {len(z) ** -0.5:.3f} | {shares} | {wanted} |", flush=True)


def spurious(events: Searched, edges: np.ndarray, masses: np.ndarray, controls: int) -> None:
    """Print the largest deviation of all categories together in a spectrum without fluctuations from bin to bin.

    Smoothing leaves wide fluctuations of the one sample there is. So the same is done to controls, which are drawn from
    the fitted background: their share beyond the sample is a p-value of sculpting.
    """
    chance = np.random.default_rng(8)
    print(f"\nLargest spurious deviation of smoothed spectra, and the share of {controls} controls beyond it\n")
    print("| kept | categories |", " | ".join(f"{family} {degree}" for family, degree in BACKGROUNDS), "|")
    print("|---|---|" + "---|" * len(BACKGROUNDS))
    for keep, layout in SELECTIONS:
        counts = counted(events, np.arange(len(events)), edges, keep, layout)
        cells = []
        for family, degree in BACKGROUNDS:
            spectrum = Spectrum(edges, masses, family, degree)
            drawn = pseudo_experiments(fit(counts, spectrum.background).expected, controls, chance)
            found = largest(np.concatenate([counts[None], drawn]), spectrum)
            share = (1 + np.count_nonzero(found[1:] >= found[0])) / (1 + controls)
            cells.append(f"{found[0]:.1f} ({share:.2f})")
        print(f"| {keep:.0%} | {layout} |", " | ".join(cells), "|", flush=True)


def largest(counts: np.ndarray, spectrum: Spectrum) -> np.ndarray:
    """Return the largest combined deviation at any mass, (N,), of spectra (N, C, B) that order 6 has smoothed."""
    samples, categories, bins = counts.shape
    smooth = fit(counts.reshape(-1, bins), background(spectrum.edges, "bernstein", 6)).expected
    found = scan_asymptotic(smooth, spectrum, jobs=2)
    yields = np.divide(found.yields, found.errors, out=np.zeros_like(found.yields), where=found.errors > 0.0)
    each = yields.reshape(samples, categories, -1)
    return np.asarray(np.abs(each.sum(axis=1)).max(axis=1) / math.sqrt(categories))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 100)
