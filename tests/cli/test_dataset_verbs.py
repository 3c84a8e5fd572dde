from __future__ import annotations

import pytest

from adbench.cli import main

Captured = pytest.CaptureFixture[str]


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


def test_help_lists_the_verbs_and_who_has_them(capsys: Captured) -> None:
    assert call("datasets", "--help") == 0
    out = capsys.readouterr().out
    listed = [line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line.startswith("  ")]
    assert listed[:6] == ["info", "check", "fetch", "generate", "verify", "plot"]
    assert call("datasets", "generate", "--help") == 0
    assert "\n  darkmachines" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["generat"], "no command of adbench datasets 'generat'. Did you mean generate?"),
        (["generate", "darkmachine"], "no data set 'darkmachine'. Did you mean darkmachines?"),
        (["plot", "toys"], "data set 'toys' has no 'plot'; data sets that have it: darkmachines"),
        (["plot", "darkmachines", "--channel", "2c", "--out", "x"], "no channel of darkmachines '2c'"),
        (["plot", "darkmachines", "--signals", "stop", "--out", "x"], "no signal of darkmachines 'stop'"),
        (["generate", "darkmachines", "--channel", "4", "--out", "x"], "no channel of darkmachines '4'"),
    ],
)
@pytest.mark.usefixtures("toys")
def test_wrong_words_are_answered_in_one_line(arguments: list[str], message: str, capsys: Captured) -> None:
    if arguments[0] == "generate" and len(arguments) > 2:
        pytest.importorskip("pythia8mc", reason="needs the event generator: make test-all")
    assert call("datasets", *arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["plot"], *(["datasets", verb, "darkmachines"] for verb in ("generate", "plot", "verify"))]
)
def test_examples_in_the_help_keep_their_lines(arguments: list[str], capsys: Captured) -> None:
    assert call(*arguments, "--help") == 0
    out = capsys.readouterr().out
    assert "\\b" not in out
    assert f"\n    adbench {' '.join(arguments)}" in out
