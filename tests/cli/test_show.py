from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from adbench.cli import main

pytestmark = pytest.mark.usefixtures("toys")
Captured = pytest.CaptureFixture[str]

NEEDS_MORE = """
from adbench.api import DetectorSpec, hookimpl

@hookimpl
def adbench_detectors():
    return [DetectorSpec(name="absent", target="no_such_module:Thing", requires=("numpy", "no-such-package>=2"),
                         reference="arXiv:0000.00000", supports=lambda info, channel: f"never on [i]{channel}[/i]")]
"""


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def test_everything_about_a_detector(capsys: Captured) -> None:
    assert call("show", "toy_met", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["name"], found["summary"], found["supervision"]) == ("toy_met", "missing energy", "unsupervised")
    assert (found["scores"], found["version"], found["plugin"]) == (["met", "noisy"], 1, "adbench-toys 1.0")
    assert found["parameters"][:2] == [
        {
            "name": "power",
            "type": "float",
            "default": 1.0,
            "source": "exponent of MET in the score; any value gives the same ranking",
        },
        {"name": "epochs", "type": "int", "default": 3, "source": "how many steps are reported"},
    ]
    assert found["parameters"][3]["default"] == [4, 2]
    assert found["presets"] == {"long": {"epochs": 5}}
    assert found["supports"]["toys tiny"] == {"a": "yes", "b": "yes"}


def test_the_same_in_words(capsys: Captured) -> None:
    assert call("show", "toy_met") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "toy_met: missing energy"
    assert "  scores    met, noisy (the first is the entry)" in lines
    assert any(line.startswith("  works on  ") and "toys tiny (channels a, b)" in line for line in lines)
    epochs = next(line for line in lines if line.startswith("epochs"))
    assert epochs.split()[:4] == ["epochs", "int", "3", "5"]
    assert epochs.endswith("how many steps are reported")
    assert lines[-1] == "  change one: adbench run --detector toy_met --set NAME=VALUE"


def test_where_it_works_and_where_not(capsys: Captured) -> None:
    assert call("show", "toy_picky", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["supports"]["toys tiny"] == {"a": "yes", "b": "made for channel a"}
    assert call("show", "toy_picky") == 0
    assert "toys tiny (channels a; b: made for channel a)" in capsys.readouterr().out


def test_what_is_not_installed_is_said_and_the_rest_shown(install: Callable[..., None], capsys: Captured) -> None:
    install("adbench-absent", "absent", "absent_plugin", NEEDS_MORE)
    assert call("show", "absent", "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["requires"] == {"numpy": True, "no-such-package>=2": False}
    assert found["parameters"] == []
    assert "no_such_module:Thing: ModuleNotFoundError" in found["problem"]
    assert call("show", "absent") == 0
    out = capsys.readouterr().out
    assert "  needs     numpy, no-such-package>=2 (not installed)\n" in out
    assert "  paper     arXiv:0000.00000\n" in out
    assert "  parameters cannot be shown: 'absent' cannot be loaded from no_such_module:Thing" in out
    assert "a: never on [i]a[/i]" in out


def test_a_detector_without_parameters(capsys: Captured) -> None:
    assert call("show", "toy_prior") == 0
    out = capsys.readouterr().out
    assert "  no parameters\n" in out
    assert "--set" not in out


def test_an_unknown_detector_is_answered_with_the_nearest(capsys: Captured) -> None:
    assert call("show", "toy_mat") == 2
    assert capsys.readouterr().err.startswith("error: no detector 'toy_mat'. Did you mean toy_met or ")
