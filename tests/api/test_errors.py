from __future__ import annotations

import pytest

from adbench.api import errors


def test_the_message_names_the_thing_the_near_choices_and_all():
    assert (
        str(errors.UnknownNameError("channel", "2c", ["2b", "1", "2a"]))
        == "no channel '2c'. Did you mean 2a or 2b? All: 1, 2a, 2b"
    )
    assert str(errors.UnknownNameError("detector", "zzz", ["met"], "adbench list detectors")) == (
        "no detector 'zzz'. All: adbench list detectors"
    )
    assert str(errors.UnknownNameError("signal", "x", [])) == "no signal 'x'. All: none"


def test_close_matches_ignore_case_and_keep_the_real_spelling():
    assert errors.close_matches("gcn_vae_housholder", ["gcn_vae", "met", "gcn_vae_householder"])[0] == (
        "gcn_vae_householder"
    )
    assert errors.close_matches("chaneut_CHA200", ["chaneut_cha200_neut50"]) == ["chaneut_cha200_neut50"]
    assert errors.close_matches("qqq", ["met", "ht"]) == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("AdbenchError", 1),
        ("DetectorError", 1),
        ("ScoreError", 1),
        ("UsageError", 2),
        ("UnknownNameError", 2),
        ("ParameterError", 2),
        ("MissingError", 3),
        ("PluginError", 3),
        ("DataError", 4),
    ],
)
def test_exit_codes(error, code):
    cls = getattr(errors, error)
    assert cls.exit_code == code
    assert issubclass(cls, errors.AdbenchError)


def test_a_message_is_one_line_whatever_the_names_in_it_hold():
    assert str(errors.UnknownNameError("channel", "2\na", ["1"])) == "no channel '2 a'. All: 1"
    assert str(errors.UsageError("first\r\nsecond")) == "first second"
