"""Events drawn from the fitted densities: numbers, kinds, then objects given both."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from adbench.api import Events
from adbench_point_diffusion.fixed import flow_to_data
from adbench_point_diffusion.model import PointDiffusion
from adbench_point_diffusion.view import View, wrapped

__all__ = ["draw_events"]

_STEPS = 30
_BATCH = 512
_LARGEST = 50.0  # of a logarithm


def draw_events(model: PointDiffusion, n: int, rng: np.random.Generator) -> Events:
    """Return n events with at most `slots` objects each; where an event counts its objects, the count may be larger."""
    stream = torch.Generator().manual_seed(int(rng.integers(2**63)))
    parts = [_batch(model, min(_BATCH, n - start), rng, stream) for start in range(0, n, _BATCH)]
    return Events.concatenate(parts) if parts else _batch(model, 0, rng, stream)


def _batch(model: PointDiffusion, n: int, rng: np.random.Generator, stream: torch.Generator) -> Events:
    view = model.view
    with torch.no_grad():
        x = flow_to_data(model.event_velocity(), torch.randn(n, len(view.event), generator=stream), _STEPS)
        numbers = x * model.number_scale.deviation + model.number_scale.mean
        numbers[:, view.count] = numbers[:, view.count].round().clamp(min=0)
        of_event = numbers[:, view.count].clamp(max=view.slots).long().numpy()
        kinds = model.kind_counts().draw(of_event, rng, view.slots)
        there = torch.from_numpy(_there(view, kinds))
        noise = torch.randn(there.shape, generator=stream) * there
        velocity = model.object_velocity(model.number_scale(numbers), there, torch.from_numpy(kinds))
        objects = flow_to_data(velocity, noise.flatten(1), _STEPS).view(there.shape)
        objects = (objects * model.object_scale.deviation + model.object_scale.mean) * there
    return _events(view, numbers.double().numpy(), objects.double().numpy(), kinds, rng)


def _there(view: View, kinds: NDArray[np.int64]) -> NDArray[np.bool_]:
    present = kinds > 0
    known = [present & view.jet_codes[kinds] if column.how == "mass" else present for column in view.each]
    return np.stack(known, axis=2)


def _events(
    view: View,
    numbers: NDArray[np.float64],
    objects: NDArray[np.float64],
    kinds: NDArray[np.int64],
    rng: np.random.Generator,
) -> Events:
    schema, n = view.schema, len(numbers)
    features = np.zeros((n, len(schema.features)))
    for i, column in enumerate(view.event):
        if column.name:
            values = np.expm1(np.clip(numbers[:, i], 0, _LARGEST)) if column.how == "log1p" else numbers[:, i]
            features[:, schema.feature_index(column.name)] = values
    turn = rng.uniform(-np.pi, np.pi, n)
    if view.turned:
        features[:, schema.feature_index("met_phi")] = turn
    table, mass = np.zeros((n, view.slots, len(schema.object_features))), np.zeros(kinds.shape)
    for i, column in enumerate(view.each):
        x = np.minimum(objects[..., i], _LARGEST)
        if column.how == "mass":
            mass = np.expm1(np.maximum(x, 0))
            continue
        if column.how == "turned":
            x = wrapped(x + turn[:, None] + np.pi)
        elif column.how in ("share", "log1m"):
            share = np.exp(x) if column.how == "share" else np.maximum(1 - np.exp(x), 0)
            x = share * features[:, schema.feature_index("jet_pt"), None]
        elif column.how == "log":
            x = np.exp(x)
        table[..., schema.object_index(column.name)] = x
    if any(column.how == "mass" for column in view.each):
        momentum = table[..., schema.object_index("pt")] * np.cosh(table[..., schema.object_index("eta")])
        table[..., schema.object_index("E")] = np.hypot(momentum, mass)
    return Events.build(schema, table * (kinds > 0)[..., None], kinds, features, _no_labels(view, n))


def _no_labels(view: View, n: int) -> NDArray[np.int32]:
    return np.zeros((n, len(view.schema.categories)), np.int32)
