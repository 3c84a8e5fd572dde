"""Events drawn from a fitted flow: pattern or kinds, then momenta, then kinds of what has none yet."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from adbench.api import DetectorError, Events
from adbench_surjective_flow.arranging import Arranged
from adbench_surjective_flow.inputs import View, wrapped
from adbench_surjective_flow.network import SurjectiveFlow

__all__ = ["draw_events"]

_TRIES = 1000


@torch.no_grad()
def draw_events(network: SurjectiveFlow, n: int, rng: np.random.Generator) -> Events:
    """Return n events; numbers that a view leaves out are 0, energies of objects without a mass those of pT and eta.

    Raises:
        ValueError: the flow fills empty slots with noise, so it does not say how many objects there are.
    """
    params, view = network.params, network.view
    if params.missing == "imputed":
        msg = "a flow with missing=imputed cannot draw events: set missing=dropout"
        raise ValueError(msg)
    stream = torch.Generator().manual_seed(int(rng.integers(2**63)))
    events = _labels_first(network, n, rng)
    x = network.flow.sample(*_flow_inputs(network, events), stream)
    events = events._replace(values=x[:, : view.dims])
    if network.relaxation is not None:
        numbers = _existing(network, events, x[:, view.dims :], stream)
        labels, _ = network.relaxation.labels(numbers)
        events = _labelled(events, labels[:, network.slots :], labels[:, : network.slots])
    if params.discrete == "classifier":
        known = torch.cat([torch.ones_like(events.categories) > 0, events.kinds > 0], 1)
        inputs, allowed = network.classifier_inputs(events), network.allowed_kinds(events)
        labels = network.classifier.draw(inputs, known, allowed, stream)
        events = _labelled(events, *torch.split(labels, [events.categories.shape[1], network.slots], 1))
    values = events.values * network.deviation + network.mean
    return _events(view, values.double().numpy(), events.kinds.numpy(), events.categories.numpy(), rng)


def _labels_first(network: SurjectiveFlow, n: int, rng: np.random.Generator) -> Arranged:
    """Return events without momenta: kinds and labels of a mixture, or stand-ins."""
    kinds = _kinds_first(network, n, rng)
    tables = torch.split(network.log_category.double().exp(), list(network.view.categories))
    labels = [rng.choice(len(p), n, p=(p / p.sum()).numpy()) for p in tables]
    categories = np.stack(labels, axis=1) if labels else np.zeros((n, 0), np.int64)
    there = torch.from_numpy(_there(network.view, kinds))
    return Arranged(torch.zeros(there.shape), there, torch.from_numpy(kinds), torch.from_numpy(categories))


def _flow_inputs(network: SurjectiveFlow, events: Arranged) -> tuple[torch.Tensor, torch.Tensor]:
    """Return which numbers the flow is to draw, and the label that it is given."""
    there = events.there
    if network.relaxation is not None:
        known = torch.cat([events.kinds > 0, torch.ones_like(events.categories) > 0], 1)
        there = torch.cat([there, network.relaxation.there(known)], 1)
    return there, network.label_of(events)


def _existing(
    network: SurjectiveFlow, events: Arranged, numbers: torch.Tensor, stream: torch.Generator
) -> torch.Tensor:
    """Draw momenta and numbers again, into the same tables, until all labels exist; return the numbers."""
    known = torch.cat([events.kinds > 0, torch.ones_like(events.categories) > 0], 1)
    for _ in range(_TRIES):
        again = (known & ~network.relaxation.labels(numbers)[1]).any(1)  # type: ignore[union-attr]
        if not again.any():
            return numbers
        some = Arranged(*(table[again] for table in events))
        x = network.flow.sample(*_flow_inputs(network, some), stream)
        events.values[again], numbers[again] = x[:, : network.view.dims], x[:, network.view.dims :]
    msg = f"after {_TRIES} tries some binary numbers still stand for no label: train the flow for longer"
    raise DetectorError(msg)


def _labelled(events: Arranged, categories: torch.Tensor, kinds: torch.Tensor) -> Arranged:
    return events._replace(categories=categories, kinds=torch.where(events.kinds > 0, kinds + 1, 0))


def _kinds_first(network: SurjectiveFlow, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the kinds of a mixture, or stand-ins that say which slots hold a jet and which something else."""
    if network.kind_tuples is not None:
        kinds = network.kind_tuples.draw(n, rng, network.slots)
        return shuffled(kinds, rng) if network.params.order == "stochastic" else kinds
    p = network.log_pattern.double().exp().numpy()
    pattern = rng.choice(len(p), n, p=p / p.sum()) + 1
    number = np.frexp(pattern)[1] - 1  # floor of the binary logarithm
    bits = (pattern - 2**number)[:, None] >> np.arange(network.slots) & 1
    jet = int(np.argmax(network.view.jet_codes)) if network.view.masses else 1
    other = int(np.argmin(network.view.jet_codes[1:])) + 1
    return np.where(np.arange(network.slots) < number[:, None], np.where(bits == 1, jet, other), 0).astype(np.int64)


def shuffled(kinds: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the kinds of each event in random order, empty slots last."""
    order = np.argsort(np.where(kinds > 0, rng.random(kinds.shape), 2 + np.arange(kinds.shape[1])), axis=1)
    return np.take_along_axis(kinds, order, 1)


def _there(view: View, kinds: NDArray[np.int64]) -> NDArray[np.bool_]:
    present = kinds > 0
    jets = present & view.jet_codes[kinds]
    slots = np.stack([jets if column.how == "mass" else present for column in view.each], axis=2)
    of_objects = slots.reshape(len(kinds), view.n_max * len(view.each))
    return np.concatenate([np.ones((len(kinds), len(view.event)), bool), of_objects], axis=1)


def _events(
    view: View,
    values: NDArray[np.float64],
    kinds: NDArray[np.int64],
    categories: NDArray[np.int64],
    rng: np.random.Generator,
) -> Events:
    schema, n = view.schema, len(kinds)
    head, slots = values[:, : len(view.event)], values[:, len(view.event) :].reshape(n, view.n_max, -1)
    features = np.zeros((n, len(schema.features)))
    for column, quantity in zip(head.T, view.event, strict=True):
        features[:, schema.feature_index(quantity.name)] = np.expm1(column) if quantity.how == "log1p" else column
    turn = np.zeros(n)
    if view.turned:
        turn = rng.uniform(-np.pi, np.pi, n)
        features[:, schema.feature_index("met_phi")] = turn
    objects = np.zeros((n, view.n_max, len(schema.object_features)))
    mass = np.zeros((n, view.n_max))
    for place, quantity in enumerate(view.each):
        x = slots[:, :, place]
        if quantity.how == "mass":
            mass = np.expm1(np.maximum(x, 0)) * view.jet_codes[kinds]
            continue
        if quantity.how == "cosine":
            x = 2 * torch.special.ndtr(torch.from_numpy(x)).numpy() - 1
        if quantity.how == "angle":
            x = wrapped(x + (turn[:, None] + np.pi if view.turned and quantity.name == "phi" else 0.0))
        objects[..., schema.object_index(quantity.name)] = np.exp(np.minimum(x, 50)) if quantity.how == "log" else x
    if schema.has_object_feature("E") and not any(q.name == "E" and q.how == "log" for q in view.each):
        momentum = objects[..., schema.object_index("pt")] * np.cosh(objects[..., schema.object_index("eta")])
        objects[..., schema.object_index("E")] = np.sqrt(momentum**2 + mass**2)
    return Events.build(schema, objects * (kinds > 0)[..., None], kinds, features, categories)
