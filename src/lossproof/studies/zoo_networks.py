"""Networks of the zoo, which a study begins with instead of training a baseline."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lossproof.models.zoo import ZOO, ZooModel, made_of
from lossproof.records import Setting
from lossproof.studies.plans import Network, Part
from lossproof.tables import look_up
from lossproof.training import Schedule, preset

_OF_TWO_STREAMS = (("spatial", "tinytown"), ("motion", "tinytown_motion"))
_ALONE = (("model", "tinytown"),)


def zoo_network(
    name: str, *, data: str, again: Schedule, settings: Mapping[str, Setting] | None = None
) -> Network:
    """A network of the zoo, as ``lossproof models`` lists it, to be trained further by ``again``.

    It predicts as in the zoo, after training too. ``settings`` of its family are put over those
    that it was trained with. ``data`` is ``tinytown`` or ``tinytown:PATH``, or has its classes and
    a split ``val``. Raises ValueError for a name that the zoo does not have.
    """
    model = look_up(ZOO, name, kind="network of the zoo")
    spec = "{spatial},motion={motion}" if model.motion else "{model}"
    return Network(
        parts=tuple(_parts(model, data, again, settings or {})),
        model=model.called(spec),
        trained=model.name,
    )


def _parts(
    model: ZooModel, data: str, again: Schedule, settings: Mapping[str, Setting]
) -> Iterator[Part]:
    """What a network is made of is left to its weights."""
    parts = _OF_TWO_STREAMS if model.motion else _ALONE
    for (name, preset_name), file in zip(parts, model.files, strict=True):
        recipe = preset(
            model.arch, preset_name, data=data, schedule=again, validation="val", settings=settings
        )
        own = {key: value for key, value in recipe.settings.items() if key not in made_of(file)}
        yield Part(name=name, recipe=replace(recipe, settings=own), trained=file)
