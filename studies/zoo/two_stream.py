"""The small two-stream network of the zoo, trained on tinytown.

    lossproof study studies/zoo/two_stream.py --data tinytown:zoo-data-clips --precision bf16

Run time and score: see docs/zoo.md.
"""

from lossproof.studies import Ladder, Network, Part, Study, baseline
from lossproof.training import preset

FUSED = "{spatial},motion={motion}"


def study(data: str = "tinytown") -> Study:
    spatial = preset("two_stream", "tinytown", data=data, validation="val")
    motion = preset("two_stream", "tinytown_motion", data=data, validation="val")
    plain = Study(
        name="zoo_two_stream", title="small two-stream on tinytown", task="action", data=data
    )
    parts = (Part(name="spatial", recipe=spatial), Part(name="motion", recipe=motion))
    network = Network(parts=parts, model=FUSED)
    return baseline(plain, network, Ladder(codec="h264", levels=(23,)))
