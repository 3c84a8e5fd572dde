"""Parameters of the detectors, free of torch, so that they can be listed and checked at no cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DiffusionParams"]


@dataclass(frozen=True, slots=True)
class DiffusionParams:
    """Defaults are the preset ``default``; comments say what arXiv:2306.03933 or its public code used.

    Raises:
        ValueError: a number is out of range.
    """

    objective: Literal["velocity", "likelihood"] = "velocity"  # set by the detector's name
    slots: int = 30  # hardest objects that are modelled; paper: 100; all objects are counted
    momentum: Literal["log", "log1m"] = "log"  # of an object, as a share of the jet's; code: log(1 - share)
    numbers: Literal["log", "plain"] = "log"  # of an event in GeV; code: plain
    dequantise: bool = True  # learn the number of objects with uniform noise; code: no, so the density has spikes
    width: int = 64  # numbers that stand for an object; code: 128
    heads: int = 2  # of each attention; code: 2
    blocks: int = 2  # of attention; code: 6
    event_width: int = 128  # of the network of the event's numbers; code: 256
    event_blocks: int = 2  # code: 2
    solver: Literal["rk4", "rk45", "bound"] = "rk4"  # paper: rk45, code: rk23, both with one step for a whole batch
    trace: Literal["hutchinson", "exact"] = "hutchinson"  # of the objects; paper: exact
    steps: int = 8  # of rk4, an even number
    probes: int = 1  # sets of random signs at each step's end of rk4
    points: int = 32  # of the bound, angles
    absolute: float = 5e-5  # tolerance of rk45; paper: 5e-5
    relative: float = 1e-4  # paper: 1e-4
    epochs: int = 60  # code: 200; the learning rate falls to zero over these
    batch_size: int = 128  # code: 128 for each GPU
    learning_rate: float = 2e-3  # code: 3e-4
    average: float = 0.999  # decay of the averaged weights that score; code: 0.999
    least_steps: int = 2000  # small samples are seen in more epochs, to make so many steps; 0 = as they are
    patience: int = 0  # epochs without a better validation loss, 0 = never stop; the best state is kept; code: 50

    def __post_init__(self) -> None:
        positive = (
            "slots", "width", "heads", "blocks", "event_width", "event_blocks", "probes", "points", "epochs",
            "batch_size",
        )  # fmt: skip
        for name, least in [*((name, 1) for name in positive), ("steps", 2), ("least_steps", 0), ("patience", 0)]:
            if getattr(self, name) < least:
                msg = f"{name} is {getattr(self, name)}; it has to be at least {least}"
                raise ValueError(msg)
        if self.steps % 2:
            msg = f"steps is {self.steps}; Simpson's rule needs an even number"
            raise ValueError(msg)
        if self.width % self.heads:
            msg = f"width is {self.width}; it has to be a multiple of heads, {self.heads}"
            raise ValueError(msg)
        for name in ("absolute", "relative", "learning_rate"):
            if not getattr(self, name) > 0:
                msg = f"{name} is {getattr(self, name):g}; it has to be positive"
                raise ValueError(msg)
        if not 0 <= self.average < 1:
            msg = f"average is {self.average:g}; it has to be at least 0 and below 1"
            raise ValueError(msg)
