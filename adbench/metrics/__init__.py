"""Figures of merit of anomaly scores: ROC, AUC, signal efficiency, significance improvement, their intervals."""
