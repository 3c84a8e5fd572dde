"""From a study to single runs, each with what will become of it: run, already there, skipped and why."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from dataclasses import dataclass
from typing import Literal

from adbench.api.dataset import Dataset
from adbench.api.errors import DataError
from adbench.api.specs import DetectorSpec
from adbench.registry import Catalogue
from adbench.runs.choices import chosen_detectors, missing_words
from adbench.runs.environment import source_hash
from adbench.runs.key import RunIdentity
from adbench.runs.record import Record
from adbench.runs.store import ResultsFolder
from adbench.runs.study import ALL, DetectorChoice, Study, entry_name, located

__all__ = ["Action", "PlannedRun", "Rerun", "make_plan", "open_dataset"]

Action = Literal["run", "cached", "failed earlier", "skipped", "not installed"]
Rerun = Literal["missing", "failed", "changed", "all"]


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One run of a study.

    Attributes:
        identity: what decides its scores.
        spec: its detector.
        choice: preset and changed parameters.
        entry: its name on the leaderboard.
        action: what will become of it.
        reason: why it is not simply run.
        resume_failed: go on from the model of an attempt that failed after its training.
        stale: stored by another source of the plugin than the one installed now.
        replaces: the stored attempt that was there when the plan was made; empty = none.
    """

    identity: RunIdentity
    spec: DetectorSpec
    choice: DetectorChoice
    entry: str
    action: Action
    reason: str = ""
    resume_failed: bool = False
    stale: bool = False
    replaces: str = ""


def open_dataset(study: Study, catalogue: Catalogue) -> Dataset:
    """Return the study's data set; raises UnknownNameError or DataError."""
    with located(study.places.get("dataset")):
        return catalogue.datasets.get(study.dataset).open(study.options)


def make_plan(
    study: Study, catalogue: Catalogue, dataset: Dataset, results: ResultsFolder, rerun: Rerun = "missing"
) -> list[PlannedRun]:
    """Return all runs of a study in the order in which they will be launched.

    Where several detectors were asked for, one whose plugin does not work has its reason in place of a run.

    Raises:
        UnknownNameError: unknown detector, channel, preset or parameter.
        ParameterError: a parameter's value does not fit.
        PluginError: the only detector cannot be imported, or its description does not work.
    """
    channels = dataset.info.channels if ALL in study.channels else study.channels
    chosen = list(chosen_detectors(study, catalogue, dataset.info, channels))
    plan: dict[str, PlannedRun] = {}
    for channel in channels:
        with located(study.places.get("channels")):
            fingerprint = dataset.fingerprint(dataset.info.check_channel(channel))
        for spec, choice, trouble in chosen:
            with located(choice.place):
                params = {} if trouble else dataclasses.asdict(spec.resolve(choice.preset, choice.overrides))
            for seed, contamination in itertools.product(study.seeds, study.contaminations):
                identity = RunIdentity(
                    dataset=dataset.info.name,
                    edition=dataset.info.edition,
                    fingerprint=fingerprint,
                    split=dataset.info.split,
                    channel=channel,
                    detector=spec.name,
                    version=spec.version,
                    params=params,
                    seed=seed,
                    max_events=study.max_events,
                    precision=study.precision,
                    contamination=contamination,
                )
                stored = _stored(results, identity)
                stale = stored is not None and stored.status == "ok" and _changed(stored, spec)
                action, reason = _fate(spec, dataset, identity, stored, rerun, stale, trouble)
                resume = action == "run" and rerun == "failed"
                replaces = "" if stored is None else stored.attempt
                entry = entry_name(choice, study.precision, contamination)
                run = PlannedRun(identity, spec, choice, entry, action, reason, resume, stale, replaces)
                plan.setdefault(identity.key, run)
    return list(plan.values())


def _fate(
    spec: DetectorSpec,
    dataset: Dataset,
    identity: RunIdentity,
    stored: Record | None,
    rerun: Rerun,
    stale: bool,
    trouble: str,
) -> tuple[Action, str]:
    if trouble:
        return "not installed", trouble  # tried again as soon as its plugin works
    missing = missing_words(spec)
    if missing:
        return "not installed", missing
    obstacle = spec.obstacle(dataset.info, identity.channel)
    if obstacle is not None:
        return "skipped", obstacle
    if stored is None or rerun == "all" or stored.status == "not_installed":
        return "run", ""
    if stored.status == "ok":
        return ("run", "the plugin's source changed") if stale and rerun == "changed" else ("cached", "")
    if stored.status == "skipped":
        return "skipped", stored.reason
    if rerun == "failed":
        return "run", f"{stored.status} earlier"
    return "failed earlier", f"{stored.status}: {stored.reason}"


def _stored(results: ResultsFolder, identity: RunIdentity) -> Record | None:
    """Return the stored record; a damaged one, or one without its scores, counts as none: the run is done again."""
    try:
        stored = results.find(identity)
    except DataError:
        return None
    if stored is None or (stored.record.status == "ok" and not stored.has_scores):
        return None
    return stored.record


@functools.cache
def _source_of(target: str) -> str:
    return source_hash(target)


def _changed(record: Record, spec: DetectorSpec) -> bool:
    return record.detector.get("source_hash") not in (None, "", _source_of(spec.target))
