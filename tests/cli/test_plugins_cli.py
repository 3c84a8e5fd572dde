from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from adbench.cli import main

Captured = pytest.CaptureFixture[str]

RETURNS_NONSENSE = """
from adbench.api import hookimpl

@hookimpl
def adbench_metrics():
    return [42]
"""


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.mark.usefixtures("toys")
def test_loaded_plugins_with_what_they_offer(capsys: Captured) -> None:
    assert call("plugins", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {
        "plugin": "toys",
        "distribution": "adbench-toys",
        "version": "1.0",
        "offers": ["datasets", "detectors"],
    } in found["loaded"]
    assert found["problems"] == []


@pytest.mark.usefixtures("toys")
def test_problems_with_distribution_reason_and_fix(install: Callable[..., None], capsys: Captured) -> None:
    install("adbench-broken", "broken", "broken_plugin", "raise ImportError('no [red]such[/red] thing')", version="2.1")
    install("adbench-odd", "odd", "odd_plugin", RETURNS_NONSENSE)
    assert call("plugins", "--format", "json") == 0
    problems = {problem["plugin"]: problem for problem in json.loads(capsys.readouterr().out)["problems"]}
    assert problems["broken"] == {
        "plugin": "broken",
        "distribution": "adbench-broken 2.1",
        "reason": "importing broken_plugin raised ImportError: no [red]such[/red] thing",
        "fix": "Reinstall or remove it: pip uninstall adbench-broken",
    }
    assert problems["odd"]["reason"] == "its hook adbench_metrics returned 42, which is no MetricSpec"
    assert call("plugins") == 0
    out = capsys.readouterr().out
    assert "cannot be used" in out
    assert "no [red]such[/red] thing" in out
    assert [line.split()[0] for line in out.splitlines() if line.startswith(("toys", "broken", "odd"))] == [
        "odd", "toys", "broken", "odd",
    ]  # fmt: skip
