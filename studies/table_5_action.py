"""Table V: a two-stream network on UCF101 under H.264, before and after retraining at each CRF.

    lossproof study studies/table_5_action.py --data ucf101:/data/UCF-101 --device cuda

The paper's hyper-parameters: 500 epochs for each stream at the start and again at each of four
levels; weeks on one GPU. It has not been run to its end. The paper's top-1 accuracy of the fused
streams falls from 0.835 at CRF 23 to 0.415 at 50, and to 0.562 when retrained.
"""

from lossproof.studies import Ladder, Network, Part, Study, retraining
from lossproof.training import preset

LADDER = Ladder(codec="h264", levels=(23, 25, 30, 40, 50))
FUSED = "{spatial},motion={motion}"


def study(data: str = "ucf101:data/UCF-101") -> Study:
    spatial = preset("two_stream", "paper", data=data, split="train01")
    motion = preset("two_stream", "paper_motion", data=data, split="train01")
    parts = (Part(name="spatial", recipe=spatial), Part(name="motion", recipe=motion))
    plain = Study(
        name="table_5_action",
        title="two-stream on UCF101",
        task="action",
        data=data,
        split="test01",
    )
    return retraining(
        plain, Network(parts=parts, model=FUSED), LADDER, methods=("retrain", "distil"), table=5
    )
