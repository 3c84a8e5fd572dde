"""What this distribution offers; importing it loads neither numpy nor scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from adbench.api import DetectorSpec, hookimpl
from adbench.api.specs import Supervision

__all__ = ["adbench_detectors"]

_CUTS = {
    "met": ("MissingEnergyCut", "missing transverse energy, in GeV", "arXiv:2105.14027, section 2.1"),
    "ht": ("ScalarSumCut", "HT, the scalar sum of jet transverse momenta, in GeV", "arXiv:2105.14027, section 2.1"),
    "m_eff": ("EffectiveMassCut", "effective mass HT + MET, in GeV", "arXiv:2110.08508, section 2"),
}


@hookimpl
def adbench_detectors() -> list[DetectorSpec]:
    """Return all baselines."""
    cuts = [
        DetectorSpec(
            name=name,
            target=f"adbench_baselines.cuts:{cut}",
            summary=f"cut on {observable}; no training",
            reference=reference,
            scores=(name,),
            presets={"default": {}},
            tags=frozenset({"baseline", "cut"}),
        )
        for name, (cut, observable, reference) in _CUTS.items()
    ]
    forest = DetectorSpec(
        name="isolation_forest",
        target="adbench_baselines.forest:IsolationForestDetector",
        summary="isolation forest on the tabular view of events",
        reference="Liu, Ting, Zhou, ICDM 2008, doi:10.1109/ICDM.2008.17",
        version=2,  # draws other events where there are more than the trees can use
        scores=("isolation",),
        presets={"default": {}, "paper": {}},
        requires=("scikit-learn>=1.4",),
        preload=("sklearn.ensemble",),
        tags=frozenset({"baseline", "trees"}),
        notes=("Each tree draws from at most n_estimators * max_samples background events, drawn at random.",),
    )
    return [*cuts, forest, *_estimators()]


def _estimators() -> list[DetectorSpec]:
    return [
        _estimator(
            "pca",
            "pca:PcaDetector",
            "principal components of the tabular view",
            "Shyu et al., ICDM workshop 2003",
            scores=("reconstruction", "mahalanobis"),
            presets={"paper": {"variance": 0.5}},
            notes=("The paper's major components are the score mahalanobis; its minor ones are not offered.",),
        ),
        _estimator(
            "gaussian_mixture",
            "mixture:MixtureDetector",
            "mixture of normal densities",
            "Dempster, Laird, Rubin, JRSS B 39 (1977) 1",
            scores=("negative_log_density",),
        ),
        _estimator(
            "kde",
            "kde:DensityDetector",
            "kernel density of whitened principal components",
            "arXiv:2105.14027, section 4.7",
            scores=("negative_log_density",),
            presets={"challenge": {"components": 9}},
            preload=("sklearn.decomposition",),
            notes=(
                "At most 20,000 background events, drawn at random, carry a bump (max_training_events); over these the "
                "sum is exact.",
                "The challenge's best entry has 9 components; its bandwidth is not published, here it is Scott's.",
            ),
        ),
        _estimator(
            "k_nearest_neighbours",
            "neighbours:NeighboursDetector",
            "distance to the k-th neighbour",
            "Ramaswamy, Rastogi, Shim, SIGMOD 2000",
            scores=("distance",),
        ),
        _estimator(
            "one_class_svm",
            "support:SupportVectorDetector",
            "one-class support vector machine with a Gaussian kernel",
            "Schölkopf et al., Neural Computation 13 (2001) 1443",
            scores=("outside",),
            preload=("sklearn.svm", "sklearn.metrics"),
            notes=(
                "Solved exactly on at most 20,000 background events, drawn at random (max_training_events); the time "
                "of a fit grows with their square.",
            ),
        ),
        _estimator(
            "random_score",
            "random:RandomScore",
            "a hash of the event: no information",
            "",
            scores=("random",),
            requires=(),
            tags=("random",),
        ),
        _estimator(
            "gradient_boosting",
            "boosting:BoostingDetector",
            "boosted trees on background against priors",
            "Ke et al., NeurIPS 2017",
            scores=("log_odds",),
            supervision="supervised",
        ),
    ]


def _estimator(
    name: str,
    target: str,
    summary: str,
    reference: str,
    *,
    scores: tuple[str, ...],
    presets: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    supervision: Supervision = "unsupervised",
    requires: tuple[str, ...] = ("scikit-learn>=1.4",),
    preload: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
) -> DetectorSpec:
    return DetectorSpec(
        name=name,
        target=f"adbench_baselines.{target}",
        summary=summary,
        reference=reference,
        scores=scores,
        presets={"default": {}, **presets},
        supervision=supervision,
        requires=requires,
        preload=preload,
        notes=notes,
        tags=frozenset({"baseline", *tags}),
    )
