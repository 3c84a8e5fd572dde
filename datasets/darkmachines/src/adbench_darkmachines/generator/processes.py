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
        draws: sets of jet responses that are drawn for each copy (see `response`).
        keep: accepted passes of one generated event that are kept in a channel at most. What is above this number is
            left out, and the manifest says how much: events of large acceptance are that much too rare.
        max_events: generated events at most; beyond that the process is under-represented, and the manifest says so.
    """

    name: str
    settings: tuple[str, ...]
    channels: tuple[str, ...]
    copies: int = 1
    draws: int = 1
    keep: int = 3
    max_events: int = 100_000

    @property
    def passes(self) -> int:
        """Times each generated event is reconstructed."""
        return self.copies * self.draws


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
HADRONIC_W: Final = ("24:onMode=off", "24:onIfAny=1 2 3 4 5")
LEPTONIC_Z: Final = ("23:onMode=off", "23:onIfAny=11 13 15")
INVISIBLE_Z: Final = ("23:onMode=off", "23:onIfAny=12 14 16")

# Multi-jet events need a mismeasured jet, so most passes of an event fail: many draws cost little and rarely give two
# accepted copies. The slices for channel 1 stand for ten times the luminosity of those for channel 3.
NJETS: Final = Process(
    names=("njets",),
    settings=("HardQCD:all=on",),
    slices=(
        Slice("ch1-250", pt_hat(250, 350), ("1",), copies=3, draws=12, max_events=800_000),
        Slice("ch1-350", pt_hat(350, 500), ("1",), copies=3, draws=4, max_events=600_000),
        Slice("ch1-500", pt_hat(500, 800), ("1",), copies=2, max_events=500_000),
        Slice("ch1-800", pt_hat(800), ("1",)),
        Slice("ch3-150", pt_hat(150, 250), ("3",), copies=3, draws=12, max_events=300_000),
        Slice("ch3-250", pt_hat(250, 350), ("3",), copies=3, draws=2, max_events=300_000),
        Slice("ch3-350", pt_hat(350, 500), ("3",), copies=3),
        Slice("ch3-500", pt_hat(500, 800), ("3",), copies=2),
        Slice("ch3-800", pt_hat(800), ("3",)),
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
# MET leaves muons out, so Z -> mu mu is a source of MET in every channel.
Z_JETS: Final = Process(
    names=("z_jets",),
    settings=("WeakBosonAndParton:qqbar2gmZg=on", "WeakBosonAndParton:qg2gmZq=on", "23:mMin=20"),
    slices=(
        Slice("ll-30", (*LEPTONIC_Z, *pt_hat(30, 60)), ("2b",), copies=3, max_events=250_000),
        Slice("ll-60", (*LEPTONIC_Z, *pt_hat(60, 150)), ("2b",), copies=3, max_events=150_000),
        Slice("ll-150", (*LEPTONIC_Z, *pt_hat(150)), ("1", "2b", "3"), copies=2),
        Slice("nunu-150", (*INVISIBLE_Z, *pt_hat(150, 250)), ("3",)),
        Slice("nunu-250", (*INVISIBLE_Z, *pt_hat(250, 400)), ("1", "3"), copies=2),
        Slice("nunu-400", (*INVISIBLE_Z, *pt_hat(400)), ("1", "3")),
    ),
    k_factor=1.9,
)
GAM_JETS: Final = Process(
    names=("gam_jets",),
    settings=("PromptPhoton:qg2qgamma=on", "PromptPhoton:qqbar2ggamma=on"),
    slices=(
        Slice("150", pt_hat(150, 250), ("3",), copies=3),
        Slice("250", pt_hat(250), ("1", "3"), copies=3),
    ),
    k_factor=1.9,
)
TWO_GAM: Final = Process(
    names=("2gam",),
    settings=("PromptPhoton:ffbar2gammagamma=on", "PromptPhoton:gg2gammagamma=on"),
    slices=(Slice("150", pt_hat(150), ("1", "3"), copies=3),),
)
W_GAM: Final = Process(
    names=("Wgam",),
    settings=("WeakBosonAndParton:ffbar2Wgm=on", *LEPTONIC_W),
    slices=(
        Slice("20", pt_hat(20, 150), ("2b",), copies=2),
        Slice("150", pt_hat(150), ("1", "2b", "3"), copies=3),
    ),
    k_factor=45.1 / 43.1,
)
Z_GAM: Final = Process(
    names=("Zgam",),
    settings=("WeakBosonAndParton:ffbar2gmZgm=on", "23:mMin=20", *LEPTONIC_Z),
    slices=(
        Slice("20", pt_hat(20, 150), ("2b",), copies=2),
        Slice("150", pt_hat(150), ("1", "2b", "3"), copies=3),
    ),
    k_factor=29.9 * 0.101 / 4.21,  # Table 2 has all decays
)
TTBAR: Final = Process(
    names=("ttbar",),
    settings=("Top:gg2ttbar=on", "Top:qqbar2ttbar=on"),
    slices=(
        Slice("dilepton", (*LEPTONIC_W, *pt_hat(0, 150)), ("1", "2a", "2b", "3"), copies=4, max_events=160_000),
        Slice("dilepton-150", (*LEPTONIC_W, *pt_hat(150)), ("1", "2a", "2b", "3"), copies=4, max_events=60_000),
        Slice("lplus", (*LEPTONIC_WPLUS, *pt_hat(0, 120)), ("3",)),
        Slice("lminus", (*LEPTONIC_WMINUS, *pt_hat(0, 120)), ("3",)),
        Slice("lplus-120", (*LEPTONIC_WPLUS, *pt_hat(120, 200)), ("1", "3"), copies=3, max_events=60_000),
        Slice("lminus-120", (*LEPTONIC_WMINUS, *pt_hat(120, 200)), ("1", "3"), copies=3, max_events=60_000),
        Slice("lplus-200", (*LEPTONIC_WPLUS, *pt_hat(200)), ("1", "3"), copies=2),
        Slice("lminus-200", (*LEPTONIC_WMINUS, *pt_hat(200)), ("1", "3"), copies=2),
        Slice("hadronic-120", (*HADRONIC_W, *pt_hat(120, 200)), ("1", "3"), copies=3),
        Slice("hadronic-200", (*HADRONIC_W, *pt_hat(200)), ("1", "3"), copies=3),
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
            (*HADRONIC_W, "37:onMode=off", "37:onIfAny=11 13 15", *pt_hat(150)),
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
    slices=(Slice("ll", (), ("1", "2b", "3")),),
    k_factor=82.1 / 64.0,
)
ZW: Final = Process(
    names=("zw",),
    settings=("WeakDoubleBoson:ffbar2ZW=on", *LEPTONIC_Z, *LEPTONIC_W),
    slices=(Slice("lll", (), ("2a", "2b"), copies=2, max_events=400_000),),
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

SINGLE_HIGGS: Final = Process(
    names=("single_higgs",),
    settings=(
        "HiggsSM:gg2H=on",
        "HiggsSM:ff2Hff(t:ZZ)=on",
        "HiggsSM:ff2Hff(t:WW)=on",
        "HiggsSM:ffbar2HZ=on",
        "HiggsSM:ffbar2HW=on",
    ),
    slices=(Slice("all", (), ("1", "2a", "2b", "3"), copies=3, max_events=60_000),),
    k_factor=1.94 / 31.5,
)
TTBAR_HIGGS: Final = Process(
    names=("ttbarHiggs",),
    settings=("HiggsSM:gg2Httbar=on", "HiggsSM:qqbar2Httbar=on"),
    slices=(Slice("all", (), ("1", "2a", "2b", "3"), copies=3, max_events=40_000),),
    k_factor=0.46 / 0.355,
)

BACKGROUNDS: Final = (
    NJETS,
    W_JETS,
    GAM_JETS,
    Z_JETS,
    TTBAR,
    SINGLE_TOP,
    WW,
    TW,
    TWO_GAM,
    W_GAM,
    ZW,
    Z_GAM,
    ZZ,
    SINGLE_HIGGS,
    TTBAR_Z,
    TTBAR_HIGGS,
)  # in the order of Table 2

# Processes of Table 2 that cannot be had, and why.
NOT_AVAILABLE: Final = {
    "ttbarGam": "Pythia has no matrix element; photons of the shower are in ttbar",
    "atop": "Pythia has no matrix element",
    "atopbar": "Pythia has no matrix element",
    "ztop": "Pythia has no matrix element; Z t and Z tbar would be a few per cent of channel 2a",
    "ztopbar": "Pythia has no matrix element",
    "ttbarW": "Pythia has no matrix element; it would be a few per cent of channel 2a",
    "ttbarWW": "Pythia has no matrix element",
    "4top": "Pythia has no matrix element",
}

LIMITS: Final = (
    "Leading-order Pythia 8 with parton showers instead of multi-leg MadGraph samples merged with MLM.",
    "No multi-parton interactions and no pile-up, in backgrounds and signals alike.",
    "The jet response has an effective tail (30 % of the jets lose 15 % in the mean) that the card of the challenge "
    "does not have; it was fitted to the rate of njets in channel 1.",
    "njets starts at pTHat 250 GeV in channel 1 and at 150 GeV in channel 3.",
    "w_jets, Wgam, single top and tW have at least one leptonic W, z_jets and Zgam a leptonic or (z_jets) invisible Z: "
    "the purely hadronic rest is lost in njets.",
    "w_jets and single top start at pTHat 150 GeV, gam_jets at 250 (channel 1) and 150 GeV, 2gam at 150 GeV, z_jets in "
    "channel 2b at 30 GeV; ttbar with hadronic W enters channels 1 and 3 from pTHat 120 GeV on, semileptonic ttbar "
    "channel 1.",
    "ttbar with two leptons and a third from a b decay is under-represented in channel 2a, and so are single_higgs and "
    "ttbarHiggs.",
    "No displaced decays: every particle points to the origin of the detector.",
)
