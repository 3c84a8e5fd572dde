"""N-subjettiness (arXiv:1011.2268) on the axes of the exclusive kT algorithm."""

from __future__ import annotations

import warnings

import numpy as np

from adbench.generation.clustering import Jets, awkward_momenta
from adbench.generation.kinematics import Array, delta_r, wrap_phi

__all__ = ["subjettiness"]


def subjettiness(jets: Jets, n_max: int, radius: float, beta: float = 1.0) -> Array:
    """Return (n_jets, n_max): tau_1 ... tau_n_max, tau_N = sum pT min_k dR_k^beta / (sum pT R^beta).

    The axes are the N exclusive kT subjets (R = 1, E scheme), not minimised further: values lie a little above those of
    one-pass minimisation. For beta = 1 the usual dR.

    Raises:
        ValueError: a jet has fewer than n_max constituents.
    """
    import awkward as ak
    import fastjet

    if len(jets) and jets.counts.min() < n_max:
        msg = f"a jet has {jets.counts.min()} constituents; tau_{n_max} needs {n_max}"
        raise ValueError(msg)
    found = np.zeros((len(jets), n_max))
    if not len(jets):
        return found
    jet = jets.jet_of
    scale = np.bincount(jet, weights=jets.c_pt, minlength=len(jets)) * radius**beta
    # constituents relative to the axis: no jet is torn at phi = pi
    eta, phi = jets.c_eta - jets.eta[jet], wrap_phi(jets.c_phi - jets.phi[jet])
    momenta = awkward_momenta(jets.c_pt, eta, phi, jets.counts)
    sequence = fastjet.ClusterSequence(momenta, fastjet.JetDefinition(fastjet.kt_algorithm, 1.0))
    for n in range(1, n_max + 1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it speaks of dcut, which n_jets does not use
            axes = sequence.exclusive_jets(n_jets=n)
        px, py, pz = (ak.to_numpy(ak.flatten(axes[name])).reshape(-1, n) for name in ("px", "py", "pz"))
        axis_eta, axis_phi = np.arcsinh(pz / np.hypot(px, py)), np.arctan2(py, px)
        near = delta_r(eta[:, None], phi[:, None], axis_eta[jet], axis_phi[jet]).min(axis=1)
        found[:, n - 1] = np.bincount(jet, weights=jets.c_pt * near**beta, minlength=len(jets)) / scale
    return found
