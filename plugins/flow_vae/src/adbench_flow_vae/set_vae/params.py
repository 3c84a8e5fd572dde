"""Parameters of `set_vae`, free of torch."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SetVaeParams"]


@dataclass(frozen=True, slots=True)
class SetVaeParams:
    """The method is ours; all values were chosen on the loss of validation background alone.

    Raises:
        ValueError: a number is out of range.
    """

    width: int = 64  # features of an object in the encoder
    heads: int = 4  # of each attention
    blocks: int = 2  # attention blocks
    latent: int = 8  # dimensions of the latent space; 16 gave the same validation loss
    components: int = 16  # of the mixture that objects of a kind are drawn from
    epochs: int = 20  # the learning rate falls to zero over these
    batch_size: int = 256  # events per step; at most a twelfth of the training events, from 32 on
    learning_rate: float = 2e-3  # at the start
    least_steps: int = 700  # small samples are seen in more epochs, to make so many steps; 0 = as they are
    patience: int = 0  # epochs without a better validation loss, 0 = never stop; the best state is kept anyway

    def __post_init__(self) -> None:
        for name in ("width", "heads", "blocks", "latent", "components", "epochs", "batch_size"):
            if getattr(self, name) < 1:
                msg = f"{name} is {getattr(self, name)}; it has to be at least 1"
                raise ValueError(msg)
        if self.width % self.heads:
            msg = f"width is {self.width}; it has to be a multiple of heads, {self.heads}"
            raise ValueError(msg)
        if self.least_steps < 0:
            msg = f"least_steps is {self.least_steps}; it has to be at least 0"
            raise ValueError(msg)
        if self.patience < 0:
            msg = f"patience is {self.patience}; it has to be at least 0"
            raise ValueError(msg)
        if not self.learning_rate > 0:
            msg = f"learning_rate is {self.learning_rate:g}; it has to be positive"
            raise ValueError(msg)
