from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adbench.runs.key import RunIdentity
from adbench.runs.record import Record
from adbench.runs.scores import SampleScores, write_scores
from adbench.runs.store import ResultsFolder, StoredRun

SIGNALS = {
    "1": ("glgl1400", "stlp_st1000"),
    "2a": ("chacha_300",),
    "10": ("glgl1400",),
    "a": ("bump_1",),
    "b": ("tail",),
}


def sample_of(**scores: Any) -> SampleScores:
    """Return scores by name as they are stored, each event its own source."""
    n = len(next(iter(scores.values())))
    values = {name: np.asarray(array, np.float64) for name, array in scores.items()}
    return SampleScores(values, np.ones(n, np.float32), np.arange(n), np.arange(n))


class Pretend:
    """Runs whose scores are Gaussian: background around 0, a signal around `shift`, both of width 1.

    So AUC = Phi(shift / sqrt 2) and eps_S at eps_B is 1 - Phi(Phi^-1(1 - eps_B) - shift).
    """

    def __init__(self, root: Path) -> None:
        self.store = ResultsFolder(root)

    def run(
        self,
        detector: str = "forest",
        channel: str = "1",
        seed: int = 0,
        *,
        shifts: Mapping[str, float] | float = 1.0,
        scores: tuple[str, ...] = ("score",),
        n_background: int = 2000,
        n_signal: int = 500,
        status: Any = "ok",
        reason: str = "",
        entry: str = "",
        supervision: str = "unsupervised",
        started: str = "2024-01-01T00:00:00+00:00",
        fit: float = 1.5,
        notes: tuple[str, ...] = (),
        data_notes: tuple[str, ...] = (),
        source: str = "",
        halved: tuple[str, ...] | None = None,
        samples: dict[str, SampleScores] | None = None,
        **identity: Any,
    ) -> StoredRun:
        given = {
            "dataset": "toys",
            "edition": "sample",
            "fingerprint": "f" + channel,
            "split": "80-10-10",
            "version": 1,
        }
        given |= {"params": {}, **identity}
        who = RunIdentity(channel=channel, detector=detector, seed=seed, **given)
        work = self.store.claim(who).work
        sha = ""
        if status != "ok":
            samples = {}
        else:
            samples = samples or self.samples(channel, seed, shifts, scores, n_background, n_signal)
            sha = write_scores(work / "scores.npz", samples)
        record = Record(
            key=who.key,
            identity=who,
            status=status,
            reason=reason,
            entry=entry or detector,
            supervision=supervision,
            scores=scores,
            samples={name: len(sample) for name, sample in samples.items()},
            dataset={"notes": list(data_notes)} | ({} if halved is None else {"halved": list(halved)}),
            detector={"distribution": f"adbench-{detector}", "source_hash": source},
            timings={"fit": fit} if status == "ok" else {},
            started=started,
            scores_sha256=sha,
            notes=notes,
        )
        return self.store.publish(work, record)

    @staticmethod
    def samples(
        channel: str,
        seed: int,
        shifts: Mapping[str, float] | float,
        scores: tuple[str, ...],
        n_background: int,
        n_signal: int,
    ) -> dict[str, SampleScores]:
        rng = np.random.default_rng([seed, *channel.encode()])

        def sample(n: int, shift: float) -> SampleScores:
            return sample_of(**{name: rng.normal(shift / (1 + i), 1.0, n) for i, name in enumerate(scores)})

        found = {"validation": sample(100, 0.0), "background": sample(n_background, 0.0)}
        for signal in SIGNALS[channel]:
            shift = shifts if isinstance(shifts, float) else shifts[signal]
            found[f"signal/{signal}"] = sample(n_signal, shift)
        return found

    sample_of = staticmethod(sample_of)


@pytest.fixture
def pretend(tmp_path: Path) -> Pretend:
    return Pretend(tmp_path / "results")
