"""Variational autoencoders with normalizing flows in the latent space, after Jawahar et al., arXiv:2110.08508.

Encoder, flow, loss and score are independent parts: `gcn` holds encoder and decoder, `graph` and `knn` what a node
hears from the others, `flows` the maps of the latent space, `chamfer` and `loss` what is minimised, `scores` what
is ranked. `vae` joins them, `detector` hands them to the harness, `table` names the combinations.
"""
