from __future__ import annotations

import time
from itertools import chain

import pytest
import torch
from torch import Tensor, nn

from adbench.api import DetectorError, RunContext
from adbench.torchkit import FitSettings, History, Sample, fit


class Centre(nn.Module):
    """One number; its squared distance to the data is smallest at their mean."""

    def __init__(self, start: float = 0.0) -> None:
        super().__init__()
        self.at = nn.Parameter(torch.tensor(start))

    def loss(self, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        return (batch[0] - self.at) ** 2


class Reports:
    def __init__(self) -> None:
        self.lines: list[tuple[str, int, int, dict[str, float]]] = []

    def __call__(self, phase: str, step: int, total: int, **figures: float) -> None:
        self.lines.append((phase, step, total, figures))


def sample(*values: float, weights: list[float] | None = None) -> Sample:
    x = torch.tensor(values)
    return Sample((x,), torch.ones(len(x)) if weights is None else torch.tensor(weights))


def fitted(
    network: Centre, train: Sample, validation: Sample, context: RunContext | None = None, **changes: float
) -> History:
    settings = FitSettings(**{"epochs": 200, "batch_size": 4, "learning_rate": 0.05} | changes)  # type: ignore[arg-type]
    return fit(network, network.loss, train, validation, settings, context or RunContext())


NONE = sample()


def test_the_fit_finds_the_weighted_mean():
    network = Centre()
    fitted(network, sample(0.0, 1.0, 2.0, 9.0, weights=[1, 1, 1, 3]), NONE, epochs=1000)
    assert network.at.item() == pytest.approx(5.0, abs=0.02)


def test_weights_matter_only_relative_to_each_other():
    a, b = Centre(), Centre()
    first = fitted(a, sample(0.0, 4.0, weights=[1e-9, 3e-9]), NONE, epochs=5)
    second = fitted(b, sample(0.0, 4.0, weights=[1, 3]), NONE, epochs=5)
    assert first.train == pytest.approx(second.train)
    assert a.at.item() == pytest.approx(b.at.item())


def test_the_best_epoch_is_restored_and_patience_counts_from_it():
    network = Centre()
    history = fitted(network, sample(10.0), sample(3.0), learning_rate=0.5, patience=4)
    assert len(history.train) == len(history.validation) == history.best_epoch + 4
    assert min(history.validation) == history.validation[history.best_epoch - 1]
    assert (3.0 - network.at.item()) ** 2 == pytest.approx(min(history.validation))
    assert not network.training


def test_without_validation_events_all_epochs_run_and_the_last_state_stays():
    network = Centre()
    history = fitted(network, sample(1.0), NONE, epochs=7, patience=1)
    assert (len(history.train), history.validation, history.best_epoch) == (7, [], 7)
    assert network.at.item() > 0


def test_a_plateau_counts_as_no_improvement():
    history = fitted(Centre(), sample(1.0), sample(1.0), learning_rate=1e-30, patience=3)
    assert (history.best_epoch, len(history.train)) == (1, 4)


@pytest.mark.parametrize(("n", "expected"), [(9, [3, 3, 3]), (8, [4, 4]), (5, [3, 2]), (3, [3])])
def test_an_epoch_sees_every_event_once_in_batches_of_nearly_one_size(n, expected):
    network, seen = Centre(), []

    def loss(batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        seen.append(batch[0].tolist())
        return network.loss(batch, stream)

    fit(network, loss, sample(*range(n)), NONE, FitSettings(2, 4, 0.1), RunContext())
    first, second = seen[: len(expected)], seen[len(expected) :]
    assert [len(batch) for batch in first] == [len(batch) for batch in second] == expected
    assert sorted(chain(*first)) == sorted(chain(*second)) == list(range(n))
    assert n == 3 or first != second


def test_every_epoch_is_reported_with_its_figures():
    reports = Reports()
    history = fitted(Centre(), sample(1.0, 2.0), sample(2.0), RunContext(progress=reports), epochs=3)
    assert [line[:3] for line in reports.lines] == [("fit", 1, 3), ("fit", 2, 3), ("fit", 3, 3)]
    assert [line[3]["loss"] for line in reports.lines] == history.train
    assert [line[3]["val"] for line in reports.lines] == history.validation


def noisy(batch: tuple[Tensor, ...], stream: torch.Generator, network: Centre) -> Tensor:
    return (batch[0] + torch.randn(len(batch[0]), generator=stream) - network.at) ** 2


def test_the_same_seed_gives_the_same_fit_whatever_happened_before():
    ends = []
    for seed in (1, 1, 2):
        torch.rand(3)
        network = Centre()
        settings = FitSettings(5, 2, 0.1)
        data = sample(*range(9))
        fit(network, lambda b, s, n=network: noisy(b, s, n), data, data, settings, RunContext(seed=seed))
        ends.append(network.at.item())
    assert ends[0] == ends[1] != ends[2]


def test_validation_draws_the_same_numbers_in_every_epoch():
    network = Centre()
    settings = FitSettings(4, 2, 1e-30)
    history = fit(
        network, lambda b, s: noisy(b, s, network), sample(1.0, 2.0), sample(*range(5)), settings, RunContext()
    )
    assert len(set(history.validation)) == 1
    assert len(set(history.train)) == 4


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_names_the_epoch(value):
    network, calls = Centre(), []

    def loss(batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        calls.append(1)
        return network.loss(batch, stream) * (value if len(calls) > 2 else 1.0)

    with pytest.raises(DetectorError, match=r"loss is (nan|inf) in epoch 3 of 9; a learning rate below 0\.05"):
        fit(network, loss, sample(1.0), NONE, FitSettings(9, 4, 0.05), RunContext())


@pytest.mark.parametrize("shape", [(-1, 1), ()])
def test_a_loss_that_is_not_one_number_for_each_event_is_an_error(shape: tuple[int, ...]):
    class Wrong(Centre):
        def loss(self, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
            losses = super().loss(batch, stream)
            return losses.reshape(shape) if shape else losses.mean()

    with pytest.raises(DetectorError, match=r"a loss is one number for each event, shape \(4,\); this one gave \("):
        fitted(Wrong(), sample(0.0, 1.0, 2.0, 9.0), NONE)


def test_a_validation_loss_that_is_not_finite_is_an_error_too():
    with pytest.raises(DetectorError, match="val is nan in epoch 1"):
        fitted(Centre(), sample(1.0), sample(float("nan")))


def test_a_deadline_that_has_passed_stops_the_fit():
    with pytest.raises(DetectorError, match="deadline passed in epoch 1 of 200"):
        fitted(Centre(), sample(1.0), NONE, RunContext(deadline=time.monotonic() - 1))


@pytest.mark.parametrize(
    ("train", "words"), [(NONE, "0 training events"), (sample(1.0, 2.0, weights=[1, -1]), "mean weight 0")]
)
def test_nothing_to_learn_from_is_an_error(train, words):
    with pytest.raises(DetectorError, match=words):
        fitted(Centre(), train, NONE)


def test_averaged_weights_are_what_validation_sees_and_the_fit_leaves():
    settings = FitSettings(epochs=6, batch_size=1, learning_rate=0.3, average=0.9)
    centre, seen = Centre(4.0), []

    def loss(batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        if not torch.is_grad_enabled():
            seen.append(float(centre.at))
        return centre.loss(batch, stream)

    history = fit(centre, loss, sample(-1.0, 1.0), sample(0.0), settings, RunContext())
    plain = Centre(4.0)
    fit(plain, plain.loss, sample(-1.0, 1.0), sample(0.0), FitSettings(6, 1, 0.3), RunContext())
    assert float(centre.at) == pytest.approx(seen[history.best_epoch - 1])
    assert float(centre.at) != pytest.approx(float(plain.at))
    assert history.validation[-1] < history.validation[0]
