"""What is wrong with the description of a component, found when it is registered and not by the run that meets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from packaging.requirements import InvalidRequirement, Requirement

from adbench.api.errors import UsageError
from adbench.api.specs import DetectorSpec, Spec, Supervision
from adbench.runs.names import path_name

__all__ = ["spec_fault"]


def spec_fault(kind: str, spec: Spec) -> str | None:
    """Return what is wrong with a description, which a user would otherwise meet later; None = nothing."""
    try:
        path_name(kind, spec.name)  # a detector's name becomes the name of a folder
    except UsageError as error:
        return f"its {error}"
    module, colon, attribute = str(spec.target).partition(":")
    if not (colon and module and attribute):
        return f"its {kind} '{spec.name}' has the target {spec.target!r}; expected 'package.module:Object'"
    if not isinstance(spec, DetectorSpec):
        return None
    if spec.scores == ():
        return f"its {kind} '{spec.name}' names no scores"
    for name, fits, expected in _FIELDS:
        value = getattr(spec, name)
        if not fits(value):
            return " ".join(f"its {kind} '{spec.name}' has {name}={value!r}; expected {expected}".split())
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_class(value: Any) -> bool:
    return _is_text(value) and value in get_args(Supervision)


def _are_texts(value: Any) -> bool:
    return isinstance(value, tuple) and all(map(_is_text, value))


def _are_tags(value: Any) -> bool:
    return isinstance(value, frozenset) and all(map(_is_text, value))


def _are_parameters(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_is_text, value))


def _are_presets(value: Any) -> bool:
    return _are_parameters(value) and all(map(_are_parameters, value.values()))


def _are_requirements(value: Any) -> bool:
    try:
        return _are_texts(value) and all(map(Requirement, value))
    except InvalidRequirement:
        return False


_FIELDS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("summary", _is_text, "a text"),
    ("reference", _is_text, "a text"),
    ("version", _is_number, "a whole number, such as 1"),
    ("supervision", _is_class, f"one of {', '.join(get_args(Supervision))}"),
    ("scores", _are_texts, 'a tuple of texts, such as ("score",)'),
    ("params", _are_parameters, 'values by name, such as {"beta": 0.5}'),
    ("presets", _are_presets, 'parameters by name of the preset, such as {"paper": {"beta": 0.5}}'),
    ("requires", _are_requirements, 'a tuple of requirements, such as ("torch>=2.2",)'),
    ("preload", _are_texts, 'a tuple of modules, such as ("torch",)'),
    ("params_target", _is_text, "a text"),
    ("gpu", lambda value: isinstance(value, bool), "True or False"),
    ("tags", _are_tags, 'a frozenset of texts, such as frozenset({"flow"})'),
    ("notes", _are_texts, 'a tuple of sentences, such as ("It needs jets.",)'),
    ("supports", callable, "a function of (info, channel) that returns None or a reason"),
)
"""Field of a DetectorSpec, whether a value fits, and what does; dataclasses themselves check no types."""
