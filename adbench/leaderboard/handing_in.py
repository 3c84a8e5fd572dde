"""The scores of unlabelled events as a file to hand in: CSV, one line per event in the order of the source.

Columns: ``row`` (place in the source, such as the line of a file, counted from 1), ``event_id`` (the data set's own id;
empty where it has none), ``score`` (higher is more anomalous), ``p_value`` (probability that background scores as high
or higher) and, with k-folds, ``fold``. The same run gives the same bytes.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adbench.api.errors import MissingError, UnknownNameError, UsageError
from adbench.api.metric import Scored
from adbench.metrics.sample import ordered
from adbench.runs.files import write_whole
from adbench.runs.store import StoredRun

__all__ = ["UNLABELLED", "background_p_values", "write_scores_to_hand_in"]

UNLABELLED = "unlabelled"


def background_p_values(unlabelled: Scored, background: Scored) -> NDArray[np.float64]:
    """Return float64 (n,): the probability of each score or a higher one under background.

    p = (1 + n f) / (1 + n), where f is the share of test background that scores as high or higher and n the effective
    number of independent background events: (1 + n_above) / (1 + n) where each has weight 1 and no copies. Never 0,
    because n events cannot exclude less than 1 / (1 + n) (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010)
    39). Scores of k-folds are compared within their fold.

    Example:
        >>> background_p_values(Scored.of([0.5, 9.0]), Scored.of([0.0, 1.0, 2.0]))
        array([0.75, 0.25])
    """
    if unlabelled.folds is None or background.folds is None:
        known = ordered(background, "background")
        return np.asarray((1.0 + known.effective * known.at_least(unlabelled.scores)) / (1.0 + known.effective))
    p = np.empty(len(unlabelled))
    for fold in np.unique(unlabelled.folds):
        here = unlabelled.folds == fold
        p[here] = background_p_values(Scored.of(unlabelled.scores[here]), _of_fold(background, int(fold)))
    return p


def _of_fold(sample: Scored, fold: int) -> Scored:
    """Return the events that the model of one fold scored."""
    here = sample.folds == fold
    sources = None if sample.sources is None else sample.sources[here]
    return Scored.of(sample.scores[here], sample.weights[here], sources)


def write_scores_to_hand_in(run: StoredRun, path: Path, score: str | None = None) -> tuple[int, int]:
    """Write the scores of a run's unlabelled events to a file, whole or not at all.

    Args:
        run: a stored run.
        path: the file.
        score: name of the score; None = the entry's.

    Returns:
        Number of events written, and the effective number of background events behind the smallest p-value.

    Raises:
        UsageError: the run has no scores, or no unlabelled events.
        UnknownNameError: the run has no such score.
        DataError: the stored scores are damaged.
        MissingError: the file cannot be written.
    """
    record = run.record
    where = f"run {record.key[:8]} ({record.entry}, channel {record.identity.channel})"
    if record.status != "ok":
        msg = f"{where} has no scores: {record.status} ({record.reason}); run it again with --rerun failed"
        raise UsageError(msg)
    chosen = record.scores[0] if score is None else score
    if chosen not in record.scores:
        raise UnknownNameError(f"score of {record.entry}", chosen, record.scores)
    with run.scores() as file:
        if UNLABELLED not in file.samples:
            msg = f"{where} scored no unlabelled events: edition {record.identity.edition} of "
            msg += f"{record.identity.dataset} has none there; run it on an edition or a folder that has some"
            raise UsageError(msg)
        unlabelled, background = file.sample(UNLABELLED, chosen), file.sample("background", chosen)
        rows, ids = file.rows(UNLABELLED), file.event_ids(UNLABELLED)
    text = _as_csv(unlabelled, rows, ids, background_p_values(unlabelled, background))
    try:
        write_whole(path, text)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}. Choose another file with --out"
        raise MissingError(msg) from error
    return len(rows), int(ordered(background, "background").smallest_fold)


def _as_csv(
    sample: Scored, rows: NDArray[np.int64], ids: NDArray[np.int64] | None, p_values: NDArray[np.float64]
) -> str:
    columns: dict[str, list[object]] = {
        "row": rows.tolist(),
        "event_id": [""] * len(rows) if ids is None else ids.tolist(),
        "score": sample.scores.tolist(),
        "p_value": [f"{p:.6g}" for p in p_values],
    }
    if sample.folds is not None:
        columns["fold"] = sample.folds.tolist()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    lines = list(zip(*columns.values(), strict=True))
    writer.writerows(lines[i] for i in np.argsort(rows, kind="stable"))
    return text.getvalue()
