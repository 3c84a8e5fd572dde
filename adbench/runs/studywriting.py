"""A study as a file again: what was run is kept beside its results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adbench.runs.files import write_whole
from adbench.runs.located_yaml import written_plainly
from adbench.runs.names import path_name
from adbench.runs.study import PRECISIONS, DetectorChoice, Study

__all__ = ["write_study"]


def write_study(study: Study, path: Path) -> None:
    """Write a study as a file that `read_study` reads back to the same study."""
    options = study.options
    dataset: dict[str, Any] = {"name": study.dataset, "folds": options.folds, "raw": options.raw}
    dataset |= {"skip_bad_lines": options.skip_bad_lines}
    dataset |= {key: getattr(options, key) for key in ("edition", "split") if getattr(options, key) is not None}
    if options.data is not None:
        dataset["data"] = str(options.data)
    content: dict[str, Any] = {
        "name": study.name,
        "dataset": dataset,
        "channels": list(study.channels),
        "detectors": [_written(choice) for choice in study.detectors],
        "seeds": list(study.seeds),
    }
    limits = {
        "max_events": study.max_events,
        "timeout": study.limits.seconds,
        "memory": None if study.limits.memory is None else f"{study.limits.memory / 2**20:g}M",
    }
    if any(value is not None for value in limits.values()):
        content["limits"] = {key: value for key, value in limits.items() if value is not None}
    if study.precision != PRECISIONS[0]:
        content["precision"] = study.precision
    if study.contaminations != (0.0,):
        content["contamination"] = list(study.contaminations)
    if study.plugin_files:
        content["plugins"] = [str(file) for file in study.plugin_files]
    if study.figures:
        content["figures"] = list(study.figures)
    path_name("study", study.name)
    write_whole(path, written_plainly(content))


def _written(choice: DetectorChoice) -> Any:
    changed = {name: list(value) if isinstance(value, tuple) else value for name, value in choice.overrides.items()}
    if choice.preset != "default":
        changed = {"preset": choice.preset, **changed}
    return {choice.name: changed} if changed else choice.name
