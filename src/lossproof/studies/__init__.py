"""Studies: models that are trained and measured together, and what of them is compared."""

from lossproof.studies.plans import (
    BASELINE,
    Ladder,
    Network,
    Part,
    baseline,
    network,
    retraining,
)
from lossproof.studies.run import Conditions, run_study
from lossproof.studies.search import Range, Search
from lossproof.studies.study import Comparison, Measured, Study, Training
from lossproof.studies.zoo_networks import zoo_network

__all__ = [
    "BASELINE",
    "Comparison",
    "Conditions",
    "Ladder",
    "Measured",
    "Network",
    "Part",
    "Range",
    "Search",
    "Study",
    "Training",
    "baseline",
    "network",
    "retraining",
    "run_study",
    "zoo_network",
]
