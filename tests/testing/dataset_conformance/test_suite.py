"""A data set that keeps its contract passes every check, and faults are told once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from adbench.api import DataError, DatasetOptions, UnknownNameError, UsageError
from adbench.cli import cli
from adbench.testing import dataset_checks
from adbench.testing.dataset_conformance import CHECKS, check_dataset
from adbench.testing.toys import ToyDataset
from tests.testing.dataset_conformance.checking import Good, failed, spec_of
from tests.testing.dataset_conformance.test_content import Raises
from tests.testing.dataset_conformance.test_dividing import SharedEvents, SharedSources


class Prepares(Good):
    """Counts how often it is asked to prepare, which it cannot."""

    asked = 0

    def prepare(self, channel: str) -> None:
        type(self).asked += 1
        msg = "events.csv:7: expected 5 fields, found 3"
        raise DataError(msg)


def test_a_good_data_set_passes_every_check() -> None:
    outcomes = list(check_dataset(spec_of(Good)))
    assert [outcome.check for outcome in outcomes] == [check.__name__ for check in CHECKS]
    assert {outcome.status for outcome in outcomes} == {"pass"}
    assert outcomes[-1].reason == "own, k-folds"


def test_what_cannot_be_opened_or_read_is_told_once() -> None:
    for kind, check in (("NoSuchClass", "opens"), (Raises, "reads")):
        assert [name for name in failed(kind) if name != "splits"] == [check]


def test_what_the_user_asked_for_and_is_not_there_is_no_fault_of_the_data_set() -> None:
    with pytest.raises(UnknownNameError, match="no edition of toys 'large'"):
        list(check_dataset(spec_of(Good), DatasetOptions(edition="large")))
    with pytest.raises(UsageError, match="reads no --raw"):
        list(check_dataset(spec_of(Good), DatasetOptions(raw=True)))


def test_what_cannot_be_prepared_is_tried_once() -> None:
    Prepares.asked = 0
    assert list(failed(Prepares, splits=())) == ["reads"]
    assert Prepares.asked == 1


def test_channels_can_be_chosen() -> None:
    outcomes = {one.check: one for one in check_dataset(spec_of(Good), DatasetOptions(), ["b"])}
    assert outcomes["reads"].reason == "1,700 events"


def test_a_failing_check_fails_a_test_with_reason_and_fix() -> None:
    checks = {str(check): check for check in dataset_checks(spec_of(SharedSources))}
    checks["numbers"]()
    with pytest.raises(AssertionError, match=r"apart: .* share 200 sources. Fix: divide by source"):
        checks["apart"]()


@pytest.mark.usefixtures("toys")
@pytest.mark.parametrize("check", dataset_checks("toys"), ids=str)
def test_the_toys_keep_the_contract(check: Any) -> None:
    check()


@pytest.mark.usefixtures("toys")
def test_the_command_tells_outcomes_and_ends_with_1_when_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(cli, ["datasets", "check", "toys", "--channel", "a"])
    assert done.exit_code == 0, done.output
    assert "toys: 16 passed, 0 failed, 0 skipped" in done.output
    monkeypatch.setattr(ToyDataset, "validation", SharedEvents.validation)
    done = CliRunner().invoke(cli, ["datasets", "check", "toys", "--json"])
    assert done.exit_code == 1
    (report,) = json.loads(done.stdout)
    assert report["dataset"] == "toys"
    assert "apart" in {check["check"] for check in report["checks"] if check["status"] == "fail"}
