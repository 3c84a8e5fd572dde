"""The detectors: what a score depends on and what not, storing, drawing, physics of the inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adbench_surjective_flow.detector import SurjectiveFlowDetector
from adbench_surjective_flow.inputs import View
from adbench_surjective_flow.params import SurjectiveParams
from adbench_surjective_flow.table import DETECTORS

from adbench.api import DetectorError, Events, RunContext

Make = Callable[..., Events]
QUICK = {
    "epochs": 3,
    "least_steps": 0,
    "layers": 2,
    "bins": 6,
    "units": 2,
    "n_max": 4,
    "classifier_width": 16,
    "batch_size": 128,
}
NAMES = [spec.name for spec in DETECTORS]


def fitted(name: str, collisions: Make, seed: int = 1, **params: Any) -> SurjectiveFlowDetector:
    (spec,) = (spec for spec in DETECTORS if spec.name == name)
    detector = SurjectiveFlowDetector(spec.resolve("default", {**QUICK, **params}), RunContext(seed=seed))
    detector.fit(collisions(1200), collisions(200, seed=5), {})
    return detector


@pytest.mark.parametrize("name", NAMES)
def test_scores_are_finite_repeatable_and_their_own(name: str, collisions: Make, tmp_path: Path) -> None:
    detector, test = fitted(name, collisions), collisions(300, seed=9)
    scores = detector.score(test)["nll"]
    assert scores.shape == (300,)
    assert np.isfinite(scores).all()
    assert np.array_equal(fitted(name, collisions).score(test)["nll"], scores)
    order = np.random.default_rng(0).permutation(300)
    assert np.array_equal(detector.score(test[order])["nll"], scores[order])
    assert np.allclose(detector.score(test[:7])["nll"], scores[:7], atol=2e-4)
    assert np.array_equal(detector.score(test.padded(11))["nll"], scores)
    detector.save(tmp_path)
    loaded = SurjectiveFlowDetector.load(tmp_path, detector.params, RunContext(seed=1))
    assert np.array_equal(loaded.score(test)["nll"], scores)


@pytest.mark.parametrize("name", ["surjective_mixture_ordered", "surjective_classifier_ordered"])
def test_neither_order_in_a_file_nor_direction_in_azimuth_matters(name: str, collisions: Make) -> None:
    detector, test = fitted(name, collisions), collisions(100, seed=9)
    expected = detector.score(test)["nll"]
    order = np.random.default_rng(0).permutation(test.kinds.shape[1])
    mixed = Events.build(test.schema, test.objects[:, order], test.kinds[:, order], test.features)
    assert np.allclose(detector.score(mixed)["nll"], expected, atol=2e-4)
    rotated = Events.build(test.schema, test.objects.copy(), test.kinds, test.features.copy())
    rotated.objects[..., 3] = (rotated.objects[..., 3] + 1.3 + np.pi) % (2 * np.pi) - np.pi
    rotated.features[:, 1] = (rotated.features[:, 1] + 1.3 + np.pi) % (2 * np.pi) - np.pi
    assert np.allclose(detector.score(rotated)["nll"], expected, atol=2e-3)


@pytest.mark.parametrize(
    "params",
    [
        {"energy": "log", "azimuth": "linear", "frame": "lab", "scaling": "slot"},
        {"energy": "drop"},
        {"missing": "imputed"},
        {"objective": "balanced"},
    ],
)
@pytest.mark.parametrize("name", ["surjective_classifier_stochastic", "surjective_dequantized_ordered"])
def test_every_option_trains_and_scores(name: str, params: dict[str, Any], collisions: Make) -> None:
    detector = fitted(name, collisions, **params)
    assert np.isfinite(detector.score(collisions(50, seed=3))["nll"]).all()


@pytest.mark.parametrize("name", [name for name in NAMES if "argmax" not in name])  # see test_relaxing
def test_draws_look_like_training(name: str, collisions: Make) -> None:
    detector = fitted(name, collisions, epochs=10, bins=12, units=4)
    drawn, real = detector.sample(2000, np.random.default_rng(0)), collisions(2000, seed=7)
    number, wanted = (np.minimum((e.kinds > 0).sum(1), 4).mean() for e in (drawn, real))
    assert number == pytest.approx(wanted, abs=0.12)
    hardest = [np.log(e.object("pt").max(axis=1)).mean() for e in (drawn, real)]
    assert hardest[0] == pytest.approx(hardest[1], abs=0.12)
    share = [e.of_kind("j")[:, :4].sum() / (e.kinds[:, :4] > 0).sum() for e in (drawn, real)]
    assert share[0] == pytest.approx(share[1], abs=0.06)
    with_mass = drawn.of_kind("j", "b")
    momentum = drawn.object("pt") * np.cosh(drawn.object("eta"))
    assert np.allclose(drawn.object("E")[~with_mass], momentum[~with_mass], rtol=1e-5)


def test_noise_in_empty_slots_cannot_be_drawn_from(collisions: Make) -> None:
    detector = fitted("surjective_classifier_ordered", collisions, missing="imputed", epochs=1)
    with pytest.raises(ValueError, match="missing=dropout"):
        detector.sample(3, np.random.default_rng(0))


def test_log_prob_is_the_score_with_the_jacobian_of_gev(collisions: Make) -> None:
    detector, test = fitted("surjective_mixture_ordered", collisions), collisions(50, seed=3)
    one = test[:1]
    scores, log_p = detector.score(test)["nll"], detector.log_prob(test)
    view = View.of(test.schema, detector.params)
    objects = test.objects[0][np.argsort(-test.objects[0, :, 1])][:4]
    kinds = test.kinds[0][np.argsort(-test.objects[0, :, 1])][:4]
    expected = -np.log(2 * np.pi) - np.log1p(test.features[0, 0])
    for (energy, pt, eta, _), kind in zip(objects, kinds, strict=True):
        if kind:
            expected -= np.log(pt)
        if kind in (1, 2):
            expected -= np.log1p(np.sqrt(max(float(energy) ** 2 - (pt * np.cosh(eta)) ** 2, 0)))
    assert view.log_jacobian(one)[0] == pytest.approx(expected, rel=1e-4)
    assert np.allclose(log_p, -scores + view.log_jacobian(test), atol=1e-3)


def test_the_view_measures_azimuth_from_opposite_the_missing_momentum(collisions: Make) -> None:
    events = collisions(200, seed=2)
    view = View.of(events.schema, SurjectiveParams(n_max=3))
    values, there, kinds, _ = view.tables(events)
    assert values.shape == (200, 1 + 3 * 4)
    assert view.angles.sum() == 3
    assert (there[:, 1:].reshape(200, 3, 4)[..., 1] == (kinds > 0)).all()
    assert (there[:, 1:].reshape(200, 3, 4)[..., 0] == np.isin(kinds, (1, 2))).all()
    first = events.object("pt").argmax(axis=1)
    phi = events.object("phi")[np.arange(200), first] - events.features[:, 1] - np.pi
    assert np.allclose(np.cos(values[:, 4]), np.cos(phi), atol=1e-5)


def test_no_events_have_no_scores_and_a_fit_needs_no_validation(collisions: Make) -> None:
    detector = SurjectiveFlowDetector(SurjectiveParams(**{**QUICK, "epochs": 1}), RunContext())
    detector.fit(collisions(200), collisions(200)[:0], {})
    assert detector.score(collisions(5)[:0])["nll"].shape == (0,)


def test_before_a_fit_scoring_says_so(collisions: Make) -> None:
    with pytest.raises(DetectorError, match="fit\\(\\) first"):
        SurjectiveFlowDetector().score(collisions(3))


@pytest.mark.parametrize("wrong", [{"n_max": 0}, {"n_max": 13}, {"bins": 1}, {"bins": 501}, {"smoothing": 0.0}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SurjectiveParams(**wrong)


@pytest.mark.parametrize("file", ["kinds.npz", "schema.json"])
@pytest.mark.parametrize("content", [None, b"PK"])
def test_a_damaged_file_of_a_model_is_named(file: str, content: bytes | None, collisions: Make, tmp_path: Path) -> None:
    detector = fitted("surjective_mixture_ordered", collisions, epochs=1)
    detector.save(tmp_path)
    (tmp_path / file).unlink()
    if content is not None:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(DetectorError, match="holds no fitted surjective flow"):
        type(detector).load(tmp_path, detector.params, detector.context)


def test_energies_without_rapidity_are_logarithms(collisions: Make) -> None:
    kept = [0, 1, 3]  # E, pt, phi
    full = collisions(200, seed=1)
    features = tuple(full.schema.object_features[place] for place in kept)
    schema = replace(full.schema, object_features=features)
    bare = Events.build(schema, full.objects[..., kept], full.kinds, full.features)
    detector = SurjectiveFlowDetector(SurjectiveParams(epochs=1, n_max=3, layers=1), RunContext())
    detector.fit(bare, bare, {})
    assert np.isfinite(detector.score(bare)["nll"]).all()
