from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pytest

from adbench.api import Detector, DetectorSpec, PluginError, RunContext


@dataclass(frozen=True)
class Params:
    shift: float = 0.0


class Forgetful(Detector):
    Params = Params

    def fit(self, train, validation, priors):
        self.mean = train.features[:, 0].mean()

    def score(self, events):
        return events.features[:, 0] - self.mean + self.params.shift


class Keeping(Forgetful):
    def save(self, folder):
        np.save(folder / "mean.npy", self.mean)

    @classmethod
    def load(cls, folder, params, context):
        detector = cls(params, context)
        detector.mean = np.load(folder / "mean.npy")
        return detector


def test_defaults_of_the_contract(random_events, tmp_path):
    detector = Forgetful()
    assert detector.params == Params()
    assert (detector.context.seed, detector.context.device, detector.context.threads) == (0, "cpu", 1)
    assert detector.for_target(frozenset({"stop"})) is detector
    assert detector.coordinates(random_events(2)) == {}
    with pytest.raises(NotImplementedError, match="Forgetful cannot be saved"):
        detector.save(tmp_path)
    with pytest.raises(NotImplementedError, match="Forgetful cannot be loaded"):
        Forgetful.load(tmp_path, Params(), RunContext())


def test_can_save_tells_whether_both_are_there(random_events, tmp_path):
    assert Keeping.can_save()
    assert not Forgetful.can_save()
    events, detector = random_events(30), Keeping(Params(shift=1.0))
    detector.fit(events, events, {})
    detector.save(tmp_path)
    again = Keeping.load(tmp_path, Params(shift=1.0), RunContext())
    np.testing.assert_array_equal(again.score(events), detector.score(events))


def test_a_target_that_cannot_be_imported_is_named():
    with pytest.raises(PluginError, match=r"'x' cannot be loaded from no_such_module:X: ModuleNotFoundError"):
        DetectorSpec(name="x", target="no_such_module:X").load()
    with pytest.raises(PluginError, match="AttributeError"):
        DetectorSpec(name="x", target="adbench.api.noise:nothing").load()
    assert DetectorSpec(name="x", target="adbench.api.detector:Detector").load() is Detector


def test_deadline_counts_down():
    assert RunContext().seconds_left() == float("inf")
    assert 0 < RunContext(deadline=time.monotonic() + 60).seconds_left() <= 60
    assert RunContext(deadline=time.monotonic() - 1).seconds_left() < 0
