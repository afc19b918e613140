"""Runs: a sweep becomes cells, an engine measures what is missing, the store keeps it."""
