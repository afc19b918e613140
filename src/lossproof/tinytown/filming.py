"""How a hand-held camera films a person: where it stands, follows and shakes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from lossproof.records import FrameSize
from lossproof.tinytown.camera import NEAREST, Camera

FRAME_SIZE: FrameSize = (160, 120)
TALLEST, SMALLEST = 100.0, 55.0
"""A standing person is that many pixels high."""
_MARGIN = 3.0


@dataclass(frozen=True, kw_only=True)
class Filming:
    """One take. ``focal`` is in pixels, ``height`` of the lens and ``distance`` in metres.

    The camera goes along with ``follow`` of the person's way and turns by ``aim`` of what the
    person still moves in the frame; it drifts by ``drift`` metres each second (to its right, up and
    ahead) and shakes by ``shake`` radians.
    """

    focal: float
    height: float
    distance: float
    yaw: float
    follow: float
    aim: float
    off_centre: tuple[float, float]
    drift: tuple[float, float, float]
    shake: float
    shake_phases: tuple[float, float, float]
    roll: float

    def camera(self, seconds: float, *, start: Float64[np.ndarray, "3"],
               now: Float64[np.ndarray, "3"]) -> Camera:  # fmt: skip
        """The camera at a time, of a person whose middle was at ``start`` and is ``now`` there."""
        ahead = np.array([np.sin(self.yaw), 0.0, np.cos(self.yaw)])
        right = np.array([ahead[2], 0.0, -ahead[0]])
        side, up, towards = (speed * seconds for speed in self.drift)
        place = start * [1, 0, 1] - ahead * self.distance + [0, self.height, 0]
        place = place + (now - start) * [self.follow, 0, self.follow]
        place = place + right * side + np.array([0, up, 0]) + ahead * towards
        target = start + (now - start) * (self.follow + (1 - self.follow) * self.aim)
        apart = target - place
        yaw = np.arctan2(apart[0], apart[2]) + self.off_centre[0]
        pitch = np.arctan2(apart[1], np.hypot(apart[0], apart[2])) + self.off_centre[1]
        jolts = [self._jolt(seconds, phase) for phase in self.shake_phases]
        return Camera(
            position=(float(place[0]), float(place[1]), float(place[2])),
            frame_size=FRAME_SIZE,
            focal=self.focal,
            yaw=float(yaw + jolts[0]),
            pitch=float(pitch + jolts[1]),
            roll=float(self.roll + jolts[2] / 2),
        )

    def _jolt(self, seconds: float, phase: float) -> float:
        slow, quick = np.sin(7.0 * seconds + phase), np.sin(17.0 * seconds + 2.6 * phase)
        return float(self.shake * (slow + 0.5 * quick))


def random_filming(rng: np.random.Generator, *, person_height: float) -> Filming:
    """A take of a person who is 60 to 95 pixels high at its beginning."""
    focal = rng.uniform(125, 190)
    pixels = rng.uniform(60, 95)
    return Filming(
        focal=focal,
        height=rng.uniform(0.9, 1.9),
        distance=focal * person_height / pixels,
        yaw=float(np.clip(rng.normal(0, 0.2), -0.5, 0.5)),
        follow=rng.uniform(0.2, 1.0),
        aim=rng.uniform(0.5, 1.0),
        off_centre=(rng.normal(0, 0.06), rng.normal(0, 0.025)),
        drift=(rng.normal(0, 0.2), rng.normal(0, 0.05), rng.normal(0, 0.2)),
        shake=abs(rng.normal(0, 0.004)),
        shake_phases=tuple(rng.uniform(0, 2 * np.pi, 3).tolist()),
        roll=rng.normal(0, 0.015),
    )


def steady(filming: Filming) -> Filming:
    """The same take by somebody who goes along and keeps the person in the middle."""
    return Filming(
        focal=filming.focal,
        height=filming.height,
        distance=1.25 * filming.distance,
        yaw=filming.yaw,
        follow=1.0,
        aim=1.0,
        off_centre=(0.0, 0.0),
        drift=(0.0, 0.0, 0.0),
        shake=filming.shake,
        shake_phases=filming.shake_phases,
        roll=0.0,
    )


def within(camera: Camera, points: Float64[np.ndarray, "n 3"]) -> bool:
    """Whether all points of the world fall on the frame, a little away from its border."""
    own = camera.seen_from(points)
    if own[:, 2].min() < 10 * NEAREST:
        return False
    pixels = camera.project(own)
    size = np.array(camera.frame_size)
    return bool((pixels >= _MARGIN).all() and (pixels <= size - 1 - _MARGIN).all())


def pixels_high(camera: Camera, *, metres: float, at: Float64[np.ndarray, "3"]) -> float:
    """How many pixels something so long takes that stands upright at a place before the camera."""
    depth = max(float(camera.seen_from(at[None])[0, 2]), NEAREST)
    return camera.focal * metres / depth
