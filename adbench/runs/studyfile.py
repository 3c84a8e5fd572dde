"""Study files: YAML with a small schema, whose mistakes are answered with the line and the nearest key.

name: beta-scan                     # optional; the file's name otherwise
dataset: darkmachines               # or {name: darkmachines, edition: sample, data: DIR, split: 80-10-10,
                                    #     folds: 5, raw: false, skip_bad_lines: false}
channels: [1, 2a]                   # or: all
detectors:                          # or: all
  - isolation_forest
  - gcn_vae_householder: {preset: paper, beta: [0.1, 1.0]}   # a list spans a grid
  - sklearn: sklearn.svm.OneClassSVM                         # any estimator, with its parameters beside it
    nu: [0.05, 0.1]
seeds: 0:3                          # or [0, 1, 2]
contamination: [0, 0.001, 0.01]     # optional: shares of signal among the events that are learnt from
limits: {max_events: 10000, timeout: 3h, memory: 4G}
plugins: [my_detector.py]           # files with detectors that are not installed, seen from this file's folder
figures: [boxes]                    # drawn into the results folder when the runs are done
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from adbench.api.dataset import DatasetOptions
from adbench.api.errors import UnknownNameError, UsageError, close_matches
from adbench.runs.contamination import parse_contaminations
from adbench.runs.limits import Limits, parse_duration, parse_size
from adbench.runs.located_yaml import Located, empty, read_located
from adbench.runs.names import path_name
from adbench.runs.shipped import shipped_studies
from adbench.runs.study import PRECISIONS, DetectorChoice, Study, located, parse_seeds

__all__ = ["read_study"]

_KEYS = (
    "name",
    "dataset",
    "channels",
    "detectors",
    "seeds",
    "contamination",
    "limits",
    "precision",
    "plugins",
    "figures",
)
_DATASET_KEYS = ("name", "edition", "data", "split", "folds", "raw", "skip_bad_lines")
_LIMIT_KEYS = ("max_events", "timeout", "memory")
_RUN_OVER = {"channels": "'channels: all'", "seeds": "'seeds: 0:3'", "contamination": "'contamination: [0, 0.01]'"}


def read_study(path: Path) -> Study:
    """Return the study that a file describes.

    Raises:
        UsageError: the file is missing, is no YAML, or breaks the schema; names file and line.
    """
    try:
        content = read_located(path.read_text(encoding="utf-8"))
    except OSError as error:
        found = {other.name: str(other) for place in ("studies", ".") for other in (path.parent / place).glob("*.y*ml")}
        shipped = {name: f"the shipped study {name}" for name in shipped_studies()}
        near = close_matches(path.name, [*found, *shipped], most=1)
        hint = f"Did you mean {({**shipped, **found})[near[0]]}?" if near else f"Those shipped: {', '.join(shipped)}"
        msg = f"study file {path} cannot be read: {error.strerror}. {hint}"
        raise UsageError(msg) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        msg = f"{path}:{line}: {error.problem}"
        raise UsageError(msg) from error
    except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        # what the loader lets through: bytes that are no text, a date of the 99th month, a thousand brackets
        msg = f"{path}: no study file ({' '.join(str(error).split())})"
        raise UsageError(msg) from error
    if not isinstance(content, Located):
        msg = f"{path}:1: a study is a mapping with the keys {', '.join(_KEYS)}"
        raise UsageError(msg)
    _check_keys(path, content, _KEYS)
    if not content.get("detectors"):
        line = content.lines.get("detectors", 1)
        msg = f"{path}:{line}: no detectors; add a list such as 'detectors: [isolation_forest]', or 'detectors: all'"
        raise UsageError(msg)
    _check_lists(path, content)
    dataset, options = _dataset(path, content)
    limits = _mapping(path, content, "limits") if content.get("limits") else empty()
    _check_keys(path, limits, _LIMIT_KEYS)
    return Study(
        detectors=tuple(
            _detector(path, line, item)
            for line, item in zip(content.item_lines["detectors"], _list(content["detectors"]), strict=True)
        ),
        dataset=dataset,
        options=options,
        channels=tuple(str(channel) for channel in _list(content.get("channels", "all"))),
        seeds=_seeds(path, content),
        max_events=_whole(path, limits, "max_events", None),
        limits=_limits(path, limits),
        precision=_precision(path, content),
        contaminations=_contaminations(path, content),
        plugin_files=_plugin_files(path, content),
        figures=tuple(str(figure) for figure in _list(content.get("figures", []))),
        name=_name(path, content),
        places={key: f"{path}:{line}" for key, line in content.lines.items()},
    )


def _dataset(path: Path, content: Located) -> tuple[str, DatasetOptions]:
    given = content.get("dataset", "darkmachines")
    if isinstance(given, str):
        return given, DatasetOptions()
    chosen = _mapping(path, content, "dataset")
    _check_keys(path, chosen, _DATASET_KEYS)
    values: dict[str, Any] = {key: value for key, value in chosen.items() if key != "name"}
    if "folds" in values:
        values["folds"] = _whole(path, chosen, "folds", 5)
    for key in {"edition", "data", "split"} & set(values):
        values[key] = None if values[key] is None else str(values[key])
    if values.get("data") is not None:
        values["data"] = Path(values["data"])
    for key in {"raw", "skip_bad_lines"} & set(values):
        if not isinstance(values[key], bool):
            msg = f"{path}:{chosen.lines[key]}: '{key}' is true or false"
            raise UsageError(msg)
    return str(chosen.get("name", "darkmachines")), DatasetOptions(**values)


def _name(path: Path, content: Located) -> str:
    """Return the name of the study, which becomes the name of files in the results folder."""
    try:
        return path_name("study", str(content.get("name", path.stem)))
    except UsageError as error:
        msg = f"{path}:{content.lines.get('name', 1)}: {error}; give another one with 'name:'"
        raise UsageError(msg) from error


def _precision(path: Path, content: Located) -> str:
    given = str(content.get("precision", PRECISIONS[0]))
    if given not in PRECISIONS:
        msg = f"{path}:{content.lines['precision']}: {UnknownNameError('precision', given, PRECISIONS)}"
        raise UsageError(msg)
    return given


def _contaminations(path: Path, content: Located) -> tuple[float, ...]:
    with located(f"{path}:{content.lines.get('contamination', 1)}"):
        return parse_contaminations(",".join(str(share) for share in _list(content.get("contamination", 0))))


def _plugin_files(path: Path, content: Located) -> tuple[Path, ...]:
    """Return the absolute paths of the plugin files that a study names."""
    given = _list(content.get("plugins", []))
    for line, item in zip(content.item_lines.get("plugins", []), given, strict=True):
        if not isinstance(item, str):
            msg = f"{path}:{line}: a plugin is the path of a Python file, such as my_detector.py"
            raise UsageError(msg)
    return tuple((path.resolve().parent / Path(item).expanduser()).resolve() for item in given)


def _limits(path: Path, content: Located) -> Limits:
    """Return the time and memory that a study allows a run."""
    with located(f"{path}:{content.lines.get('timeout', 1)}"):
        seconds = parse_duration(str(content.get("timeout", "none")))
    with located(f"{path}:{content.lines.get('memory', 1)}"):
        return Limits(seconds, parse_size(str(content.get("memory", "none"))))


def _whole(path: Path, content: Located, key: str, otherwise: int | None) -> int | None:
    """Return a whole number from 1; none given is the default."""
    value = content.get(key, otherwise)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        msg = f"{path}:{content.lines[key]}: '{key}' is a whole number from 1"
        raise UsageError(msg)
    return value


def _detector(path: Path, line: int, item: Any) -> DetectorChoice:
    place = f"{path}:{line}"
    if isinstance(item, str):
        return DetectorChoice(item, place=place)
    if isinstance(item, Located) and isinstance(item.get("sklearn"), str):
        overrides = {key: value for key, value in item.items() if key != "sklearn"}
        return DetectorChoice(item["sklearn"], str(overrides.pop("preset", "default")), overrides, place)
    if isinstance(item, Located) and len(item) == 1:
        ((name, changed),) = item.items()
        if changed is None or isinstance(changed, Mapping):
            overrides = dict(changed or {})
            return DetectorChoice(name, str(overrides.pop("preset", "default")), overrides, place)
    msg = f"{place}: a detector is a name, or a name with parameters: '- gcn_vae: {{beta: 0.5}}'"
    raise UsageError(msg)


def _seeds(path: Path, content: Located) -> tuple[int, ...]:
    given = content.get("seeds", 0)
    text = ",".join(str(seed) for seed in given) if isinstance(given, list) else str(given)
    try:
        return parse_seeds(text)
    except UsageError as error:
        msg = f"{path}:{content.lines['seeds']}: {error}"
        raise UsageError(msg) from error


def _mapping(path: Path, content: Located, key: str) -> Located:
    value = content[key]
    if not isinstance(value, Located):
        msg = f"{path}:{content.lines[key]}: '{key}' is a mapping"
        raise UsageError(msg)
    return value


def _check_keys(path: Path, content: Located, known: Iterable[str]) -> None:
    for key, line in content.lines.items():
        if key not in known:
            near = close_matches(key, known, most=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            msg = f"{path}:{line}: unknown key '{key}'.{hint} All: {', '.join(known)}"
            raise UsageError(msg)


def _check_lists(path: Path, content: Located) -> None:
    """Raise UsageError, with the line, for an empty list of what a study runs: it would run nothing and succeed."""
    for key, example in _RUN_OVER.items():
        if key in content and content[key] in ([], None):
            msg = (
                f"{path}:{content.lines[key]}: '{key}' is empty, so nothing would run; write {example}, or leave it out"
            )
            raise UsageError(msg)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
