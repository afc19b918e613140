"""Errors that the command line tells apart by type."""


class LossNotFinite(ValueError):
    """Training ended in a loss that is infinite or not a number."""


class AnswerIsNone(ValueError):
    """What a network says is no answer, such as NaN everywhere."""


class TooManyFailures(RuntimeError):
    """More samples are damaged than the user allows."""
