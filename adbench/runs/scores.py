"""Per-event scores of a run, the only primary result: written once, read lazily.

``scores.npz`` holds, for each sample, arrays named ``<sample>|<score>`` and ``<sample>|.weights``, ``.rows``,
``.sources``, ``.folds``, ``.log_prob``, ``.event_ids``. Samples are ``background``, ``validation``, ``unlabelled``,
``signal/<name>`` and, where a detector's scores depend on the target, ``target/<name>/background``.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import DataError
from adbench.api.metric import Scored

__all__ = ["SampleScores", "ScoreFile", "write_scores"]


_DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, OverflowError, NotImplementedError,
           RuntimeError, SyntaxError, zipfile.BadZipFile, zlib.error, struct.error)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SampleScores:
    """The scores of one sample.

    Attributes:
        scores: float (n,) by score name.
        weights: float32 (n,).
        rows: int64 (n,): place of each event in its source.
        sources: int64 (n,): copies of one generated event share a number.
        folds: int16 (n,), where several models scored the sample; None otherwise.
        log_prob: float64 (n,), where the detector has a density; None otherwise.
        event_ids: int64 (n,), the data set's own ids, where scores are handed in by them; None otherwise.
    """

    scores: Mapping[str, NDArray[Any]]
    weights: NDArray[np.float32]
    rows: NDArray[np.int64]
    sources: NDArray[np.int64]
    folds: NDArray[np.int16] | None = None
    log_prob: NDArray[np.float64] | None = None
    event_ids: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.weights)


def write_scores(path: Path, samples: Mapping[str, SampleScores]) -> str:
    """Write all samples into one file and return its SHA-256. The same scores give the same bytes."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, sample in samples.items():
        for score, values in sample.scores.items():
            arrays[f"{name}|{score}"] = values
        for extra in ("weights", "rows", "sources", "folds", "log_prob", "event_ids"):
            array = getattr(sample, extra)
            if array is not None:
                arrays[f"{name}|.{extra}"] = array
    with path.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # the stub takes allow_pickle for one of the arrays
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class ScoreFile:
    """Read access to ``scores.npz``; a sample is read when it is asked for.

    Example:
        ``with ScoreFile(folder / "scores.npz") as file: background = file.sample("background", "chamfer")``
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._reading():
            loaded = np.load(path, allow_pickle=False)
            if not isinstance(loaded, np.lib.npyio.NpzFile):
                msg = "it is no archive of arrays"
                raise ValueError(msg)
            self._file = loaded

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    @property
    def samples(self) -> tuple[str, ...]:
        """Names of the samples, in the order written."""
        return tuple(dict.fromkeys(name.split("|")[0] for name in self._file.files))

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of the signals, in the order written."""
        return tuple(name.removeprefix("signal/") for name in self.samples if name.startswith("signal/"))

    def score_names(self, sample: str) -> tuple[str, ...]:
        """Names of the scores of a sample."""
        pairs = (name.partition("|") for name in self._file.files)
        return tuple(score for owner, _, score in pairs if owner == sample and not score.startswith("."))

    def sample(self, name: str, score: str) -> Scored:
        """Return one score of one sample; raise DataError when the file does not hold it."""
        values = self._array(name, score)
        if values is None:
            msg = f"{self._path}: no score '{score}' for sample '{name}'"
            raise DataError(msg)
        weights = self._array(name, ".weights")
        others = [self._array(name, f".{extra}") for extra in ("sources", "folds", "log_prob")]
        for array in (weights, *others):
            if array is not None and len(array) != len(values):
                msg = f"{self._path}: the arrays of sample '{name}' differ in length; remove its folder and run again"
                raise DataError(msg)
        return Scored(
            np.asarray(values, np.float64),
            np.ones(len(values)) if weights is None else np.asarray(weights, np.float64),
            *others,
        )

    def rows(self, name: str) -> NDArray[np.int64]:
        """Return int64 (n,): place of each event of a sample in its source."""
        rows = self._array(name, ".rows")
        if rows is None:
            msg = f"{self._path}: no sample '{name}'"
            raise DataError(msg)
        return rows

    def event_ids(self, name: str) -> NDArray[np.int64] | None:
        """Return int64 (n,): the data set's own id of each event of a sample; None where it keeps none."""
        return self._array(name, ".event_ids")

    def background_for(self, signal: str) -> str:
        """Return the name of the background sample to measure a signal against."""
        own = f"target/{signal}/background"
        return own if own in self.samples else "background"

    def _array(self, sample: str, name: str) -> NDArray[Any] | None:
        """Return one array, float or int (n,); None when the file does not hold it."""
        full = f"{sample}|{name}"
        if full not in self._file.files:
            return None
        with self._reading():
            array: NDArray[Any] = self._file[full]
            if not isinstance(array, np.ndarray) or array.ndim != 1 or array.dtype.kind not in "fiu":
                msg = f"{full} is no list of numbers"
                raise ValueError(msg)
        return array

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn everything that a damaged or forged file can cause into a DataError that names the file."""
        try:
            yield
        except _DAMAGE as error:
            text = " ".join(str(error).split()) or type(error).__name__
            msg = f"{self._path}: cannot be read ({text}); remove its folder and run again"
            raise DataError(msg) from error
