"""The schema of the training events as JSON, so that a stored flow knows what its numbers mean."""

from __future__ import annotations

import dataclasses
from typing import Any

from adbench.api import EventSchema, Kind, Quantity

__all__ = ["schema_as_json", "schema_from_json"]


def schema_as_json(schema: EventSchema) -> dict[str, Any]:
    """Return what `schema_from_json` reads back to the same schema."""
    return dataclasses.asdict(schema)


def schema_from_json(stored: dict[str, Any]) -> EventSchema:
    """Return the schema; raise KeyError or TypeError where it is none."""
    return EventSchema(
        object_features=tuple(Quantity(**one) for one in stored["object_features"]),
        kinds=tuple(Kind(**one) for one in stored["kinds"]),
        features=tuple(Quantity(**one) for one in stored["features"]),
        categories=tuple((name, int(n)) for name, n in stored["categories"]),
        processes=tuple(stored["processes"]),
        objects=stored["objects"],
    )
