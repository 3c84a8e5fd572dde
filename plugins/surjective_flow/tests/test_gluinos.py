"""Flows of directions with labels of objects and of events: all treatments, orders, drawing, storing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adbench_surjective_flow.detector import SurjectiveFlowDetector
from adbench_surjective_flow.inputs import View
from adbench_surjective_flow.params import SurjectiveParams

from adbench.api import Events, EventSchema, Kind, Quantity, RunContext

SCHEMA = EventSchema(
    (Quantity("cos_theta"), Quantity("phi", "rad", periodic=True)),
    (Kind("-"), Kind("0"), Kind("+")),
    categories=(("helicities", 4),),
)
SMALL: dict[str, Any] = {
    "n_max": 3, "layers": 2, "bins": 4, "units": 2, "blocks": 1, "embedding": 8, "classifier_width": 16,
    "epochs": 3, "least_steps": 0, "batch_size": 128,
}  # fmt: skip


def gluinos(n: int, seed: int = 0) -> Events:
    rng = np.random.default_rng(seed)
    present = np.arange(3) < rng.integers(1, 4, (n, 1))
    cosine = np.tanh(rng.normal(0, 1, (n, 3)))
    kinds = 1 + (cosine > -0.3) + (cosine > 0.3)
    objects = np.stack([cosine, rng.uniform(-np.pi, np.pi, (n, 3))], axis=2)
    return Events.build(SCHEMA, objects * present[..., None], kinds * present, None, rng.integers(0, 4, (n, 1)))


def fitted(**params: Any) -> SurjectiveFlowDetector:
    detector = SurjectiveFlowDetector(SurjectiveParams(**{**SMALL, **params}), RunContext(seed=3))
    detector.fit(gluinos(600), gluinos(150, 1), {})
    return detector


TREATMENTS: list[dict[str, Any]] = [
    {"discrete": "mixture"},
    {"discrete": "mixture", "objective": "labels"},
    {"discrete": "classifier", "chain": True, "order": "given"},
    {"discrete": "classifier"},
    {"discrete": "dequantized", "noise": "variational"},
    {"discrete": "argmax", "order": "stochastic"},
    {"discrete": "argmax", "noise": "variational"},
]


@pytest.mark.parametrize("params", TREATMENTS, ids=lambda params: "-".join(str(value) for value in params.values()))
def test_every_treatment_learns_scores_draws_and_is_stored(params: dict[str, Any], tmp_path: Path) -> None:
    detector, test = fitted(**params), gluinos(200, 2)
    scores = detector.score(test)["nll"]
    assert np.isfinite(scores).all()
    order = np.random.default_rng(0).permutation(200)
    assert np.allclose(detector.score(test[order])["nll"], scores[order], atol=1e-4)
    drawn = detector.sample(300, np.random.default_rng(1))
    assert drawn.schema == SCHEMA
    assert (np.abs(drawn.object("cos_theta")) <= 1).all()
    assert set(np.unique(drawn.categories)) <= {0, 1, 2, 3}
    assert len(np.unique(drawn.categories)) > 1
    assert np.isfinite(detector.log_prob(drawn)).all()
    detector.save(tmp_path)
    loaded = SurjectiveFlowDetector.load(tmp_path, detector.params, detector.context)
    assert np.allclose(loaded.score(test)["nll"], scores, atol=1e-5)


def test_labels_of_the_event_enter_the_density() -> None:
    detector, test = fitted(discrete="classifier"), gluinos(50, 2)
    other = Events.build(SCHEMA, test.objects, test.kinds, None, (test.categories + 1) % 4)
    assert not np.allclose(detector.log_prob(test), detector.log_prob(other))
    labels = [Events.build(SCHEMA, test.objects, test.kinds, None, np.full((50, 1), label)) for label in range(4)]
    every = np.logaddexp.reduce([detector.log_prob(events) for events in labels])
    assert (every > detector.log_prob(test)).all()


def test_names_matter_only_where_objects_are_taken_as_given() -> None:
    test = gluinos(40, 2)
    full = test[(test.kinds > 0).sum(axis=1) == 3]
    renamed = Events.build(SCHEMA, full.objects[:, [2, 0, 1]], full.kinds[:, [2, 0, 1]], None, full.categories)
    for order, same in (("ordered", True), ("given", False)):
        detector = fitted(discrete="mixture", order=order)
        assert np.allclose(detector.log_prob(full), detector.log_prob(renamed), atol=1e-4) is same


def test_a_uniform_cosine_becomes_a_normal_number_with_its_jacobian() -> None:
    cosine = np.linspace(-0.95, 0.95, 1001)
    objects = np.stack([cosine, np.zeros_like(cosine)], axis=1)[:, None]
    events = Events.build(SCHEMA, objects, np.ones((1001, 1)), None, np.zeros((1001, 1)))
    view = View.of(SCHEMA, SurjectiveParams(n_max=1))
    x = view.tables(events)[0][:, 0].astype(np.float64)
    slope = np.gradient(x, cosine)
    assert np.allclose(np.log(slope)[5:-5], view.log_jacobian(events)[5:-5], atol=2e-3)
    assert x[500] == pytest.approx(0, abs=1e-6)


def test_counting_labels_alike_needs_a_table_of_them() -> None:
    with pytest.raises(ValueError, match="discrete=mixture"):
        SurjectiveParams(objective="labels")
