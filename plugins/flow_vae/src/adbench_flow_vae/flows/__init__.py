"""Maps of the latent space between the encoder's sample and the decoder."""

from __future__ import annotations

from adbench_flow_vae.flows.base import Chain, Flow
from adbench_flow_vae.flows.factory import FLOWS, make_flow

__all__ = ["FLOWS", "Chain", "Flow", "make_flow"]
