"""Speed and calibration of the resonance search on toys of the fitted function.

python benchmarks/search.py [TOYS]

Prints a scan's seconds; how often p-values of background alone are beyond 1, 2 and 3 sigma, for many and few events and
for the published background; the same where p-values come from pseudo-experiments; pulls with a signal; how often the
F-test takes too high an order; and the global p-values of background alone. `search_selected.py` asks the same of
events that a detector has selected.
"""

from __future__ import annotations

import math
import sys
import time

import numpy as np
from scipy.stats import norm

from adbench.search.combine import COMBINATIONS, deviations, fisher, stouffer
from adbench.search.elsewhere import global_p, toy_curves
from adbench.search.fit import fit
from adbench.search.order import order_by_f_test
from adbench.search.scan import Spectrum, mass_points, scan_asymptotic
from adbench.search.shapes import bernstein, edges_of, resonance
from adbench.search.toys import pseudo_experiments, scan

CATEGORIES, EVENTS = 25, 100_000
EDGES, MASSES = edges_of(3000.0, 6000.0), mass_points(3000.0, 6000.0, 41)
FALLING = np.array([0.745, 0.17, 0.07, 0.015]) @ bernstein(EDGES, 3)  # as dijets between 3 and 6 TeV
POWER = Spectrum(EDGES, MASSES)
PUBLISHED = Spectrum(EDGES, MASSES, "bernstein", 3)
LOW, MIDDLE, HIGH = 5, 15, 30  # places of the masses at which toys are tested
BEYOND = (1.0, 2.0, 3.0)


