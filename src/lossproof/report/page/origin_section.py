"""Where every number comes from, and the commands to get it again."""

from collections.abc import Sequence
from typing import Any

from lossproof.report.page.contents import Contents, Origin, Provenance
from lossproof.report.page.html import cell_id, details, section, tag, text
from lossproof.report.page.redo import (
    FOLDER,
    MODEL,
    beyond_preset,
    study_command,
    sweep_command,
    train_command,
)
from lossproof.report.page.words import NOT_KNOWN, counted, level_words
from lossproof.report.tables import Table
from lossproof.report.titles import size_title
from lossproof.settings import spelled
from lossproof.training.card import Card

_HOW = (
    "Every number on this page comes from a cell: one model on one data set through one codec "
    "setting. In tables of scores the level leads to the cell of its line. The cell's name is a "
    "hash of all that decides its number. In the commands, "
    f"{FOLDER} stands for the folder of the data and {MODEL} for how the model is opened, where it "
    "was not noted; names of files are as they were given, from the folder of that time."
)


def origin_section(contents: Contents) -> str:
    """Studies, trainings and cells, each folded."""
    known = contents.provenance
    trained = [_training(card, known.store) for card in known.cards]
    cells = [_cell(one, known) for one in known.origins]
    return section(
        "origins",
        "Where the numbers come from",
        text("p", _HOW),
        *_studies(known),
        *([details(counted(len(trained), "trained model"), *trained)] if trained else []),
        details(counted(len(cells), "measured cell"), *cells),
    )


def _studies(known: Provenance) -> list[str]:
    commands = (study_command(one, store=known.store) for one in known.studies)
    lines = [tag("li", text("code", line)) for line in commands if line]
    if not lines:
        return []
    return [text("p", "The studies, each run by one command on its file:"), tag("ul", *lines)]


def _training(card: Card, store: str) -> str:
    changed = beyond_preset(card)
    pairs = [
        ("weights", card.weights),
        ("data (fingerprint)", card.data),
        ("samples", f"{card.num_training} to learn, {card.num_validation} to choose"),
        ("took", f"{card.duration_seconds:.0f} s"),
        ("versions", _versions(card.machine)),
    ]
    if changed:
        other = ", ".join(f"{name} {value}" for name, value in changed.items())
        pairs.append(("set by its study, not by the line below", other))
    line = train_command(card, store=store)
    commands = [_command(line)] if line else []
    return details(f"{card.id}: {_title(card)}", _list(pairs), *commands)


def _title(card: Card) -> str:
    recipe = card.recipe
    compression = recipe["compression"]
    levels = ", ".join(f"{one:g}" for one in compression["levels"] if one is not None)
    how = recipe["method"] if recipe["parent"] else "train"
    return f"{card.arch}, {how} on {compression['codec']} {levels}".strip()


def _cell(one: Origin, known: Provenance) -> str:
    cell = one.cell
    settings = ", ".join(f"{key} {spelled(value)}" for key, value in cell.settings.items())
    size = size_title(cell.frame_size)
    pairs = [
        ("task and metric", f"{cell.task}, {cell.metric}"),
        ("data", f"{cell.data} {cell.split}, fingerprint {cell.fingerprint}"),
        ("samples", str(one.num_samples)),
        ("weights", cell.weights),
        ("codec settings", settings or "none"),
        ("frame size", size),
        ("encoder", cell.encoder),
        ("seed", str(cell.seed)),
        ("measured", f"{one.noted.get('started', NOT_KNOWN)}, {_seconds(one.noted)}"),
        ("revision", str(one.noted.get("git_revision") or NOT_KNOWN)),
        ("versions", _versions(one.noted)),
    ]
    command = sweep_command(cell, store=known.store, noted=one.noted)
    summary = f"{level_words(cell.codec, cell.level)}, {size}, {cell.model}: {cell.hash}"
    return details(summary, _list(pairs), _command(command), id=cell_id(cell.hash))


def cell_table(known: Provenance) -> Table:
    """A line per cell: its hash, what it is of, and the command to measure it again."""
    return Table(
        ("cell", "model", "data", "codec", "frame size", "measured", "command"),
        (False,) * 7,
        tuple(
            (
                one.cell.hash,
                one.cell.model,
                f"{one.cell.data} {one.cell.split}",
                level_words(one.cell.codec, one.cell.level),
                size_title(one.cell.frame_size),
                str(one.noted.get("started", NOT_KNOWN)),
                sweep_command(one.cell, store=known.store, noted=one.noted),
            )
            for one in known.origins
        ),
    )


def _seconds(noted: Any) -> str:
    seconds = noted.get("duration_seconds")
    return f"took {seconds:.0f} s" if isinstance(seconds, int | float) else f"duration {NOT_KNOWN}"


def _versions(noted: Any) -> str:
    packages = noted.get("packages") or {}
    named = ", ".join(f"{name} {version}" for name, version in packages.items())
    python = noted.get("python")
    return ", ".join(filter(None, [f"Python {python}" if python else "", named])) or NOT_KNOWN


def _list(pairs: Sequence[tuple[str, str]]) -> str:
    return tag("dl", *(text("dt", name) + text("dd", value) for name, value in pairs))


def _command(line: str) -> str:
    return tag("pre", text("code", line))
