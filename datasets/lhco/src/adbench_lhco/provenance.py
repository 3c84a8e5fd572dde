"""Where the events come from, and what a reader of results must know about them."""

from __future__ import annotations

from typing import Final

from adbench.generation.manifest import origin
from adbench_lhco.editions import PUBLIC, Opened

__all__ = ["own_notes", "provenance"]

_OWN: Final = (
    "13 TeV with multi-parton interactions; energy flow without granularity, overlap of showers and solenoid; jets of "
    "R = 0.8 as in arXiv:2011.03550, so that decays of a heavy particle may leave the jet and m_jj has a tail below",
    "tau_N is taken on exclusive kT axes without further minimisation",
    "both channels share background and signals; they differ in the black box, which has other shower settings",
)
_CHALLENGE: Final = "LHC Olympics 2020: Pythia 8.219 and Delphes 3.4.1, arXiv:2101.08320"


def provenance(opened: Opened) -> tuple[str, ...]:
    """Return where the events come from, the most important first."""
    if opened.manifest:
        return origin(opened.manifest)
    return (_CHALLENGE, PUBLIC[opened.edition].summary if opened.edition in PUBLIC else "your own files")


def own_notes(opened: Opened) -> tuple[str, ...]:
    """Return what must be known of generated events, the number of hidden ones among it."""
    hidden = [
        f"channel {name}: black box of {box['events']:,} events, {box['hidden_events']:,} of a hidden signal"
        for name, box in opened.manifest.get("boxes", {}).items()
    ]
    return (*_OWN, *hidden)
