"""Pythia 8 as a source of particle batches."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from adbench_darkmachines.generator.particles import INVISIBLE_IDS, Array, Particles, last_heavy_hadrons

# 13 TeV; without multi-parton interactions, in backgrounds and signals alike (they take 3/4 of the time).
COMMON = (
    "Beams:eCM=13000",
    "PartonLevel:MPI=off",
    "Print:quiet=on",
    "Next:numberShowEvent=0",
    "Random:setSeed=on",
)
MB_TO_PB = 1e9
MAX_SEED = 900_000_000
HADRON_PT_MIN = 5.0
TRIALS_PER_EVENT = 20.0


def configure(settings: Sequence[str], seed: int, slha: str | None = None) -> Any:
    """Return an initialised Pythia object.

    Raises:
        ValueError: if Pythia does not know a setting, or cannot start with these settings.
    """
    import pythia8mc

    pythia = pythia8mc.Pythia("", False)
    for line in (*COMMON, f"Random:seed={seed % MAX_SEED + 1}", *settings):
        if not pythia.readString(line):
            raise ValueError(f"Pythia does not know the setting '{line}'")
    with tempfile.TemporaryDirectory() as folder:
        if slha is not None:
            path = Path(folder) / "spectrum.slha"
            path.write_text(slha)
            pythia.readString(f"SLHA:file={path}")
            pythia.readString("SLHA:verbose=0")
        if not pythia.init():
            raise ValueError(f"Pythia cannot start with {list(settings)}")
    return pythia


def cross_section(pythia: Any) -> float:
    """Leading-order cross-section in pb, open decay fractions included, from the events so far."""
    return float(pythia.infoPython().sigmaGen()) * MB_TO_PB


def batches(pythia: Any, n_events: int, size: int = 250) -> Iterator[tuple[Particles, Array]]:
    """Generate `n_events` events in batches of (particles, charge sign of the hard top or 0)."""
    done = 0
    while done < n_events:
        n = min(size, n_events - done)
        yield _flatten(pythia.nextBatch(n, TRIALS_PER_EVENT).prt, n)
        done += n


def _flatten(entries: Any, n_events: int) -> tuple[Particles, Array]:
    """Turn Pythia's event records into flat arrays."""
    import awkward as ak

    counts = ak.to_numpy(ak.num(entries.id))
    first = np.cumsum(counts) - counts
    event = np.repeat(np.arange(n_events), counts)
    pdg = ak.to_numpy(ak.flatten(entries.id)).astype(np.int64)
    status = ak.to_numpy(ak.flatten(entries.status))
    mother = ak.to_numpy(ak.flatten(entries.mother1)) + first[event]
    px, py, pz, e = (ak.to_numpy(ak.flatten(entries.p[name])) for name in ("px", "py", "pz", "e"))
    pt = np.hypot(px, py)

    # The beam remnants go down the pipe; a pT of exactly zero has no eta.
    visible = (status > 0) & ~np.isin(np.abs(pdg), INVISIBLE_IDS) & (pt > 1e-3)
    bottom = last_heavy_hadrons(pdg, mother, 5)
    charm = last_heavy_hadrons(pdg, mother, 4)
    heavy = (bottom | charm) & (pt > HADRON_PT_MIN)

    top_sign = np.zeros(n_events, dtype=np.int64)
    hard_top = (np.abs(status) == 22) & (np.abs(pdg) == 6)
    top_sign[event[hard_top]] = np.sign(pdg[hard_top])
    particles = Particles(
        n_events=n_events,
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
