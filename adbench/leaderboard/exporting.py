"""Reference results are written from a results folder, byte for byte the same each time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from adbench.api.metric import Estimate
from adbench.leaderboard.cache import EstimateCache
from adbench.leaderboard.cells import measure_run
from adbench.leaderboard.reference import METRICS_FILE, as_text, estimate_key, half_name, halves_of, public_record
from adbench.leaderboard.stored_curves import CURVES_FILE, curves_as_text, curves_to_keep, read_curves
from adbench.metrics.plugin import DEFAULT_METRICS, SMALL_SAMPLE_METRIC
from adbench.registry import catalogue
from adbench.runs.files import write_whole, writing
from adbench.runs.store import ResultsFolder, StoredRun
from adbench.runs.training import TRAINING

__all__ = ["figures_of", "write_reference"]


def figures_of(run: StoredRun, cache: EstimateCache | None = None) -> dict[str, Estimate]:
    """Return all default figures of a run's scores: every score, on whole signals and on their measured halves.

    Raises:
        DataError: the scores are missing or damaged.
        ScoreError: they are not one finite number per event.
    """
    metrics = [catalogue().metric(name) for name in (*DEFAULT_METRICS, SMALL_SAMPLE_METRIC)]
    found: dict[str, Estimate] = {}
    for score in run.record.scores:
        for halves in halves_of(run.record):
            for signal, figures in measure_run(run, score, metrics, halves=halves, cache=cache).items():
                half = half_name(run.record, signal, halves=halves)
                found |= {estimate_key(score, signal, half, metric): figures[metric.name] for metric in metrics}
    return found


def write_reference(runs: Iterable[StoredRun], out: Path) -> list[Path]:
    """Write record, figures, curves and training of each run into a folder of reference results; return their folders.

    Failures are written too, as records without figures. What the folder holds of other runs stays.

    Raises:
        DataError: scores are missing or damaged.
        UnwritableError: the folder cannot be written.
    """
    store, written = ResultsFolder(out), []
    for run in runs:
        folder = store.folder(run.record.identity)
        figures = figures_of(run) if run.record.status == "ok" else None
        curves = curves_to_keep(run) if run.has_scores else read_curves(run)
        with writing(out):
            if figures is not None:
                write_whole(folder / METRICS_FILE, as_text(run.record, figures))
            if curves is not None:
                write_whole(folder / CURVES_FILE, curves_as_text(run.record, curves))
            if (run.folder / TRAINING).exists():
                write_whole(folder / TRAINING, (run.folder / TRAINING).read_text(encoding="utf-8"))
            write_whole(folder / "record.json", public_record(run.record).to_json())
        written.append(folder)
    return written
