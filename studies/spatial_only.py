"""Future work: the spatial stream retrained, the motion stream as it was trained on the source.

    lossproof study studies/spatial_only.py --data frame_clips:ucf101_10class_3frame

Two small streams on ten classes of UCF101 under H.264: both made ready for a level, against the
spatial one alone. The models are those of studies/small/table_5_action.py, which are not trained
again in the same store.

Run: 60 minutes on two busy cores, 34 of them training. Fusion is 37.4% at CRF 50; with the spatial
stream alone retrained 50.2%, with both 51.7%.
"""

from collections.abc import Mapping
from dataclasses import replace

from lossproof.records import Level
from lossproof.studies import Comparison, Ladder, Measured, Network, Part, Study, retraining
from lossproof.training import preset

LADDER = Ladder(codec="h264", levels=(23, 25, 30, 40, 50))
FUSED = "{spatial},motion={motion}"


def study(data: str = "frame_clips:data/ucf101_10class_3frame") -> Study:
    spatial = preset("two_stream", "small", data=data)
    motion = preset("two_stream", "small_motion", data=data)
    again = replace(spatial.schedule, learning_rate=1e-3, epochs=3, iterations=None)
    parts = (
        Part(name="spatial", recipe=spatial, again=again),
        Part(name="motion", recipe=motion, again=again),
    )
    plain = Study(
        name="spatial_only",
        title="small two-stream on ten classes of UCF101",
        task="action",
        data=data,
        split="val",
    )
    found = retraining(plain, Network(parts=parts, model=FUSED), LADDER)
    (both,) = found.comparisons
    lower = LADDER.levels[1:]
    alone = {
        f"{method} {level:g}, spatial alone": (method, level)
        for method in both.after
        for level in lower
    }
    after: dict[str, Mapping[Level, tuple[str, ...]]] = {}
    for method, whole in both.after.items():
        after[f"{method}, both streams"] = whole
        after[f"{method}, spatial stream alone"] = {
            level: (name,) for name, (own, level) in alone.items() if own == method
        }
    return replace(
        found,
        models={**found.models, **{name: _spatial_alone(*way) for name, way in alone.items()}},
        measured=(
            *found.measured,
            *(
                Measured(models=(name,), points=(LADDER.point(level),))
                for name, (_, level) in alone.items()
            ),
        ),
        comparisons=(
            Comparison(
                title="both streams made ready for each level, or the spatial one alone",
                codec=LADDER.codec,
                before=both.before,
                after=after,
            ),
        ),
    )


def _spatial_alone(method: str, level: Level) -> str:
    return f"{{{method} {level:g} spatial}},motion={{baseline motion}}"
