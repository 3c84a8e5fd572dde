"""The Standard Model processes of the challenge (arXiv:2105.14027, Table 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["ALIASES", "CROSS_SECTIONS", "PROCESSES", "Process"]


@dataclass(frozen=True, slots=True)
class Process:
    """One background process.

    Attributes:
        name: process ID in the event files.
        label: the process in the notation of the field.
        cross_section: leading order, 13 TeV, in pb; above `ht_min`.
        generated: events of the full generation.
        ht_min: HT [GeV] above which the events were generated; 0 = no such cut.
    """

    name: str
    label: str
    cross_section: float
    generated: int
    ht_min: float = 0.0


PROCESSES: Final = (
    Process("njets", r"$jj$", 19718.0, 415_331_302, 600.0),
    Process("w_jets", r"$W^\pm(\ell\nu)$ + jets", 10537.0, 135_692_164, 100.0),
    Process("gam_jets", r"$\gamma j$", 7927.0, 123_709_226, 100.0),
    Process("z_jets", r"$Z(\ell\ell, \nu\nu)$ + jets", 3753.0, 60_076_409, 100.0),
    Process("ttbar", r"$t\bar{t}$", 541.0, 13_590_811),
    Process("singletop", r"$t$ + jets", 130.0, 7_223_883),
    Process("singletopbar", r"$\bar{t}$ + jets", 112.0, 7_179_922),
    Process("ww", r"$W^+W^-$", 82.1, 17_740_278),
    Process("wtop", r"$W^-t$", 57.8, 5_252_172),
    Process("wtopbar", r"$W^+\bar{t}$", 57.8, 4_723_206),
    Process("2gam", r"$\gamma\gamma$", 47.1, 17_464_818),
    Process("Wgam", r"$W\gamma$", 45.1, 18_633_683),
    Process("zw", r"$ZW$", 31.6, 13_847_321),
    Process("Zgam", r"$Z\gamma$", 29.9, 15_909_980),
    Process("zz", r"$ZZ$", 9.91, 7_118_820),
    Process("single_higgs", r"$h$", 1.94, 2_596_158),
    Process("ttbarGam", r"$t\bar{t}\gamma$", 1.55, 95_217),
    Process("ttbarZ", r"$t\bar{t}Z$", 0.59, 300_000),
    Process("ttbarHiggs", r"$t\bar{t}h$", 0.46, 200_476),
    Process("atop", r"$\gamma t$", 0.39, 2_776_166),
    Process("ttbarW", r"$t\bar{t}W$", 0.35, 279_365),
    Process("atopbar", r"$\gamma\bar{t}$", 0.27, 4_770_857),
    Process("ztop", r"$Zt$", 0.26, 3_213_475),
    Process("ztopbar", r"$Z\bar{t}$", 0.15, 2_741_276),
    Process("4top", r"$t\bar{t}t\bar{t}$", 0.0097, 399_999),
    Process("ttbarWW", r"$t\bar{t}WW$", 0.0085, 150_000),
)

CROSS_SECTIONS: Final[Mapping[str, float]] = MappingProxyType({p.name: p.cross_section for p in PROCESSES})
"""Of each process, in pb."""

ALIASES: Final[Mapping[str, str]] = MappingProxyType({"single_top": "singletop", "single_topbar": "singletopbar"})
"""Process IDs of Table 2 that the event files write differently."""
