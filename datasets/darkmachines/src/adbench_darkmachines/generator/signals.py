"""The 19 signals of the challenge: Pythia settings, spectra, and the 34 channels in which each of them is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from adbench_darkmachines.generator.processes import INVISIBLE_Z, LEPTONIC_W, LEPTONIC_Z, Process, Slice, Status, pt_hat
from adbench_darkmachines.generator.slha import spectrum

GLUINO, NEUTRALINO, CHARGINO, NEUTRALINO2, STOP = 1000021, 1000022, 1000024, 1000023, 1000006
LIGHT_SQUARKS: Final = (*range(1000001, 1000005), *range(2000001, 2000005))

_GLUINO_PAIR = ("SUSY:gg2gluinogluino=on", "SUSY:qqbar2gluinogluino=on")
_STOP_PAIR = (
    "SUSY:gg2squarkantisquark=on",
    "SUSY:qqbar2squarkantisquark=on",
    "SUSY:idA=1000006",
    "SUSY:idB=1000006",
)
_ALL = ",".join(map(str, LIGHT_SQUARKS))
_SQUARK_PAIR = (
    "SUSY:gg2squarkantisquark=on",
    "SUSY:qqbar2squarkantisquark=on",
    "SUSY:qq2squarksquark=on",
    f"SUSY:idVecA={_ALL}",
    f"SUSY:idVecB={_ALL}",
)
_HEAVY_Z = ("23:m0=2000", "23:mWidth=50", "23:doForceWidth=on", "23:mMin=1800", "23:mMax=2200", *INVISIBLE_Z)
# U(1) Lmu-Ltau boson of 50 GeV: half to charged leptons, half to neutrinos.
_MUTAU = (
    "9900032:all=Zpmt void 3 0 0 50. 0.05 49. 51. 0.",
    "9900032:isResonance=false",
    "9900032:oneChannel=1 0.3333 0 13 -13",
    "9900032:addChannel=1 0.3333 0 15 -15",
    "9900032:addChannel=1 0.1667 0 14 -14",
    "9900032:addChannel=1 0.1667 0 16 -16",
)
_BOSON_JET = {
    23: ("WeakBosonAndParton:qqbar2gmZg=on", "WeakBosonAndParton:qg2gmZq=on", "WeakZ0:gmZmode=2"),
    24: ("WeakBosonAndParton:qqbar2Wg=on", "WeakBosonAndParton:qg2Wq=on"),
}


def _signal(
    name: str,
    channels: Sequence[str],
    settings: Sequence[str],
    slha: str | None = None,
    status: Status = "true",
    note: str = "",
    copies: int = 1,
) -> Process:
    part = Slice("all", (), tuple(channels), copies=copies, max_events=200_000)
    return Process((name,), tuple(settings), (part,), 1.0, status, note, slha)


def _gluino(mass: float, lsp: float, tops: bool = False) -> str:
    # No bottom: the official gluino events have no more b tags than those of light squarks.
    flavours = (6,) if tops else (1, 2, 3, 4)
    modes = [(1.0 / len(flavours), (NEUTRALINO, q, -q)) for q in flavours]
    return spectrum({GLUINO: mass, NEUTRALINO: lsp}, {GLUINO: modes})


def _squarks(mass: float, lsp: float, lsp_decays: Sequence[tuple[float, tuple[int, ...]]] = ()) -> str:
    masses = dict.fromkeys(LIGHT_SQUARKS, mass) | {NEUTRALINO: lsp}
    decays = {squark: [(1.0, (NEUTRALINO, squark % 10))] for squark in LIGHT_SQUARKS}
    return spectrum(masses, decays | ({NEUTRALINO: list(lsp_decays)} if lsp_decays else {}))


def _electroweakinos(heavy: float, lsp: float) -> str:
    return spectrum(
        {CHARGINO: heavy, NEUTRALINO2: heavy, NEUTRALINO: lsp},
        {CHARGINO: [(1.0, (NEUTRALINO, 24))], NEUTRALINO2: [(1.0, (NEUTRALINO, 23))]},
    )


def _chaneut(heavy: int, lsp: int, channels: Sequence[str]) -> Process:
    settings = ("SUSY:qqbar2chi+-chi0=on", f"SUSY:idA={CHARGINO}", f"SUSY:idB={NEUTRALINO2}", *LEPTONIC_W, *LEPTONIC_Z)
    return _signal(f"chaneut_cha{heavy}_neut{lsp}", channels, settings, _electroweakinos(heavy, lsp))


def _chacha(heavy: int, lsp: int) -> Process:
    settings = ("SUSY:qqbar2chi+chi-=on", f"SUSY:idA={CHARGINO}", f"SUSY:idB={CHARGINO}", *LEPTONIC_W)
    return _signal(f"chacha_cha{heavy}_neut{lsp}", ("2b",), settings, _electroweakinos(heavy, lsp))


def _mu_tau(name: str, boson: int, muons: str) -> Process:
    window = ("23:mMin=60",) if boson == 23 else ()
    decay = (f"{boson}:addChannel=1 0.1 100 {muons} 9900032", f"{boson}:onMode=off", f"{boson}:onIfAny=9900032")
    return _signal(
        name,
        ("2a", "2b"),
        (*_BOSON_JET[boson], *window, *_MUTAU, *decay, *pt_hat(40)),
        status="analogue",
        note="three-body decay of an on-shell boson in flat phase space instead of off-shell lines",
        copies=3,
    )


# Neutralino -> q q q, half of the decays with a top.
_UDD = [(0.25, (2, 1, 3)), (0.25, (-2, -1, -3)), (0.25, (6, 1, 3)), (0.25, (-6, -1, -3))]

_TABLE = (
    _signal(
        "monojet_Zp2000.0_DM_50.0",
        ("1", "3"),
        (*_BOSON_JET[23], *_HEAVY_Z, *pt_hat(200)),
        note="Z + parton matrix elements with the Z moved to 2 TeV and invisible; pTHat above 200 GeV",
        status="analogue",
        copies=2,
    ),
    _signal(
        "monoV_Zp2000.0_DM_1.0",
        ("3",),
        ("WeakDoubleBoson:ffbar2ZW=on", *_HEAVY_Z, "24:onMode=off", "24:onIfAny=1 2 3 4 5"),
        status="analogue",
        note="W Z with the Z moved to 2 TeV and invisible; W to quarks",
    ),
    _signal(
        "monotop_200_A",
        ("1", "3"),
        ("SUSY:qq2antisquark=on",),
        spectrum(
            {STOP: 1000.0, NEUTRALINO: 200.0},
            {STOP: [(1.0, (NEUTRALINO, 6))]},
            right_handed_stop=True,
            udd_couplings={(3, 1, 2): 0.2, (3, 1, 3): 0.2, (3, 2, 3): 0.2},
        ),
        status="analogue",
        note="resonant stop of 1 TeV to top and an invisible particle of 200 GeV",
    ),
    _mu_tau("pp23mt_50", 24, "-13 14"),
    _mu_tau("pp24mt_50", 23, "13 -13"),
    _signal(
        "stlp_st1000",
        ("1", "2b", "3"),
        _STOP_PAIR,
        spectrum({STOP: 1000.0}, {STOP: [(1 / 3, (5, -lepton)) for lepton in (11, 13, 15)]}),
    ),
    _signal("sqsq1_sq1400_neut800", ("1", "3"), _SQUARK_PAIR, _squarks(1400.0, 800.0, _UDD), copies=3),
    _signal("sqsq_sq1800_neut800", ("1", "3"), _SQUARK_PAIR, _squarks(1800.0, 800.0)),
    _signal("glgl1400_neutralino1100", ("1", "3"), _GLUINO_PAIR, _gluino(1400.0, 1100.0)),
    _signal("glgl1600_neutralino800", ("1", "3"), _GLUINO_PAIR, _gluino(1600.0, 800.0)),
    _signal(
        "gluino_1000.0_neutralino_1.0",
        ("2a", "2b", "3"),
        _GLUINO_PAIR,
        _gluino(1000.0, 1.0, tops=True),
        copies=3,
    ),
    _signal(
        "stop2b1000_neutralino300",
        ("1", "3"),
        _STOP_PAIR,
        spectrum({STOP: 1000.0, NEUTRALINO: 300.0}, {STOP: [(1.0, (NEUTRALINO, 6))]}),
    ),
    _chaneut(200, 50, ("2a", "2b")),
    _chaneut(250, 150, ("2a", "2b")),
    _chaneut(300, 100, ("2a",)),
    _chaneut(400, 200, ("2a",)),
    _chacha(300, 140),
    _chacha(400, 60),
    _chacha(600, 200),
)
SIGNALS: Final[Mapping[str, Process]] = {process.key: process for process in _TABLE}


def signals_of(channel: str) -> tuple[str, ...]:
    """Return the signals that the challenge measures in a channel."""
    return tuple(name for name, process in SIGNALS.items() if channel in process.slices[0].channels)
