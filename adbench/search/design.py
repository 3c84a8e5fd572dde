"""What expected counts are made of: a background that is a sum, or the exponential of one, and a resonance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Design"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """The expected counts of a bin as a function of coefficients, and sums over bins of its derivatives.

    A background that is a sum has coefficients that must not be negative, or it could be negative. Its exponential is
    positive by itself: nothing bounds its coefficients, which asymptotic significances rely on. The yield of the
    resonance is the last coefficient and may be negative.

    Attributes:
        background: (P, B) shapes.
        log: whether their sum is the logarithm of the background.
        resonance: (1, B) share in each bin, or (0, B) where there is none.
    """

    background: Floats
    log: bool
    resonance: Floats

    @staticmethod
    def of_background(shapes: Floats, log: bool = False) -> Design:
        """Return a design without a resonance."""
        return Design(shapes, log, np.zeros((0, shapes.shape[1])))

    def with_resonance(self, shape: Floats) -> Design:
        """Return the same with a resonance, whose shares in each bin are given, (B,)."""
        return replace(self, resonance=shape[None])

    @property
    def bounded(self) -> int:
        """How many coefficients must not be negative: they are taken as further bins, in which nothing is counted."""
        return 0 if self.log else len(self.background)

    @property
    def number(self) -> int:
        """How many coefficients there are, K."""
        return len(self.background) + len(self.resonance)

    @cached_property
    def rows(self) -> Floats:
        """Shapes in the bins and behind them the bounded coefficients, (K, B + bounded)."""
        shapes = np.concatenate([self.background, self.resonance])
        return np.concatenate([shapes, np.eye(self.number)[:, : self.bounded]], axis=1)

    @cached_property
    def _products(self) -> Floats:
        """Products of two rows, (B + bounded, K * K)."""
        return (self.rows[:, None, :] * self.rows[None, :, :]).reshape(self.number**2, -1).T.copy()

    def scale(self, c: Floats) -> Floats:
        """Return what a slope has beside its row, (F, B): the background where its logarithm is a sum, else 1."""
        if not self.log:
            return np.ones((len(c), 1))
        return np.exp(c[:, : len(self.background)] @ self.background)

    def expected(self, c: Floats) -> Floats:
        """Return expected counts, and the bounded coefficients behind them, (F, B + bounded)."""
        if not self.log:
            return np.asarray(c @ self.rows)
        return np.asarray(self.scale(c) + c[:, len(self.background) :] @ self.resonance)

    def along(self, step: Floats, scale: Floats) -> Floats:
        """Return how expected counts change with coefficients, (F, B + bounded)."""
        if not self.log:
            return np.asarray(step @ self.rows)
        n = len(self.background)
        return np.asarray(scale * (step[:, :n] @ self.background) + step[:, n:] @ self.resonance)

    def slopes(self, weights: Floats, scale: Floats) -> Floats:
        """Return the sums of weighted slopes, (F, K)."""
        if not self.log:
            return np.asarray(weights @ self.rows.T)
        return np.concatenate([(weights * scale) @ self.background.T, weights @ self.resonance.T], axis=1)

    def squares(self, weights: Floats, left: Floats, right: Floats) -> Floats:
        """Return the sums of weighted products of two slopes, of coefficients `left` and `right`, (F, K, K)."""
        if not self.log:
            return self._matrices(weights)
        n = len(self.background)
        found = self._matrices(weights * left * right)
        if len(self.resonance):
            mixed = self.background * self.resonance
            found[:, :n, n] = (weights * left) @ mixed.T
            found[:, n, :n] = (weights * right) @ mixed.T
            found[:, n, n] = (weights @ (self.resonance**2).T)[:, 0]
        return found

    def bends(self, weights: Floats, scale: Floats) -> Floats:
        """Return the sums of weighted second derivatives, (F, K, K)."""
        if not self.log:
            return np.zeros((len(weights), self.number, self.number))
        found = self._matrices(weights * scale)
        found[:, len(self.background) :] = 0.0
        found[:, :, len(self.background) :] = 0.0
        return found

    def _matrices(self, weights: Floats) -> Floats:
        return np.asarray((weights @ self._products).reshape(-1, self.number, self.number))
