"""log p of an event: how many objects, of which kinds, with which momenta; all treatments of the paper in one place.

Source: Verheyen, arXiv:2205.01697, sections 3 and 4. For n objects the ordered flows describe labelled events by the
sort surjection, p(x) = p(sorted x) / n!, the stochastic ones by a mean over orders, so that both are densities of
the same thing. With a scale for each rank a stochastic flow describes sorted events too, at the same price of n!.
Dropout stands right behind the base, where it is exact.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from adbench_surjective_flow.arranging import Arranged, arrange, log_factorial
from adbench_surjective_flow.classifying import Classifier
from adbench_surjective_flow.flow import SplineFlow
from adbench_surjective_flow.inputs import View
from adbench_surjective_flow.labels import KindTuples, Patterns
from adbench_surjective_flow.params import SurjectiveParams
from adbench_surjective_flow.relaxing import UniformNoise, VariationalNoise, relaxation_of
from adbench_surjective_flow.scaling import Sums

__all__ = ["SurjectiveFlow"]

_NOISE_AT = -4.0  # of the spline's interval, where no standardised number is
_NOISE_WIDTH = 0.2


class SurjectiveFlow(nn.Module):
    """The density; `learn` fills scaling and tables from background, a fit the networks.

    Args:
        params: architecture and treatments.
        view: what of an event is modelled.
    """

    mean: Tensor
    deviation: Tensor
    circular: Tensor
    jet_codes: Tensor
    log_pattern: Tensor
    balance: Tensor
    mean_inverse: Tensor
    log_category: Tensor

    def __init__(self, params: SurjectiveParams, view: View) -> None:
        super().__init__()
        self.params, self.view = params, view
        self.slots, self.n_kinds, self.of_event = view.n_max, len(view.schema.kinds), len(view.event)
        self.jets = view.jet_codes if view.masses else np.zeros_like(view.jet_codes)
        self.register_buffer("jet_codes", torch.from_numpy(self.jets.copy()), persistent=False)
        circular = view.angles & (params.azimuth == "periodic")
        self.register_buffer("circular", torch.from_numpy(circular.copy()), persistent=False)
        self.register_buffer("mean", torch.zeros(view.dims))
        self.register_buffer("deviation", torch.ones(view.dims))
        self.register_buffer("log_pattern", torch.zeros(2 ** (self.slots + 1) - 1))
        self.register_buffer("mean_inverse", torch.ones(()))  # of the probability of a tuple, over training events
        self.register_buffer("balance", torch.ones(self.slots + 1))
        self.register_buffer("log_category", torch.zeros(sum(view.categories)))
        self.kind_tuples: KindTuples | None = None
        self.relaxation = relaxation_of(params.discrete, (*[self.n_kinds] * self.slots, *view.categories))
        self.noises = self.slots  # of a draw, whether they are used or not
        patterns = self.slots + 1 + self.slots * view.masses
        tuples = self.slots * (self.n_kinds + 1) + sum(view.categories)
        if self.relaxation is not None:
            self.noises = self.relaxation.noises
            circular = np.concatenate([circular, np.zeros(self.relaxation.dims, bool)])
            self.noise: nn.Module = UniformNoise()
            if params.noise == "variational":
                self.noise = VariationalNoise(self.noises, tuples + 3 * view.dims, params.embedding)
        labels = tuples if params.discrete == "mixture" else patterns
        self.label = nn.Linear(labels, params.embedding)
        self.flow = SplineFlow(
            circular,
            layers=params.layers,
            bins=params.bins,
            bound=params.bound,
            units=params.units,
            blocks=params.blocks,
            embedding=params.embedding,
        )
        if params.discrete == "classifier":
            self.classifier = Classifier(
                3 * view.dims + patterns,
                (*view.categories, *[self.n_kinds] * self.slots),
                params.classifier_width,
                params.chain,
            )

    @property
    def uniforms(self) -> int:
        """How many uniform numbers one draw needs: of orders, of dequantization, of noise in empty slots."""
        return self.slots + self.noises + (self.view.dims if self.params.missing == "imputed" else 0)

    def scale_groups(self) -> NDArray[np.int64]:
        """Return which numbers share a scale, (dims,): those of a quantity in all slots, or each its own."""
        width = len(self.view.each)
        slots = (
            np.tile(np.arange(width), self.slots) if self.params.scaling == "shared" else np.arange(width * self.slots)
        )
        return np.concatenate([np.arange(self.of_event), self.of_event + slots]).astype(np.int64)

    def learn(
        self,
        sums: Sums,
        kinds: NDArray[np.int64],
        weights: NDArray[np.float64],
        categories: NDArray[np.int64] | None = None,
    ) -> None:
        """Fill scaling and tables from training background; angles on a circle keep their unit."""
        shuffled = self.params.order == "stochastic"
        mean, deviation = (torch.from_numpy(column).to(self.mean) for column in sums.mean_and_deviation())
        self.mean.copy_(torch.where(self.circular, 0, mean))
        self.deviation.copy_(torch.where(self.circular, 1, deviation))
        patterns = Patterns(self.slots, self.jets, shuffled, self.params.smoothing)
        self.log_pattern.copy_(torch.from_numpy(patterns.log_prob(kinds, weights)))
        of_number = np.bincount((kinds > 0).sum(axis=1), weights, self.slots + 1)
        if self.params.objective == "balanced":
            inverse = np.divide(of_number.sum(), of_number, out=np.zeros_like(of_number), where=of_number > 0)
            self.balance.copy_(torch.from_numpy(inverse / (of_number > 0).sum()))
        tables = [
            (np.bincount(column, weights, size) + self.params.smoothing / size)
            / (weights.sum() + self.params.smoothing)
            for column, size in zip(() if categories is None else categories.T, self.view.categories, strict=True)
        ]
        self.log_category.copy_(torch.from_numpy(np.log(np.concatenate([np.zeros(0), *tables]))))
        if self.params.discrete == "mixture":
            self.kind_tuples = KindTuples.of(kinds, weights, self.n_kinds, shuffled, self.params.smoothing)
            log_p = self.kind_tuples.log_prob(kinds)
            self.mean_inverse.fill_(float(np.average(np.exp(-log_p), weights=weights)))

    def loss(self, values: Tensor, there: Tensor, kinds: Tensor, categories: Tensor, normal: Tensor) -> Tensor:
        """Return minus log p of each event, (B,), with one order and one noise, from (B, uniforms) normal numbers."""
        log_p = self.one_draw(self.scaled(values, there, kinds, categories), torch.special.ndtr(normal))
        if not self.training:
            return -log_p
        if self.params.objective == "labels":
            return -log_p * torch.exp(-self._log_kinds(kinds)) / self.mean_inverse
        return -log_p * self.balance[(kinds > 0).sum(1)]

    def log_prob(self, values: Tensor, there: Tensor, kinds: Tensor, categories: Tensor, uniform: Tensor) -> Tensor:
        """Return log p of each event, (B,), from uniform numbers for several draws, (B, draws, uniforms).

        It is the logarithm of the mean over the draws, a lower bound in the mean where there is anything to draw.
        """
        events = self.scaled(values, there, kinds, categories)
        draws = uniform.shape[1] if self.random else 1
        each = [self.one_draw(events, uniform[:, i]) for i in range(draws)]
        log_p: Tensor = torch.logsumexp(torch.stack(each), 0) - math.log(draws) - self._log_scale(there)
        return log_p

    @property
    def random(self) -> bool:
        """Whether log p depends on draws."""
        params = self.params
        return params.order == "stochastic" or self.relaxation is not None or params.missing == "imputed"

    def scaled(self, values: Tensor, there: Tensor, kinds: Tensor, categories: Tensor) -> Arranged:
        """Return standardised events."""
        return Arranged((values - self.mean) / self.deviation, there, kinds, categories)

    def one_draw(self, events: Arranged, uniform: Tensor) -> Tensor:
        """Return log p of standardised events, (B,), for one order of their objects and one noise."""
        orders, noise, filling = uniform.tensor_split([self.slots, self.slots + self.noises], dim=1)
        if self.params.order == "stochastic":
            events = arrange(events, orders, self.of_event)
        # Objects that take the scale of their rank with them are told apart by it: the mean over orders is then a
        # density of the sorted event.
        ranked = self.params.order == "ordered" or (self.params.order, self.params.scaling) == ("stochastic", "slot")
        log_p = -log_factorial(events.kinds) if ranked else torch.zeros_like(events.values[:, 0])
        x, there = events.values, events.there
        if self.params.missing == "imputed":
            away, log_q = self._imputed(filling)
            log_p = log_p - torch.where(there, 0, log_q).sum(1)  # E_q[p(x, away) / q(away)] = p(x and what is missing)
            x, there = torch.where(there, x, away), torch.ones_like(there)
        elif self.params.discrete == "mixture":
            log_p = log_p + self._log_kinds(events.kinds) + self._log_categories(events.categories)
        else:
            log_p = log_p + self.log_pattern[self._pattern_number(events.kinds)]
        if self.params.discrete == "classifier":
            log_p = log_p + self.log_kinds_given(events)
        if self.relaxation is not None:
            labels = torch.cat([(events.kinds - 1).clamp(min=0), events.categories], 1)
            has_label = torch.cat([events.kinds > 0, torch.ones_like(events.categories) > 0], 1)
            known, told = self.relaxation.there(has_label), torch.cat([self._tuple(events), self._seen(events)], 1)
            noise, log_q = self.noise(noise, self.relaxation.noise_there(has_label), told)
            numbers, log_slope = self.relaxation.numbers(labels, noise)
            log_p = log_p - log_q + torch.where(known, log_slope, 0).sum(1)
            x, there = torch.cat([x, numbers], 1), torch.cat([there, known], 1)
        return log_p + self.flow.log_prob(x, there, self.label_of(events))

    def _imputed(self, uniform: Tensor) -> tuple[Tensor, Tensor]:
        """Return out-of-range numbers for empty slots, (B, dims), and the log of their density q, of each."""
        normal = torch.special.ndtri(uniform.clamp(1e-6, 1 - 1e-6))
        log_normal = -0.5 * normal.square() - math.log(_NOISE_WIDTH * math.sqrt(2 * math.pi))
        away = torch.where(self.circular, (2 * uniform - 1) * math.pi, _NOISE_AT + _NOISE_WIDTH * normal)
        return away, torch.where(self.circular, -math.log(2 * math.pi), log_normal)

    def label_of(self, events: Arranged) -> Tensor:
        """Return the numbers that tell the flow which slots are filled, or of which kinds, (B, embedding)."""
        told = self._tuple(events) if self.params.discrete == "mixture" else self._pattern(events.kinds)
        label: Tensor = self.label(told if self.params.missing == "dropout" else torch.zeros_like(told))
        return label.relu()

    def log_kinds_given(self, events: Arranged) -> Tensor:
        """Return log P(labels of the event, kinds of all objects | momenta), (B,): never positive."""
        labels = torch.cat([events.categories, (events.kinds - 1).clamp(min=0)], 1)
        known = torch.cat([torch.ones_like(events.categories) > 0, events.kinds > 0], 1)
        return self.classifier.log_prob(self.classifier_inputs(events), labels, known, self.allowed_kinds(events))

    def classifier_inputs(self, events: Arranged) -> Tensor:
        """Return what the classifier sees: momenta, and how many objects and jets there are, (B, ...)."""
        return torch.cat([self._seen(events), self._pattern(events.kinds)], 1)

    def allowed_kinds(self, events: Arranged) -> Tensor | None:
        """Return which kinds the pattern of jets leaves for each object, bool (B, slots, kinds); None where all."""
        if not self.view.masses:
            return None
        return self.jet_codes[events.kinds][..., None] == self.jet_codes[1:]

    def _seen(self, events: Arranged) -> Tensor:
        x = torch.where(events.there, events.values, 0)
        seen = [torch.where(self.circular, x.cos(), x), torch.where(self.circular, x.sin(), 0)]
        return torch.cat([*(table * events.there for table in seen), events.there.to(x.dtype)], 1)

    def _log_scale(self, there: Tensor) -> Tensor:
        return (self.deviation.log() * there).sum(1)

    def _pattern(self, kinds: Tensor) -> Tensor:
        """Return how many objects there are, one-hot, and which of them have a mass, (B, ...)."""
        number = nn.functional.one_hot((kinds > 0).sum(1), self.slots + 1)
        parts = [number, self.jet_codes[kinds].long()] if self.view.masses else [number]
        return torch.cat(parts, 1).to(self.mean.dtype)

    def _pattern_number(self, kinds: Tensor) -> Tensor:
        powers = 2 ** torch.arange(self.slots, device=kinds.device)
        return 2 ** (kinds > 0).sum(1) - 1 + (self.jet_codes[kinds] * powers).sum(1)

    def _tuple(self, events: Arranged) -> Tensor:
        """Return the kinds of all slots and the labels of the event, one-hot, (B, ...)."""
        kinds = nn.functional.one_hot(events.kinds, self.n_kinds + 1).flatten(1)
        columns = zip(events.categories.unbind(1), self.view.categories, strict=True)
        return torch.cat([kinds, *(nn.functional.one_hot(column, size) for column, size in columns)], 1).to(self.mean)

    def _log_categories(self, categories: Tensor) -> Tensor:
        """Return log P of the labels of the event, taken as independent of each other and of kinds, (B,)."""
        start = np.cumsum([0, *self.view.categories[:-1]])[: categories.shape[1]]
        return self.log_category[categories + torch.from_numpy(start).to(categories)].sum(1)

    def _log_kinds(self, kinds: Tensor) -> Tensor:
        if self.kind_tuples is None:
            msg = "the table of kinds is empty: call learn() first"
            raise RuntimeError(msg)
        return torch.from_numpy(self.kind_tuples.log_prob(kinds.cpu().numpy())).to(self.mean)
