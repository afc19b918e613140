"""The depth GAN: sizes, range, seeds, weights on disk, and the discriminator's patches."""

from pathlib import Path

import numpy as np
import pytest
import torch

from lossproof.models import Model, open_model
from lossproof.models.depth_gan import (
    TO_UNIT,
    DepthGanSettings,
    DepthSteps,
    Discriminator,
    Generator,
    build_generator,
)
from lossproof.models.weights_file import save_weights
from lossproof.records import Frame


@pytest.fixture(scope="module")
def generator() -> Generator:
    return build_generator(None, given={}, seed=3).eval()


def opened(spec: str = "depth_gan") -> Model:
    return open_model(spec, task="depth", num_classes=0, threads=1)


@pytest.mark.parametrize("size", [(1, 1), (33, 47), (64, 64), (65, 130)])
def test_depth_has_the_pictures_size_and_lies_in_0_to_1(
    generator: Generator, size: tuple[int, int]
) -> None:
    images = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        depth = generator(images)
    assert depth.shape == (2, 1, *size)
    assert 0 < depth.min() <= depth.max() < 1


def test_sizes_between_are_as_if_the_border_went_on(generator: Generator) -> None:
    images = torch.rand(1, 3, 50, 70, generator=torch.Generator().manual_seed(0))
    padded = torch.nn.functional.pad(images, (0, 58, 0, 14), mode="replicate")
    with torch.inference_mode():
        torch.testing.assert_close(generator(images), generator(padded)[..., :50, :70])


def test_each_stage_of_the_decoder_sees_what_the_encoder_had(generator: Generator) -> None:
    seen: list[tuple[int, ...]] = []
    handles = [
        up.register_forward_pre_hook(lambda _, given: seen.append(tuple(given[0].shape[1:])))
        for up in (*generator.decoder, generator.head)
    ]
    with torch.inference_mode():
        generator(torch.zeros(1, 3, 64, 128))
    for handle in handles:
        handle.remove()
    channels = [512, 1024, 1024, 512, 256, 128]
    sizes = [(1, 2), (2, 4), (4, 8), (8, 16), (16, 32), (32, 64)]
    assert seen == [(c, *size) for c, size in zip(channels, sizes, strict=True)]


def test_pixels_go_from_minus_1_to_1() -> None:
    frame = np.array([[[0, 51, 255]]], np.uint8)
    np.testing.assert_allclose(TO_UNIT.batch([frame]).ravel(), [-1, -0.6, 1], rtol=1e-6)


def test_the_prediction_is_the_generators_in_metres(
    generator: Generator, frames: list[Frame], tmp_path: Path
) -> None:
    path = tmp_path / "depth.safetensors"
    save_weights(path, generator, arch="depth_gan", num_classes=0)
    near, far = (opened(f"depth_gan:{path},max_depth={m}").predict(frames) for m in ("5", "80.0"))
    assert [depth.shape for depth in near] == [frame.shape[:2] for frame in frames]
    with torch.inference_mode():
        image = torch.from_numpy(frames[2]).permute(2, 0, 1)[None] / 127.5 - 1
        wanted = generator(image)[0, 0].numpy()
    assert near[2].dtype == np.float32
    np.testing.assert_allclose(near[2], 5 * wanted, rtol=1e-4)
    np.testing.assert_allclose(far[2], 80 * wanted, rtol=1e-4)
    np.testing.assert_array_equal(far[2], opened(f"depth_gan:{path}").predict(frames)[2])


def test_steps_of_a_logarithm_are_equal_shares_of_depth(
    generator: Generator, frames: list[Frame], tmp_path: Path
) -> None:
    path = tmp_path / "depth.safetensors"
    save_weights(path, generator, arch="depth_gan", num_classes=0)
    plain, log = (opened(f"depth_gan:{path},steps={s}").predict(frames) for s in ("metres", "log"))
    np.testing.assert_allclose(log[2], 80 * 200.0 ** (plain[2] / 80 - 1), rtol=1e-4)


@pytest.mark.parametrize("steps", ["metres", "log"])
def test_a_flip_test_is_the_mean_with_the_mirror_image(
    steps: DepthSteps, generator: Generator, frames: list[Frame], tmp_path: Path
) -> None:
    path = tmp_path / "depth.safetensors"
    save_weights(path, generator, arch="depth_gan", num_classes=0)
    mirrored = [np.ascontiguousarray(frame[:, ::-1]) for frame in frames]
    plain = opened(f"depth_gan:{path},steps={steps}")
    both = opened(f"depth_gan:{path},steps={steps},flip_test=true")
    one, other = plain.predict(frames)[2], plain.predict(mirrored)[2][:, ::-1]
    mean = (one + other) / 2 if steps == "metres" else np.sqrt(one * other)
    np.testing.assert_allclose(both.predict(frames)[2], mean, rtol=1e-4)
    np.testing.assert_allclose(both.predict(mirrored)[2][:, ::-1], mean, rtol=1e-4)
    assert not np.allclose(one, other, rtol=1e-3)


