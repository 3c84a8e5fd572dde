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
    """Return the cut baselines and the isolation forest."""
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
    return [*cuts, forest]
