"""The identity of a run: everything that decides its scores, and nothing else.

The key does not know host, device, threads, executor or the order of options, so the same request finds its
result on any machine.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adbench.runs.names import path_name
from adbench.runs.schema import checked

__all__ = ["PROTOCOL", "SCHEMA", "RunIdentity", "canonical_json"]

SCHEMA = 1
"""Version of the record's layout."""

PROTOCOL = 1
"""Version of what the harness does with events: prior halves, withheld families, folds. Part of every key."""


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """What decides the scores of a run.

    Attributes:
        dataset: name of the data set.
        edition: its edition.
        fingerprint: hash of the channel's events.
        split: how background was divided.
        channel: name of the channel.
        detector: name of the detector.
        version: its version.
        params: all its parameters, resolved.
        seed: the seed.
        max_events: limit on the events of each sample; None = all.
        precision: of a torch detector's fit, which changes scores: ``32-true`` unless asked for another.
        parents: of a combination, ``<key>:<score>:<first 16 digits of the SHA-256 of its scores>`` of each parent; it
            enters the key only where there are parents, so that the keys of trained detectors stay what they are.
        contamination: share of signal among the events that are learnt from; it enters the key only where there is one.
    """

    dataset: str
    edition: str
    fingerprint: str
    split: str
    channel: str
    detector: str
    version: int
    params: Mapping[str, Any]
    seed: int
    max_events: int | None = None
    precision: str = "32-true"
    parents: tuple[str, ...] = ()
    contamination: float = 0.0

    @property
    def key(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the canonical JSON."""
        return hashlib.sha256(canonical_json(self.as_dict()).encode()).hexdigest()[:16]

    @property
    def configuration(self) -> str:
        """What runs of one entry have in common, whatever channel and seed: detector, parameters, way of training."""
        return canonical_json([self.detector, dict(self.params), self.precision, self.contamination])

    def as_dict(self) -> dict[str, Any]:
        """Return the identity as it is stored, schema and protocol included."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        parents = fields.pop("parents")
        contamination = fields.pop("contamination")
        own: dict[str, Any] = {"parents": list(parents)} if parents else {}
        own |= {"contamination": contamination} if contamination else {}
        return {"schema": SCHEMA, "protocol": PROTOCOL, **fields, "params": dict(self.params), **own}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> RunIdentity:
        """Return the identity that `as_dict` wrote.

        Raises:
            KeyError: a field is missing.
            TypeError: a field is of another type, or holds an infinite number or half a character, which no key can.
            UsageError: a name cannot be part of a path.
        """
        known = {"parents": [], "contamination": 0.0, **stored}
        identity = cls(**checked(cls, {field.name: known[field.name] for field in dataclasses.fields(cls)}))
        identity.check_names()
        try:
            _ = identity.key
        except ValueError as error:
            msg = f"a run has no key with such values ({error})"
            raise TypeError(msg) from error
        return identity

    def check_names(self) -> None:
        """Raise UsageError when a name cannot be part of a path."""
        for kind, name in (("dataset", self.dataset), ("channel", self.channel), ("detector", self.detector)):
            path_name(kind, name)


def canonical_json(value: Any) -> str:
    """Return JSON that depends on content alone: sorted keys, no spaces, tuples as lists, no NaN.

    Example:
        >>> canonical_json({"b": (1, 2), "a": 0.1})
        '{"a":0.1,"b":[1,2]}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
