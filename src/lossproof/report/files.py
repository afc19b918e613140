"""A report on disk."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from lossproof.atomic import write_bytes
from lossproof.report.figures import save, score_against_rate
from lossproof.report.rows import Row, by_samples
from lossproof.report.tables import to_csv, to_json, to_latex
from lossproof.report.titles import samples_title

FORMATS: Mapping[str, Callable[[Sequence[Row]], str]] = MappingProxyType(
    {"csv": to_csv, "json": to_json, "latex": to_latex}
)
_ENDINGS = {"csv": "csv", "json": "json", "latex": "tex"}


def write_report(rows: Sequence[Row], folder: Path) -> list[Path]:
    """The rows in every format, and a plot per group of the same samples. Raises OSError."""
    paths = []
    for name, form in FORMATS.items():
        paths.append(folder / f"results.{_ENDINGS[name]}")
        write_bytes(paths[-1], form(rows).encode())
    for group in by_samples(rows):
        stem = folder / f"score_against_rate_{_in_file_name(group[0])}"
        paths += save(score_against_rate(group), stem)
    return paths


def _in_file_name(row: Row) -> str:
    """Task and samples; the start of the fingerprint tells apart what is called the same."""
    cell = row.cell
    words = f"{cell.task} {samples_title(row)} {cell.fingerprint[:6]}"
    return "_".join(words.replace(",", "").split())
