"""What may be set of a network with heat maps and part affinity fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, cast, final

from lossproof.models.grouping import GroupingOptions
from lossproof.settings import Within, check_settings, read_settings


@final
@dataclass(frozen=True)
class PoseSettings:
    """The least value of a part's peak, and of a field along a limb."""

    name: ClassVar[str] = "heatmaps_and_fields"

    threshold: Annotated[float, Within(0.0, 1.0)] = GroupingOptions.threshold
    limb_threshold: Annotated[float, Within(0.0, 1.0)] = GroupingOptions.limb_threshold

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def grouping(self) -> GroupingOptions:
        return GroupingOptions(threshold=self.threshold, limb_threshold=self.limb_threshold)


def read_pose_settings(texts: Mapping[str, str]) -> PoseSettings:
    """The settings that texts stand for. Raises ValueError."""
    return PoseSettings(**cast(Any, read_settings(PoseSettings, texts)))
