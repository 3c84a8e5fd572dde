"""The selection of a channel on events that the reader has arranged: one loop in place of a dozen arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from adbench_darkmachines.reader.compiled import compiled
from adbench_darkmachines.selection import ANTIMUON, BJET, CHANNELS, ELECTRON, EMPTY, M_EFF_JETS, PT

__all__ = ["choose"]


def choose(
    channel: str, objects: NDArray[np.float32], kinds: NDArray[np.int8], met: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Tell for every event whether it belongs to a channel, as `adbench_darkmachines.selection.passes_channel` does.

    Args:
        channel: "1", "2a", "2b" or "3".
        objects: float32 (n, slots, 4) of `arrange`: inside the acceptance, by descending pT.
        kinds: int8 (n, slots) of `arrange`.
        met: float32 (n,), missing transverse momentum in GeV.
    """
    cuts = CHANNELS[channel]
    met_min = cuts.met_min if cuts.met_inclusive else np.nextafter(cuts.met_min, np.inf)
    jets_min = np.array(cuts.jets_min, np.float64).reshape(-1, 2)
    ratios = cuts.met_over_ht_min, cuts.met_over_m_eff_min
    chosen: NDArray[np.bool_] = _choose(objects, kinds, met, met_min, cuts.ht_min, ratios, cuts.leptons_min, jets_min)
    return chosen


@compiled
def _choose(
    objects: NDArray[np.float32],
    kinds: NDArray[np.int8],
    met: NDArray[np.float32],
    met_min: float,
    ht_min: float,
    ratios: tuple[float, float],
    leptons_min: int,
    jets_min: NDArray[np.float64],
) -> NDArray[np.bool_]:
    chosen = np.empty(len(kinds), np.bool_)
    jet_pt = np.empty(kinds.shape[1])
    for i in range(len(kinds)):
        jets = leptons = 0
        ht = leading = 0.0  # sums of single-precision momenta are exact in double precision, in any order
        for slot in range(kinds.shape[1]):
            kind = kinds[i, slot]
            if kind == EMPTY:
                break
            if kind <= BJET:
                jet_pt[jets] = objects[i, slot, PT]
                ht += jet_pt[jets]
                jets += 1
                if jets <= M_EFF_JETS:
                    leading = ht
            leptons += ELECTRON <= kind <= ANTIMUON
        missing = float(met[i])
        passes = missing >= met_min and ht >= ht_min and leptons >= leptons_min
        passes &= missing >= ratios[0] * ht and missing >= ratios[1] * (missing + leading)
        for k in range(len(jets_min)):
            number = int(jets_min[k, 0])
            passes &= jets >= number and jet_pt[number - 1] > jets_min[k, 1]
        chosen[i] = passes
    return chosen
