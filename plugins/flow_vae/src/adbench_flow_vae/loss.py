"""What training minimises: a reconstruction distance and the divergence of the latent space from its prior."""

from __future__ import annotations

from torch import Tensor

__all__ = ["beta_loss", "divergence_behind_flow", "kl_divergence"]


def kl_divergence(mu: Tensor, log_var: Tensor) -> Tensor:
    """Return KL(N(mu, sigma^2) || N(0, 1)) summed over the latent space, shape (B,), in nats.

    Source: Kingma, Welling, arXiv:1312.6114, appendix B.

    Args:
        mu: (B, latent), mean.
        log_var: (B, latent), log sigma^2.
    """
    return 0.5 * (mu**2 + log_var.exp() - log_var - 1).sum(1)


def divergence_behind_flow(noise: Tensor, log_var: Tensor, mapped: Tensor, log_det: Tensor) -> Tensor:
    """Return log q(z0) - log |det dzK/dz0| - log N(zK; 0, 1) of each event, shape (B,), in nats.

    Its mean over draws is the divergence of the flow's density from the prior: the "modified ELBO" of
    arXiv:2110.08508, section 3, after Rezende, Mohamed, arXiv:1505.05770, eq. 15.

    Args:
        noise: (B, latent), the standard normal draw of z0 = mu + sigma noise.
        log_var: (B, latent), log sigma^2.
        mapped: (B, latent), zK, the point behind the flow.
        log_det: (B,), of the flow at z0.
    """
    return 0.5 * (mapped**2 - noise**2 - log_var).sum(1) - log_det


def beta_loss(divergence: Tensor, distance: Tensor, beta: float) -> Tensor:
    """Return beta divergence + (1 - beta) distance of each event, shape (B,) (arXiv:2110.08508, section 3)."""
    return beta * divergence + (1 - beta) * distance
