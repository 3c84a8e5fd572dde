"""Scores of new events as CSV: row, scores, p-value, and whether each working point is passed (1 or 0)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from adbench.api.errors import MissingError
from adbench.api.metric import Scored
from adbench.leaderboard.handing_in import background_p_values
from adbench.metrics.working_point import written
from adbench.runs.files import write_whole
from adbench.runs.scoring import NewScores

__all__ = ["write_new_scores"]


def write_new_scores(found: NewScores, path: Path) -> None:
    """Write the file, whole or not at all; raise MissingError when it cannot be written."""
    first = next(iter(found.scores))
    p_values = background_p_values(Scored.of(found.scores[first]), found.background)
    columns = {"row": found.rows.tolist()}
    columns |= {name: values.tolist() for name, values in found.scores.items()}
    columns |= {"p_value": [f"{p:.6g}" for p in p_values]}
    columns |= {f"pass@{written(point)}": flags.astype(int).tolist() for point, flags in found.passed.items()}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    try:
        write_whole(path, text.getvalue())
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}. Choose another file with --out"
        raise MissingError(msg) from error
