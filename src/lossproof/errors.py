"""Errors that the command line tells apart by type."""


class LossNotFinite(ValueError):
    """Training ended in a loss that is infinite or not a number."""


class NothingToScore(ValueError):
    """No sample of a validation split can be read."""


class TooManyFailures(RuntimeError):
    """More samples are damaged than the user allows."""
