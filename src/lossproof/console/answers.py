"""What a sweep or a report says: tables or JSON on stdout, and what is missing on stderr."""

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lossproof.console.messages import say
from lossproof.console.progress import bar
from lossproof.console.screen import console, fitting
from lossproof.errors import TooManyFailures
from lossproof.records import Failure, Result
from lossproof.report.kept import Kept
from lossproof.report.rows import Row, by_samples, headline, ordered, rows
from lossproof.report.summary import is_current
from lossproof.report.tables import columns_of, to_json
from lossproof.report.titles import models_title, samples_titles
from lossproof.runs.run import Outcome
from lossproof.store import Store, no_results


def current(results: Iterable[Result]) -> Iterator[Result]:
    """Those that can be scored; the others were measured for an earlier version of a metric."""
    for result in results:
        if is_current(result):
            yield result
        else:
            say(f"left out cell {result.cell.hash}: it was measured for {result.cell.metric}")


def scored(results: Sequence[Result], store: Path) -> list[Row]:
    """The results as rows, with a bar where intervals take long; what is computed is kept."""
    with bar("intervals", patience=2.0) as progress:
        return rows(results, kept=Kept(store / "distributions"), progress=progress)


def all_scored(store: Path) -> list[Row]:
    """Everything in a store as rows. Raises ValueError for a store without results."""
    lines = scored(ordered(current(Store(store).results(damaged=say))), store)
    if not lines:
        raise ValueError(no_results(store))
    return lines


def show(results: Sequence[Result], store: Path, *, as_json: bool) -> None:
    """Print results as tables, or as one JSON object."""
    lines = scored(results, store)
    if as_json:
        print(to_json(lines))
    elif lines:
        print_tables(lines, elsewhere="--json or lossproof report")
    for group in by_samples(lines):
        name_without_score(group)


def name_without_score(group: Sequence[Row]) -> None:
    """Say why no level of some samples has a score, where none has."""
    score = headline(group).name
    if any(math.isfinite(row.scores[score]) for row in group):
        return
    if group[0].cell.labels == "model":
        say("no score is defined: the models found nothing in the sources, and so no labels")
    else:
        say(
            "no score is defined: nothing is annotated in these samples; lossproof data check "
            "NAME:PATH counts what is"
        )


def print_tables(lines: Sequence[Row], *, elsewhere: str) -> None:
    """A table per group of the same samples, as wide as the screen allows.

    Where one leaves something out its caption names what shows it, ``elsewhere`` or a wider screen.
    """
    groups = by_samples(lines)
    samples = samples_titles([group[0] for group in groups])
    for group, of_what in zip(groups, samples, strict=True):
        title = f"{models_title(group)} on {of_what}; 95% intervals in brackets"
        console().print(fitting(columns_of(group), title=title, elsewhere=elsewhere))


def check_failures(results: Sequence[Result], max_failures: float | None) -> None:
    """Hold stored results to the allowed share too, as the run held those it measured."""
    for result in results:
        if max_failures is not None and result.share_failed > max_failures:
            raise TooManyFailures(
                f"{len(result.failures)} of {result.num_samples + len(result.failures)} samples "
                f"failed, more than the share {max_failures:g} that is allowed; first "
                f"{result.failures[0].sample_id}: {result.failures[0].reason}"
            )


def name_failures(failures: Iterable[Failure]) -> None:
    """Name every sample that was skipped, once."""
    for sample, reason in {one.sample_id: one.reason for one in failures}.items():
        say(f"skipped sample {sample}: {reason}")


def all_is_well(outcome: Outcome, results: Sequence[Result], max_failures: float | None) -> bool:
    """Name what is missing; whether no more is than is allowed."""
    name_failures(failure for result in results for failure in result.failures)
    for name in {cell.model: None for cell in outcome.cells if not cell.trained}:
        say(f"{name} is untrained: its scores mean nothing")
    for reason in outcome.unmeasured:
        say(f"not measured: {reason}")
    share = max((result.share_failed for result in results), default=0.0)
    return not outcome.unmeasured and share <= (max_failures or 0.0)
