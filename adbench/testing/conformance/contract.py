"""Checks of what a detector says of itself and of the calls that the harness makes."""

from __future__ import annotations

import dataclasses
import inspect
import json
import typing
from typing import Any

from adbench.api import DensityEstimator, Detector, UsageError
from adbench.api.conversion import TYPES, is_supported
from adbench.api.params import describe, resolve
from adbench.api.specs import Supervision
from adbench.runs.key import canonical_json
from adbench.testing.conformance.outcome import Fault, Skipped
from adbench.testing.conformance.subject import Subject

__all__ = ["loads", "metadata", "parameters", "signatures", "trains"]


def loads(subject: Subject) -> str:
    """Its target can be imported and is a detector."""
    kind = subject.detector_type()
    if not (isinstance(kind, type) and issubclass(kind, Detector)):
        raise Fault(f"{subject.spec.target} is no subclass of adbench.api.Detector", "derive its class from Detector")
    left = sorted(getattr(kind, "__abstractmethods__", ()))
    if left:
        raise Fault(f"{kind.__name__} does not implement {', '.join(left)}", "write what the contract asks for")
    return f"{subject.spec.target}"


def metadata(subject: Subject) -> str:
    """It says what it is, in which class it is ranked, and from where each parameter comes."""
    spec = subject.spec
    if not spec.summary:
        raise Fault("DetectorSpec.summary is empty", "say in one line what the score is")
    if spec.version < 1 or len(set(spec.scores)) != len(spec.scores):
        raise Fault(f"version {spec.version}, scores {spec.scores}", "count versions from 1; name each score once")
    if spec.supervision not in typing.get_args(Supervision):
        raise Fault(f"supervision {spec.supervision!r}", f"one of {', '.join(typing.get_args(Supervision))}")
    described = subject.attempt("its parameters", lambda: describe(_params(subject)))
    bare = [info.name for info in described if not info.doc]
    if bare:
        fix = "put a comment behind each field: what it is, and the paper's value"
        raise Fault(f"parameters without a word: {', '.join(bare)}", fix)
    return "summary, version, class, scores and parameters" + ("" if spec.reference else "; no reference is given")


def parameters(subject: Subject) -> str:
    """Its parameters are a frozen dataclass, every preset can be made and stored, and an unknown name is refused."""
    spec, kind = subject.spec, _params(subject)
    if not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise Fault(f"{kind.__name__} is not frozen", "write @dataclass(frozen=True, slots=True)")
    hints = subject.attempt("its parameters", lambda: typing.get_type_hints(kind))
    other = [f.name for f in dataclasses.fields(kind) if not is_supported(hints[f.name])]
    if other:
        raise Fault(f"parameters of a type that cannot be stored or set: {', '.join(other)}", f"choose {TYPES}")
    for preset in ("default", *spec.presets):
        made = subject.attempt(f"preset {preset}", lambda name=preset: spec.resolve(name))  # type: ignore[misc]
        _must_come_back(preset, made, spec.name)
    try:
        spec.resolve(overrides={"no_such_parameter": 1})
    except UsageError as error:
        return f"refused: {error}"
    raise Fault("an unknown parameter was accepted", "let Params be a plain dataclass of named fields")


def signatures(subject: Subject) -> str:
    """Its methods take what the harness gives."""
    kind = _usable(subject)
    calls: dict[str, tuple[str, ...]] = {"fit": ("train", "validation", "priors"), "score": ("events",)}
    if issubclass(kind, DensityEstimator):
        calls |= {"log_prob": ("events",), "sample": ("n", "rng")}
    for name, given in calls.items():
        signature = inspect.signature(getattr(kind, name))
        try:
            signature.bind(None, *given)
        except TypeError:
            fix = f"write def {name}(self, {', '.join(given)})"
            raise Fault(f"{name}{signature} does not take ({', '.join(given)})", fix) from None
    return ", ".join(calls)


def trains(subject: Subject) -> str:
    """It learns from a few hundred background events."""
    _usable(subject)
    subject.trained()
    cut = ", ".join(f"{name} cut to {value}" for name, value in subject.shortened.items())
    return f"400 events, preset default{', ' + cut if cut else ''}"


def _must_come_back(preset: str, made: Any, owner: str) -> None:
    """Raise Fault unless parameters are the same when they were stored and read again, as every run does."""
    fix = f"give each field a default of its type, numbers finite; types are {TYPES}"
    for name, value in dataclasses.asdict(made).items():
        seen = f"preset {preset}: parameter {name}={value!r}"
        try:
            again = getattr(resolve(type(made), {name: json.loads(canonical_json(value))}, owner), name)
        except (TypeError, ValueError, UsageError) as error:
            raise Fault(f"{seen} cannot be stored and read again: {error}", fix) from None
        if again != getattr(made, name):
            raise Fault(f"{seen} is {again!r} when it was stored and read again", fix)


def _usable(subject: Subject) -> type[Detector]:
    try:
        loads(subject)
    except Fault:
        msg = "not tried: it could not be loaded"
        raise Skipped(msg) from None
    return subject.detector_type()


def _params(subject: Subject) -> type:
    return subject.attempt("its parameters", subject.spec.params_type)
