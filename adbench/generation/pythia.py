"""Pythia 8 as a source of event records in flat arrays."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from adbench.api.errors import MissingError
from adbench.generation.kinematics import Array

__all__ = ["QUIET", "Entries", "batches", "configure", "cross_section", "require_generator"]

QUIET: Final = ("Print:quiet=on", "Next:numberShowEvent=0", "Random:setSeed=on")
MB_TO_PB: Final = 1e9
MAX_SEED: Final = 900_000_000
TRIALS_PER_EVENT: Final = 20.0  # nextBatch would otherwise retry failed events for ever
NEEDED: Final = ("pythia8mc", "fastjet", "awkward")


def require_generator(distribution: str) -> None:
    """Raise MissingError with the command that installs them when the generator's packages are not there.

    Args:
        distribution: folder of the distribution whose extra `generate` brings them.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        fix = f"pip install -c constraints.txt -e '{distribution}[generate]'"
        msg = f"the generator needs {', '.join(missing)}: {fix}"
        raise MissingError(msg)


@dataclass(frozen=True, slots=True)
class Entries:
    """All entries of the event records of `n_events` events, flat and ordered by event; momenta in GeV.

    Attributes:
        n_events: number of events.
        event: event of each entry, from 0.
        pdg: particle codes.
        status: Pythia's status codes; positive = final.
        mother: index of the first mother in these arrays.
        px, py, pz, e: momenta.
    """

    n_events: int
    event: Array
    pdg: Array
    status: Array
    mother: Array
    px: Array
    py: Array
    pz: Array
    e: Array


def configure(settings: Sequence[str], seed: int, slha: str | None = None) -> Any:
    """Return an initialised Pythia object.

    Raises:
        ValueError: if Pythia does not know a setting, or cannot start with these settings.
    """
    import pythia8mc

    pythia = pythia8mc.Pythia("", False)
    for line in (*QUIET, f"Random:seed={seed % MAX_SEED + 1}", *settings):
        if not pythia.readString(line):
            msg = f"Pythia does not know the setting '{line}'"
            raise ValueError(msg)
    with tempfile.TemporaryDirectory() as folder:
        if slha is not None:
            path = Path(folder) / "spectrum.slha"
            path.write_text(slha)
            pythia.readString(f"SLHA:file={path}")
            pythia.readString("SLHA:verbose=0")
        if not pythia.init():
            msg = f"Pythia cannot start with {list(settings)}"
            raise ValueError(msg)
    return pythia


def cross_section(pythia: Any) -> float:
    """Leading-order cross-section in pb, open decay fractions included, from the events so far."""
    return float(pythia.infoPython().sigmaGen()) * MB_TO_PB


def batches(pythia: Any, n_events: int, size: int = 250) -> Iterator[Entries]:
    """Generate `n_events` events in batches."""
    done = 0
    while done < n_events:
        n = min(size, n_events - done)
        yield _flat(pythia.nextBatch(n, TRIALS_PER_EVENT).prt, n)
        done += n


def _flat(records: Any, n_events: int) -> Entries:
    """Turn Pythia's event records into flat arrays."""
    import awkward as ak

    counts = ak.to_numpy(ak.num(records.id))
    first = np.cumsum(counts) - counts
    event = np.repeat(np.arange(n_events), counts)
    px, py, pz, e = (ak.to_numpy(ak.flatten(records.p[name])) for name in ("px", "py", "pz", "e"))
    return Entries(
        n_events=n_events,
        event=event,
        pdg=ak.to_numpy(ak.flatten(records.id)).astype(np.int64),
        status=ak.to_numpy(ak.flatten(records.status)),
        mother=ak.to_numpy(ak.flatten(records.mother1)) + first[event],
        px=px,
        py=py,
        pz=pz,
        e=e,
    )
