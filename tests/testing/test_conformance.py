"""A detector that keeps its contract passes; each way to break it is found by the check that is made for it."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
import random
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from adbench.api import Detector, DetectorSpec, Events, PluginError, UsageError
from adbench.cli import cli
from adbench.testing.conformance import CHECKS, check_detector, conformance_checks

HERE = "tests.testing.test_conformance"


class Good(Detector):
    """MET over its mean."""

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        self.mean = float(np.average(train.feature("met"), weights=train.weights))

    def score(self, events: Events) -> NDArray[Any]:
        return events.feature("met") / self.mean


class WrongSignature(Good):
    def fit(self, train: Events) -> None:  # type: ignore[override]
        self.mean = 1.0


class NotANumber(Good):
    def score(self, events: Events) -> NDArray[Any]:
        return np.where(events.feature("met") > 40, np.nan, 1.0)


class NotDeterministic(Good):
    def score(self, events: Events) -> NDArray[Any]:
        return super().score(events) + np.random.default_rng().normal(0, 0.1, len(events))


class Mutates(Good):
    def score(self, events: Events) -> NDArray[Any]:
        events.features[:, 0] /= self.mean
        return events.features[:, 0].copy()


class MutatesWhileFitting(Good):
    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        train.objects[:] = 0.0


class Unlocks(Good):
    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        super().fit(train, validation, priors)
        train.features.flags.writeable = True
        train.features[:, 0] /= self.mean


class BatchDependent(Good):
    def score(self, events: Events) -> NDArray[Any]:
        met = events.feature("met")
        return met / met.mean() if len(met) else met


class KeepsItsFirstScale(Good):
    def score(self, events: Events) -> NDArray[Any]:
        met = events.feature("met")
        if not hasattr(self, "scale") and len(met):
            self.scale = float(met.mean())
        return np.asarray(met / getattr(self, "scale", 1.0))


class NoContext(Good):
    def __init__(self, params: Any, context: Any) -> None:
        self.power = 1


class ReportsNothing(Good):
    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        super().fit(train, validation, priors)
        self.context.progress("fit", 1, 3, loss=None)


class Leaves(Good):
    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        raise SystemExit(3)


class RaisesInALibrary(Good):
    def score(self, events: Events) -> NDArray[Any]:
        return np.asarray(np.linalg.inv(np.zeros((2, 2))))


class PlacesNothing(Good):
    def coordinates(self, events: Events) -> Mapping[str, Any]:
        return {"latent": np.zeros(3)}


class GlobalRandom(Good):
    def score(self, events: Events) -> NDArray[Any]:
        random.seed(1)
        return super().score(events) + 0.0 * random.random()


class Reversed(Good):
    def score(self, events: Events) -> NDArray[Any]:
        return -super().score(events)


class ReadsPadding(Good):
    def score(self, events: Events) -> NDArray[Any]:
        return events.object("pt").mean(axis=1)  # of slots, filled or not


class ForgetsWhatItLearnt(Good):
    def save(self, folder: Path) -> None:
        (folder / "mean.txt").write_text(f"{self.mean:.1f}")

    @classmethod
    def load(cls, folder: Path, params: Any, context: Any) -> Any:
        detector = cls(params, context)
        detector.mean = float((folder / "mean.txt").read_text())
        return detector


class LoadsStatically(ForgetsWhatItLearnt):
    @staticmethod
    def load(folder: Path, params: Any, context: Any) -> Any:
        return ForgetsWhatItLearnt.load(folder, params, context)


class LoadsNothing(ForgetsWhatItLearnt):
    @classmethod
    def load(cls, folder: Path, params: Any, context: Any) -> Any:
        super().load(folder, params, context)


class OnlySaves(Good):
    def save(self, folder: Path) -> None:
        pass


class Listens(Good):
    """Semi-supervised, and as it should be: closeness to what is known, which can be forgotten."""

    def fit(self, train: Events, validation: Events, priors: Mapping[str, Events]) -> None:
        super().fit(train, validation, priors)
        self.known = {name: float(events.feature("met").mean()) for name, events in priors.items()}

    def for_target(self, withheld: frozenset[str]) -> Detector:
        view = copy.copy(self)
        view.known = {name: mean for name, mean in self.known.items() if name not in withheld}
        return view

    def score(self, events: Events) -> NDArray[Any]:
        return events.feature("met") / self.mean * sum(self.known.values())


class NeverForgets(Listens):
    for_target = Detector.for_target


class ForgetsForGood(Listens):
    def for_target(self, withheld: frozenset[str]) -> Detector:
        self.known = {name: mean for name, mean in self.known.items() if name not in withheld}
        return copy.copy(self)


class Remembers(Listens):
    def for_target(self, withheld: frozenset[str]) -> Detector:
        return copy.copy(self)


class ReturnsItself(Listens):
    def for_target(self, withheld: frozenset[str]) -> Detector:
        return self


def spec_of(kind: str, **changes: Any) -> DetectorSpec:
    return DetectorSpec(**{"name": "mine", "target": f"{HERE}:{kind}", "summary": "MET", **changes})


def faults(spec: DetectorSpec) -> dict[str, str]:
    return {outcome.check: outcome.reason for outcome in check_detector(spec) if outcome.status == "fail"}


def test_a_good_detector_passes_every_check_that_applies() -> None:
    outcomes = {outcome.check: outcome for outcome in check_detector(spec_of("Good"))}
    assert len(outcomes) == len(CHECKS)
    assert {name for name, outcome in outcomes.items() if outcome.status != "pass"} == {
        "for_target",
        "save_and_load",
        "density",
    }
    assert all(outcome.reason for outcome in outcomes.values())


@pytest.mark.parametrize(
    ("kind", "check", "words"),
    [
        ("NoSuchClass", "loads", "NoSuchClass"),
        ("WrongSignature", "signatures", r"fit\(self, train.*does not take \(train, validation, priors\)"),
        ("NotANumber", "finite_scores", "NaN"),
        ("NotDeterministic", "same_seed", "when scored again"),
        ("Mutates", "finite_scores", r"Mutates: score wrote to read-only events \(test_conformance.py:\d+\)"),
        ("MutatesWhileFitting", "trains", r"fit wrote to read-only events \(test_conformance.py:\d+\)"),
        ("Unlocks", "input_kept", "fit changed train.features"),
        ("KeepsItsFirstScale", "batch_size", "scored first of all"),
        ("NoContext", "trains", "its __init__ leaves no self.context"),
        ("ReportsNothing", "trains", r"progress\('fit', 1, 3, loss=None\) raises"),
        ("Leaves", "trains", r"fit raised SystemExit: 3 \(test_conformance.py:\d+\)"),
        ("RaisesInALibrary", "finite_scores", r"score raised LinAlgError: .* \(test_conformance.py:\d+\)"),
        ("PlacesNothing", "finite_scores", r"coordinates 'latent' of check are float64 \(3,\)"),
        ("BatchDependent", "company", "beside anomalous events"),
        ("GlobalRandom", "global_random", "used the global random generator random in score"),
        ("Reversed", "anomalies", "the sign is reversed"),
        ("ReadsPadding", "padding", "slots"),
        ("ForgetsWhatItLearnt", "save_and_load", "after save and load"),
        ("LoadsStatically", "save_and_load", "LoadsStatically.load is no class method"),
        ("LoadsNothing", "save_and_load", "load returned None"),
        ("OnlySaves", "save_and_load", "OnlySaves has save but no load"),
    ],
)
def test_each_way_to_break_the_contract_is_named(kind: str, check: str, words: str) -> None:
    found = faults(spec_of(kind))
    assert check in found, found
    assert re.search(words, found[check]), found[check]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("NeverForgets", "it has no for_target, so it would know what it is to find"),
        ("ForgetsForGood", "after for_target was called"),
        ("Remembers", "when the withheld prior holds other events"),
        ("ReturnsItself", "for_target returned itself"),
    ],
)
def test_a_detector_that_does_not_forget_what_is_withheld_is_found(kind: str, words: str) -> None:
    found = faults(spec_of(kind, supervision="semi-supervised"))
    assert list(found) == ["for_target"]
    assert words in found["for_target"]


def test_a_semi_supervised_detector_that_forgets_passes() -> None:
    outcomes = {outcome.check: outcome for outcome in check_detector(spec_of("Listens", supervision="semi-supervised"))}
    assert outcomes["for_target"].status == "pass"
    assert not [outcome for outcome in outcomes.values() if outcome.status == "fail"]


def test_an_exception_of_score_is_told_once() -> None:
    outcomes = {outcome.check: outcome for outcome in check_detector(spec_of("RaisesInALibrary"))}
    assert [name for name, outcome in outcomes.items() if outcome.status == "fail"] == ["finite_scores"]
    assert outcomes["company"].reason == "not tried: score raises, as an earlier check tells"


def test_scores_that_are_no_numbers_are_told_once() -> None:
    outcomes = {outcome.check: outcome for outcome in check_detector(spec_of("NotANumber"))}
    assert [name for name, outcome in outcomes.items() if outcome.status == "fail"] == ["finite_scores"]
    assert outcomes["anomalies"].reason == "not tried: its scores are not one finite number per event"


def test_parameters_that_are_no_dataclass_are_named() -> None:
    class Dictionary(Good):
        Params = dict

    import sys

    sys.modules[HERE].Dictionary = Dictionary  # type: ignore[attr-defined]
    assert (
        "Params of 'mine' is <class 'dict'>; write it as a frozen dataclass"
        in faults(spec_of("Dictionary"))["parameters"]
    )


@pytest.mark.parametrize(
    ("hint", "default", "words"),
    [
        (list[int], [3, 5], "parameters of a type that cannot be stored or set: value"),
        (list[int] | None, None, "parameters of a type that cannot be stored or set: value"),
        ("NoSuchType", 3, "its parameters raised NameError: name 'NoSuchType' is not defined"),
        (int, "three", "value='three' cannot be stored and read again: .* is no int"),
        (int, 3.5, "value=3.5 cannot be"),
        (Literal["a", "b"], "c", "is no one of 'a', 'b'"),
        (int | str, "5", "value='5' is 5 when it was stored and read again"),
        (tuple[int, ...], [1, 2], r"value=\[1, 2\] is \(1, 2\) when it was stored"),
        (Any, {1}, "type set is not JSON serializable"),
        (Any, Path("x"), "is not JSON serializable"),
        (int, np.int64(3), "type int64 is not JSON serializable"),
        (float, math.inf, "value=inf cannot be stored"),
    ],
)
def test_defaults_that_no_run_can_use_are_found(hint: Any, default: Any, words: str) -> None:
    import sys

    made = dataclasses.make_dataclass(
        "Made", [("value", hint, dataclasses.field(default_factory=lambda: default))], frozen=True
    )
    sys.modules[HERE].Typed = type("Typed", (Good,), {"Params": made})  # type: ignore[attr-defined]
    found = faults(spec_of("Typed"))["parameters"]
    assert re.search(words, found), found


def test_a_failing_check_fails_a_test_with_reason_and_fix_and_another_is_skipped() -> None:
    checks = {str(check): check for check in conformance_checks(spec_of("Reversed"))}
    with pytest.raises(AssertionError, match=r"anomalies: .*sign is reversed. Fix: higher means more anomalous"):
        checks["anomalies"]()
    with pytest.raises(pytest.skip.Exception, match="no DensityEstimator"):
        checks["density"]()
    checks["finite_scores"]()


FILE = """
import numpy as np
from adbench.api import Detector, DetectorSpec, hookimpl

