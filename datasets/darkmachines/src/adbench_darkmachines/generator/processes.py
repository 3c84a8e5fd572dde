"""Standard Model backgrounds: Pythia settings, slices in pTHat, and their scale to the challenge's cross-sections.

Each process is cut into slices in the transverse momentum of the hard scattering and by forced decays, so that
computing time goes where a channel's events come from. A slice says which channels it serves: a process counts in a
channel with the slices that name it, and what that leaves out is listed in `LIMITS`. `k_factor` is the ratio of
arXiv:2105.14027 Table 2 to Pythia's leading-order cross-section in the same phase space.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Status = Literal["true", "analogue"]


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a process that is generated on its own; the slices that serve one channel are disjoint.

    Attributes:
        name: unique inside the process.
        settings: Pythia settings, on top of those of the process.
        channels: channels whose sample takes events from this slice.
        copies: times each generated event passes the detector, rotated and mirrored; copies share their source.
        max_events: generated events at most; beyond that the process is under-represented, and the manifest says so.
    """

    name: str
    settings: tuple[str, ...]
    channels: tuple[str, ...]
    copies: int = 1
    max_events: int = 100_000


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the challenge.

    Attributes:
        names: process ID; two for (t, tbar) pairs such as ("wtop", "wtopbar"), told apart by the hard top's charge.
        settings: Pythia settings common to all slices.
        slices: parts that are generated apart.
        k_factor: scale of Pythia's cross-section to Table 2.
        status: "true" process, or "analogue" with the same final state and different dynamics.
        note: what an analogue is made of.
        slha: spectrum, for supersymmetric signals.
    """

    names: tuple[str, ...]
    settings: tuple[str, ...]
    slices: tuple[Slice, ...]
    k_factor: float = 1.0
    status: Status = "true"
    note: str = ""
    slha: str | None = None

    @property
    def key(self) -> str:
        """Name of the process as a whole."""
        return self.names[0]


def pt_hat(low: float, high: float | None = None) -> tuple[str, ...]:
    """Return the settings of a range in pTHat [GeV]."""
    upper = () if high is None else (f"PhaseSpace:pTHatMax={high:g}",)
    return (f"PhaseSpace:pTHatMin={low:g}", *upper)


LEPTONIC_W: Final = ("24:onMode=off", "24:onIfAny=11 13 15")
LEPTONIC_WPLUS: Final = ("24:onMode=off", "24:onPosIfAny=11 13 15", "24:onNegIfAny=1 2 3 4 5")
LEPTONIC_WMINUS: Final = ("24:onMode=off", "24:onPosIfAny=1 2 3 4 5", "24:onNegIfAny=11 13 15")
LEPTONIC_Z: Final = ("23:onMode=off", "23:onIfAny=11 13 15")
INVISIBLE_Z: Final = ("23:onMode=off", "23:onIfAny=12 14 16")

NJETS: Final = Process(
    names=("njets",),
    settings=("HardQCD:all=on",),
    slices=(
        Slice("250", pt_hat(250, 350), ("3",), copies=3, max_events=340_000),
        Slice("350", pt_hat(350, 500), ("1", "3"), copies=3, max_events=208_000),
        Slice("500", pt_hat(500, 800), ("1", "3"), copies=3),
        Slice("800", pt_hat(800), ("1", "3"), copies=3),
    ),
    k_factor=19718 / 18450,
)
W_JETS: Final = Process(
    names=("w_jets",),
    settings=("WeakBosonAndParton:qqbar2Wg=on", "WeakBosonAndParton:qg2Wq=on", *LEPTONIC_W),
    slices=(
        Slice("150", pt_hat(150, 250), ("3",)),
        Slice("250", pt_hat(250, 400), ("1", "3"), copies=3),
        Slice("400", pt_hat(400), ("1", "3"), copies=2),
    ),
    k_factor=1.9,
)
_Z_JETS = ("WeakBosonAndParton:qqbar2gmZg=on", "WeakBosonAndParton:qg2gmZq=on", "23:mMin=20")
Z_JETS: Final = Process(
    names=("z_jets",),
    settings=_Z_JETS,
    slices=(
        Slice("ll-60", (*LEPTONIC_Z, *pt_hat(60, 150)), ("2b",), copies=3, max_events=150_000),
        Slice("ll-150", (*LEPTONIC_Z, *pt_hat(150)), ("2b", "3")),
        Slice("nunu-150", (*INVISIBLE_Z, *pt_hat(150, 250)), ("3",)),
        Slice("nunu-250", (*INVISIBLE_Z, *pt_hat(250, 400)), ("1", "3"), copies=2),
        Slice("nunu-400", (*INVISIBLE_Z, *pt_hat(400)), ("1", "3")),
    ),
    k_factor=1.9,
)
TTBAR: Final = Process(
    names=("ttbar",),
    settings=("Top:gg2ttbar=on", "Top:qqbar2ttbar=on"),
    slices=(
        Slice("dilepton", (*LEPTONIC_W, *pt_hat(0, 150)), ("1", "2a", "2b", "3"), copies=3, max_events=60_000),
        Slice("dilepton-150", (*LEPTONIC_W, *pt_hat(150)), ("1", "2a", "2b", "3"), copies=2, max_events=40_000),
        Slice("lplus", (*LEPTONIC_WPLUS, *pt_hat(0, 120)), ("3",)),
        Slice("lminus", (*LEPTONIC_WMINUS, *pt_hat(0, 120)), ("3",)),
        Slice("lplus-120", (*LEPTONIC_WPLUS, *pt_hat(120, 200)), ("1", "3"), copies=3, max_events=60_000),
        Slice("lminus-120", (*LEPTONIC_WMINUS, *pt_hat(120, 200)), ("1", "3"), copies=3, max_events=60_000),
        Slice("lplus-200", (*LEPTONIC_WPLUS, *pt_hat(200)), ("1", "3"), copies=2),
        Slice("lminus-200", (*LEPTONIC_WMINUS, *pt_hat(200)), ("1", "3"), copies=2),
    ),
    k_factor=541 / 512,
)
SINGLE_TOP: Final = Process(
    names=("singletop", "singletopbar"),
    settings=("Top:qq2tq(t:W)=on", "Top:ffbar2tqbar(s:W)=on", *LEPTONIC_W),
    slices=(Slice("150", pt_hat(150), ("1", "3"), copies=2),),
    k_factor=242 / 154,
)
TW: Final = Process(
    names=("wtop", "wtopbar"),
    settings=(
        "HiggsBSM:bg2H+-t=on",
        "Higgs:useBSM=on",
        "37:m0=80.4",
        "37:mWidth=2.1",
        "37:doForceWidth=on",
        "37:mMin=50",
        "37:mMax=110",
        "37:oneChannel=1 0.1081 100 -11 12",
        "37:addChannel=1 0.1081 100 -13 14",
        "37:addChannel=1 0.1081 100 -15 16",
        "37:addChannel=1 0.33 100 -1 2",
        "37:addChannel=1 0.33 100 -3 4",
    ),
    slices=(
        Slice("ll", (*LEPTONIC_W, "37:onMode=off", "37:onIfAny=11 13 15"), ("1", "2b", "3"), copies=2),
        Slice("top", (*LEPTONIC_W, "37:onMode=off", "37:onIfAny=1 3", *pt_hat(150)), ("1", "3")),
        Slice(
            "w",
            ("24:onMode=off", "24:onIfAny=1 2 3 4 5", "37:onMode=off", "37:onIfAny=11 13 15", *pt_hat(150)),
            ("1", "3"),
        ),
    ),
    k_factor=115.6 / 0.68,
    status="analogue",
    note="b g -> H+- t with a scalar of W mass and W branching fractions: isotropic decays of that boson",
)
WW: Final = Process(
    names=("ww",),
    settings=("WeakDoubleBoson:ffbar2WW=on", *LEPTONIC_W),
    slices=(Slice("ll", (), ("2b",)),),
    k_factor=82.1 / 64.0,
)
ZW: Final = Process(
    names=("zw",),
    settings=("WeakDoubleBoson:ffbar2ZW=on", *LEPTONIC_Z, *LEPTONIC_W),
    slices=(Slice("lll", (), ("2a", "2b"), copies=2),),
    k_factor=31.6 / 23.1,
)
ZZ: Final = Process(
    names=("zz",),
    settings=("WeakDoubleBoson:ffbar2gmZgmZ=on", "23:mMin=12", "23:onMode=off"),
    slices=(
        Slice("llll", ("23:onIfAny=11 13 15",), ("2a",), copies=3),
        Slice("leptons", ("23:onIfAny=11 12 13 14 15 16",), ("2b",)),
    ),
    k_factor=9.91 / 10.1,
)
TTBAR_Z: Final = Process(
    names=("ttbarZ",),
    settings=(
        "HiggsSM:gg2Httbar=on",
        "HiggsSM:qqbar2Httbar=on",
        "25:m0=91.19",
        "25:mWidth=2.5",
        "25:doForceWidth=on",
        "25:mMin=60",
        "25:mMax=120",
        "25:oneChannel=1 0.0337 100 11 -11",
        "25:addChannel=1 0.0337 100 13 -13",
        "25:addChannel=1 0.0337 100 15 -15",
        "25:addChannel=1 0.2 100 12 -12",
        "25:addChannel=1 0.25 100 1 -1",
        "25:addChannel=1 0.24 100 2 -2",
        "25:addChannel=1 0.15 100 5 -5",
        "25:addChannel=1 0.06 100 4 -4",
        "25:onMode=off",
        "25:onIfAny=11 13 15",
    ),
    slices=(Slice("ll", (), ("2a", "2b"), copies=2),),
    k_factor=0.59 / 0.803,
    status="analogue",
    note="t tbar h with a scalar of Z mass and Z branching fractions: isotropic decays of that boson",
)

BACKGROUNDS: Final = (NJETS, W_JETS, Z_JETS, TTBAR, SINGLE_TOP, TW, WW, ZW, ZZ, TTBAR_Z)

# Processes of Table 2 that no channel of the sample contains, and why.
DROPPED: Final = {
    "gam_jets": "no MET of its own; below 0.1 pb in channels 1 and 3 in a survey of 6,500 events",
    "2gam": "no MET and no leptons; 0 of 4,800 events accepted",
    "Wgam": "0 of 5,000 events accepted",
    "Zgam": "0 of 1,000 events with leptonic Z accepted",
    "single_higgs": "1.94 pb times an acceptance below 0.3 %",
    "ttbarHiggs": "0.46 pb; 0.3 % of channel 1, below 0.1 % of channels 2b and 3, 0.5 % of channel 2a",
    "ttbarGam": "Pythia has no matrix element",
    "atop, atopbar, ztop, ztopbar": "Pythia has no matrix element; tZ would be a few per cent of channel 2a",
    "ttbarW, ttbarWW, 4top": "Pythia has no matrix element; ttW would be a few per cent of channel 2a",
}

LIMITS: Final = (
    "Leading-order Pythia 8 with parton showers instead of multi-leg MadGraph samples merged with MLM.",
    "No multi-parton interactions and no pile-up, in backgrounds and signals alike.",
    "njets starts at pTHat 250 GeV in channel 3 and at 350 GeV in channel 1.",
    "njets has a jet response without tails: its rates in channels 1 and 3 are about a factor ten below the official "
    "ones.",
    "In channel 1 njets is far rarer than in the official file (86 %): a capped share of an already too low rate.",
    "w_jets, ttbar, single top and tW have at least one leptonic W; z_jets has leptonic or invisible Z: the purely "
    "hadronic rest is lost in njets.",
    "ttbar with two leptons and a third from a b decay is under-represented in channel 2a.",
    "Semileptonic ttbar enters channel 1 from pTHat 120 GeV on.",
    "No displaced decays: every particle points to the origin of the detector.",
)
