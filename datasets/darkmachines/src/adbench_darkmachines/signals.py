"""The 19 signals of the challenge and the 34 pairs of channel and signal that are measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["FAMILIES", "PAIRS", "SIGNALS", "Signal"]


@dataclass(frozen=True, slots=True)
class Signal:
    """One new-physics signal.

    Attributes:
        name: code in the file names and in published results.
        family: signals of one family are withheld together from a semi-supervised detector.
        summary: process, masses, decay.
        events: number of events in the published file of each channel; its keys are the channels of the signal.
    """

    name: str
    family: str
    summary: str
    events: Mapping[str, int]


FAMILIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "zprime_dm": "Z' of 2 TeV that decays to dark matter, recoiling against a jet, W or Z",
        "monotop": "invisible Z' of 200 GeV with a single top",
        "mutau": "Z' of U(1) L_mu - L_tau, radiated off leptons",
        "stop_rpv": "stop pair, R parity violated",
        "squark_rpv": "squark pair, R parity violated",
        "gluino": "gluino pair, R parity conserved",
        "stop": "stop pair, R parity conserved",
        "squark": "squark pair, R parity conserved",
        "chaneut": "chargino and second neutralino, R parity conserved",
        "chacha": "chargino pair, R parity conserved",
    }
)
"""One family = the same new particles produced in the same model; masses, the recoiling particle and decays may differ.

So gluinos that decay through tops stay with those that decay to light quarks: a prior of one teaches much of the
other. Broken R parity is another model: its final states lack the missing energy of the lightest neutralino.
"""

_TABLE = (
    Signal(
        "monojet_Zp2000.0_DM_50.0",
        "zprime_dm",
        "Z' (2 TeV) and a jet, Z' to dark matter of 50 GeV",
        {"1": 1130, "3": 6399},
    ),
    Signal(
        "monoV_Zp2000.0_DM_1.0", "zprime_dm", "Z' (2 TeV) and a W or Z, Z' to dark matter (50 GeV in text)", {"3": 6120}
    ),
    Signal("monotop_200_A", "monotop", "Z' (200 GeV) and a single top, Z' invisible", {"1": 1581, "3": 7261}),
    Signal("pp23mt_50", "mutau", "Z' (50 GeV) to leptons or neutrinos, three leptons", {"2a": 968, "2b": 3402}),
    Signal("pp24mt_50", "mutau", "Z' (50 GeV) to leptons or neutrinos, four leptons", {"2a": 3781, "2b": 8499}),
    Signal(
        "stlp_st1000",
        "stop_rpv",
        "stop pair (1 TeV), each to a lepton and a b quark",
        {"1": 8889, "2b": 13626, "3": 33397},
    ),
    Signal(
        "sqsq1_sq1400_neut800",
        "squark_rpv",
        "squark pair (1.4 TeV) to jets and neutralinos (800 GeV) that decay to jets",
        {"1": 4111, "3": 7632},
    ),
    Signal(
        "sqsq_sq1800_neut800",
        "squark",
        "squark pair (1.8 TeV) to jets and neutralinos (800 GeV)",
        {"1": 2822, "3": 8881},
    ),
    Signal(
        "glgl1400_neutralino1100",
        "gluino",
        "gluino pair (1.4 TeV) to jets and neutralinos (1.1 TeV)",
        {"1": 4096, "3": 8679},
    ),
    Signal(
        "glgl1600_neutralino800",
        "gluino",
        "gluino pair (1.6 TeV) to jets and neutralinos (800 GeV)",
        {"1": 10755, "3": 17484},
    ),
    Signal(
        "gluino_1000.0_neutralino_1.0",
        "gluino",
        "gluino pair (1 TeV) to top pairs and neutralinos (1 GeV)",
        {"2a": 5221, "2b": 58541, "3": 918180},
    ),
    Signal(
        "stop2b1000_neutralino300",
        "stop",
        "stop pair (1 TeV) to tops and neutralinos (300 GeV)",
        {"1": 5282, "3": 9287},
    ),
    Signal("chaneut_cha200_neut50", "chaneut", "chargino (200 GeV), neutralino (50 GeV)", {"2a": 222, "2b": 1513}),
    Signal("chaneut_cha250_neut150", "chaneut", "chargino (250 GeV), neutralino (150 GeV)", {"2a": 226, "2b": 1376}),
    Signal("chaneut_cha300_neut100", "chaneut", "chargino (300 GeV), neutralino (100 GeV)", {"2a": 311}),
    Signal("chaneut_cha400_neut200", "chaneut", "chargino (400 GeV), neutralino (200 GeV)", {"2a": 360}),
    Signal("chacha_cha300_neut140", "chacha", "charginos (300 GeV), neutralinos (140 GeV)", {"2b": 665}),
    Signal("chacha_cha400_neut60", "chacha", "charginos (400 GeV), neutralinos (60 GeV)", {"2b": 849}),
    Signal("chacha_cha600_neut200", "chacha", "charginos (600 GeV), neutralinos (200 GeV)", {"2b": 1205}),
)

SIGNALS: Final[Mapping[str, Signal]] = MappingProxyType({signal.name: signal for signal in _TABLE})

PAIRS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {channel: tuple(name for name, s in SIGNALS.items() if channel in s.events) for channel in ("1", "2a", "2b", "3")}
)
"""Signals of each channel: 8 + 7 + 9 + 10 = 34 pairs."""
