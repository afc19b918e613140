"""Errors that the command line tells apart by type."""


class TooManyFailures(RuntimeError):
    """More samples are damaged than the user allows."""
