"""Speed and calibration of the resonance search: a scan's seconds, false rates without a signal, pulls with one.

python benchmarks/search.py [TOYS] [RESULTS KEY]

RESULTS and KEY name a stored run: then toys are also made of signal-free test background that its losses have
selected, smoothed by a polynomial of higher order: does the selection sculpt a spectrum that the fit cannot describe?
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import numpy as np
from scipy.stats import norm

from adbench.search.combine import deviations, fisher, stouffer
from adbench.search.fit import fit
from adbench.search.order import order_by_f_test
from adbench.search.scan import Spectrum, mass_points, scan_asymptotic
from adbench.search.shapes import bernstein, edges_of, resonance, spectra
from adbench.search.toys import pseudo_experiments, scan

CATEGORIES, EVENTS = 25, 100_000
SHARES = np.array([0.745, 0.17, 0.07, 0.015])  # of a falling spectrum between 3 and 6 TeV
SPECTRUM = Spectrum(edges_of(3000.0, 6000.0), mass_points(3000.0, 6000.0, 41))
PLACE = 15  # of the mass at which toys are tested
BEYOND = (1.0, 2.0, 3.0)


def main(toys: int, results: str = "", key: str = "") -> None:
    expected = EVENTS / CATEGORIES * SHARES @ SPECTRUM.background
    speed(expected)
    chance = np.random.default_rng(2011)
    z = significances(pseudo_experiments(expected, toys * CATEGORIES, chance), SPECTRUM, toys)
    rates(f"{toys:,} toys of the fitted function, {expected.sum():,.0f} events in a category", z)
    few = 0.1 * expected
    z = significances(pseudo_experiments(few, toys * CATEGORIES, chance), SPECTRUM, toys)
    rates(f"{toys:,} toys, {few.sum():,.0f} events in a category", z)
    pulls(expected, toys, chance)
    if results:
        sculpted(Path(results), key, toys, chance)


def speed(expected: np.ndarray) -> None:
    counts = pseudo_experiments(np.repeat(expected[None], CATEGORIES, axis=0), 1, np.random.default_rng(1))[0]
    _ = SPECTRUM.designs
    print("| scan of 41 masses in 25 categories of 100,000 events | seconds |\n|---|---|")
    for jobs in (1, 2):
        start = time.perf_counter()
        scan(counts, SPECTRUM, jobs=jobs)
        print(f"| {jobs} thread{'s' * (jobs > 1)} | {time.perf_counter() - start:.2f} |")


def significances(counts: np.ndarray, spectrum: Spectrum, toys: int) -> np.ndarray:
    """Return the deviations of each category and toy at one mass, (categories, toys)."""
    found = scan_asymptotic(counts, spectrum, np.array([PLACE]), jobs=2)
    return found.z[:, PLACE].reshape(toys, -1).T


def rates(title: str, z: np.ndarray) -> None:
    """Print how often p-values are beyond 1, 2 and 3 sigma; a signed one should be as often as in the last line."""
    toys = z.shape[1]
    print(f"\n{title}, at {SPECTRUM.masses[PLACE]:.0f} GeV\n")
    print("| categories | combination | > 1 sigma | > 2 sigma | > 3 sigma |\n|---|---|---|---|---|")
    for categories in [number for number in (1, 9, 25) if number <= len(z)]:
        some = z[:categories]
        ways = {"Fisher": fisher(some), "Stouffer": stouffer(some), "one-sided, Fisher": fisher(np.maximum(some, 0.0))}
        for name, p in ways.items():
            print(f"| {categories} | {name} |", " | ".join(rate(deviations(p), k) for k in BEYOND), "|")
    print("| | expected |", " | ".join(f"{norm.sf(k):.4f} ± {error(norm.sf(k), toys):.4f}" for k in BEYOND), "|")


def rate(z: np.ndarray, beyond: float) -> str:
    share = float(np.mean(z > beyond))
    return f"{share:.4f} ({(share - norm.sf(beyond)) / error(norm.sf(beyond), len(z)):+.1f})"


def error(share: float, toys: int) -> float:
    return math.sqrt(share * (1.0 - share) / toys)


def pulls(expected: np.ndarray, toys: int, chance: np.random.Generator) -> None:
    print("\n| injected events | pull mean | pull width | mean z |\n|---|---|---|---|")
    shape = resonance(SPECTRUM.edges, SPECTRUM.masses[PLACE])
    for injected in (0.0, 100.0, 200.0):
        counts = pseudo_experiments(expected + injected * shape, toys, chance)
        found = scan_asymptotic(counts, SPECTRUM, np.array([PLACE]), jobs=2)
        pull = ((found.yields - injected) / found.errors)[:, PLACE]
        mean, width = f"{pull.mean():+.3f} ± {toys**-0.5:.3f}", f"{pull.std():.3f} ± {(2 * toys) ** -0.5:.3f}"
        print(f"| {injected:.0f} | {mean} | {width} | {found.z[:, PLACE].mean():+.2f} |")


def sculpted(results: Path, key: str, toys: int, chance: np.random.Generator) -> None:
    """Print the false rates on selected test background, whose true spectrum is not of the fitted function."""
    from adbench.api import DatasetOptions
    from adbench.registry import catalogue
    from adbench.runs.store import ResultsFolder
    from adbench.search.categories import Layout, divide, preselect
    from adbench.search.events import read_searched

    run = next(run for run in ResultsFolder(results) if run.record.key.startswith(key))
    dataset = catalogue().datasets.get(run.record.identity.dataset).load()(DatasetOptions())
    events = read_searched(run, dataset, "m_jj", sample="background")
    low, high = SPECTRUM.edges[[0, -1]]
    for keep in (1.0, 0.3, 0.1):
        chosen = preselect(events.background, keep) & (events.masses >= low) & (events.masses <= high)
        counts = [spectra(events.masses, np.where(chosen, 0, -1), 1, SPECTRUM.edges)]
        if events.signal is not None:
            labels = np.full(len(events), -1, np.int64)
            labels[chosen] = divide(events.background[chosen], events.signal[chosen], Layout(3, 3))[0]
            counts.append(spectra(events.masses, labels, 9, SPECTRUM.edges))
        for one in counts:
            bins = smooth(one)
            counts_of_toys = pseudo_experiments(bins, toys, chance).reshape(-1, bins.shape[1])
            for order in sorted({SPECTRUM.order, order_by_f_test(one, SPECTRUM.edges)}):
                spectrum = Spectrum(SPECTRUM.edges, SPECTRUM.masses, order)
                title = f"QCD that {run.record.entry} has selected, {keep:.0%} kept, {len(one)} categories"
                rates(f"{title}, {one.sum():,.0f} events, order {order}", significances(counts_of_toys, spectrum, toys))


def smooth(counts: np.ndarray) -> np.ndarray:
    """Return the spectra behind counts without their fluctuations, by a polynomial of order 6."""
    return fit(counts, bernstein(SPECTRUM.edges, 6)).expected


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, *sys.argv[2:4])
