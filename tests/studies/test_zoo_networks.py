"""Networks of the zoo in studies: where they begin, and what of a recipe is theirs."""

import pytest

from lossproof.models.zoo import ZOO, made_of
from lossproof.studies import zoo_network
from lossproof.training import Schedule

AGAIN = Schedule(learning_rate=0.01, batch_size=4, iterations=3)


@pytest.mark.parametrize("name", ZOO)
def test_it_begins_with_the_zoos_weights(name: str) -> None:
    network = zoo_network(name, data="tinytown:folder", again=AGAIN)
    assert network.trained == name
    assert tuple(part.trained for part in network.parts) == ZOO[name].files
    for part in network.parts:
        assert part.trained is not None
        assert (part.recipe.data, part.recipe.schedule) == ("tinytown:folder", AGAIN)
        assert part.recipe.family == ZOO[name].arch
        assert not part.recipe.settings.keys() & made_of(part.trained).keys()


def test_a_model_after_is_made_of_all_parts() -> None:
    still = zoo_network("segnet_tinytown", data="tinytown", again=AGAIN)
    clips = zoo_network("two_stream_tinytown", data="tinytown", again=AGAIN)
    assert still.spec("retrain 5") == "{retrain 5}"
    assert clips.spec("retrain 50") == "{retrain 50 spatial},motion={retrain 50 motion}"
    assert clips.spec("baseline") == "two_stream_tinytown"
    depth = zoo_network("depth_gan_tinytown", data="tinytown", again=AGAIN)
    assert depth.spec("retrain 5") == "{retrain 5},flip_test=true"
    assert depth.spec("baseline") == "depth_gan_tinytown"


def test_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown network of the zoo 'segnet'; known: segnet_t"):
        zoo_network("segnet", data="tinytown", again=AGAIN)
