"""The paper's Figures 1 to 5: samples down, source and levels across, with predictions."""

import math
import textwrap
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from lossproof.report.figures import as_written
from lossproof.tasks import Look
from lossproof.tasks.look import merged_key
from lossproof.tasks.segmentation import CLASS_SHARE
from lossproof.tasks.task import Colour

_WIDTH = 3.2  # inches of a picture
_LABEL_SIZE = 8  # points
_LETTER = 0.6  # of that, about
_MOST_LINES = 4
_LINE = 0.2  # inches of a line below the pictures
_SWATCH = 0.6  # inches of a colour there, with the gaps beside it


@as_written
def grid(looks: Sequence[Look]) -> Figure:
    """A row per sample and model, a column per codec and level, each picture with its bytes.

    Raises ValueError for nothing to show.
    """
    if not looks:
        raise ValueError("there is nothing to show; 1 or more samples are allowed")
    rows = list(dict.fromkeys((one.sample, one.model) for one in looks))
    columns = list(dict.fromkeys((one.codec, one.level) for one in looks))
    height, width = looks[0].picture.shape[:2]
    tall = _WIDTH * height / width
    wide, key = _WIDTH * len(columns), merged_key(one.key for one in looks)
    in_a_row = _num_in_a_row(key, wide)
    below = _LINE * math.ceil(len(key) / in_a_row)
    figure = Figure(
        figsize=(wide, (tall + 0.3) * len(rows) + below),
        dpi=150,
        layout="constrained",
    )
    axes = figure.subplots(len(rows), len(columns), squeeze=False)
    shown = {((one.sample, one.model), (one.codec, one.level)): one for one in looks}
    labels = _labels(rows, letters=int(72 * tall / (_LABEL_SIZE * _LETTER)))
    for place, row in enumerate(rows):
        for column, point in enumerate(columns):
            _show(axes[place, column], shown.get((row, point)))
        axes[place, 0].set_ylabel(labels[row], fontsize=_LABEL_SIZE)
    if key:
        _name_colours(figure, key, num_in_a_row=in_a_row)
    return figure


def _num_in_a_row(key: Mapping[str, Colour], inches: float) -> int:
    """As many as the longest name lets stand below pictures that are so wide."""
    longest = max(map(len, key), default=0)
    return max(1, int(inches / (_SWATCH + longest * _LABEL_SIZE * _LETTER / 72)))


def _name_colours(figure: Figure, key: Mapping[str, Colour], *, num_in_a_row: int) -> None:
    patches = [
        Patch(color=(red / 255, green / 255, blue / 255), alpha=CLASS_SHARE, label=name)
        for name, (red, green, blue) in key.items()
    ]
    figure.legend(
        handles=patches,
        loc="outside lower center",
        ncols=num_in_a_row,
        fontsize=_LABEL_SIZE,
        frameon=False,
    )


def _labels(rows: Sequence[tuple[str, str]], *, letters: int) -> Mapping[tuple[str, str], str]:
    """The sample, and the model too where there are several, in lines of so many letters."""
    several = len({model for _, model in rows}) > 1
    return {
        (sample, model): _folded(sample, letters)
        + (f"\n{_folded(model, letters)}" if several else "")
        for sample, model in rows
    }


def _folded(text: str, letters: int) -> str:
    """In lines as long as a row is tall; of a text that fills too many, the end."""
    lines = textwrap.wrap(text, max(letters, 1), break_on_hyphens=False)
    if len(lines) > _MOST_LINES:
        lines = ["...", *lines[1 - _MOST_LINES :]]
    return "\n".join(lines)


def _show(axes: Axes, one: Look | None) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    if one is None:
        axes.set_axis_off()
        return
    axes.imshow(one.picture, interpolation="antialiased")
    level = "" if one.level is None else f" {one.level:g}"
    axes.set_title(f"{one.codec}{level}: {one.num_bytes / 1000:.1f} kB", fontsize=9)
