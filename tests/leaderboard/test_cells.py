from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import mannwhitneyu, norm

from adbench.api import DataError, Estimate, Metric, PluginError, Scored, prior_half
from adbench.leaderboard.cache import EstimateCache, _hash
from adbench.leaderboard.cells import measure_run, samples_of
from adbench.metrics.auc import AUC
from adbench.metrics.efficiency import SignalEfficiency


class Counting(Metric):
    """Counts signal events, and how often it was asked."""

    name = "count"
    label = "events"

    def __init__(self, version: int = 1) -> None:
        self.calls, self.version = 0, version

    def __call__(self, background: Scored, signal: Scored | None) -> Estimate:
        self.calls += 1
        n = math.nan if signal is None else float(len(signal))
        return Estimate(n, n, n)


class Surprise(Metric):
    """Mean of minus the log density of background."""

    name = "surprise"
    label = "surprise"
    inputs = frozenset({"background", "log_prob"})

    def __call__(self, background: Scored, signal: Scored | None) -> Estimate:
        assert signal is None
        assert background.log_prob is not None
        value = -float(background.log_prob.mean())
        return Estimate(value, value, value)


def test_auc_and_efficiency_of_gaussian_scores_are_those_of_the_closed_form(pretend: Any) -> None:
    run = pretend.run(shifts={"glgl1400": 1.0, "stlp_st1000": 2.0}, n_background=40_000, n_signal=20_000)
    found = measure_run(run, "score", [AUC, SignalEfficiency(0.01)])
    assert list(found) == ["glgl1400", "stlp_st1000"]
    for signal, shift in (("glgl1400", 1.0), ("stlp_st1000", 2.0)):
        assert found[signal]["auc"].value == pytest.approx(norm.cdf(shift / math.sqrt(2)), abs=0.008)
        assert found[signal]["eps_s@1e-2"].value == pytest.approx(norm.sf(norm.isf(0.01) - shift), abs=0.02)
        assert found[signal]["auc"].low < found[signal]["auc"].value < found[signal]["auc"].high


def test_auc_is_the_statistic_of_mann_and_whitney(pretend: Any) -> None:
    run = pretend.run()
    with run.scores() as file:
        background, signal = file.sample("background", "score").scores, file.sample("signal/glgl1400", "score").scores
    independent = mannwhitneyu(signal, background).statistic / (len(signal) * len(background))
    assert measure_run(run, "score", [AUC])["glgl1400"]["auc"].value == pytest.approx(independent, abs=1e-12)


def test_each_score_of_a_run_has_its_own_figures(pretend: Any) -> None:
    run = pretend.run(scores=("chamfer", "kl"), shifts=2.0)
    chamfer, kl = (measure_run(run, score, [AUC])["glgl1400"]["auc"].value for score in ("chamfer", "kl"))
    assert chamfer > 0.9 > kl > 0.7
    with pytest.raises(DataError, match="no score 'rz'"):
        measure_run(run, "rz", [AUC])


def test_unsupervised_runs_are_cut_to_the_measured_halves(pretend: Any) -> None:
    run = pretend.run(n_signal=400)
    measured = ~prior_half(np.arange(400))
    whole = {name: events.scores for name, _, events in samples_of(run, "score")}
    half = {name: events.scores for name, _, events in samples_of(run, "score", halves=True)}
    assert 150 < measured.sum() < 250
    for name in whole:
        np.testing.assert_array_equal(half[name], whole[name][measured])
    assert measure_run(run, "score", [Counting()], halves=True)["glgl1400"]["count"].value == measured.sum()


def test_semi_supervised_runs_are_stored_as_halves_already(pretend: Any) -> None:
    run = pretend.run(supervision="semi-supervised", n_signal=400)
    assert measure_run(run, "score", [Counting()], halves=True)["glgl1400"]["count"].value == 400


def test_a_signal_is_measured_against_the_background_of_its_target(pretend: Any) -> None:
    samples = {
        "background": pretend.sample_of(score=[0, 0, 0, 0]),
        "signal/a": pretend.sample_of(score=[1, 1]),
        "target/b/background": pretend.sample_of(score=[2, 2]),
        "signal/b": pretend.sample_of(score=[1, 1]),
    }
    found = measure_run(pretend.run(samples=samples), "score", [AUC])
    assert {signal: figures["auc"].value for signal, figures in found.items()} == {"a": 1.0, "b": 0.0}


def test_a_metric_of_densities_is_not_given_where_there_are_none(pretend: Any) -> None:
    estimate = measure_run(pretend.run(), "score", [Surprise()])["glgl1400"]["surprise"]
    assert math.isnan(estimate.value)
    assert estimate == Estimate(estimate.value, estimate.low, estimate.high, "the detector has no density", False)


