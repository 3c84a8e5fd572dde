"""Editions and channels, the published layout, and the density as a detector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from adbench_four_gluino.card import LABELLED, PLAIN, labels_of
from adbench_four_gluino.dataset import FourGluino
from adbench_four_gluino.process import FOUR, P_FOUR, TWO
from adbench_four_gluino.truth import GluinoTruth

from adbench.api import DataError, DatasetOptions, DetectorError, RunContext, UnknownNameError, UsageError
from adbench.testing.toys import toy_events


def fitted(dataset: FourGluino, channel: str) -> GluinoTruth:
    truth = GluinoTruth(context=RunContext(seed=1))
    truth.fit(dataset.train(channel), dataset.validation(channel), {})
    return truth


def test_channels_share_their_events(small: FourGluino) -> None:
    assert small.info.channels == ("momenta", "momenta_1k", "labels", "mixed")
    small.prepare("labels")
    labelled, plain = small.train("labels"), small.train("momenta")
    assert labelled.schema == LABELLED
    assert plain.schema == PLAIN
    assert np.array_equal(labelled.objects, plain.objects)
    assert len(small.train("momenta_1k")) == 1000
    assert np.array_equal(small.background("momenta").objects, small.background("momenta_1k").objects)
    gluons, gluinos, places = labels_of(labelled)
    assert set(np.unique(gluons)) == set(np.unique(gluinos)) == {-1, 1}
    assert (np.diff(np.sort(places, axis=1), axis=1) > 0).all()
    assert set(np.unique(plain.kinds)) == {1}


def test_parts_differ_and_come_again(small: FourGluino, tmp_path: Path) -> None:
    again = FourGluino(DatasetOptions(cache=tmp_path / "other"))
    assert np.array_equal(small.train("mixed").objects, again.train("mixed").objects)
    assert not np.array_equal(small.validation("mixed").objects[:100], small.train("mixed").objects[:100])
    assert small.fingerprint("mixed") == again.fingerprint("mixed") != small.fingerprint("labels")
    assert small.fingerprint("momenta") != small.fingerprint("momenta_1k")


def test_a_mixture_is_weighted_by_cross_section(small: FourGluino) -> None:
    events = small.train("mixed")
    number = (events.kinds > 0).sum(axis=1)
    assert set(number) == {1, 4}
    assert (number == 4).mean() == pytest.approx(0.5)
    assert events.weights[number == 4].sum() / events.weights.sum() == pytest.approx(P_FOUR, rel=1e-4)
    assert events.weights.mean() == pytest.approx(1, rel=1e-4)


def test_unknown_names_are_answered(small: FourGluino, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="momenta_1k"):
        small.train("momenta_2k")
    with pytest.raises(UnknownNameError, match="flat"):
        small.signal("labels", "flut")
    with pytest.raises(UnknownNameError, match="paper"):
        FourGluino(DatasetOptions(edition="papers"))
    with pytest.raises(UnknownNameError, match="divided"):
        FourGluino(DatasetOptions(split="k-folds"))
    with pytest.raises(UsageError, match="data_4_gluino"):
        FourGluino(DatasetOptions(data=tmp_path))


@pytest.mark.parametrize("channel", ["momenta", "labels", "mixed"])
def test_the_truth_prefers_its_own_events(small: FourGluino, channel: str, tmp_path: Path) -> None:
    truth = fitted(small, channel)
    background, signal = small.background(channel), small.signal(channel, "flat")
    log_p = truth.log_prob(background)
    assert np.isfinite(log_p).all()
    assert log_p.mean() > truth.log_prob(signal).mean()
    drawn = truth.sample(800, np.random.default_rng(1))
    assert drawn.schema == background.schema
    if channel != "mixed":
        assert truth.log_prob(drawn).mean() == pytest.approx(log_p.mean(), abs=0.35)
    truth.save(tmp_path)
    loaded = GluinoTruth.load(tmp_path, truth.params, truth.context)
    assert np.array_equal(loaded.log_prob(background), log_p)


def test_the_truth_of_other_events_is_not_known() -> None:
    other = toy_events(5, 60.0, seed=1)
    with pytest.raises(DetectorError, match="--dataset four_gluino"):
        GluinoTruth().fit(other, other, {})
    with pytest.raises(DetectorError, match="call fit"):
        GluinoTruth().sample(3, np.random.default_rng(0))


def write(path: Path, momenta: np.ndarray, more: np.ndarray) -> None:
    np.savetxt(path, np.hstack([momenta.reshape(len(momenta), -1), more]), delimiter=",", fmt="%.9g")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    places = np.argsort(rng.random((240, 5)), axis=1)
    helicities = 2 * rng.integers(0, 2, (240, 6)) - 1
    write(tmp_path / "data_4_gluino.csv", FOUR.draw(240, rng), np.hstack([helicities, places]))
    write(tmp_path / "data_2_gluino.csv", TWO.draw(120, rng), np.zeros((120, 8)))
    return tmp_path


def test_published_files_are_read(published: Path, tmp_path: Path) -> None:
    dataset = FourGluino(DatasetOptions(data=published, cache=tmp_path / "cache"))
    assert [len(part("labels")) for part in (dataset.train, dataset.validation, dataset.background)] == [200, 20, 20]
    written = np.loadtxt(published / "data_4_gluino.csv", delimiter=",")
    gluons, gluinos, places = labels_of(dataset.train("labels"))
    assert np.array_equal(np.hstack([gluons, gluinos]), written[:200, 16:22])
    assert np.array_equal(places - 1, written[:200, 23:27])
    mixed = dataset.train("mixed")
    assert ((mixed.kinds > 0).sum(axis=1) == 4).mean() == 0.5
    (published / "data_2_gluino.csv").unlink()
    assert "mixed" not in FourGluino(DatasetOptions(data=published, cache=tmp_path / "cache")).info.channels


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [(16, 0.0, ":3: helicities"), (23, 7.0, ":3: helicities"), (1, 900.0, ":3: momenta"), (0, np.nan, ":3: a number")],
)
def test_published_files_that_break_the_layout(published: Path, column: int, value: float, message: str) -> None:
    path = published / "data_4_gluino.csv"
    table = np.loadtxt(path, delimiter=",")
    table[2, column] = value
    np.savetxt(path, table, delimiter=",", fmt="%.9g")
    with pytest.raises(DataError, match=message):
        FourGluino(DatasetOptions(data=published, cache=published / "cache")).train("labels")
    path.write_text("1,2,x\n")
    with pytest.raises(DataError, match="no table of numbers"):
        FourGluino(DatasetOptions(data=published, cache=published / "cache")).train("labels")