class Ht(Detector):
    '''HT.'''
    def fit(self, train, validation, priors):
        pass
    def score(self, events):
        return SIGN * events.object("pt").sum(axis=1)

@hookimpl
def adbench_detectors():
    return [DetectorSpec(name="ht_of_STEM", target="STEM:Ht", summary="HT")]
"""


@pytest.mark.parametrize(("sign", "code"), [("1", 0), ("-1", 1)])
def test_the_command_checks_the_detectors_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: str, code: int
) -> None:
    monkeypatch.setenv("ADBENCH_PLUGIN_FILES", "")
    stem = f"checked_{code}_file"
    path = tmp_path / f"{stem}.py"
    path.write_text(FILE.replace("SIGN", sign).replace("STEM", stem))
    done = CliRunner().invoke(cli, ["check", "--file", str(path)])
    assert done.exit_code == code, done.output
    assert f"ht_of_{stem}: {17 - code} passed, {code} failed, 3 skipped" in done.output
    as_json = CliRunner().invoke(cli, ["check", f"ht_of_{stem}", "--file", str(path), "--json"])
    (report,) = json.loads(as_json.stdout)
    failed = {check["check"] for check in report["checks"] if check["status"] == "fail"}
    assert failed == ({"anomalies"} if code else set())


@pytest.mark.parametrize("debug", [[], ["--debug"]])
def test_the_traceback_of_a_detector_is_shown_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, debug: list[str]
) -> None:
    monkeypatch.setenv("ADBENCH_PLUGIN_FILES", "")
    path = tmp_path / f"asks_for_met_{len(debug)}.py"
    code = FILE.replace("STEM", path.stem).replace("pass", "self.mean = train.met[:] # [/bold]")
    path.write_text(code.replace("SIGN", "1"))
    done = CliRunner().invoke(cli, [*debug, "check", "--file", str(path)])
    assert done.exit_code == 1
    assert f"fit raised AttributeError: 'Events' object has no attribute 'met' ({path.name}:8)" in done.output
    assert ("self.mean = train.met[:] # [/bold]" in done.output) == bool(debug)
    assert done.output.count("Traceback") == len(debug)


def test_a_file_that_cannot_be_imported_and_no_name_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADBENCH_PLUGIN_FILES", "")
    path = tmp_path / "cannot_be_imported.py"
    path.write_text("import adbench\nimport no_such_module\n")
    failed = CliRunner().invoke(cli, ["check", "--file", str(path)])
    assert isinstance(failed.exception, PluginError)
    assert "cannot_be_imported.py:2: importing it raised ModuleNotFoundError" in str(failed.exception)
    monkeypatch.setenv("ADBENCH_PLUGIN_FILES", "")
    nothing = CliRunner().invoke(cli, ["check"])
    assert isinstance(nothing.exception, UsageError)
    assert "adbench check --file my_detector.py" in str(nothing.exception)
