from __future__ import annotations

from collections.abc import Callable

import pytest

from adbench.api import PluginError, UnknownNameError, UsageError
from adbench.plugins import plugins
from adbench.registry import catalogue

GOOD = """\
from adbench.api import DetectorSpec, hookimpl
@hookimpl
def adbench_detectors():
    return [DetectorSpec(name="good_detector", target="good:Good", summary="works")]
"""


def problem_of(distribution: str) -> str:
    catalogue()
    (found,) = [str(problem) for problem in plugins().problems if problem.distribution.startswith(distribution)]
    return found


def with_detectors(expression: str) -> str:
    head, _, _ = GOOD.partition("    return")
    return f"{head}    return {expression}\n"


def with_spec(changes: str) -> str:
    return with_detectors(f"[DetectorSpec(name='x', target='a:B', {changes})]")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module\n", "importing bad raised ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise SystemExit('bye')\n", "importing bad raised SystemExit: bye"),
        ("1/0\n", "importing bad raised ZeroDivisionError: division by zero"),
        ("x = 1\n", "it has no hooks marked with hookimpl"),
        (
            GOOD.replace("adbench_detectors", "adbench_detector"),
            "unknown hook adbench_detector; did it mean adbench_detectors",
        ),
        (GOOD.replace("adbench_detectors()", "adbench_detectors(nonsense)"), "nonsense"),
        (with_detectors("1/0"), "its hook adbench_detectors raised division by zero"),
        (with_detectors("['isolation_forest']"), "returned 'isolation_forest', which is no DetectorSpec"),
        (with_detectors("None"), "its hook adbench_detectors returned None, which is no DetectorSpec"),
        (with_detectors("[DetectorSpec(name=3, target='a:B')]"), "its detector name 3 cannot be part of a path"),
        (with_detectors("[DetectorSpec(name='../up', target='a:B')]"), "its detector name '../up' cannot be part"),
        (with_detectors("[DetectorSpec(name='x', target='a.B')]"), "'x' has the target 'a.B'; expected"),
        (with_detectors("[DetectorSpec(name='x', target='a:B', scores=())]"), "its detector 'x' names no scores"),
        (with_spec("scores='anomaly'"), "'x' has scores='anomaly'; expected a tuple of texts, such as"),
        (with_spec("version='1.0'"), "'x' has version='1.0'; expected a whole number"),
        (with_spec("supervision='Unsupervised'"), "'x' has supervision='Unsupervised'; expected one of unsupervised,"),
        (with_spec("supports=True"), "'x' has supports=True; expected a function of (info, channel)"),
        (with_spec("requires='torch>=2.2'"), "'x' has requires='torch>=2.2'; expected a tuple of requirements"),
        (with_spec("requires=('torch >= two',)"), "'x' has requires=('torch >= two',); expected a tuple of"),
        (with_spec("presets={'paper': 3}"), "'x' has presets={'paper': 3}; expected parameters by name of the preset"),
        (with_spec("tags='random'"), "'x' has tags='random'; expected a frozenset of texts"),
        (with_spec("summary=None"), "'x' has summary=None; expected a text"),
        (
            with_detectors("[DetectorSpec(name='toy_met', target='a:B')]"),
            "its detector 'toy_met' repeats a name of adbench-toys 1.0, which keeps it",
        ),
    ],
)
@pytest.mark.usefixtures("toys")
def test_a_bad_plugin_is_reported_and_everything_else_works(
    install: Callable[..., None], source: str, reason: str
) -> None:
    install("good-plugin", "good", "good", GOOD)
    install("bad-plugin", "bad", "bad", source)
    assert catalogue().detectors.get("good_detector").summary == "works"
    assert catalogue().detectors.get("toy_met").target == "adbench.testing.toys:Met"
    found = problem_of("bad-plugin")
    assert found.startswith("plugin 'bad' of bad-plugin 1.0: ")
    assert reason in found
    assert found.endswith("pip uninstall bad-plugin")
    assert "\n" not in found


