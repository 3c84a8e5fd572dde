"""The detectors: what a score depends on and what not, storing, drawing, units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from adbench_point_diffusion.detector import PointDiffusionDetector
from adbench_point_diffusion.params import DiffusionParams
from adbench_point_diffusion.table import DETECTORS, SCORES

from adbench.api import DetectorError, Events, RunContext

Make = Callable[..., Events]
QUICK: dict[str, Any] = {
    "slots": 5, "width": 16, "blocks": 1, "event_width": 16, "epochs": 3, "least_steps": 0, "batch_size": 64,
    "average": 0.9,
}  # fmt: skip
NAMES = [spec.name for spec in DETECTORS]


def fitted(make: Make, name: str = "point_diffusion", n: int = 400, **params: Any) -> PointDiffusionDetector:
    (spec,) = (spec for spec in DETECTORS if spec.name == name)
    detector = PointDiffusionDetector(spec.resolve("default", {**QUICK, **params}), RunContext(seed=1))
    detector.fit(make(n), make(100, seed=5), {})
    return detector


def agree(
    one: dict[str, np.ndarray], other: dict[str, np.ndarray], rows: Any = slice(None), atol: float = 1e-4
) -> None:
    for name in SCORES:
        np.testing.assert_allclose(one[name], other[name][rows], atol=atol, rtol=1e-5)


@pytest.mark.parametrize("params", [{}, {"solver": "rk45"}, {"trace": "exact"}, {"solver": "bound"}])
@pytest.mark.parametrize("data", ["jets", "collisions"])
def test_neither_order_padding_batch_nor_company_matter(
    data: str, params: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    make: Make = request.getfixturevalue(data)
    detector, test = fitted(make, **params), make(60, seed=9)
    scores = detector.score(test)
    assert tuple(scores) == SCORES
    assert all(np.isfinite(values).all() and values.shape == (60,) for values in scores.values())
    order = np.random.default_rng(0).permutation(test.kinds.shape[1])
    agree(detector.score(replace(test, objects=test.objects[:, order], kinds=test.kinds[:, order])), scores)
    agree(detector.score(test.padded(17)), scores)
    agree(detector.score(test[::-1]), scores, slice(None, None, -1))
    agree(detector.score(test[7:9]), scores, slice(7, 9))
    strange = replace(test, objects=np.where(np.arange(60)[:, None, None] < 30, test.objects, 3 * test.objects))
    agree({name: values[:30] for name, values in detector.score(strange).items()}, scores, slice(30))


def test_before_training_the_density_is_a_gaussian(jets: Make) -> None:
    detector = fitted(jets)
    model, test = detector._model, jets(40, seed=2)
    for network in (model.event_network, model.object_network):
        torch.nn.init.zeros_(network.last.weight)
        torch.nn.init.zeros_(network.last.bias)
    numbers, objects, there, _ = (torch.from_numpy(table) for table in model.view.tables(test))
    scale = model.object_scale
    each = torch.distributions.Normal(scale.mean, scale.deviation).log_prob(objects)
    of_event = torch.distributions.Normal(model.number_scale.mean, model.number_scale.deviation).log_prob(numbers)
    scores = detector.score(test)
    n = there[..., 0].sum(1)
    np.testing.assert_allclose(scores["event"], -of_event.sum(1), rtol=1e-4)
    np.testing.assert_allclose(scores["objects"], -(each * there).sum((1, 2)) / n, rtol=1e-4)
    np.testing.assert_allclose(scores["nll"], scores["event"] + scores["objects"] * n.numpy(), rtol=1e-4)
    np.testing.assert_allclose(scores["normalised"], scores["event"] + scores["objects"], rtol=1e-5)
    np.testing.assert_allclose(
        detector.log_prob(test), model.view.log_jacobian(test) - scores["nll"], rtol=1e-6, atol=1e-4
    )


@pytest.mark.parametrize("name", NAMES)
def test_training_makes_usual_jets_likely_and_strange_ones_not(name: str, jets: Make) -> None:
    detector = fitted(jets, name, n=1500, epochs=25)
    usual, wide = detector.score(jets(300, seed=7)), detector.score(jets(300, seed=8, wide=2.0))
    for score in SCORES:
        assert np.mean(wide[score][:, None] > usual[score]) > 0.7, score
    untrained = fitted(jets, name, n=1500, epochs=1, learning_rate=1e-9)
    assert usual["nll"].mean() < untrained.score(jets(300, seed=7))["nll"].mean() - 1


def test_solvers_and_traces_agree(jets: Make) -> None:
    detector, test = fitted(jets, n=1500, epochs=10, trace="exact", steps=20), jets(80, seed=3)
    usual = detector.score(test)["nll"]
    detector.params = replace(detector.params, solver="rk45")
    detector._model.params = detector.params
    np.testing.assert_allclose(detector.score(test)["nll"], usual, atol=0.05)
    detector._model.params = replace(detector.params, solver="rk4", trace="hutchinson", probes=8)
    assert np.mean(detector.score(test)["nll"] - usual) == pytest.approx(0, abs=0.3)
    detector._model.params = replace(detector.params, solver="bound", points=64)
    assert np.mean(detector.score(test)["nll"] - usual) > -0.3


def test_the_same_seed_gives_the_same_scores_and_a_stored_detector_too(collisions: Make, tmp_path: Path) -> None:
    detector, test = fitted(collisions), collisions(40, seed=2)
    scores = detector.score(test)
    again = fitted(collisions)
    assert all(np.array_equal(again.score(test)[name], scores[name]) for name in SCORES)
    detector.save(tmp_path)
    loaded = PointDiffusionDetector.load(tmp_path, detector.params, RunContext(seed=1))
    assert all(np.array_equal(loaded.score(test)[name], scores[name]) for name in SCORES)
    with pytest.raises(DetectorError, match="weights"):
        PointDiffusionDetector.load(tmp_path, replace(detector.params, width=8), RunContext())
    (tmp_path / "kinds.npz").write_bytes(b"")
    with pytest.raises(DetectorError, match="holds no fitted diffusion model"):
        PointDiffusionDetector.load(tmp_path, detector.params, RunContext())


def test_draws_look_like_training(jets: Make, collisions: Make) -> None:
    drawn, real = fitted(jets, n=1500, epochs=20).sample(1000, np.random.default_rng(0)), jets(2000, seed=6)
    assert drawn.schema == real.schema
    count = drawn.feature("jet_multiplicity")
    np.testing.assert_array_equal(np.minimum(count, 5), drawn.present.sum(1))
    assert count.mean() == pytest.approx(real.feature("jet_multiplicity").mean(), abs=0.4)
    assert np.log(drawn.feature("jet_mass")).mean() == pytest.approx(np.log(real.feature("jet_mass")).mean(), abs=0.1)
    width = [events.object("eta_rel")[:, :5][events.present[:, :5]].std() for events in (drawn, real)]
    assert width[0] == pytest.approx(width[1], rel=0.15)
    detector = fitted(collisions, n=1500, epochs=20)
    drawn, real = detector.sample(1000, np.random.default_rng(1)), collisions(1000, seed=6)
    assert np.isfinite(detector.log_prob(drawn)).all()
    for kind in ("j", "e-", "g"):
        share = [events.of_kind(kind)[:, :5].sum() / events.present[:, :5].sum() for events in (drawn, real)]
        assert share[0] == pytest.approx(share[1], abs=0.05)
    assert len(detector.sample(0, np.random.default_rng(0))) == 0


def test_a_turned_event_has_the_same_score(collisions: Make) -> None:
    detector, test = fitted(collisions), collisions(50, seed=4)
    objects, features = test.objects.copy(), test.features.copy()
    for angle in (objects[..., 3], features[:, 1]):
        angle[...] = (angle + 1.3 + np.pi) % (2 * np.pi) - np.pi
    turned = replace(test, objects=objects * test.present[..., None], features=features)
    detector._model.params = replace(detector.params, trace="exact")  # random signs belong to what is written
    agree(detector.score(turned), detector.score(test), atol=2e-3)


def test_no_events_have_no_scores_and_a_fit_needs_no_validation(jets: Make) -> None:
    detector = PointDiffusionDetector(DiffusionParams(**QUICK), RunContext())
    detector.fit(jets(100), jets(10)[:0], {})
    assert {values.shape for values in detector.score(jets(5)[:0]).values()} == {(0,)}


def test_an_event_without_objects_has_a_score(collisions: Make) -> None:
    test = collisions(3)
    scores = fitted(collisions).score(replace(test, kinds=np.zeros_like(test.kinds), objects=0 * test.objects))
    assert all(np.isfinite(values).all() for values in scores.values())
    assert not scores["objects"].any()


def test_before_a_fit_scoring_says_so(jets: Make, tmp_path: Path) -> None:
    for use in (lambda: PointDiffusionDetector().score(jets(3)), lambda: PointDiffusionDetector().save(tmp_path)):
        with pytest.raises(DetectorError, match=r"fit\(\) first"):
            use()


@pytest.mark.parametrize(
    "wrong", [{"slots": 0}, {"steps": 5}, {"heads": 3}, {"average": 1.0}, {"relative": 0.0}, {"least_steps": -1}]
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DiffusionParams(**wrong)


def test_the_paper_preset_is_the_published_configuration() -> None:
    paper = DETECTORS[0].resolve("paper")
    assert (paper.slots, paper.width, paper.blocks, paper.solver, paper.trace) == (100, 128, 6, "rk45", "exact")
    assert (paper.absolute, paper.relative, paper.learning_rate, paper.dequantise) == (5e-5, 1e-4, 3e-4, False)
    assert [spec.resolve().objective for spec in DETECTORS] == ["velocity", "likelihood"]


def test_the_paper_preset_trains_and_scores(jets: Make) -> None:
    small = {"slots": 4, "width": 8, "blocks": 1, "event_width": 8, "epochs": 1, "least_steps": 0}
    detector = PointDiffusionDetector(DETECTORS[1].resolve("paper", small), RunContext())
    detector.fit(jets(60), jets(20, seed=1), {})
    assert all(np.isfinite(values).all() for values in detector.score(jets(20, seed=2)).values())
