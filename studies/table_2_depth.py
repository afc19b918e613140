"""Table II: a depth GAN on SYNTHIA under JPEG, before and after retraining at each quality.

    lossproof study studies/table_2_depth.py --data synthia:/data/synthia --device cuda

The paper's hyper-parameters: 10 epochs at the start and again at each of five levels; days on one
GPU. It has not been run to its end. The paper's RMSE rises from 0.0588 at quality 95 to 0.0749 at
5, and to 0.0599 when retrained; what its unit is it does not say.
"""

from lossproof.studies import Ladder, Study, network, retraining
from lossproof.training import preset

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))


def study(data: str = "synthia:data/synthia") -> Study:
    gan = preset("depth_gan", "paper", data=data)
    plain = Study(
        name="table_2_depth", title="depth GAN on SYNTHIA", task="depth", data=data, split="test"
    )
    return retraining(plain, network(gan), LADDER, table=2)
