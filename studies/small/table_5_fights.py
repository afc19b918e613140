"""Table V at small scale on real clips: fight or no fight in surveillance footage under H.264.

    lossproof study studies/small/table_5_fights.py --data clips:surv_fight

74 clips of two seconds: 42 train, in one step an epoch, so that retraining for 10 epochs is 10
steps beside the 1600 of the start; 21 clips of two groups of videos test. It took 21 minutes on two
cores. Fused top-1 was 0.62 at CRF 23, at CRF 50 0.33 before retraining and 0.57 after it.
"""

from dataclasses import replace

from lossproof.studies import Ladder, Network, Part, Study, retraining
from lossproof.training import preset

LADDER = Ladder(codec="h264", levels=(23, 25, 30, 40, 50), frame_size=(128, 96))
FUSED = "{spatial},motion={motion}"


def study(data: str = "clips:data/surv_fight") -> Study:
    spatial = preset("two_stream", "small", data=data)
    motion = preset("two_stream", "small_motion", data=data)
    again = replace(spatial.schedule, learning_rate=1e-3, epochs=10, iterations=None)
    parts = (
        Part(name="spatial", recipe=spatial, again=again),
        Part(name="motion", recipe=motion, again=again),
    )
    plain = Study(
        name="small_table_5_fights",
        title="small two-stream on fights at 128x96",
        task="action",
        data=data,
        split="test",
    )
    return retraining(plain, Network(parts=parts, model=FUSED), LADDER, table=5)
