"""Boosted trees as plain arrays, so that a saved model is data and not a pickle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["Trees"]


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees whose leaf values add up. The nodes of all trees lie one behind the other.

    Attributes:
        roots: int64 (trees,), the first node of each tree.
        column: int64 (nodes,), the column that a node looks at.
        threshold: float64 (nodes,), an event goes left where its value is not above it.
        left: int64 (nodes,), the node on the left; of a leaf, the leaf itself.
        right: int64 (nodes,), the node on the right; of a leaf, the leaf itself.
        value: float64 (nodes,), what a leaf adds.
        base: float64 (), where the sum begins.
    """

    NAMES: ClassVar = ("roots", "column", "threshold", "left", "right", "value", "base")

    roots: NDArray[np.int64]
    column: NDArray[np.int64]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float64]
    base: NDArray[np.float64]

    @classmethod
    def of(cls, classifier: Any) -> Self:
        """Return the trees of a fitted HistGradientBoostingClassifier of two classes.

        scikit-learn has no public view of these nodes; a test compares the sums with its decision function.
        """
        parts = [predictors[0].nodes for predictors in classifier._predictors]
        sizes = np.array([len(part) for part in parts])
        roots, nodes = np.cumsum(sizes) - sizes, np.concatenate(parts)
        here, first, leaf = np.arange(len(nodes)), np.repeat(roots, sizes), nodes["is_leaf"].astype(bool)
        return cls(
            roots=roots,
            column=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int64),
            threshold=nodes["num_threshold"].astype(np.float64),
            left=np.where(leaf, here, first + nodes["left"]),
            right=np.where(leaf, here, first + nodes["right"]),
            value=nodes["value"].astype(np.float64),
            base=np.array(classifier._baseline_prediction, np.float64).reshape(()),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name."""
        return {name: getattr(self, name) for name in self.NAMES}

    def __call__(self, x: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return float64 (n,): the sum of leaf values of each row of (n, columns)."""
        total, rows = np.full(len(x), self.base), np.arange(len(x))
        for root in self.roots:
            node = np.full(len(x), root)
            while True:
                left = x[rows, self.column[node]] <= self.threshold[node]
                below = np.where(left, self.left[node], self.right[node])
                if np.array_equal(below, node):
                    break
                node = below
            total += self.value[node]
        return total
