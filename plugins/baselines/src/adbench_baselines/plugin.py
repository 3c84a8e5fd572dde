"""What this distribution offers; importing it loads neither numpy nor scikit-learn."""

from __future__ import annotations

from adbench.api import DetectorSpec, hookimpl

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
        scores=("isolation",),
        presets={"default": {}, "paper": {}},
        requires=("scikit-learn>=1.4",),
        preload=("sklearn.ensemble",),
        tags=frozenset({"baseline", "trees"}),
    )
    return [*cuts, forest, *_estimators()]


def _estimators() -> list[DetectorSpec]:
    rows = [
        (
            "pca",
            "pca:PcaDetector",
            ("reconstruction", "mahalanobis"),
            "principal components of the tabular view",
            "Shyu et al., ICDM workshop 2003",
        ),
        (
            "gaussian_mixture",
            "mixture:MixtureDetector",
            ("negative_log_density",),
            "mixture of normal densities",
            "Dempster, Laird, Rubin, JRSS B 39 (1977) 1",
        ),
        (
            "k_nearest_neighbours",
            "neighbours:NeighboursDetector",
            ("distance",),
            "distance to the k-th neighbour",
            "Ramaswamy, Rastogi, Shim, SIGMOD 2000",
        ),
        ("random_score", "random:RandomScore", ("random",), "a hash of the event: no information", ""),
        (
            "gradient_boosting",
            "boosting:BoostingDetector",
            ("log_odds",),
            "boosted trees on background against priors",
            "Ke et al., NeurIPS 2017",
        ),
    ]
    return [
        DetectorSpec(
            name=name,
            target=f"adbench_baselines.{target}",
            summary=summary,
            reference=reference,
            scores=scores,
            presets={"default": {}},
            supervision="supervised" if name == "gradient_boosting" else "unsupervised",
            requires=() if name == "random_score" else ("scikit-learn>=1.4",),
            tags=frozenset({"baseline"}),
        )
        for name, target, scores, summary, reference in rows
    ]
