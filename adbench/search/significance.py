"""Discovery significance of a fitted yield, signed: a deficit counts as negative.

The one-sided p-value of a search stops at 0.5 for every deficit, so it is not uniform without a signal, and combining
such values gives too many false discoveries. Signed ones are uniform (Cowan et al., arXiv:1007.1727, equation 52,
without its cut at zero).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adbench.search.design import Design
from adbench.search.fit import Fits

__all__ = ["Significance", "signed_significance"]

Floats = NDArray[np.float64]

_TINY = 0.02  # significances for which the correction is not computed: it is a ratio of two small numbers
_LARGEST = 2.0  # correction that is believed


@dataclass(frozen=True, slots=True)
class Significance:
    """What the data say of a yield.

    Attributes:
        z: (F,) signed standard deviations, corrected to third order.
        root: (F,) the same without the correction: the signed root of the likelihood ratio.
        yields: (F,) fitted events of the resonance, whole Gaussian.
        errors: (F,) their standard deviation from the curvature of the likelihood.
    """

    z: Floats
    root: Floats
    yields: Floats
    errors: Floats


def signed_significance(counts: Floats, without: Fits, resonant: Fits) -> Significance:
    """Return the significance of the resonance in each spectrum.

    The signed root r of the likelihood ratio is normal up to terms of order 1 / sqrt(events), which add up when many
    categories are combined. Skovgaard's r* = r + log(u / r) / r removes them (Bernoulli 2 (1996) 145, equation 13);
    for Poisson counts its covariances are sums over bins, and a bound that binds is a bin of the size of its barrier.

    Args:
        counts: (F, B) events.
        without: their fits without a resonance.
        resonant: their fits with one, its yield the last coefficient and free.
    """
    n_bins, design = counts.shape[1], resonant.design
    c_hat = resonant.coefficients
    c_null = np.concatenate([without.coefficients, np.zeros((len(counts), 1))], axis=1)
    hat, null = design.expected(c_hat), design.expected(c_null)
    at_hat, at_null = resonant.multipliers, without.multipliers
    n = np.concatenate([counts, np.zeros((len(counts), design.bounded))], axis=1)
    log_ratio = np.log(hat / null)
    ratio = 2.0 * np.sum((n * log_ratio - (hat - null))[:, :n_bins], axis=1)
    yields = c_hat[:, -1]
    root = np.sign(yields) * np.sqrt(np.maximum(ratio, 0.0))

    left, right = design.scale(c_hat), design.scale(c_null)
    observed = _observed(design, n, hat, at_hat, left)
    errors = np.sqrt(np.maximum(np.linalg.inv(observed)[:, -1, -1], 0.0))
    variance = np.concatenate([hat[:, :n_bins], at_hat[:, n_bins:] * hat[:, n_bins:]], axis=1)
    expected = design.squares(variance / hat**2, left, left)
    across = design.squares(variance / (hat * null), left, right)
    nuisance = _observed(design, n, null, at_null, right)[:, :-1, :-1]
    moved = design.slopes((variance / hat) * log_ratio, left)
    along = np.linalg.solve(across, moved[..., None])[:, -1, 0]
    dets = [np.linalg.slogdet(matrix)[1] for matrix in (observed, expected, across, nuisance)]
    log_u = np.log(np.abs(along) + 1e-300) + 0.5 * dets[0] - dets[1] + dets[2] - 0.5 * dets[3]
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = (log_u - np.log(np.abs(root))) / root
    usable = (np.abs(root) > _TINY) & np.isfinite(shift) & (np.abs(shift) < _LARGEST)
    return Significance(root + np.where(usable, shift, 0.0), root, yields, errors)


def _observed(design: Design, n: Floats, z: Floats, multipliers: Floats, scale: Floats) -> Floats:
    """Return minus the second derivatives of the logarithm of the likelihood, (F, K, K); a bound adds its barrier."""
    weights = (n / z + multipliers) / z
    if not design.log:
        return design.squares(weights, scale, scale)
    return design.squares(weights, scale, scale) + design.bends(1.0 - weights * z, scale)
