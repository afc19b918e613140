"""How rows are called where people read: only what tells them apart."""

from collections.abc import Sequence

from lossproof.records import Cell, FrameSize
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


def samples_titles_by_task(rows: Sequence[Row]) -> list[str]:
    """As ``samples_titles``, where the task is told beside them: each reads other files of data
    of one name."""
    titles: dict[str, str] = {}
    for task in {row.cell.task for row in rows}:
        own = [row for row in rows if row.cell.task == task]
        hashes = (row.cell.hash for row in own)
        titles |= zip(hashes, samples_titles(own), strict=True)
    return [titles[row.cell.hash] for row in rows]


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
        else f"{row.cell.model}@{_short(row.cell)}"
        for row in rows
    ]


def _short(cell: Cell) -> str:
    """The weights: the start of a hash, or all that is said of weights that are none."""
    return cell.weights[:6] if cell.trained else cell.weights


def models_title(rows: Sequence[Row]) -> str:
    """The model of all rows, or how many there are."""
    models = set(model_titles(rows))
    return models.pop() if len(models) == 1 else f"{len(models)} models"


def codec_titles(rows: Sequence[Row]) -> list[str]:
    """The codec of each row, with the settings in which rows of that codec differ."""
    return codec_titles_of([row.cell for row in rows])


def codec_titles_of(cells: Sequence[Cell]) -> list[str]:
    """As ``codec_titles``, of cells."""
    return [f"{cell.codec}{_differing(cell, cells)}" for cell in cells]


def series_titles(rows: Sequence[Row]) -> list[str]:
    """The curve that each row lies on: codec, and frame size and model where they differ."""
    return series_titles_of(rows, model_titles(rows))


def series_titles_of(rows: Sequence[Row], models: Sequence[str]) -> list[str]:
    """As ``series_titles``, for models that have their titles already."""
    sizes = {frame_size_title(row) for row in rows}
    return [
        codec
        + (f", {frame_size_title(row)}" if len(sizes) > 1 else "")
        + (f", {model}" if len(set(models)) > 1 else "")
        for row, codec, model in zip(rows, codec_titles(rows), models, strict=True)
    ]


def _differing(cell: Cell, cells: Sequence[Cell]) -> str:
    alike = [other.settings for other in cells if other.codec == cell.codec]
    names = [n for n in cell.settings if len({str(settings.get(n)) for settings in alike}) > 1]
    return "".join(f" {name}={spelled(cell.settings[name])}" for name in names)
