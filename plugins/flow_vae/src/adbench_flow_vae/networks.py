"""Encoder, flow and decoder of a set of parameters; each is independent of the others."""

from __future__ import annotations

from torch import nn

from adbench_flow_vae.conv import ConvDecoder, ConvEncoder
from adbench_flow_vae.darkflow import (
    DarkflowConvDecoder,
    DarkflowConvEncoder,
    DarkflowGcnDecoder,
    DarkflowGcnEncoder,
)
from adbench_flow_vae.gcn import GcnDecoder, GcnEncoder
from adbench_flow_vae.inputs import HIGH_LEVEL, View
from adbench_flow_vae.params import FlowVaeParams
from adbench_flow_vae.posterior import Encoder

__all__ = ["make_decoder", "make_encoder"]


def make_encoder(params: FlowVaeParams, view: View) -> Encoder:
    """Return the encoder."""
    match params.network, params.compat:
        case "conv", "darkflow":
            return DarkflowConvEncoder(view.slots, params.latent)
        case "conv", _:
            flow = params.flow != "none"
            return ConvEncoder(view.slots, view.columns, params.latent, view.further, flow=flow)
        case _, "darkflow":
            return DarkflowGcnEncoder(view.slots, view.columns, params.latent)
        case _:
            return GcnEncoder(view.slots, (view.columns, *params.widths), params.latent, view.further)


def make_decoder(params: FlowVaeParams, view: View) -> nn.Module:
    """Return a network that maps points of the latent space, (B, latent), and a graph to a Decoded."""
    high_level = len(HIGH_LEVEL) if view.high_level else 0
    match params.network, params.compat:
        case "conv", "darkflow":
            return DarkflowConvDecoder(view.slots, params.latent)
        case "conv", _:
            return ConvDecoder(view.slots, view.columns, params.latent, high_level)
        case _, "darkflow":
            return DarkflowGcnDecoder(view.slots, view.columns, params.latent)
        case _:
            return GcnDecoder(view.slots, (view.columns, *params.widths), params.latent, high_level)
