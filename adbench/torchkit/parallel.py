"""The fit on several devices or in another precision, through lightning-fabric.

Each device has a process of its own, in the process group of the run, so that its limits and its end hold for all.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection

import torch
from torch import Tensor, nn

from adbench.api.context import RunContext, Silent
from adbench.api.errors import DetectorError, MissingError, UsageError
from adbench.torchkit.engine import Loss
from adbench.torchkit.fitting import FitSettings, History, minimise
from adbench.torchkit.ranks import Mailbox, Sender
from adbench.torchkit.samples import AnySample

try:
    from lightning_fabric import Fabric
    from lightning_fabric.plugins.environments.lightning import LightningEnvironment
    from lightning_fabric.strategies.ddp import DDPStrategy
except ImportError as error:
    msg = "several devices and other precisions need lightning-fabric: pip install lightning-fabric"
    raise MissingError(msg) from error

__all__ = ["fit_through_fabric"]

_PLACE = ("MASTER_ADDR", "MASTER_PORT", "LOCAL_RANK", "GROUP_RANK", "NODE_RANK", "WORLD_SIZE")

State = dict[str, Tensor]


def fit_through_fabric(
    network: nn.Module, loss: Loss, train: AnySample, validation: AnySample, settings: FitSettings, context: RunContext
) -> History:
    """Do what `adbench.torchkit.fit` says; the weights have mean one already. The network stays in 32 bits.

    Raises:
        DetectorError: network or loss cannot be pickled, a process of the fit died, or the fit failed.
        MissingError: fewer devices here than the run asks for.
        UsageError: a precision that the device does not have.
    """
    device = next(network.parameters()).device
    with _alone_on_this_machine():
        fabric = Fabric(
            accelerator=device.type,
            devices=context.devices if device.type == "cpu" else _indices(device, context.devices),
            strategy="auto" if context.devices == 1 else DDPStrategy(start_method="spawn", find_unused_parameters=True),
            precision=_precision(context.precision, device),  # type: ignore[arg-type]
            plugins=[LightningEnvironment()],
        )
        packed = _packed(network, loss)
        if context.devices == 1:
            fabric.launch()
            history, state = _fitted(fabric, packed, train, validation, settings, context)
        else:
            samples = train.to("cpu"), validation.to("cpu")
            history, state = _launched(fabric, packed, *samples, settings, context)
    network.load_state_dict(state)
    network.eval()
    return history


def _launched(
    fabric: Fabric, packed: bytes, train: AnySample, validation: AnySample, settings: FitSettings, context: RunContext
) -> tuple[History, State]:
    mailbox = Mailbox(context.devices, context.progress)
    part = partial(  # as one callable: the launcher would look for modules inside arguments, and trip over dataclasses
        _rank,
        packed=packed,
        train=train,
        validation=validation,
        settings=settings,
        context=dataclasses.replace(context, progress=Silent()),
        senders=mailbox.senders,
    )
    with mailbox:
        fabric.launch(part)
    history, state = pickle.loads(mailbox.result)  # written by our own process
    return history, state


def _rank(
    fabric: Fabric,
    packed: bytes,
    train: AnySample,
    validation: AnySample,
    settings: FitSettings,
    context: RunContext,
    senders: Sequence[Connection],
) -> None:
    """Do the part of one device, in a process of its own."""
    torch.set_num_threads(max(1, context.threads // context.devices))
    with Sender(senders[fabric.global_rank]) as sender:
        if fabric.global_rank == 0:
            context = dataclasses.replace(context, progress=sender.report)
        train, validation = train.to(fabric.device), validation.to(fabric.device)
        fitted = _fitted(fabric, packed, train, validation, settings, context)
        if fabric.global_rank == 0:
            sender.result(pickle.dumps(fitted))
        fabric.barrier()  # nobody closes its connections while another still talks
        torch.distributed.destroy_process_group()


def _fitted(
    fabric: Fabric, packed: bytes, train: AnySample, validation: AnySample, settings: FitSettings, context: RunContext
) -> tuple[History, State]:
    network, loss = pickle.loads(packed)  # packed by this run
    network.to(fabric.device)
    history = minimise(_Ranked(fabric), network, loss, train, validation, settings, context)
    return history, {name: tensor.cpu() for name, tensor in network.state_dict().items()}


@dataclass(frozen=True, slots=True)
class _Ranked:
    """One of the processes of a fabric."""

    fabric: Fabric

    @property
    def rank(self) -> int:
        return self.fabric.global_rank

    @property
    def ranks(self) -> int:
        return self.fabric.world_size

    def set_up(
        self, network: nn.Module, loss: Loss, optimiser: torch.optim.Optimizer
    ) -> tuple[Loss, torch.optim.Optimizer]:
        return self.fabric.setup(_Objective(network, loss), optimiser)  # type: ignore[no-any-return]

    def backward(self, value: Tensor) -> None:
        self.fabric.backward(value)

    def total(self, value: Tensor) -> Tensor:
        return self.fabric.all_reduce(value, reduce_op="sum")  # type: ignore[return-value]


class _Objective(nn.Module):
    """The loss as a module: precision and averaging of gradients begin and end with its forward pass."""

    def __init__(self, network: nn.Module, loss: Loss) -> None:
        super().__init__()
        self.network, self.loss = network, loss

    def forward(self, batch: tuple[Tensor, ...], stream: torch.Generator) -> Tensor:
        return self.loss(batch, stream)


def _packed(network: nn.Module, loss: Loss) -> bytes:
    """Return network and loss as bytes; together, since the loss holds the network."""
    device = next(network.parameters()).device
    try:
        return pickle.dumps((network.cpu(), loss))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        msg = f"network and loss cannot be sent to other processes ({error}); make the loss a function of a module"
        raise DetectorError(msg) from error
    finally:
        network.to(device)


def _indices(device: torch.device, number: int) -> list[int]:
    first = device.index or 0
    here = torch.cuda.device_count() if device.type == "cuda" else 1
    if first + number > here:
        msg = f"{number} devices from {device} on are asked for, and {here} are here; choose fewer: --devices"
        raise MissingError(msg)
    return list(range(first, first + number))


def _precision(name: str, device: torch.device) -> str:
    if name == "16-mixed" and device.type == "cpu":
        msg = "precision 16-mixed needs a GPU; on a CPU choose --precision bf16-mixed"
        raise UsageError(msg)
    return name


@contextlib.contextmanager
def _alone_on_this_machine() -> Iterator[None]:
    """Hide what a batch system or an earlier fit says about ranks and ports."""
    saved = {name: os.environ.pop(name) for name in _PLACE if name in os.environ}
    try:
        yield
    finally:
        for name in _PLACE:
            os.environ.pop(name, None)
        os.environ.update(saved)
