"""Whether what was compressed was pristine, as it was noted when it was measured."""

from collections.abc import Mapping, Sequence

from lossproof.datasets.audit import Audit, warning
from lossproof.records import Result
from lossproof.report.rows import Row
from lossproof.report.titles import samples_titles

NOTED = "source_files"
"""Under which name the audit of the dataset's files stands in a result's provenance."""


def reference_warnings(rows: Sequence[Row], results: Mapping[str, Result]) -> list[str]:
    """A sentence for each set of samples whose files were coded with loss before.

    ``results`` are those of the rows by their cells' hashes. Results that have no audit, measured
    before there was one, give no warning.
    """
    found: dict[str, str] = {}
    for row, samples in zip(rows, samples_titles(rows), strict=True):
        noted = results[row.cell.hash].provenance.get(NOTED)
        if noted and (words := warning(Audit.from_dict(noted))):
            found.setdefault(samples, words)
    return [f"{samples}: {words}." for samples, words in found.items()]
