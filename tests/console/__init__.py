"""Tests of the console room."""
