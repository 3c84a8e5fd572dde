"""What training minimises: a reconstruction distance and the divergence of the latent space from its prior."""

from __future__ import annotations

from torch import Tensor

__all__ = ["beta_loss", "kl_divergence"]


def kl_divergence(mu: Tensor, log_var: Tensor) -> Tensor:
    """Return KL(N(mu, sigma^2) || N(0, 1)) summed over the latent space, shape (B,), in nats.

    Source: Kingma, Welling, arXiv:1312.6114, appendix B.

    Args:
        mu: (B, latent), mean.
        log_var: (B, latent), log sigma^2.
    """
    return 0.5 * (mu**2 + log_var.exp() - log_var - 1).sum(1)


def beta_loss(kl: Tensor, distance: Tensor, beta: float) -> Tensor:
    """Return beta KL + (1 - beta) distance of each event, shape (B,).

    The divergence is that of the Gaussian before the flow ("our loss"; arXiv:2110.08508, section 3).
    """
    return beta * kl + (1 - beta) * distance