def test_strict_mode_raises(install: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADBENCH_STRICT_PLUGINS", "1")
    install("bad-plugin", "bad", "bad", "1/0\n")
    with pytest.raises(PluginError, match="plugin 'bad' of bad-plugin"):
        plugins()


def test_plugins_can_be_chosen_by_name(install: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    install("good-plugin", "good", "good", GOOD)
    install("bad-plugin", "bad", "bad", "1/0\n")
    monkeypatch.setenv("ADBENCH_PLUGINS", "good")
    catalogue()
    assert "good_detector" in catalogue().detectors.specs
    assert plugins().problems == []
    assert {plugin.distribution for plugin in plugins().loaded} == {"adbench-lhc", "good-plugin"}


def test_a_target_that_cannot_be_imported_is_named_when_it_is_used(install: Callable[..., None]) -> None:
    install("good-plugin", "good", "good", GOOD)
    with pytest.raises(PluginError, match="'good_detector' cannot be loaded from good:Good: AttributeError"):
        catalogue().detectors.get("good_detector").load()


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("acu", UnknownNameError, "no metric 'acu'. Did you mean auc?"),
        ("auc@0.1", UnknownNameError, "no metric 'auc@0.1'"),
        ("eps_s", UsageError, "metric 'eps_s' needs a background efficiency, such as eps_s@1e-2"),
        ("eps_s@often", UsageError, "often"),
        ("eps_s@0", UsageError, "0"),
        ("eps_s@nan", UsageError, "nan"),
    ],
)
def test_unknown_and_malformed_metrics_are_refused(name: str, error: type[Exception], message: str) -> None:
    catalogue.cache_clear()
    with pytest.raises(error) as caught:
        catalogue().metric(name)
    assert message in str(caught.value)


METRICS = """\
from adbench.api import Estimate, Metric, MetricSpec, hookimpl
class Share(Metric):
    label = "share"
    def __init__(self, name):
        self.name = name
    def __call__(self, background, signal):
        return Estimate(0.5, 0.5, 0.5)
PLAIN = Share("share")
def share_at(number):
    return Share(f"share@{number + 0.0}")
@hookimpl
def adbench_metrics():
    return [MetricSpec(name="share", target="shares:THIS", parameter="PARAMETER")]
"""


def install_metric(install: Callable[..., None], target: str, parameter: str) -> None:
    source = METRICS.replace("PARAMETER", parameter)
    install("share-plugin", "shares", "shares", f"{source}THIS = {target}\n")


@pytest.mark.parametrize(
    ("target", "parameter", "name"),
    [("PLAIN", "", "share"), ("share_at", "part", "share@0.25"), ("share_at", "part", "share@2.5e-1")],
)
def test_a_metric_has_the_name_that_is_asked_for_and_a_family_gets_a_number(
    install: Callable[..., None], target: str, parameter: str, name: str
) -> None:
    install_metric(install, target, parameter)
    assert catalogue().metric(name).name == ("share@0.25" if parameter else "share")


@pytest.mark.parametrize(
    ("target", "parameter", "name", "given"),
    [
        ("lambda number: Share('share')", "part", "share@0.5", "'share' as its name"),
        ("lambda number: Share('share@0.25')", "part", "share@0.5", "'share@0.25' as its name"),
        ("share_at(0.5)", "", "share", "'share@0.5' as its name"),
        ("Share('other')", "", "share", "'other' as its name"),
        ("object()", "", "share", "None as its name"),
        ("Share", "", "share", "a class"),
    ],
)
def test_a_metric_of_another_name_is_an_error_of_its_plugin(
    install: Callable[..., None], target: str, parameter: str, name: str, given: str
) -> None:
    install_metric(install, target, parameter)
    with pytest.raises(PluginError) as caught:
        catalogue().metric(name)
    assert str(caught.value) == (
        f"metric '{name}' of share-plugin 1.0: shares:THIS gives {given}; "
        f"it has to give a metric whose attribute name is '{name}'"
    )


def test_built_in_components_come_through_the_same_hooks() -> None:
    catalogue.cache_clear()
    found = catalogue()
    assert found.rankings.owners["average_rank"].distribution == "adbench-lhc"
    assert found.metrics.owners["auc"].distribution == "adbench-lhc"
    assert found.executors.get("local").name == "local"
