"""Charged particles in the solenoid, on their way to the calorimeter."""

from __future__ import annotations

import numpy as np

from adbench.generation.kinematics import Array, wrap_phi

FIELD = 2.0  # T                  [delphes_card_ATLAS.dat, ParticlePropagator Bz]
RADIUS = 1.15  # m                [ParticlePropagator Radius]
HALF_LENGTH = 3.51  # m           [ParticlePropagator HalfLength]


def impact_phi(pt: Array, eta: Array, phi: Array, charge: Array) -> tuple[Array, Array]:
    """Azimuth at the calorimeter face, and whether the particle gets there.

    A track from the origin with curvature radius R = pT / (0.3 B) reaches the distance r from the beam after turning
    by asin(r / 2R) = asin(0.15 B r / pT) (pT in GeV, B in T, r in m). Tracks that curl up inside do not arrive.

    Returns:
        (phi at the face [rad], arrives).
    """
    r = np.minimum(RADIUS, HALF_LENGTH / np.maximum(np.sinh(np.abs(eta)), 1e-9))
    sine = 0.15 * FIELD * r * np.abs(charge) / pt
    arrives = sine < 1.0
    turn = np.arcsin(np.minimum(sine, 1.0))
    return wrap_phi(phi - np.sign(charge) * turn), arrives
