"""A variational autoencoder of sets of objects: attention over real objects, and a likelihood that knows no order."""
