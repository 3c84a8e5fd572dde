"""All checks of a data set, in the order in which an author meets the faults."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

from adbench.api import DatasetOptions, DatasetSpec
from adbench.testing.conformance.checking import ConformanceCheck, outcome_of
from adbench.testing.conformance.outcome import Outcome
from adbench.testing.dataset_conformance import content, describing, dividing
from adbench.testing.dataset_conformance.subject import Subject

__all__ = ["CHECKS", "check_dataset", "dataset_checks"]

CHECKS: tuple[Callable[[Subject], str], ...] = (
    describing.opens,
    describing.description,
    describing.fingerprints,
    content.reads,
    content.schema,
    content.numbers,
    content.padding,
    content.repeats,
    content.random_state,
    content.masses,
    describing.unknown_names,
    dividing.places,
    dividing.apart,
    dividing.signals_apart,
    dividing.priors,
    dividing.splits,
)


def check_dataset(
    spec: DatasetSpec, options: DatasetOptions | None = None, channels: Sequence[str] = ()
) -> Iterator[Outcome]:
    """Yield the outcome of each check of a data set.

    Args:
        spec: its description.
        options: which events are meant; None = its default edition.
        channels: those to look at; empty = all.
    """
    subject = Subject(spec, options or DatasetOptions(), channels)
    for check in CHECKS:
        yield outcome_of(check, subject)


def dataset_checks(
    dataset: str | DatasetSpec, options: DatasetOptions | None = None
) -> list[ConformanceCheck[Subject]]:
    """Return the checks of a data set, for pytest; nothing is looked up or read before the first one is called.

    Args:
        dataset: its name, or its description.
        options: which events are meant; None = its default edition.

    Example:
        In ``test_my_events.py``::

            import pytest
            from adbench.testing import dataset_checks

            @pytest.mark.parametrize("check", dataset_checks("my_events"), ids=str)
            def test_conformance(check):
                check()
    """

    @functools.cache
    def subject() -> Subject:
        from adbench.registry import catalogue

        spec = dataset if isinstance(dataset, DatasetSpec) else catalogue().datasets.get(dataset)
        return Subject(spec, options or DatasetOptions())

    return [ConformanceCheck(check, subject) for check in CHECKS]
