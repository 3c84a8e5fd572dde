from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from adbench.cli import main

pytestmark = pytest.mark.usefixtures("toys")
Captured = pytest.CaptureFixture[str]


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def test_detectors_with_class_scores_and_presets(capsys: Captured) -> None:
    assert call("list", "detectors", "--format", "json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["toy_met"] == {
        "name": "toy_met",
        "supervision": "unsupervised",
        "scores": ["met", "noisy"],
        "presets": ["default", "long"],
        "summary": "missing energy",
        "plugin": "adbench-toys 1.0",
    }
    assert rows["toy_prior"]["supervision"] == "semi-supervised"
    assert call("list", "detectors") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "supervision", "scores", "presets", "summary", "plugin"]
    assert len(lines) == 1 + len(rows)
    assert [line.split()[0] for line in lines[1:]] == sorted(rows)


def test_data_sets_with_editions_and_splits(capsys: Captured) -> None:
    assert call("list", "datasets", "--format", "json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["toys"]["editions"], rows["toys"]["splits"]) == (["tiny", "other"], ["own", "k-folds"])


def test_metrics_rankings_and_executors(capsys: Captured) -> None:
    for what, expected in (
        ("metrics", {"auc", "eps_s@X", "si@X", "max_si"}),
        ("rankings", {"mean", "median", "minimum", "average_rank", "top_scorer", "top5_scorer", "ti_median"}),
        ("executors", {"local"}),
    ):
        assert call("list", what, "--format", "json") == 0
        rows = json.loads(capsys.readouterr().out)
        assert {row["name"] for row in rows} >= expected
        assert {row["plugin"].split()[0] for row in rows if row["name"] in expected} == {"adbench-lhc"}
        assert all(row["summary"] for row in rows)


def test_what_cannot_be_listed_is_answered_with_the_nearest(capsys: Captured) -> None:
    assert call("list", "metric") == 2
    message = "error: no list of 'metric'. Did you mean metrics? All: datasets, detectors, executors, metrics, rankings"
    assert capsys.readouterr().err == f"{message}\n"


def test_a_broken_plugin_is_mentioned_and_the_others_are_listed(install: Callable[..., None], capsys: Captured) -> None:
    install("adbench-broken", "broken", "broken_plugin", "raise ImportError('no such thing')")
    assert call("list", "detectors") == 0
    captured = capsys.readouterr()
    assert "toy_met" in captured.out
    assert captured.err == "1 plugin could not be used: adbench plugins\n"
