"""Ensembles from stored scores: no retraining, ordinary results."""
