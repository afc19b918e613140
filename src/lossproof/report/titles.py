"""How rows are called where people read: only what tells them apart."""

from collections.abc import Sequence

from lossproof.records import FrameSize
from lossproof.report.rows import Row
from lossproof.settings import spelled
from lossproof.tasks import make_task


def frame_size_title(row: Row) -> str:
    """The frame size of a row, ``320x240`` or ``native``."""
    return size_title(row.frame_size)


def size_title(size: FrameSize | None) -> str:
    """``320x240``, or ``native``."""
    return "native" if size is None else f"{size[0]}x{size[1]}"


def samples_titles(rows: Sequence[Row]) -> list[str]:
    """The samples of each row; the content's fingerprint too where it alone tells them apart."""
    contents: dict[str, set[str]] = {}
    for row in rows:
        contents.setdefault(samples_title(row), set()).add(row.cell.fingerprint)
    titles = [samples_title(row) for row in rows]
    return [
        title if len(contents[title]) == 1 else f"{title}, content {row.cell.fingerprint[:6]}"
        for row, title in zip(rows, titles, strict=True)
    ]


def samples_title(row: Row) -> str:
    """The samples of a row and how they are scored: ``camvid test, first 24``, ``rgbd all, cap 3``.

    Settings of the metric that have their default are not told.
    """
    cell = row.cell
    first = "" if cell.limit is None else f", first {cell.limit}"
    usual = make_task(cell.task).settings
    chosen = {key: value for key, value in cell.metric_settings.items() if value != usual.get(key)}
    scored = "".join(f", {key} {spelled(value)}" for key, value in chosen.items())
    own = ", against its own predictions on the source" if cell.labels == "model" else ""
    return f"{cell.data} {cell.split}{first}{scored}{own}"


def model_titles(rows: Sequence[Row]) -> list[str]:
    """The model of each row; its weights too where models of one name have other weights."""
    weights: dict[str, set[str]] = {}
    for row in rows:
        weights.setdefault(row.cell.model, set()).add(row.cell.weights)
    return [
        row.cell.model
        if len(weights[row.cell.model]) == 1
        else f"{row.cell.model}@{row.cell.weights[:6]}"
        for row in rows
    ]


def models_title(rows: Sequence[Row]) -> str:
    """The model of all rows, or how many there are."""
    models = set(model_titles(rows))
    return models.pop() if len(models) == 1 else f"{len(models)} models"


def codec_titles(rows: Sequence[Row]) -> list[str]:
    """The codec of each row, with the settings in which rows of that codec differ."""
    return [f"{row.cell.codec}{_differing(row, rows)}" for row in rows]


def series_titles(rows: Sequence[Row]) -> list[str]:
    """The curve that each row lies on: codec, and frame size and model where they differ."""
    sizes = {frame_size_title(row) for row in rows}
    models = model_titles(rows)
    return [
        codec
        + (f", {frame_size_title(row)}" if len(sizes) > 1 else "")
        + (f", {model}" if len(set(models)) > 1 else "")
        for row, codec, model in zip(rows, codec_titles(rows), models, strict=True)
    ]


def _differing(row: Row, rows: Sequence[Row]) -> str:
    alike = [other.cell.settings for other in rows if other.cell.codec == row.cell.codec]
    names = [n for n in row.cell.settings if len({str(settings.get(n)) for settings in alike}) > 1]
    return "".join(f" {name}={spelled(row.cell.settings[name])}" for name in names)
