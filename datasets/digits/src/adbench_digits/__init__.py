"""Handwritten digits: one digit is background, the others are anomalies."""
