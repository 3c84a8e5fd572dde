"""Which settings of Pythia 8 make the background, the signals and the black boxes.

Multi-parton interactions are on everywhere. The boxes have other shower and multi-parton settings than everything that
a detector is trained on, as the black boxes of the challenge had.
"""

from __future__ import annotations

from typing import Final

from adbench.generation.production import Recipe
from adbench_lhco.card import BACKGROUND, SIGNALS
from adbench_lhco.generator.selection import VERSION, dijets

__all__ = ["BOX_BACKGROUND", "BOX_SIGNAL", "BOX_SIGNAL_MASSES", "COMMON", "MODIFIED", "RECIPES"]

BOX_BACKGROUND: Final = "box_qcd"
BOX_SIGNAL: Final = "box_wprime"
BOX_SIGNAL_MASSES: Final = (3800, 732, 378)

COMMON: Final = ("Beams:eCM=13000",)  # Monash tune, NNPDF2.3 LO: Pythia's default
MODIFIED: Final = (  # defaults: 0.1365, 0.1365, 2.28
    "TimeShower:alphaSvalue=0.1300",
    "SpaceShower:alphaSvalue=0.1300",
    "MultipartonInteractions:pT0Ref=2.15",
)
_QCD: Final = ("HardQCD:all=on", "PhaseSpace:pTHatMin=1050")
_QUARKS: Final = "1 2 3 4 5"


def _two_prong(mass: int, x: int, y: int) -> tuple[str, ...]:
    """Return W' -> X Y with X, Y -> q qbar: the W and the Z of Pythia at other masses.

    So X and Y are colour singlets and their decays have the spin correlations of vector bosons. Widths are 1 % of the
    resonance's mass and 2 GeV of X and Y.
    """
    return (
        "NewGaugeBoson:ffbar2Wprime=on",
        "Wprime:coup2WZ=1.",
        f"34:m0={mass}",
        "34:doForceWidth=on",
        f"34:mWidth={0.01 * mass:g}",
        "34:onMode=off",
        "34:onIfAll=24 23",
        *_moved(24, x),
        *_moved(23, y),
    )


def _moved(code: int, mass: int) -> tuple[str, ...]:
    return (
        f"{code}:m0={mass}",
        f"{code}:doForceWidth=on",
        f"{code}:mWidth=2",
        f"{code}:mMin={mass - 40}",
        f"{code}:mMax={mass + 40}",
        f"{code}:onMode=off",
        f"{code}:onIfAny={_QUARKS}",
    )


def _three_prong(mass: int, heavy: int) -> tuple[str, ...]:
    """Return Z' -> t' t'bar with t' -> b W(80) -> 3 quarks: the top of Pythia at another mass, its width 5 GeV."""
    return (
        "NewGaugeBoson:ffbar2gmZZprime=on",
        "Zprime:gmZmode=3",
        f"32:m0={mass}",
        "32:doForceWidth=on",
        f"32:mWidth={0.01 * mass:g}",
        "32:onMode=off",
        "32:onIfAny=6",
        f"6:m0={heavy}",
        "6:doForceWidth=on",
        "6:mWidth=5",
        f"6:mMin={heavy - 50}",
        f"6:mMax={heavy + 50}",
        "24:onMode=off",
        f"24:onIfAny={_QUARKS}",
    )


def _signal(name: str, masses: tuple[int, int, int]) -> tuple[str, ...]:
    return _three_prong(*masses[:2]) if name.startswith("zprime") else _two_prong(*masses)


RECIPES: Final = (
    Recipe(BACKGROUND, (*COMMON, *_QCD), dijets, VERSION),
    *(Recipe(name, (*COMMON, *_signal(name, masses)), dijets, VERSION) for name, masses in SIGNALS.items()),
    Recipe(BOX_BACKGROUND, (*COMMON, *MODIFIED, *_QCD), dijets, VERSION),
    Recipe(BOX_SIGNAL, (*COMMON, *MODIFIED, *_two_prong(*BOX_SIGNAL_MASSES)), dijets, VERSION),
)
"""By what the events are called; signals first named in the card."""
