"""Metrics: one module per task, pure functions on arrays.

Each module has ``VERSION``, ``validate(prediction, target)``, ``sample_stat(prediction, target)``
and ``summarise(stats, weights=None)``.
"""
