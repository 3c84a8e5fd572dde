from __future__ import annotations

import subprocess
import sys

from adbench_baselines.plugin import adbench_detectors

from adbench.api import Detector, RunContext
from adbench.api.params import describe, resolve


def test_specs_are_complete_and_loadable(toy):
    specs = {spec.name: spec for spec in adbench_detectors()}
    assert set(specs) == {
        "met",
        "ht",
        "m_eff",
        "isolation_forest",
        "pca",
        "gaussian_mixture",
        "kde",
        "one_class_svm",
        "k_nearest_neighbours",
        "random_score",
        "gradient_boosting",
    }
    events = toy(60, 1.0, 0)
    for spec in specs.values():
        detector_class = spec.load()
        assert issubclass(detector_class, Detector)
        supervised = spec.supervision == "supervised"
        for preset in spec.presets.values():
            detector = detector_class(resolve(detector_class.Params, preset, spec.name), RunContext())
            detector.fit(events, events, {"hard": toy(60, 3.0, 1)} if supervised else {})
            scores = detector.score(events)
            named = scores if isinstance(scores, dict) else {spec.scores[0]: scores}
            assert tuple(named) == spec.scores
            assert all(values.shape == (60,) for values in named.values())


def test_every_parameter_is_documented():
    for spec in adbench_detectors():
        assert all(parameter.doc for parameter in describe(spec.load().Params))


def test_listing_loads_nothing_heavy():
    code = (
        "import sys; from adbench_baselines.plugin import adbench_detectors; adbench_detectors();"
        "print([m for m in ('numpy', 'sklearn', 'scipy', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
