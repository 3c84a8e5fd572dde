"""Which settings of Pythia 8 make each class of jets.

Multi-parton interactions are on, in all classes alike: they raise mass and multiplicity of a jet visibly. The public
top-tagging set has none, and 14 TeV.
"""

from __future__ import annotations

from typing import Final

from adbench.generation.production import Recipe
from adbench_jets.generator.selection import VERSION, any_jet, top_jet

__all__ = ["COMMON", "RECIPES"]

COMMON: Final = ("Beams:eCM=13000",)  # Monash tune, NNPDF2.3 LO: Pythia's default

_DARK: Final = (
    "HiddenValley:ffbar2Zv=on",
    "4900023:onMode=off",
    "4900023:onIfAny=4900101",
    "HiddenValley:Ngauge=3",
    "HiddenValley:nFlav=1",
    "HiddenValley:FSR=on",
    "HiddenValley:fragment=on",
    "HiddenValley:alphaOrder=1",
    "HiddenValley:probVector=0.75",
)
# Z' of 1.4 TeV and dark mesons of 150 GeV are those of arXiv:2306.03933; scale, flavours and decays are not published.
_ZPRIME: Final = (
    *_DARK,
    "4900023:m0=1400",
    "4900101:m0=75",
    "4900111:m0=150",
    "4900113:m0=150",
    "HiddenValley:Lambda=150",
    "HiddenValley:pTminFSR=165",
    *(f"{meson}:oneChannel = 1 0.2 91 1 -1" for meson in ("4900111", "4900113")),
    *(f"{meson}:addChannel = 1 0.2 91 {q} -{q}" for meson in ("4900111", "4900113") for q in (2, 3, 4, 5)),
)
# A shower of light mesons, three of four decays unseen, as in the dark jets of arXiv:2206.14225 (r_inv = 0.75, 5 GeV).
_SEMIVISIBLE: Final = (
    *_DARK,
    "4900023:m0=2000",
    "4900101:m0=0.5",
    "4900111:m0=4",
    "4900113:m0=5",
    "HiddenValley:Lambda=5",
    "HiddenValley:pTminFSR=5.5",
    "52:m0=1",
    "4900111:oneChannel = 1 0.25 91 3 -3",
    "4900111:addChannel = 1 0.75 0 52 -52",
    "4900113:oneChannel = 1 0.0625 91 1 -1",
    *(f"4900113:addChannel = 1 0.0625 91 {q} -{q}" for q in (2, 3, 4)),
    "4900113:addChannel = 1 0.75 0 52 -52",
)

RECIPES: Final = (
    Recipe(
        "qcd",
        (*COMMON, "HardQCD:all=on", "PhaseSpace:pTHatMin=500", "PhaseSpace:pTHatMax=750"),
        any_jet,
        VERSION,
    ),
    Recipe(
        "top",
        (
            *COMMON,
            "Top:gg2ttbar=on",
            "Top:qqbar2ttbar=on",
            "24:onMode=off",
            "24:onIfAny=1 2 3 4 5",
            "PhaseSpace:pTHatMin=520",
            "PhaseSpace:pTHatMax=750",
        ),
        top_jet,
        VERSION,
    ),
    Recipe("zprime", (*COMMON, *_ZPRIME), any_jet, VERSION),
    Recipe("semivisible", (*COMMON, *_SEMIVISIBLE), any_jet, VERSION),
)
"""By class; the settings and the selection are all that decides what a class is."""
