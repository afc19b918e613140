"""What arrives is the answer: for tasks that compare it with what was sent."""

from collections.abc import Sequence
from pathlib import Path
from typing import final

from lossproof.models.model import Wanted, refuse_settings
from lossproof.models.weights_hash import weights_hash
from lossproof.records import Frames


@final
class Identity:
    """Frames or clips as they come; nothing is loaded."""

    name = "identity"
    weights = weights_hash("identity-1")
    batch_size = 8
    company = 1

    def predict(self, frames: Sequence[Frames]) -> list[Frames]:
        """The frames themselves."""
        return list(frames)


def open_identity(weights: Path | None, wanted: Wanted) -> Identity:
    """It has no weights. Raises ValueError when some are given."""
    if weights is not None:
        raise ValueError(f"identity has no weights, but {str(weights)!r} was given")
    refuse_settings("identity", wanted.settings)
    return Identity()
