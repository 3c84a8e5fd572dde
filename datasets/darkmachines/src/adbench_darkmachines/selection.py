"""Which objects count, and which events belong to a channel: the one place where these numbers are written.

Source: arXiv:2105.14027 section 2.1 and eq. (2.2)-(2.5). Everything is in GeV and rad.

One cut of channel 1 is not in the paper but in its files: MET is at least 0.2 of MET plus the pT of the four leading
jets. Of 17,937 public channel-1 lines (background and four signals) none is below, the smallest value is 0.2000, and
nothing piles up at the paper's MET/HT = 0.2 (smallest value 0.216). We apply both; the official files lose nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32] | npt.NDArray[np.float64]

# Codes of `kinds`; 0 marks an empty slot.
EMPTY: Final = 0
JET, BJET, ELECTRON, POSITRON, MUON, ANTIMUON, PHOTON = range(1, 8)
SYMBOLS: Final = ("j", "b", "e-", "e+", "m-", "m+", "g")  # SYMBOLS[kind - 1]

# Columns of `objects`.
E, PT, ETA, PHI = range(4)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Range in which an object is stored: pT > `pt_min` [GeV], |eta| < `eta_max` [arXiv:2105.14027 sec. 2.1]."""

    pt_min: float
    eta_max: float


JET_ACCEPTANCE: Final = Acceptance(pt_min=20.0, eta_max=2.8)
LEPTON_ACCEPTANCE: Final = Acceptance(pt_min=15.0, eta_max=2.7)
PHOTON_ACCEPTANCE: Final = Acceptance(pt_min=20.0, eta_max=2.37)

ACCEPTANCE: Final[Mapping[int, Acceptance]] = MappingProxyType(
    {
        JET: JET_ACCEPTANCE,
        BJET: JET_ACCEPTANCE,
        ELECTRON: LEPTON_ACCEPTANCE,
        POSITRON: LEPTON_ACCEPTANCE,
        MUON: LEPTON_ACCEPTANCE,
        ANTIMUON: LEPTON_ACCEPTANCE,
        PHOTON: PHOTON_ACCEPTANCE,
    }
)


@dataclass(frozen=True, slots=True)
class ChannelCuts:
    """Selection of one channel; a jet is j or b, a lepton is e or mu, HT sums the pT of all jets.

    All thresholds in GeV. HT and MET/HT are inclusive (>=), jet and lepton pT exclusive (>). MET is inclusive
    except in channel 3, where the paper writes MET > 100 GeV.
    """

    met_min: float
    met_inclusive: bool = True
    ht_min: float = 0.0
    met_over_ht_min: float = 0.0
    met_over_m_eff_min: float = 0.0  # m_eff = MET + pT of the four leading jets
    jets_min: tuple[tuple[int, float], ...] = ()  # (number, pT): at least `number` jets above `pT`
    leptons_min: int = 0


CHANNELS: Final[Mapping[str, ChannelCuts]] = MappingProxyType(
    {
        "1": ChannelCuts(
            met_min=200.0, ht_min=600.0, met_over_ht_min=0.2, met_over_m_eff_min=0.2, jets_min=((4, 50.0), (1, 200.0))
        ),
        "2a": ChannelCuts(met_min=50.0, leptons_min=3),
        "2b": ChannelCuts(met_min=50.0, ht_min=50.0, leptons_min=2),
        "3": ChannelCuts(met_min=100.0, met_inclusive=False, ht_min=600.0),
    }
)

M_EFF_JETS: Final = 4  # m_eff of the zero-lepton searches counts this many jets

# Indexed by kind, so that a whole array is looked up at once; nothing passes an empty slot.
_PT_MIN: Final = np.array([np.inf] + [ACCEPTANCE[kind].pt_min for kind in range(1, 8)])
_ETA_MAX: Final = np.array([0.0] + [ACCEPTANCE[kind].eta_max for kind in range(1, 8)])


def passes_object_cuts(objects: Floats, kinds: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Tell for every slot whether it holds an object inside the acceptance of its kind.

    Args:
        objects: (n, slots, 4) in the order E, pT, eta, phi; GeV and rad.
        kinds: (n, slots), codes 0 (empty) to 7.

    Returns:
        Boolean array (n, slots); False in empty slots.

    >>> objects = np.array([[[50.0, 20.0, 0.0, 0.0], [50.0, 20.1, 0.0, 0.0]]])
    >>> passes_object_cuts(objects, np.array([[1, 1]], dtype=np.int8)).tolist()
    [[False, True]]
    """
    passes: npt.NDArray[np.bool_] = (objects[..., PT] > _PT_MIN[kinds]) & (np.abs(objects[..., ETA]) < _ETA_MAX[kinds])
    return passes


def is_jet(kinds: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Tell which slots hold a jet, b-tagged or not."""
    jets: npt.NDArray[np.bool_] = (kinds == JET) | (kinds == BJET)
    return jets


def is_lepton(kinds: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Tell which slots hold an electron or a muon of either charge."""
    leptons: npt.NDArray[np.bool_] = (kinds >= ELECTRON) & (kinds <= ANTIMUON)
    return leptons


def scalar_ht(objects: Floats, kinds: npt.NDArray[np.int8]) -> npt.NDArray[np.float64]:
    """Sum the pT of all jets (b-tagged ones included) inside the acceptance, in GeV, per event (n,)."""
    jets = is_jet(kinds) & passes_object_cuts(objects, kinds)
    ht: npt.NDArray[np.float64] = np.where(jets, objects[..., PT], 0.0).sum(axis=1, dtype=np.float64)
    return ht


def passes_channel(
    channel: str,
    objects: Floats,
    kinds: npt.NDArray[np.int8],
    met: Floats,
) -> npt.NDArray[np.bool_]:
    """Tell for every event whether it belongs to a channel [arXiv:2105.14027 eq. (2.2)-(2.5)].

    Objects outside the acceptance are ignored, so the answer is the same before and after they are removed.

    Args:
        channel: "1", "2a", "2b" or "3".
        objects: (n, slots, 4) in the order E, pT, eta, phi; GeV and rad.
        kinds: (n, slots), codes 0 (empty) to 7.
        met: (n,) missing transverse momentum in GeV.

    Returns:
        Boolean array (n,).

    Raises:
        KeyError: for an unknown channel.
    """
    cuts = CHANNELS[channel]
    accepted = passes_object_cuts(objects, kinds)
    pt = np.where(accepted, objects[..., PT], 0.0)
    jet_pt = np.where(is_jet(kinds), pt, 0.0)
    ht = jet_pt.sum(axis=1, dtype=np.float64)
    leptons = (is_lepton(kinds) & accepted).sum(axis=1)

    passes: npt.NDArray[np.bool_] = met >= cuts.met_min if cuts.met_inclusive else met > cuts.met_min
    passes = passes & (ht >= cuts.ht_min) & (met >= cuts.met_over_ht_min * ht) & (leptons >= cuts.leptons_min)
    if cuts.met_over_m_eff_min > 0.0:
        leading = np.partition(jet_pt, -M_EFF_JETS, axis=1)[:, -M_EFF_JETS:] if jet_pt.shape[1] > M_EFF_JETS else jet_pt
        passes = passes & (met >= cuts.met_over_m_eff_min * (met + leading.sum(axis=1, dtype=np.float64)))
    for number, threshold in cuts.jets_min:
        passes &= (jet_pt > threshold).sum(axis=1) >= number
    return passes
