"""What covers what."""

import numpy as np

from lossproof.tinytown.canvas import NOTHING, Canvas

ALL = (slice(None), slice(None))


def test_the_nearer_surface_is_seen_in_whatever_order_they_are_painted() -> None:
    near, far = (np.full((2, 3), depth) for depth in (1.0, 5.0))
    covered = np.array([[True, False, False], [True, True, False]])
    for order in ([(near, covered, 3), (far, np.ones_like(covered), 4)],) * 2:
        for steps in (order, order[::-1]):
            canvas = Canvas.blank((3, 2), label=0)
            for depth, where, label in steps:
                canvas.paint(
                    ALL, colour=np.ones(3), depth=depth, covered=where, label=label, instance=label
                )
            np.testing.assert_array_equal(canvas.labels, np.where(covered, 3, 4))
            np.testing.assert_array_equal(canvas.instances, np.where(covered, 3, 4))
            np.testing.assert_array_equal(canvas.depth, np.where(covered, 1, 5))


def test_only_the_window_is_painted() -> None:
    canvas = Canvas.blank((4, 4), label=7)
    one = np.ones((2, 2))
    canvas.paint((slice(1, 3), slice(2, 4)), colour=np.full((2, 2, 3), 0.5), depth=one,
                 covered=one > 0, label=2)  # fmt: skip
    assert (canvas.labels == 2).sum() == 4
    assert (canvas.colour[1:3, 2:4] == 0.5).all()
    assert np.isinf(canvas.depth).sum() == 12
    assert (canvas.instances == NOTHING).all()