@pytest.mark.parametrize("steps", ["metres", "log"])
def test_what_is_answered_for_a_depth_is_read_as_that_depth(steps: DepthSteps) -> None:
    network = Generator(DepthGanSettings(width=0.02, max_depth=40.0, steps=steps))
    depths = torch.tensor([0.3, 1.0, 17.0, 40.0])
    torch.testing.assert_close(network.metres(network.code(depths)), depths)
    assert network.code(torch.tensor(40.0)) == 1
    assert network.code(torch.tensor(41.0)) > 1
    assert network.code(torch.tensor(torch.nan)).isnan()


def test_a_logarithm_ends_at_a_200th_of_the_farthest() -> None:
    network = Generator(DepthGanSettings(width=0.02, max_depth=40.0, steps="log"))
    near = network.code(torch.tensor([0.0, 0.01, 0.2]))
    torch.testing.assert_close(near, torch.zeros(3), atol=1e-6, rtol=0)


def test_no_layer_has_more_channels_than_allowed() -> None:
    settings = DepthGanSettings(width=0.5, most_channels=24)
    for network in (Generator(settings), Discriminator(settings)):
        convolutions = [
            layer
            for layer in network.modules()
            if isinstance(layer, (torch.nn.Conv2d, torch.nn.ConvTranspose2d))
        ]
        assert max(layer.out_channels for layer in convolutions) == 24


def test_a_seed_decides_the_weights_and_nothing_else_is_drawn() -> None:
    before = torch.get_rng_state()
    one, same, other = (build_generator(None, given={}, seed=s).state_dict() for s in (4, 4, 5))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["head.weight"], other["head.weight"])


def test_names_and_hashes_follow_the_settings() -> None:
    plain, near = opened(), opened("depth_gan,max_depth=10")
    assert (plain.name, near.name) == ("depth_gan", "depth_gan max_depth=10")
    assert plain.weights.startswith("untrained")
    assert plain.weights != near.weights


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("depth_gan,max_depth=0", r"max_depth '0' is out of range; numbers from 0\.1 to 1000 are"),
        ("depth_gan,metres=3", r"depth_gan has no setting 'metres'; its settings: max_depth"),
    ],
)
def test_settings_that_cannot_be(spec: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        opened(spec)


def test_weights_of_something_else(frames: list[Frame], tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_weights(path, Discriminator(), arch="depth_gan", num_classes=0)
    with pytest.raises(ValueError, match="do not fit the network"):
        opened(f"depth_gan:{path}").predict(frames)
    save_weights(path, Generator(), arch="segnet", num_classes=0)
    with pytest.raises(ValueError, match="have arch 'segnet'; 'depth_gan' is allowed"):
        opened(f"depth_gan:{path}").predict(frames)


@pytest.mark.parametrize(("size", "patches"), [((64, 64), (7, 7)), ((67, 130), (7, 15))])
def test_the_discriminator_answers_for_patches(
    size: tuple[int, int], patches: tuple[int, int]
) -> None:
    discriminator = Discriminator(DepthGanSettings(width=0.125)).eval()
    answer = discriminator(torch.zeros(2, 3, *size), torch.zeros(2, 1, *size))
    assert answer.shape == (2, 1, *patches)


def test_a_patch_is_46_pixels_wide_and_the_depth_is_seen() -> None:
    """The pixels that reach the middle answer: 4, then 3 * 2 + 4 = 10, 22, and 3 * 8 + 22 = 46."""
    discriminator = Discriminator(DepthGanSettings(width=0.0625)).eval()
    images = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(0))
    depth = torch.rand(1, 1, 128, 128, generator=torch.Generator().manual_seed(1))
    for given in (images.requires_grad_(), depth.requires_grad_()):
        answer = discriminator(images, depth)
        (gradient,) = torch.autograd.grad(answer[0, 0, 7, 7], given)
        reached = gradient[0].abs().sum(dim=0) > 0
        assert [int(reached.any(dim=axis).sum()) for axis in (0, 1)] == [46, 46]


def test_both_learn() -> None:
    narrow = DepthGanSettings(width=0.0625)
    generator, discriminator = Generator(narrow), Discriminator(narrow)
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    discriminator(images, generator(images)).mean().backward()
    for network in (generator, discriminator):
        for name, parameter in network.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name
            assert parameter.grad.any() or name.endswith("bias"), name
