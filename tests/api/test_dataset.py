from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adbench.api import Dataset, DatasetInfo, DatasetOptions, UnknownNameError
from adbench.api.dataset import held_out, prior_half, source_ids

INFO = DatasetInfo(
    name="toy",
    edition="memory",
    channels=("1", "2a"),
    signals={"1": ("gluino_1400", "gluino_1600", "stop")},
    families={"gluino_1400": "gluino", "gluino_1600": "gluino"},
)


class Toy(Dataset):
    """Signals only; what the defaults of the contract do with them is tested."""

    def __init__(self, signal_events) -> None:
        super().__init__(DatasetOptions())
        self.events = signal_events

    info = INFO

    def fingerprint(self, channel):
        return "0"

    def train(self, channel):
        return self.events

    validation = background = train

    def signal(self, channel, name):
        self.info.check_signal(channel, name)
        return self.events


def test_halves_are_fair_and_keep_copies_together():
    half = prior_half(np.random.default_rng(0).integers(0, 2**40, 20_000))
    assert abs(half.mean() - 0.5) < 4 * 0.5 / np.sqrt(20_000)
    copies = prior_half(np.repeat(np.arange(500), 3)).reshape(500, 3)
    np.testing.assert_array_equal(copies.all(axis=1), copies.any(axis=1))


def test_consecutive_sources_split_fairly_too():
    """Sources are often row numbers, so the hash must scatter neighbours."""
    half = prior_half(np.arange(4000))
    assert abs(half.mean() - 0.5) < 0.04
    assert abs(np.corrcoef(half[:-1], half[1:])[0, 1]) < 0.07


def test_halves_do_not_depend_on_order_or_number():
    sources = np.random.default_rng(0).integers(0, 2**40, 300)
    half, order = prior_half(sources), np.random.default_rng(1).permutation(300)
    np.testing.assert_array_equal(prior_half(sources[order]), half[order])
    np.testing.assert_array_equal(prior_half(sources[:20]), half[:20])


def test_source_ids_fall_back_to_places(random_events):
    events = random_events(9)
    np.testing.assert_array_equal(source_ids(events), events.aux["source"])
    np.testing.assert_array_equal(source_ids(events.stripped()), np.arange(9))


def test_copies_of_a_source_are_held_out_together(random_events):
    events = random_events(60)
    copies = replace(events, aux={"source": np.repeat(np.arange(20), 3)})
    kept = held_out(copies, 5, np.random.default_rng(1)).reshape(20, 3)
    assert (kept.any(axis=1) == kept.all(axis=1)).all()
    assert kept.all(axis=1).sum() == 4
    assert not np.array_equal(kept, held_out(copies, 5, np.random.default_rng(2)).reshape(20, 3))
    assert held_out(events[:0], 5, np.random.default_rng(1)).shape == (0,)


def test_signals_of_channels_with_proxies_are_not_halved():
    info = replace(INFO, proxies={"1": ("like_stop",)})
    assert INFO.halved("1") == INFO.signals["1"]
    assert info.halved("1") == ()


def test_priors_are_the_prior_halves(random_events):
    events = random_events(100)
    priors = Toy(events).priors("1")
    assert list(priors) == ["gluino_1400", "gluino_1600", "stop"]
    np.testing.assert_array_equal(priors["stop"].aux["row"], np.flatnonzero(prior_half(events.aux["source"])))
    assert Toy(events).priors("2a") == {}
    assert Toy(events).unlabelled("1") is None


def test_info_answers_wrong_names():
    assert INFO.family("gluino_1600") == "gluino"
    assert INFO.family("stop") == "stop"
    with pytest.raises(UnknownNameError, match=r"no channel of toy '2b'\. Did you mean 2a"):
        INFO.check_channel("2b")
    told = replace(INFO, notes=("no pile-up", "channel 3: no background, so it is left out", "channel 33: other"))
    with pytest.raises(UnknownNameError) as caught:
        told.check_channel("3")
    assert str(caught.value) == "no channel of toy '3'. All: 1, 2a (channel 3: no background, so it is left out)"
    with pytest.raises(UnknownNameError, match=r"All: none$"):
        replace(INFO, channels=()).check_channel("3")
    with pytest.raises(UnknownNameError, match=r"no signal in channel 1 of toy 'stopp'\. Did you mean stop"):
        INFO.check_signal("1", "stopp")
    with pytest.raises(UnknownNameError, match="All: none"):
        INFO.check_signal("2a", "stop")
