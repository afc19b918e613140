"""Decisions: the cheapest setting that keeps the accuracy, and how sure that is."""
