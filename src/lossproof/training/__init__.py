"""Training: recipes to new model ids. A new family is one file under ``loops`` and two lines.

Describing a recipe imports no torch; ``train`` does.
"""

from lossproof.training.conditions import Conditions
from lossproof.training.presets import preset
from lossproof.training.recipe import Augmentation, Compression, Recipe, Schedule
from lossproof.training.shelf import Shelf, Shelved, in_full, weights_of

__all__ = [
    "Augmentation",
    "Compression",
    "Conditions",
    "Recipe",
    "Schedule",
    "Shelf",
    "Shelved",
    "in_full",
    "preset",
    "train",
    "weights_of",
]


def train(recipe: Recipe, shelf: Shelf, conditions: Conditions | None = None) -> str:
    """See ``lossproof.training.run``."""
    from lossproof.training.run import train as run

    return run(recipe, shelf, conditions)
