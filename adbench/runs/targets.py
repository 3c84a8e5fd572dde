"""The views of a detector that may score each signal: without the priors of that signal's family."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adbench.api.dataset import DatasetInfo
from adbench.api.detector import Detector
from adbench.api.errors import DetectorError
from adbench.api.specs import DetectorSpec

__all__ = ["check_withholds", "target_views"]

_WRITE = "write for_target(self, withheld), which returns a new view that makes no use of these priors"


def check_withholds(spec: DetectorSpec, detector: Detector) -> None:
    """Raise DetectorError when a semi-supervised detector has no `for_target`: it would know what it is to find."""
    if spec.supervision == "semi-supervised" and type(detector).for_target is Detector.for_target:
        msg = f"{spec.name} is semi-supervised, but {type(detector).__name__} has no for_target; {_WRITE}"
        raise DetectorError(msg)


def target_views(
    spec: DetectorSpec, detector: Detector, info: DatasetInfo, channel: str, priors: frozenset[str]
) -> Iterator[tuple[str, Detector]]:
    """Yield each signal with the view of the fitted detector that may score it, built once per family.

    Args:
        spec: only semi-supervised detectors have views; any other scores all signals itself.
        detector: the fitted detector.
        info: says which signals are of one family.
        channel: a channel of the data set.
        priors: names of the priors that the detector learnt from.

    Raises:
        DetectorError: `for_target` returned something else than a new view.
    """
    views: dict[frozenset[str], Detector] = {}
    for target in info.signals.get(channel, ()):
        if spec.supervision != "semi-supervised":
            yield target, detector
            continue
        withheld = frozenset(name for name in priors if info.family(name) == info.family(target))
        if withheld not in views:
            views[withheld] = _view(spec, detector, withheld) if withheld else detector
        yield target, views[withheld]


def _view(spec: DetectorSpec, detector: Detector, withheld: frozenset[str]) -> Detector:
    view: Any = detector.for_target(withheld)
    if not isinstance(view, Detector) or view is detector:  # itself: changed, it would go on without them for good
        seen = "the detector itself" if view is detector else f"{view!r}, which is no Detector"
        msg = f"{spec.name}: for_target returned {seen}; {_WRITE}, such as a changed copy.copy(self)"
        raise DetectorError(msg)
    return view
