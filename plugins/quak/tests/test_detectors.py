"""The detectors: what they are told, what they forget, and that reductions never see the target's family."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from adbench_quak.detector import Quak
from adbench_quak.inputs import Inputs
from adbench_quak.latent import QuakLatent
from adbench_quak.params import QuakParams
from adbench_quak.reductions import Scan, learn
from adbench_quak.supervised import SupervisedMlp
from adbench_quak.table import DETECTORS
from adbench_quak.vae import NfVae

from adbench import torchkit
from adbench.api import DetectorError, Events, EventSchema, Quantity, RunContext, UnknownNameError, UsageError

SCHEMA = EventSchema((), (), tuple(Quantity(name) for name in ("mass_1", "tau21_1", "n_1", "mass_2", "tau21_2", "n_2")))
QUICK = {"epochs": 5, "least_steps": 0, "flows": 2, "widths": (12, 8), "latent": 2}


def events(n: int, shift: float, seed: int, direction: int = 0) -> Events:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 6)) * [1, 2, 3, 1, 2, 3]
    x[:, direction] += shift
    return Events.build(SCHEMA, np.zeros((n, 0, 0)), np.zeros((n, 0)), x)


PRIORS = {"near": events(300, 3.0, 5), "other": events(300, 3.0, 6, direction=3), "third": events(300, 9.0, 7, 2)}


def fitted(name: str, seed: int = 0) -> Quak:
    (spec,) = (spec for spec in DETECTORS if spec.name == name)
    detector = Quak(spec.resolve("default", QUICK), RunContext(seed=seed))
    detector.fit(events(1500, 0.0, 1), events(400, 0.0, 2), PRIORS)
    return detector


def auc(background: np.ndarray, signal: np.ndarray) -> float:
    return float(np.mean(signal[:, None] > background))


@pytest.mark.parametrize("name", ["quak_2d", "quak_3d", "quak_nd", "quak_lda"])
def test_known_priors_help_and_withheld_ones_do_not_matter(name: str) -> None:
    detector = fitted(name)
    background, signal = events(500, 0.0, 8), events(500, 3.0, 9)
    told, bare = detector.score(background), detector.score(signal)
    assert auc(told["quak"], bare["quak"]) > max(auc(told["background_loss"], bare["background_loss"]), 0.8)
    blind = detector.for_target(frozenset({"near"}))
    noise = Quak(detector.params, detector.context)
    noise.fit(events(1500, 0.0, 1), events(400, 0.0, 2), {**PRIORS, "near": events(300, -20.0, 11)})
    assert np.allclose(blind.score(signal)["quak"], noise.for_target(frozenset({"near"})).score(signal)["quak"])
    assert not np.allclose(blind.score(signal)["quak"], bare["quak"])
    assert detector.coordinates(signal)["losses"].shape == (500, 4)
    assert blind.coordinates(signal)["losses"].shape == (500, 3)


def test_scores_repeat_and_do_not_depend_on_the_batch() -> None:
    detector, test = fitted("quak_nd"), events(100, 3.0, 12)
    scores = detector.score(test)["quak"]
    assert np.array_equal(fitted("quak_nd").score(test)["quak"], scores)
    assert np.allclose(detector.score(test[:9])["quak"], scores[:9], atol=1e-4)
    assert detector.score(test[:0])["quak"].shape == (0,)


def test_the_published_coordinate_is_the_logarithm_of_the_error() -> None:
    detector = Quak(QuakParams(**QUICK, coordinate="error"), RunContext())
    detector.fit(events(1500, 0.0, 1), events(400, 0.0, 2), PRIORS)
    test = events(50, 2.0, 3)
    x = torch.from_numpy(detector._inputs.table(test))
    with torch.no_grad():
        error = detector._networks["background"].error(x).log()
    assert np.allclose(detector.score(test)["background_loss"], error, atol=1e-5)


def test_with_all_priors_withheld_the_background_loss_is_left() -> None:
    detector = fitted("quak_2d").for_target(frozenset(PRIORS))
    scores = detector.score(events(50, 2.0, 3))
    assert np.array_equal(scores["quak"], scores["background_loss"])


def test_the_latent_space_is_learned_again_without_what_is_withheld() -> None:
    (spec,) = (spec for spec in DETECTORS if spec.name == "quak_latent")
    noise = {**PRIORS, "near": events(300, -20.0, 11)}
    signal, found = events(200, 9.0, 9, 2), []
    for priors in (PRIORS, noise):
        detector = QuakLatent(spec.resolve("default", QUICK), RunContext())
        with pytest.raises(DetectorError, match="fit"):
            detector.score(signal)
        detector.fit(events(1500, 0.0, 1), events(400, 0.0, 2), priors)
        found.append(detector.for_target(frozenset({"near"})).score(signal)["latent"])
    assert np.array_equal(*found)
    assert auc(detector.score(events(200, 0.0, 8))["latent"], detector.score(signal)["latent"]) > 0.8
    bare = detector.for_target(frozenset(PRIORS)).score(signal)["latent"]
    assert auc(detector.for_target(frozenset(PRIORS)).score(events(200, 0.0, 8))["latent"], bare) > 0.8


def test_inputs_of_one_unit_are_not_scaled() -> None:
    detector = Quak(QuakParams(**QUICK, scaling="none"), RunContext())
    detector.fit(events(300, 0.0, 1), events(100, 0.0, 2), {"near": PRIORS["near"]})
    assert {float(n.scale.deviation.max()) for n in detector._networks.values()} == {1.0}


def test_the_supervised_network_separates_what_it_was_told() -> None:
    (spec,) = (spec for spec in DETECTORS if spec.name == "supervised_mlp")
    network = SupervisedMlp(spec.resolve("default", {"epochs": 8, "least_steps": 0}), RunContext())
    with pytest.raises(DetectorError, match="fit"):
        network.score(events(3, 0.0, 1))
    network.fit(events(1500, 0.0, 1), events(400, 0.0, 2), {"near": PRIORS["near"]})
    assert auc(network.score(events(300, 0.0, 8))["logit"], network.score(events(300, 6.0, 9))["logit"]) > 0.95


def test_the_supervised_network_is_the_same_each_time() -> None:
    (spec,) = (spec for spec in DETECTORS if spec.name == "supervised_mlp")
    scores = []
    for unrelated in (1, 2):  # dropout must not draw from whatever state the process is in
        torch.manual_seed(unrelated)
        network = SupervisedMlp(spec.resolve("default", {"epochs": 2, "least_steps": 0}), RunContext())
        network.fit(events(300, 0.0, 1), events(80, 0.0, 2), {"near": PRIORS["near"]})
        scores.append(network.score(events(50, 6.0, 9))["logit"])
    assert np.array_equal(*scores)


def test_copies_of_one_source_are_on_one_side(monkeypatch: pytest.MonkeyPatch) -> None:
    copies = Events.concatenate([PRIORS["near"]] * 3)
    copies = Events.build(
        SCHEMA, copies.objects, copies.kinds, copies.features, aux={"source": np.tile(np.arange(300), 3)}
    )
    sides = []

    def watch(params: QuakParams, inputs: Inputs, train: Events, held: Events, *more: object) -> NfVae:
        sides.append([set(part.aux.get("source", ())) for part in (train, held)])
        return NfVae(params, len(inputs.places))

    monkeypatch.setattr("adbench_quak.training.train_vae", watch)
    Quak(QuakParams(**QUICK), RunContext()).fit(events(300, 0.0, 1), events(100, 0.0, 2), {"near": copies})
    learned, held = sides[1]
    assert learned | held == set(range(300))
    assert not learned & held
    assert len(held) == 60


def test_columns_are_chosen_by_name() -> None:
    sample = events(5, 0.0, 1)
    assert len(Inputs.of(sample, ()).names) == 6
    assert Inputs.of(sample, ("without_masses",)).names == ("tau21_1", "n_1", "tau21_2", "n_2")
    assert Inputs.of(sample, ("n_2", "mass_1")).table(sample).tolist() == sample.features[:, [5, 0]].tolist()
    with pytest.raises(UnknownNameError, match="input column 'tau12_1'"):
        Inputs.of(sample, ("tau12_1",))


@pytest.mark.parametrize("kind", ["scan", "lda", "dense", "ratio"])
def test_every_reduction_ranks_priors_above_background(kind: str) -> None:
    rng = np.random.default_rng(0)
    background, prior = rng.normal([0, 3], 1, (800, 2)), rng.normal([2, 0], 1, (400, 2))
    reduce = learn(kind, background, [prior], seed=0)
    assert auc(reduce(rng.normal([0, 3], 1, (500, 2))), reduce(rng.normal([2, 0], 1, (500, 2)))) > 0.95
    assert reduce(np.zeros((0, 2))).shape == (0,)


def test_a_scan_ignores_axes_that_tell_nothing() -> None:
    rng = np.random.default_rng(1)
    background, prior = rng.normal([0, 0], [1, 30], (800, 2)), rng.normal([3, 0], [1, 30], (400, 2))
    assert Scan(background, [prior]).slope == 0.0


@pytest.mark.parametrize(
    "wrong", [{"flows": 0}, {"draws": 0}, {"beta": 0.0}, {"widths": ()}, {"beta": -1.0}, {"learning_rate": 0.0}]
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        QuakParams(**wrong)  # type: ignore[arg-type]


def supervised(**params: Any) -> SupervisedMlp:
    (spec,) = (spec for spec in DETECTORS if spec.name == "supervised_mlp")
    return SupervisedMlp(spec.resolve("default", {"epochs": 2, "least_steps": 0, **params}), RunContext())


def test_without_validation_background_the_last_epoch_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    fit = torchkit.fit
    monkeypatch.setattr(torchkit, "fit", lambda *given: (seen.append(len(given[3])), fit(*given))[1])
    supervised().fit(events(500, 0.0, 1), events(0, 0.0, 2), PRIORS)
    supervised().fit(events(500, 0.0, 1), events(100, 0.0, 2), PRIORS)
    assert seen == [0, 100 + 3 * 300 // 5]


def test_a_supervised_network_needs_signal_examples() -> None:
    with pytest.raises(DetectorError, match="there are no signal examples here"):
        supervised().fit(events(50, 0.0, 1), events(50, 0.0, 2), {})


@pytest.mark.parametrize("wrong", [{"widths": ()}, {"batch_size": 0}, {"epochs": 0}, {"dropout": 1.0}])
def test_parameters_of_the_supervised_network_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, UsageError), match=next(iter(wrong))):
        supervised(**wrong)


def test_a_seed_may_be_larger_than_what_scikit_learn_takes() -> None:
    assert np.isfinite(fitted("quak_nd", seed=2**32).score(events(20, 0.0, 3))["quak"]).all()
