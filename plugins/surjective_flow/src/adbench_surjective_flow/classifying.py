"""Probabilities of labels given the momenta, by a network of three hidden layers.

All labels at once are taken as independent given the momenta. In a chain each is given those before it, which is
exact, at the price of one pass of the network for each label. Source: Verheyen, arXiv:2205.01697, section 3.4; the
public code adds up probabilities where logarithms belong.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Classifier"]

_EXCLUDED = -1e9


class Classifier(nn.Module):
    """log P(labels | inputs).

    Args:
        inputs: numbers that stand for the momenta.
        sizes: how many values each label has; those of the event first, then one for each slot.
        width: of the hidden layers.
        chain: whether a label is given those before it.
    """

    def __init__(self, inputs: int, sizes: tuple[int, ...], width: int, chain: bool) -> None:
        super().__init__()
        self.sizes, self.chain = sizes, chain
        self.network = nn.Sequential(
            nn.Linear(inputs + sum(sizes) * chain, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(),
            nn.Linear(width, width), nn.ReLU(), nn.Linear(width, sum(sizes)),
        )  # fmt: skip

    def log_prob(self, inputs: Tensor, labels: Tensor, known: Tensor, allowed: Tensor | None = None) -> Tensor:
        """Return log P of the labels that are there, (B,).

        Args:
            inputs: (B, inputs).
            labels: int64 (B, labels).
            known: bool (B, labels).
            allowed: bool (B, slots, kinds), which values the last labels may have; None = all.
        """
        total = inputs.new_zeros(len(inputs))
        logits = None
        for i in range(len(self.sizes)):
            if logits is None or self.chain:
                logits = self._logits(inputs, labels, known, i)
            log_p = self._limited(logits[i], i, allowed).log_softmax(1)
            total = total + torch.where(known[:, i], log_p.gather(1, labels[:, i : i + 1])[:, 0], 0)
        return total

    def draw(self, inputs: Tensor, known: Tensor, allowed: Tensor | None, stream: torch.Generator) -> Tensor:
        """Return labels drawn one after the other, int64 (B, labels); 0 where there is none."""
        labels = torch.zeros_like(known, dtype=torch.int64)
        for i in range(len(self.sizes)):
            p = self._limited(self._logits(inputs, labels, known, i)[i], i, allowed).softmax(1)
            drawn = torch.multinomial(p.cpu(), 1, generator=stream)[:, 0].to(labels)
            labels[:, i] = torch.where(known[:, i], drawn, 0)
        return labels

    def _logits(self, inputs: Tensor, labels: Tensor, known: Tensor, before: int) -> tuple[Tensor, ...]:
        if self.chain:
            told = [
                nn.functional.one_hot(labels[:, i], size) * (known[:, i : i + 1] & (i < before))
                for i, size in enumerate(self.sizes)
            ]
            inputs = torch.cat([inputs, *(part.to(inputs.dtype) for part in told)], 1)
        logits: tuple[Tensor, ...] = self.network(inputs).split(self.sizes, dim=1)
        return logits

    def _limited(self, logits: Tensor, label: int, allowed: Tensor | None) -> Tensor:
        if allowed is None:
            return logits
        slot = label - (len(self.sizes) - allowed.shape[1])
        return torch.where(allowed[:, slot], logits, _EXCLUDED) if slot >= 0 else logits
