"""Cards of models that nobody trained."""

from typing import Any

from lossproof.training.card import Card


def plain_card(**changes: Any) -> Card:
    fields = {
        "id": "abcdefabcdef",
        "arch": "segnet",
        "num_classes": 2,
        "classes": ("a", "b"),
        "network_settings": {},
        "recipe": {},
        "family_settings": {},
        "parent": None,
        "parent_weights": None,
        "weights": "w",
        "data": "f",
        "validation_data": "f",
        "num_training": 3,
        "num_validation": 1,
        "score_name": "miou",
        "score": 0.5,
        "laps": (),
        "duration_seconds": 1.0,
    }
    return Card(**{**fields, **changes})
