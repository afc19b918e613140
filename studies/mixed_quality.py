"""Future work: one network for all levels, against one for each.

    lossproof study studies/mixed_quality.py --data tinytown

The small SegNet of the zoo on tinytown under JPEG: made ready for each level, and once for a level
drawn anew for every picture, by training for as long as for all five together. The networks of one
level are those of studies/cross_quality.py, which are not trained again in the same store.

Run: 10 minutes after cross_quality.py, beside other work. At quality 5 mIoU is 46.0% with one
network for all levels and 48.6% with that of the level; distilled, 49.1% and 47.1%.
"""

from dataclasses import replace

from lossproof.studies import Ladder, Measured, Study, Training, retraining, zoo_network
from lossproof.training import Schedule

LADDER = Ladder(codec="jpeg", levels=(95, 75, 50, 15, 10, 5))
LOWER = LADDER.levels[1:]
AGAIN = Schedule(optimiser="adam", learning_rate=1e-3, batch_size=4, iterations=100, drop_every=75)
LONGER = replace(AGAIN, iterations=500, drop_every=375)


def study(data: str = "tinytown") -> Study:
    plain = Study(
        name="mixed_quality",
        title="small SegNet on tinytown, one network for all levels and one for each",
        task="segmentation",
        data=data,
    )
    network = zoo_network("segnet_tinytown", data=data, again=AGAIN)
    found = retraining(plain, network, LADDER)
    (each,) = found.comparisons
    mixed = {method: f"{method} mixed" for method in each.after}
    (part,) = network.parts
    recipe = replace(
        part.recipe,
        parent=part.trained,
        compression=LADDER.compression(*LOWER),
        schedule=LONGER,
    )
    for_all = {
        f"{method}, one for all levels": dict.fromkeys(LOWER, (name,))
        for method, name in mixed.items()
    }
    return replace(
        found,
        trainings=(
            *found.trainings,
            *(
                Training(name=name, recipe=replace(recipe, method=method))
                for method, name in mixed.items()
            ),
        ),
        models={**found.models, **{name: f"{{{name}}}" for name in mixed.values()}},
        measured=(
            *found.measured,
            Measured(models=tuple(mixed.values()), points=LADDER.points()),
        ),
        comparisons=(
            replace(
                each,
                title="one network for all levels against one for each",
                after={**each.after, **for_all},
            ),
        ),
    )
