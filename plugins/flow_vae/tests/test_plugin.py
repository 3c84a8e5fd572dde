from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from adbench_flow_vae.detector import FlowVae
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.plugin import adbench_detectors

from adbench.api import Detector, ParameterError, RunContext
from adbench.api.params import describe, resolve

FLOWS = ("", "_planar", "_orthogonal", "_householder", "_triangular", "_iaf", "_convolutional", "_nsf_ar")
SPECS = {spec.name: spec for spec in adbench_detectors()}
PUBLISHED = [f"{network}_vae{flow}" for network in ("conv", "gcn") for flow in FLOWS]


def test_the_table_names_what_there_is():
    assert list(SPECS) == [*PUBLISHED, "set_vae"]
    for name in PUBLISHED:
        spec = SPECS[name]
        assert spec.scores == ("chamfer", "kl", "rz")
        assert spec.supervision == "unsupervised"
        assert spec.reference == "arXiv:2110.08508"
        assert set(spec.presets) == {"default", "paper", "darkflow"}
        assert spec.load() is FlowVae
        params = resolve(FlowVaeParams, spec.params)
        assert name == f"{params.network}_vae" + (f"_{params.flow}" if params.flow != "none" else "")
    assert issubclass(SPECS["set_vae"].load(), Detector)


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_preset_trains_and_scores(name, collisions):
    spec = SPECS[name]
    for preset in spec.presets.values():
        params = resolve(FlowVaeParams, {**spec.params, **preset, "epochs": 1}, spec.name)
        detector = FlowVae(params, RunContext())
        detector.fit(collisions(40), collisions(10), {})
        scores = detector.score(collisions(10))
        assert tuple(scores) == spec.scores
        assert all(np.isfinite(values).all() for values in scores.values())


def test_the_paper_preset_is_the_published_configuration():
    spec = SPECS["gcn_vae_householder"]
    paper = resolve(FlowVaeParams, {**spec.params, **spec.presets["paper"]})
    assert (paper.learning_rate, paper.batch_size, paper.latent, paper.widths) == (1e-4, 32, 15, (32, 16, 2))
    assert (paper.flow, paper.flows, paper.vectors) == ("householder", 6, 8)
    assert (paper.adjacency, paper.mask_padding) == ("complete", False)


def test_every_parameter_says_what_the_paper_used():
    assert all(parameter.doc for parameter in describe(FlowVaeParams))


@pytest.mark.parametrize(
    "wrong",
    [{"beta": 1.5}, {"epochs": 0}, {"batch_size": -1}, {"learning_rate": 0}, {"widths": ()}, {"score_samples": -1},
     {"adjacency": "ring"}, {"objects": "some"}, {"high_level_weight": -1.0}, {"bins": 0}, {"vectors": 0},
     {"loss": "elbo"}, {"flow": "planer"}, {"latent": 0}],
)  # fmt: skip
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        resolve(FlowVaeParams, wrong, "gcn_vae")


@pytest.mark.parametrize(
    ("together", "named"),
    [
        ({"flow": "orthogonal", "vectors": 16}, "vectors"),
        ({"compat": "darkflow", "multiplicity": True, "objects": "truncated"}, "multiplicity, objects"),
        ({"compat": "darkflow", "mask_padding": True}, "mask_padding"),
    ],
)
def test_parameters_that_exclude_each_other_are_named(together, named):
    with pytest.raises(ParameterError, match=named):
        resolve(FlowVaeParams, together, "gcn_vae")


def test_listing_loads_neither_numpy_nor_torch_and_describing_no_torch():
    code = (
        "import sys; from adbench_flow_vae.plugin import adbench_detectors; specs = adbench_detectors()\n"
        "print([m for m in ('numpy', 'torch') if m in sys.modules])\n"
        "print(specs[0].load().Params().latent, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "15 False"]
