"""How numbers are written on the page."""

import math

from lossproof.analysis.bootstrap import Interval
from lossproof.records import Level
from lossproof.report.compared import BEFORE, Estimate
from lossproof.report.tables import SHARE, spelled_out
from lossproof.tasks import Score

NOT_KNOWN = "not known"
_WAYS = {
    BEFORE: "before retraining",
    "retrain": "retrained with labels",
    "recalibrate": "recalibrated, without labels",
    "distil": "distilled, without labels",
}


def way(method: str) -> str:
    """How a model came to be, in words."""
    return _WAYS.get(method, method)


def level_words(codec: str, level: Level) -> str:
    """``jpeg 50``, or the codec alone where it has no levels."""
    return codec if level is None else f"{codec} {level:g}"


def score_words(value: float, interval: Interval, score: Score) -> str:
    """``65.5 [64.2, 66.9]``; the interval is left out where it is not known."""
    if not math.isfinite(value):
        return NOT_KNOWN
    if not math.isfinite(interval[0]):
        return f"{value * score.shown:.{score.digits}f} [{NOT_KNOWN}]"
    return spelled_out(value, interval, score)


def share_words(estimate: Estimate) -> str:
    """A share in percent with its interval."""
    return score_words(estimate.value, estimate.interval, SHARE)


def counted(number: int, one: str, several: str = "") -> str:
    """``1 model``, ``2 models``; ``several`` where an s does not make it."""
    return f"{number} {one if number == 1 else several or one + 's'}"


def percent(share: float) -> str:
    """A share as whole percent."""
    return f"{share:.0%}" if math.isfinite(share) else NOT_KNOWN


def heading_of(score: Score) -> str:
    """``mIoU %``."""
    return f"{score.heading} {score.unit}".strip()
