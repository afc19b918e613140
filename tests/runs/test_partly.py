"""Cells measured on some samples at a time, and taken up by a sweep."""