@pytest.mark.parametrize("name", ["scores", "weights", "sources"])
@pytest.mark.parametrize("halves", [False, True])
def test_a_metric_that_writes_to_its_input_is_named_and_nothing_is_kept(
    pretend: Any, tmp_path: Path, name: str, halves: bool
) -> None:
    class Writing(Counting):
        def __call__(self, background: Scored, signal: Scored | None) -> Estimate:
            array = getattr(background if self.calls else signal, name)
            array *= 2
            return super().__call__(background, signal)

    for of_background in (False, True):
        metric, cache = Writing(), EstimateCache(tmp_path / "c")
        metric.calls = int(of_background)
        with pytest.raises(PluginError, match=r"metric 'count' writes to its input .*read-only\); copy first"):
            measure_run(pretend.run(), "score", [metric, AUC], cache=cache, halves=halves)
    assert not (tmp_path / "c").exists()


def test_another_error_of_a_metric_is_left_as_it_is(pretend: Any) -> None:
    class Failing(Counting):
        def __call__(self, background: Scored, signal: Scored | None) -> Estimate:
            raise ValueError("too few")

    with pytest.raises(ValueError, match=r"^too few$"):
        measure_run(pretend.run(), "score", [Failing()])


def test_estimates_are_kept_until_scores_or_metric_change(pretend: Any, tmp_path: Path) -> None:
    cache, run, metric = EstimateCache(tmp_path / "c"), pretend.run(), Counting()
    first = measure_run(run, "score", [metric], cache=cache)
    assert metric.calls == 2
    assert measure_run(run, "score", [metric], cache=cache) == first
    assert metric.calls == 2
    measure_run(run, "score", [metric], cache=cache, halves=True)
    assert metric.calls == 4
    measure_run(pretend.run(seed=1), "score", [metric], cache=cache)
    assert metric.calls == 6
    newer = Counting(version=2)
    measure_run(run, "score", [newer], cache=cache)
    assert (metric.calls, newer.calls) == (6, 2)


def test_an_edited_metric_is_asked_again_while_others_are_not(pretend: Any, tmp_path: Path, install: Any) -> None:
    hook = "@hookimpl\ndef adbench_metrics():\n    return [MetricSpec(name='count', target='counts:COUNT')]\n"
    source = f"from adbench.api import MetricSpec, hookimpl\n{hook}COUNT = 1\n"
    install("count-plugin", "counts", "counts", source)
    cache, run, metric = EstimateCache(tmp_path / "c"), pretend.run(), Counting()
    auc = Counting()
    auc.name = "auc"
    first = measure_run(run, "score", [metric, auc], cache=cache)
    assert measure_run(run, "score", [metric, auc], cache=cache) == first
    assert (metric.calls, auc.calls) == (2, 2)
    (tmp_path / "site" / "counts.py").write_text(source.replace("1", "2"))
    _hash.cache_clear()  # as in the next process
    assert set(cache.read(run.record.scores_sha256)) == {"score|glgl1400|all|auc|1", "score|stlp_st1000|all|auc|1"}
    assert measure_run(run, "score", [metric], cache=cache) == {name: {"count": first[name]["count"]} for name in first}
    assert (metric.calls, auc.calls) == (4, 2)
    measure_run(run, "score", [metric, auc], cache=cache)
    assert (metric.calls, auc.calls) == (4, 2)


def test_estimates_survive_the_cache_exactly(tmp_path: Path) -> None:
    cache = EstimateCache(tmp_path)
    kept = {"a": Estimate(1 / 3, 0.1, 0.7, "ε", measured=False), "b": Estimate(math.nan, -math.inf, math.inf)}
    cache.write("5ha", kept)
    assert str(cache.read("5ha")) == str(kept)
    assert cache.read("other") == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"a": 1}',
        '{"a": [1, 2, 3]}',
        '{"a": [1, 2, 3, 4, true]}',
        '{"a": [1, 2, 3, "", true]}',
        '{"a": ["x", 1, 1, "", true, ""]}',
    ],
)
def test_a_damaged_cache_counts_as_absent(pretend: Any, tmp_path: Path, text: str) -> None:
    cache, run = EstimateCache(tmp_path), pretend.run()
    expected = measure_run(run, "score", [AUC])
    path = tmp_path / "estimates-3" / f"{run.record.scores_sha256}.json"
    path.parent.mkdir()
    path.write_text(text)
    assert measure_run(run, "score", [AUC], cache=cache) == expected
    assert set(json.loads(path.read_text())) == {"score|glgl1400|all|auc|1", "score|stlp_st1000|all|auc|1"}


def test_a_cache_that_cannot_be_written_is_no_error(pretend: Any, tmp_path: Path) -> None:
    (tmp_path / "estimates-3").write_text("a file in the way")
    run = pretend.run()
    assert measure_run(run, "score", [AUC], cache=EstimateCache(tmp_path)) == measure_run(run, "score", [AUC])


def test_a_run_without_its_scores_names_file_and_cure(pretend: Any) -> None:
    run = pretend.run()
    (run.folder / "scores.npz").unlink()
    with pytest.raises(DataError, match=r"scores\.npz: cannot be read .*; remove its folder and run again"):
        measure_run(run, "score", [AUC])
