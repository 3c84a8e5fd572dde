"""The data card: what the challenge's events are, where they come from, under which terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from adbench.api.schema import EventSchema, Kind, Quantity
from adbench_darkmachines.processes import ALIASES, PROCESSES
from adbench_darkmachines.selection import CHANNELS, SYMBOLS, ChannelCuts
from adbench_darkmachines.signals import SIGNALS

__all__ = ["CHANNEL_CARDS", "DOIS", "LICENCE", "OTHER", "PROCESS_INDEX", "SCHEMA", "SLOTS", "SUMMARY", "ChannelCard"]

SUMMARY: Final = "Dark Machines Anomaly Score Challenge: simulated 13 TeV pp collisions in four channels"
DOIS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "hackathon": "10.5281/zenodo.3961917",
        "secret": "10.5281/zenodo.4443151",
        "full": "10.5281/zenodo.3685861",
        "paper": "10.48550/arXiv.2105.14027",
    }
)
"""Where the official files are: labelled channels, unlabelled channels, every generated process; and the paper."""

LICENCE: Final = "CC BY 4.0 (official files); MIT (bundled sample)"
SLOTS: Final = 18
"""Object slots of an event; files with busier events get as many as they need."""

OTHER: Final = "other"
_KIND_LABELS = ("jet", "b jet", "$e^-$", "$e^+$", r"$\mu^-$", r"$\mu^+$", "photon")


@dataclass(frozen=True, slots=True)
class ChannelCard:
    """One channel of the challenge.

    Attributes:
        cuts: its selection.
        luminosity: of the official background file, in fb^-1.
        background: events in the official background file.
        summary: the selection in words.
    """

    cuts: ChannelCuts
    luminosity: float
    background: int
    summary: str


CHANNEL_CARDS: Final[Mapping[str, ChannelCard]] = MappingProxyType(
    {
        "1": ChannelCard(
            CHANNELS["1"],
            7.79,
            214_185,
            "HT >= 600, MET >= 200 GeV, MET/HT >= 0.2, 4 jets above 50 GeV, 1 above 200 GeV",
        ),
        "2a": ChannelCard(CHANNELS["2a"], 309.6, 20_005, "MET >= 50 GeV, 3 leptons above 15 GeV"),
        "2b": ChannelCard(CHANNELS["2b"], 7.8, 340_268, "MET >= 50 GeV, HT >= 50 GeV, 2 leptons above 15 GeV"),
        "3": ChannelCard(CHANNELS["3"], 8.02, 8_544_111, "HT >= 600 GeV, MET > 100 GeV"),
    }
)

SCHEMA: Final = EventSchema(
    object_features=(
        Quantity("E", "GeV", "$E$"),
        Quantity("pt", "GeV", r"$p_\mathrm{T}$"),
        Quantity("eta", "", r"$\eta$"),
        Quantity("phi", "rad", r"$\phi$", periodic=True),
    ),
    kinds=tuple(
        Kind(symbol, label, jet=symbol in ("j", "b")) for symbol, label in zip(SYMBOLS, _KIND_LABELS, strict=True)
    ),
    features=(
        Quantity("met", "GeV", r"$E_\mathrm{T}^\mathrm{miss}$"),
        Quantity("met_phi", "rad", r"$\phi(E_\mathrm{T}^\mathrm{miss})$", periodic=True),
    ),
    processes=(*(process.name for process in PROCESSES), *SIGNALS, OTHER),
)
"""Processes: those of Table 2, the 19 signals, and `other`, last, for names that a file has and the card has not.

The list is fixed, so that events of all files can be joined; the reader counts and names what went into `other`.
"""

_INDEX = {name: index for index, name in enumerate(SCHEMA.processes)}
PROCESS_INDEX: Final[Mapping[str, int]] = MappingProxyType(
    _INDEX | {alias: _INDEX[name] for alias, name in ALIASES.items()}
)
"""Place of a file's process ID in ``SCHEMA.processes``."""
