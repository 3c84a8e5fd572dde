"""Checks of the events themselves: what their numbers are, and that they are the same each time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from adbench.api import DataError, Events, Quantity
from adbench.runs.soundness import check_sound
from adbench.testing.conformance.outcome import Fault
from adbench.testing.dataset_conformance.blocks import blocks
from adbench.testing.dataset_conformance.hashing import event_hashes
from adbench.testing.dataset_conformance.subject import Subject

__all__ = ["masses", "numbers", "padding", "random_state", "reads", "repeats", "schema"]

_ANGLE = 1e-3  # rad; angles are stored in float32 and files round them


def reads(subject: Subject) -> str:
    """Every sample of every channel can be read, none that is needed is empty, and weights and places are sound."""
    counted = 0
    for channel in subject.channels:
        for name, events in subject.read(channel).items():
            if not len(events) and name not in ("validation", "unlabelled"):
                raise Fault(
                    f"{name} of channel {channel} has no events", "leave channels and signals without events out"
                )
            try:
                check_sound(events, f"{name} of channel {channel}")
            except DataError as error:
                reason = str(error).removesuffix(". Tell the author of its plugin")
                raise Fault(reason, "mend the array; adbench.api.Events says what each holds") from None
            counted += len(events)
    return f"{counted:,} events"


def schema(subject: Subject) -> str:
    """The samples of a channel have one schema, whose names are different from each other."""
    for channel, samples in subject.samples():
        first = samples["train"].schema
        other = [name for name, events in samples.items() if events.schema != first]
        if other:
            fix = "describe all samples of a channel by one EventSchema; fill what a sample lacks"
            raise Fault(f"{other[0]} of channel {channel} has another schema than train", fix)
        for what, names in (
            ("object features", [quantity.name for quantity in first.object_features]),
            ("features", [quantity.name for quantity in first.features]),
            ("kinds", [kind.name for kind in first.kinds]),
            ("categories", [name for name, _ in first.categories]),
        ):
            if len(set(names)) != len(names):
                raise Fault(f"{what} of channel {channel} share a name: {', '.join(names)}", "name each once")
    return "one in each channel"


def numbers(subject: Subject) -> str:
    """All numbers are finite, angles that wrap lie within one turn, and categories are among those declared."""
    for channel, samples in subject.samples():
        for name, events in samples.items():
            where = f"of {name} in channel {channel}"
            for _, block in blocks(events):
                _must_be_processes(block, where)
                for i, quantity in enumerate(events.schema.object_features):
                    _must_fit(quantity, block.objects[..., i][block.present], where)
                for i, quantity in enumerate(events.schema.features):
                    _must_fit(quantity, block.features[:, i], where)
                for i, (category, count) in enumerate(events.schema.categories):
                    values = block.categories[:, i]
                    if len(values) and not 0 <= int(values.min()) <= int(values.max()) < count:
                        seen = f"{category} {where} runs from {values.min()} to {values.max()}"
                        raise Fault(f"{seen}; the schema has {count} values", "number them from 0")
    return "finite, angles within one turn"


def padding(subject: Subject) -> str:
    """Empty slots hold zeros, so that nobody mistakes them for a particle."""
    for channel, samples in subject.samples():
        for name, events in samples.items():
            for start, block in blocks(events):
                filled = (block.objects != 0).any(axis=2) & ~block.present  # not a number is not zero either
                if filled.any():
                    row, slot = np.argwhere(filled)[0]
                    seen = f"{name} in channel {channel}: event {start + row}, slot {slot} is empty (kind 0)"
                    raise Fault(f"{seen}, but has numbers", "set objects[kinds == 0] = 0")
    return "zeros in empty slots"


def repeats(subject: Subject) -> str:
    """Opened and read again it gives the same events in the same order, weights and aux included."""
    _, other = subject.channels, subject.opened()
    for channel, samples in subject.samples():
        again = subject.samples_of(other, channel)
        for name, events in samples.items():
            second = again.get(name)
            same = second is not None and np.array_equal(event_hashes(second), subject.hashes(channel, name))
            differs = _difference(events, second) if same and second is not None else "events"
            if differs:
                fix = "sort what a set, a folder or a thread gives, and seed what is drawn"
                raise Fault(f"{name} of channel {channel} has other {differs} when it is opened and read again", fix)
    return "opened and read twice"


def random_state(subject: Subject) -> str:
    """It leaves the global random generators as they are, and does not depend on them."""
    for channel, _ in subject.samples():
        if subject.used[channel]:
            fix = "draw from numpy.random.default_rng(seed)"
            used = ", ".join(subject.used[channel])
            raise Fault(f"reading channel {channel} used the global random generator {used}", fix)
    return "opening and reading"


def masses(subject: Subject) -> str:
    """Masses to search in are in aux, are numbers above zero in GeV, and no detector sees them as a feature."""
    info = subject.info
    for channel, samples in subject.samples():
        for mass in info.masses:
            for name, events in samples.items():
                where = f"mass '{mass}' of {name} in channel {channel}"
                if mass not in events.aux:
                    fix = "put it into Events.aux in each sample, or leave it out of DatasetInfo.masses"
                    raise Fault(f"{where} is not in aux", fix)
                values = np.asarray(events.aux[mass])
                if values.dtype.kind != "f" or not (np.isfinite(values).all() and (values > 0).all()):
                    raise Fault(f"{where} is not a number above zero for each event", "give it in GeV, as float")
                if events.schema.has_feature(mass):
                    fix = "keep it in aux alone: a detector that sees it sculpts its spectrum"
                    raise Fault(f"{where} is a feature too", fix)
    return ", ".join(info.masses) or "none"


def _must_fit(quantity: Quantity, values: NDArray[np.float32], where: str) -> None:
    """Raise Fault where a quantity is not finite or an angle leaves its turn."""
    if not len(values):
        return
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        raise Fault(
            f"{quantity.name} {where} is NaN or infinite {bad} times", "drop such events, or store 0 and a flag"
        )
    low, high = float(values.min()), float(values.max())
    if quantity.periodic and (high - low > 2 * math.pi + _ANGLE or low < -2 * math.pi or high > 2 * math.pi + _ANGLE):
        seen = f"{quantity.name} {where} runs from {low:.4g} to {high:.4g}"
        raise Fault(f"{seen} rad, more than a turn", "wrap angles to [-pi, pi), in radians")


def _must_be_processes(block: Events, where: str) -> None:
    """Raise Fault where aux['process'] is no index into the names of the schema, which figures look up."""
    codes, names = block.aux.get("process"), block.schema.processes
    if codes is None or not names or not len(codes):
        return
    if codes.dtype.kind not in "iu" or not 0 <= int(codes.min()) <= int(codes.max()) < len(names):
        seen = f"aux['process'] {where} is {codes.dtype} from {codes.min()} to {codes.max()}"
        raise Fault(f"{seen}; the schema names {len(names)} processes", "give the index into EventSchema.processes")


def _difference(first: Events, second: Events) -> str:
    """Return what differs between two readings of the same events, in a word; empty = nothing."""
    if not np.array_equal(first.weights, second.weights):
        return "weights"
    for name in sorted(set(first.aux) | set(second.aux)):
        a, b = first.aux.get(name), second.aux.get(name)
        if a is None or b is None or not np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f"):
            return f"aux['{name}']"
    return ""
