from __future__ import annotations

import subprocess
import sys

import pytest
from adbench_flow_vae.detector import FlowVae
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.plugin import adbench_detectors

from adbench.api import Detector, ParameterError, RunContext
from adbench.api.params import describe, resolve


def test_the_table_names_what_there_is():
    specs = {spec.name: spec for spec in adbench_detectors()}
    assert set(specs) == {"gcn_vae", "gcn_vae_householder"}
    for spec in specs.values():
        assert spec.scores == ("chamfer", "kl", "rz")
        assert spec.supervision == "unsupervised"
        assert spec.reference == "arXiv:2110.08508"
        assert {"default", "paper"} <= set(spec.presets)
        assert spec.load() is FlowVae
        assert issubclass(spec.load(), Detector)


@pytest.mark.parametrize("spec", adbench_detectors(), ids=lambda spec: spec.name)
def test_every_preset_trains_and_scores(spec, collisions):
    for preset in spec.presets.values():
        params = resolve(FlowVaeParams, {**spec.params, **preset, "epochs": 1}, spec.name)
        detector = FlowVae(params, RunContext())
        detector.fit(collisions(40), collisions(10), {})
        assert tuple(detector.score(collisions(10))) == spec.scores


def test_the_paper_preset_is_the_published_configuration():
    (spec,) = (spec for spec in adbench_detectors() if spec.name == "gcn_vae_householder")
    paper = resolve(FlowVaeParams, {**spec.params, **spec.presets["paper"]})
    assert (paper.learning_rate, paper.batch_size, paper.latent, paper.widths) == (1e-4, 32, 15, (32, 16, 2))
    assert (paper.flow, paper.flows, paper.vectors) == ("householder", 6, 8)
    assert (paper.adjacency, paper.mask_padding) == ("complete", False)


def test_every_parameter_says_what_the_paper_used():
    assert all(parameter.doc for parameter in describe(FlowVaeParams))


@pytest.mark.parametrize(
    "wrong",
    [{"beta": 1.5}, {"epochs": 0}, {"batch_size": -1}, {"learning_rate": 0}, {"widths": ()}, {"score_samples": -1},
     {"adjacency": "ring"}, {"flow": "planer"}, {"latent": 0}],
)  # fmt: skip
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        resolve(FlowVaeParams, wrong, "gcn_vae")


def test_listing_loads_neither_numpy_nor_torch_and_describing_no_torch():
    code = (
        "import sys; from adbench_flow_vae.plugin import adbench_detectors; specs = adbench_detectors()\n"
        "print([m for m in ('numpy', 'torch') if m in sys.modules])\n"
        "print(specs[0].load().Params().latent, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "15 False"]
