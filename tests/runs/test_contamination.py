"""Signal in the training background: its share, where it comes from, what is measured then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adbench.api import DatasetOptions, DetectorSpec, UsageError, prior_half
from adbench.api.dataset import source_ids
from adbench.runs.contamination import TooFewSignalError, contaminated, parse_contaminations
from adbench.runs.key import RunIdentity
from adbench.runs.protocol import Experiment, SkippedRun
from adbench.runs.study import DetectorChoice, Study
from adbench.runs.studyfile import read_study
from adbench.runs.studywriting import write_study
from adbench.testing.toys import ToyDataset, toy_events
from tests.runs.test_protocol import Spy


@given(st.integers(50, 400), st.floats(0.0, 0.4), st.integers(1, 3))
def test_the_share_is_what_was_asked_for(n: int, share: float, signals: int) -> None:
    halves = {f"s{i}": toy_events(400, 200.0, seed=i) for i in range(signals)}
    mixed = contaminated(toy_events(n, 60.0, seed=9), halves, share, 0, "train")
    assert len(mixed) - n == round(share * n / (1 - share))
    assert np.array_equal(mixed.features[:n], toy_events(n, 60.0, seed=9).features)


def test_signals_contribute_alike_and_another_seed_draws_others() -> None:
    halves = {"x": toy_events(300, 200.0, seed=1), "y": toy_events(300, 300.0, seed=2)}
    background = toy_events(900, 60.0, seed=3)
    first, again, other = (contaminated(background, halves, 0.1, seed, "train") for seed in (0, 0, 1))
    known = {name: {tuple(row) for row in events.features} for name, events in halves.items()}
    added = [tuple(row) for row in first.features[900:]]
    assert [sum(row in rows for row in added) for rows in known.values()] == [50, 50]
    assert np.array_equal(first.features, again.features)
    assert not np.array_equal(first.features, other.features)


def test_too_few_signal_events_are_named() -> None:
    with pytest.raises(TooFewSignalError, match=r"needs 100 events of x in its prior half, which has 30"):
        contaminated(toy_events(900, 60.0, seed=3), {"x": toy_events(30, 1.0, seed=1)}, 0.1, 0, "train")
    with pytest.raises(TooFewSignalError, match="no signal"):
        contaminated(toy_events(900, 60.0, seed=3), {}, 0.1, 0, "train")


@pytest.mark.parametrize("text", ["", "x", "0.5", "-0.1", "nan", "0.1,0.1", "0,,1"])
def test_what_is_no_list_of_shares_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="list of distinct shares"):
        parse_contaminations(text)


def experiment(share: float) -> tuple[Spy, Experiment]:
    spy = Spy()
    data = ToyDataset(DatasetOptions())
    return spy, Experiment(data, "a", DetectorSpec(name="toy", target="x:Y"), contamination=share)


def test_no_event_is_learnt_from_and_measured() -> None:
    spy, run = experiment(0.05)
    data = run.dataset
    run.run(lambda: spy)
    clean = len(data.train("a"))
    learnt = {tuple(row) for row in spy.train.features[clean:]} | {
        tuple(row) for row in spy.validation.features[len(data.validation("a")) :]
    }
    assert len(spy.train) - clean == round(0.05 * clean / 0.95)
    for signal in data.info.signals["a"]:
        events = data.signal("a", signal)
        measured = events[~prior_half(source_ids(events))]
        assert len(run.result.samples[f"signal/{signal}"]) == len(measured)
        assert not learnt & {tuple(row) for row in measured.features}


def test_a_share_that_cannot_be_had_skips_the_run() -> None:
    spy, run = experiment(0.49)
    run.dataset.train = lambda channel: toy_events(9000, 60.0, seed=1)  # type: ignore[method-assign]
    with pytest.raises(SkippedRun, match="prior half, which has"):
        run.run(lambda: spy)


def test_only_contaminated_keys_know_it() -> None:
    plain = {"dataset": "d", "edition": "e", "fingerprint": "f", "split": "", "channel": "1", "detector": "x"}
    clean, dirty = (
        RunIdentity(**plain, version=1, params={}, seed=0, contamination=share)  # type: ignore[arg-type]
        for share in (0.0, 0.01)
    )
    assert "contamination" not in clean.as_dict()
    assert clean.key != dirty.key
    assert RunIdentity.from_dict(dirty.as_dict()) == dirty
    assert clean.configuration != dirty.configuration


def test_a_study_file_keeps_it(tmp_path: Path) -> None:
    study = Study((DetectorChoice("met"),), contaminations=(0.0, 0.003))
    write_study(study, tmp_path / "study.yaml")
    assert read_study(tmp_path / "study.yaml").contaminations == (0.0, 0.003)
    (tmp_path / "wrong.yaml").write_text("detectors: [met]\ncontamination: [0.7]\n")
    with pytest.raises(UsageError, match=r"wrong\.yaml:2: contamination '0.7'"):
        read_study(tmp_path / "wrong.yaml")
