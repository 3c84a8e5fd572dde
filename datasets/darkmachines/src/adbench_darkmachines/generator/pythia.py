"""Pythia 8 as a source of particle batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from adbench.generation import pythia
from adbench.generation.kinematics import Array
from adbench.generation.pythia import Entries, cross_section
from adbench_darkmachines.generator.particles import INVISIBLE_IDS, Particles, last_heavy_hadrons

__all__ = ["COMMON", "batches", "configure", "cross_section"]

# 13 TeV; without multi-parton interactions, in backgrounds and signals alike (they take 3/4 of the time).
COMMON = ("Beams:eCM=13000", "PartonLevel:MPI=off", *pythia.QUIET)
HADRON_PT_MIN = 5.0


def configure(settings: Sequence[str], seed: int, slha: str | None = None) -> Any:
    """Return an initialised Pythia object with what all processes have in common.

    Raises:
        ValueError: if Pythia does not know a setting, or cannot start with these settings.
    """
    return pythia.configure((*COMMON, *settings), seed, slha)


def batches(engine: Any, n_events: int) -> Iterator[tuple[Particles, Array]]:
    """Generate `n_events` events in batches of (particles, charge sign of the hard top or 0)."""
    yield from map(_particles, pythia.batches(engine, n_events))


def _particles(entries: Entries) -> tuple[Particles, Array]:
    """Return the visible particles and heavy hadrons of event records."""
    event, pdg, mother = entries.event, entries.pdg, entries.mother
    px, py, pz, e = entries.px, entries.py, entries.pz, entries.e
    pt = np.hypot(px, py)

    # The beam remnants go down the pipe; a pT of exactly zero has no eta.
    visible = (entries.status > 0) & ~np.isin(np.abs(pdg), INVISIBLE_IDS) & (pt > 1e-3)
    bottom = last_heavy_hadrons(pdg, mother, 5)
    charm = last_heavy_hadrons(pdg, mother, 4)
    heavy = (bottom | charm) & (pt > HADRON_PT_MIN)

    top_sign = np.zeros(entries.n_events, dtype=np.int64)
    hard_top = (np.abs(entries.status) == 22) & (np.abs(pdg) == 6)
    top_sign[event[hard_top]] = np.sign(pdg[hard_top])
    particles = Particles(
        n_events=entries.n_events,
        event=event[visible],
        pdg=pdg[visible],
        pt=pt[visible],
        eta=np.arcsinh(pz[visible] / pt[visible]),
        phi=np.arctan2(py[visible], px[visible]),
        e=e[visible],
        hadron_event=event[heavy],
        hadron_flavour=np.where(bottom[heavy], 5, 4),
        hadron_eta=np.arcsinh(pz[heavy] / pt[heavy]),
        hadron_phi=np.arctan2(py[heavy], px[heavy]),
    )
    return particles, top_sign
