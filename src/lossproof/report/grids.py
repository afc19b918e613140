"""The paper's Figures 1 to 5: samples down, source and levels across, with predictions."""

import textwrap
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from lossproof.tasks import Look

_WIDTH = 3.2  # inches of a picture
_LABEL_SIZE = 8  # points
_LETTER = 0.6  # of that, about
_MOST_LINES = 4
_ENTRY = 1.0  # inches of a colour and its name


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
    figure = Figure(
        figsize=(_WIDTH * len(columns), (tall + 0.3) * len(rows)),
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
    _name_colours(figure, looks)
    return figure


def _name_colours(figure: Figure, looks: Sequence[Look]) -> None:
    """Below the pictures, those that are in any of them."""
    key = {name: colour for one in looks for name, colour in one.key.items()}
    if key:
        patches = [
            Patch(color=(red / 255, green / 255, blue / 255), label=name)
            for name, (red, green, blue) in key.items()
        ]
        inches = figure.get_size_inches()[0]
        figure.legend(
            handles=patches,
            loc="outside lower center",
            ncols=min(len(patches), int(inches / _ENTRY)),
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