def main(toys: int) -> None:
    speed()
    chance = np.random.default_rng(2011)
    print("\n| background | events in a category | mass | in window | categories | combination |", end="")
    print(" > 1 sigma | > 2 sigma | > 3 sigma |\n|---|---|---|---|---|---|---|---|---|")
    for spectrum, some in ((POWER, (4000, 400, 100)), (PUBLISHED, (4000, 400))):
        for events in some:
            places = np.array([LOW, MIDDLE, HIGH])
            counts = pseudo_experiments(events * truth(spectrum), toys * CATEGORIES, chance)
            found = scan_asymptotic(counts, spectrum, places, jobs=2)
            for place in places:
                z = found.z[:, place].reshape(toys, CATEGORIES).T
                rates(spectrum, events, int(place), found.window[:, place].mean(), z)
    expectation(toys)
    few(toys // 50, chance)
    pulls(toys, chance)
    orders(toys // 20, chance)
    elsewhere(toys // 100, chance)


def truth(spectrum: Spectrum) -> np.ndarray:
    """Return the share of events in each bin, (B,), which the background of a spectrum describes exactly."""
    found = fit(EVENTS * FALLING[None], spectrum.background).expected[0]
    return found / found.sum()


def speed() -> None:
    expected = np.repeat(EVENTS / CATEGORIES * truth(POWER)[None], CATEGORIES, axis=0)
    counts = pseudo_experiments(expected, 1, np.random.default_rng(1))[0]
    _ = POWER.designs
    print("| scan of 41 masses in 25 categories of 100,000 events | seconds |\n|---|---|")
    for jobs in (1, 2):
        start = time.perf_counter()
        scan(counts, POWER, jobs=jobs)
        print(f"| {jobs} thread{'s' * (jobs > 1)} | {time.perf_counter() - start:.2f} |")


def rates(spectrum: Spectrum, events: int, place: int, window: float, z: np.ndarray) -> None:
    """Print how often p-values, (categories, toys), are beyond 1, 2 and 3 sigma, and how many errors off that is."""
    what = f"{spectrum.family} {spectrum.order} | {events} | {spectrum.masses[place]:.0f} GeV | {window:.0f}"
    for categories in [number for number in (1, 9, 25) if number <= len(z)]:
        some = z[:categories]
        ways = {"none": fisher(some)} if categories == 1 else {"Fisher": fisher(some), "Stouffer": stouffer(some)}
        if spectrum is PUBLISHED:
            ways["Fisher, one-sided"] = fisher(np.maximum(some, 0.0))
        for name, p in ways.items():
            shares = " | ".join(rate(deviations(p), beyond) for beyond in BEYOND)
            print(f"| {what} | {categories} | {name} | {shares} |", flush=True)


def rate(z: np.ndarray, beyond: float) -> str:
    share = float(np.mean(z > beyond))
    return f"{share:.4f} ({(share - norm.sf(beyond)) / error(norm.sf(beyond), len(z)):+.1f})"


def expectation(toys: int) -> None:
    shares = " | ".join(f"{norm.sf(beyond):.4f} ± {error(norm.sf(beyond), toys):.4f}" for beyond in BEYOND)
    print(f"| | | | | | expected | {shares} |", flush=True)


def error(share: float, toys: int) -> float:
    return math.sqrt(share * (1.0 - share) / toys)


def few(toys: int, chance: np.random.Generator) -> None:
    """Print the rates where p-values come from pseudo-experiments, which are drawn from the fit of each toy."""
    for place, events in ((MIDDLE, 40), (HIGH, 40)):
        spectrum = Spectrum(EDGES, MASSES[[place]])
        counts = pseudo_experiments(events * truth(POWER), 9 * toys, chance)
        found = scan(counts, spectrum, seed=5, jobs=2)
        kept = f"{found.from_toys.mean():.0%} of p-values from pseudo-experiments"
        print(f"\n{kept}, without them and with them:")
        for z in (scan_asymptotic(counts, spectrum, jobs=2).z, found.z):
            rates(spectrum, events, 0, found.window.mean(), z[:, 0].reshape(toys, 9).T)
        expectation(toys)


def pulls(toys: int, chance: np.random.Generator) -> None:
    """Print pulls of the yield and its bias over its spread: errors that grow with the yield move the pull alone."""
    print("\n| events | injected | pull mean | pull width | bias of yield | mean z |\n|---|---|---|---|---|---|")
    shape = resonance(EDGES, MASSES[MIDDLE])
    for events, some in ((4000, (0.0, 100.0, 200.0)), (400, (0.0, 30.0, 60.0))):
        for injected in some:
            counts = pseudo_experiments(events * truth(POWER) + injected * shape, toys, chance)
            found = scan_asymptotic(counts, POWER, np.array([MIDDLE]), jobs=2)
            off = (found.yields - injected)[:, MIDDLE]
            pull = off / found.errors[:, MIDDLE]
            mean, bias = (f"{one:+.3f} ± {toys**-0.5:.3f}" for one in (pull.mean(), off.mean() / off.std()))
            width = f"{pull.std():.3f} ± {(2 * toys) ** -0.5:.3f}"
            z = found.z[:, MIDDLE].mean()
            print(f"| {events} | {injected:.0f} | {mean} | {width} | {bias} | {z:+.2f} |", flush=True)


def orders(toys: int, chance: np.random.Generator) -> None:
    """Print which orders the F-test takes, at a level of 5 %, of background of known order."""
    print("\n| background | categories | events | too low | as drawn | too high |\n|---|---|---|---|---|---|")
    for spectrum in (POWER, PUBLISHED):
        for categories, events in ((1, 4000), (1, 400), (9, 400), (25, 100)):
            draws = pseudo_experiments(np.repeat(events * truth(spectrum)[None], categories, axis=0), toys, chance)
            taken = np.array([order_by_f_test(counts, EDGES, spectrum.family) for counts in draws])
            shares = [
                np.mean(taken < spectrum.order),
                np.mean(taken == spectrum.order),
                np.mean(taken > spectrum.order),
            ]
            what = f"{spectrum.family} {spectrum.order} | {categories} | {events}"
            print(f"| {what} |", " | ".join(f"{one:.3f} ± {error(one, toys):.3f}" for one in shares), "|", flush=True)


def elsewhere(searches: int, chance: np.random.Generator, categories: int = 9, events: int = 400) -> None:
    """Print global p-values of background alone, each from its own 100 pseudo-experiments, by share and trial factor.

    All their pseudo-experiments together tell how good the trial factor is at larger peaks.
    """
    expected = np.repeat(events * truth(POWER)[None], categories, axis=0)
    shares, trials, every = [], [], []
    for number, counts in enumerate(pseudo_experiments(expected, searches, chance)):
        found = scan(counts, POWER, seed=number, jobs=2)
        toys = toy_curves(found, POWER, 100, "fisher", seed=number, jobs=2)
        local = deviations(COMBINATIONS["fisher"](found.z))
        result, peak = global_p(local, toys), float(local.max())
        shares.append((1 + result.beyond) / (1 + len(toys)))
        trials.append(min(1.0, norm.sf(peak) + result.crossings * math.exp(-0.5 * peak**2)))
        every.append(toys)
    print(f"\n{searches} searches of background alone, {categories} categories of {events} events, 41 masses, Fisher\n")
    print("| global p below | toys | trial factor | expected |\n|---|---|---|---|")
    for p in (0.5, 0.159, 0.05):
        both = " | ".join(f"{np.mean(np.array(one) <= p):.3f}" for one in (shares, trials))
        print(f"| {p} | {both} | {p} ± {error(p, searches):.3f} |")
    curves = np.concatenate(every)
    crossings = float(np.mean(np.sum((curves[:, :-1] < 0.0) & (curves[:, 1:] >= 0.0), axis=1)))
    print(f"\n{len(curves):,} curves, {crossings:.2f} upcrossings each\n")
    print("| largest deviation above | share of curves | trial factor |\n|---|---|---|")
    for peak in (2.0, 2.5, 3.0, 3.5):
        share = float(np.mean(curves.max(axis=1) > peak))
        trial = norm.sf(peak) + crossings * math.exp(-0.5 * peak**2)
        print(f"| {peak} | {share:.4f} ± {error(share, len(curves)):.4f} | {trial:.4f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
