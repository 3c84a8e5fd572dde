"""Estimates of earlier calls, kept in ``<results>/.cache``: never the truth, deletable at any time."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from adbench.api.metric import Estimate
from adbench.data.cache import write_atomically
from adbench.registry import catalogue
from adbench.runs.environment import source_hash

__all__ = ["EstimateCache"]

_LAYOUT = 3  # raised when the words of notes change: they are kept with the figures


@dataclass(frozen=True, slots=True)
class EstimateCache:
    """One small file of estimates per stored ``scores.npz``, named by its hash.

    Beside each estimate stands a hash of its metric's source: one of another source counts as absent, so that a metric
    under development is asked again though its name and version are the same. A file that is damaged counts as absent;
    a folder that cannot be written leaves everything as it is.

    Attributes:
        folder: where the files are; None keeps nothing.
    """

    folder: Path | None = None

    def read(self, scores_sha256: str) -> dict[str, Estimate]:
        """Return what is known about these scores, by a key that names score, signal, metric and its version."""
        if self.folder is None or not scores_sha256:
            return {}
        try:
            stored = json.loads(self._path(scores_sha256).read_text(encoding="utf-8"))
            return {str(key): _estimate(values) for key, (*values, source) in stored.items() if source == _source(key)}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def write(self, scores_sha256: str, estimates: Mapping[str, Estimate]) -> None:
        """Replace what is known about these scores."""
        if self.folder is None or not scores_sha256:
            return
        path = self._path(scores_sha256)
        text = json.dumps({key: (*astuple(one), _source(key)) for key, one in sorted(estimates.items())})
        with contextlib.suppress(OSError):
            write_atomically(path, text)

    def _path(self, scores_sha256: str) -> Path:
        assert self.folder is not None
        return self.folder / f"estimates-{_LAYOUT}" / f"{scores_sha256}.json"


def _source(key: str) -> str:
    """Return a hash of the source of a key's metric; empty for one that no plugin brought."""
    metric = key.rpartition("|")[0].rpartition("|")[2]
    spec = catalogue().metrics.specs.get(metric.partition("@")[0])
    return "" if spec is None else _hash(spec.target)


@functools.cache  # one file is asked for at every estimate
def _hash(target: str) -> str:
    return source_hash(target)


def _estimate(values: list[float | str | bool]) -> Estimate:
    value, low, high, note, measured = values
    if not isinstance(note, str) or not isinstance(measured, bool):
        raise TypeError(values)
    return Estimate(float(value), float(low), float(high), note, measured)
