from __future__ import annotations

import subprocess
import sys

import pytest
from adbench_deep_baselines.plugin import adbench_detectors

from adbench.api import Detector, ParameterError, RunContext
from adbench.api.params import describe, resolve

SPECS = {spec.name: spec for spec in adbench_detectors()}
SHORT = {"epochs": 1, "pretraining": 1, "fine_epochs": 1, "warm_up": 1}


def test_the_table_names_what_there_is():
    assert set(SPECS) == {"autoencoder", "deep_svdd", "dagmm", "alad"}
    for spec in SPECS.values():
        assert spec.supervision == "unsupervised"
        assert spec.reference
        assert issubclass(spec.load(), Detector)
        assert spec.params_type() is spec.load().Params
        assert spec.scores == spec.load().SCORES
    assert SPECS["alad"].scores[0] == "features"


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.name)
def test_every_preset_trains_and_scores(spec, collisions):
    for name in spec.presets:
        known = {parameter.name for parameter in describe(spec.params_type())}
        params = spec.resolve(name, {key: value for key, value in SHORT.items() if key in known})
        detector = spec.load()(params, RunContext())
        detector.fit(collisions(60), collisions(10), {})
        assert tuple(detector.score(collisions(10))) == spec.scores


def test_presets_are_the_published_settings():
    svdd, dagmm = (SPECS[name].resolve("paper") for name in ("deep_svdd", "dagmm"))
    assert (svdd.batch_size, svdd.epochs, svdd.fine_epochs, svdd.decay, svdd.learning_rate) == (
        200,
        150,
        100,
        1e-6,
        1e-4,
    )
    assert (dagmm.widths, dagmm.latent, dagmm.estimation, dagmm.components) == ((60, 30, 10), 1, (10,), 4)
    assert (dagmm.lambda_energy, dagmm.lambda_covariance, dagmm.batch_size) == (0.1, 0.005, 1024)
    alad = SPECS["alad"].resolve("paper")  # the authors' public code for KDDCUP: generator 32, 64, 128, columns
    assert (alad.latent, alad.widths[::-1], alad.discriminator, alad.dropout) == (32, (64, 128), 128, 0.2)
    assert (alad.learning_rate, alad.batch_size, alad.average) == (1e-5, 50, 0.999)
    alad, dagmm = (SPECS[name].resolve("challenge") for name in ("alad", "dagmm"))
    assert (alad.latent, alad.learning_rate, alad.batch_size, alad.epochs, alad.widths) == (10, 1e-5, 500, 2000, (512,))
    assert (dagmm.latent, dagmm.learning_rate, dagmm.batch_size, dagmm.lambda_energy) == (10, 1e-7, 1000, 0.01)


def test_every_parameter_is_documented():
    for spec in SPECS.values():
        assert all(parameter.doc for parameter in describe(spec.params_type()))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("autoencoder", {"latent": 0}), ("autoencoder", {"widths": (3, 0)}), ("autoencoder", {"learning_rate": 0}),
     ("deep_svdd", {"nu": 0}), ("deep_svdd", {"centre": 0}), ("deep_svdd", {"boundary": "round"}),
     ("dagmm", {"dropout": 1}), ("dagmm", {"regularisation": 0}), ("dagmm", {"estimation": (0,)}),
     ("alad", {"average": 1}), ("alad", {"epochs": 0})],
)  # fmt: skip
def test_parameters_out_of_range_are_refused(name, wrong):
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        resolve(SPECS[name].params_type(), wrong, name)


def test_listing_loads_neither_numpy_nor_torch_and_describing_no_torch():
    code = (
        "import sys; from adbench_deep_baselines.plugin import adbench_detectors; specs = adbench_detectors()\n"
        "print([m for m in ('numpy', 'torch') if m in sys.modules])\n"
        "print(specs[0].params_type()().latent, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "8 False"]
