"""Where the jets come from, and what a reader of results must know about them."""

from __future__ import annotations

from typing import Final

from adbench.generation.manifest import origin
from adbench_jets.editions import Opened

__all__ = ["notes", "provenance"]

_PUBLIC: Final = (
    "Pythia 8.2 and Delphes 3.3.2 (ATLAS card): arXiv:1902.09914",
    "train.h5, val.h5 and test.h5 of the record",
)
_OWN: Final = (
    "13 TeV with multi-parton interactions; energy flow without granularity, overlap of showers and solenoid. The "
    "public top-tagging set is 14 TeV without multi-parton interactions, with Delphes",
    "dark showers: arXiv:2306.03933 gives masses only; flavours, scales and decays are this plugin's choice. "
    "'semivisible' stands for the other dark shower of its appendix B, whose sample is not described there in full",
)
_SHARED: Final = (
    "signals 'top' and 'qcd' are the test jets of the other channel; a class is divided once for both channels"
)


def provenance(opened: Opened) -> tuple[str, ...]:
    """Return where the jets come from, the most important first."""
    return origin(opened.manifest) if opened.manifest else _PUBLIC


def notes(opened: Opened) -> tuple[str, ...]:
    """Return what a reader of results must know."""
    return (*(_OWN if opened.manifest else ()), _SHARED)
