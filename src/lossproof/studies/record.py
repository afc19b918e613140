"""What a study left in a store: which model has which id, and which cell is whose."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from lossproof.atomic import write_bytes
from lossproof.records import Cell, Level
from lossproof.studies.study import Comparison, Study

FORMAT = 1


class Entry(NamedTuple):
    """A cell and the study's name for its model."""

    model: str
    cell: Cell


@dataclass(frozen=True, kw_only=True)
class Record:
    """A study that was run: the ids of its trainings, its cells, and its comparisons, each with
    one model at each level."""

    study: Study
    ids: Mapping[str, str]
    entries: tuple[Entry, ...]
    comparisons: tuple[Comparison, ...] = ()

    @property
    def name(self) -> str:
        return record_name(self.study)


@dataclass(frozen=True, kw_only=True)
class KeptStudy:
    """A record as it is read again; ``cells`` are hashes, of each model's cells by its name.

    ``data`` and ``file`` are as they were given; empty where they were not noted. ``smoke`` is the
    number of samples of a smoke run.
    """

    name: str
    title: str
    task: str
    data: str
    notes: str
    models: tuple[str, ...]
    ids: Mapping[str, str]
    cells: Mapping[str, tuple[str, ...]]
    comparisons: tuple[Comparison, ...]
    file: str = ""
    smoke: int | None = None


def record_name(study: Study) -> str:
    """The study's; of a smoke run with its limit, so that it stands beside the whole one."""
    return study.name if study.smoke is None else f"{study.name}_first_{study.smoke}"


def save(record: Record, root: Path) -> Path:
    """Keep the record as ``studies/NAME.json``, whole or not at all. Raises OSError."""
    path = root / "studies" / f"{record.name}.json"
    write_bytes(path, json.dumps(_to_json(record), indent=1).encode(), scratch=root / "scratch")
    return path


def load(path: Path) -> KeptStudy:
    """A record from its file. Raises ValueError for one that is not there or damaged."""
    try:
        return _from_json(json.loads(path.read_bytes()))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"study record {str(path)!r} cannot be read: {error}") from error


def _from_json(stored: Mapping[str, Any]) -> KeptStudy:
    if stored["format"] != FORMAT:
        raise ValueError(f"format is {stored['format']!r}; {FORMAT} is allowed")
    return KeptStudy(
        name=stored["name"],
        title=stored["title"],
        task=stored["task"],
        data=stored.get("data", ""),
        notes=stored["notes"],
        models=tuple(stored["models"]),
        ids=stored["ids"],
        cells={name: tuple(cells) for name, cells in stored["cells"].items()},
        comparisons=tuple(_comparison(one) for one in stored["comparisons"]),
        file=stored.get("file", ""),
        smoke=stored.get("smoke"),
    )


def load_all(root: Path) -> list[KeptStudy]:
    """Every record of a store, by name. Raises ValueError."""
    return [load(path) for path in sorted((root / "studies").glob("*.json"))]


def _to_json(record: Record) -> dict[str, Any]:
    study = record.study
    return {
        "format": FORMAT,
        "name": record.name,
        "title": study.title if study.limit is None else f"{study.title}, first {study.limit}",
        "task": study.task,
        "data": study.data,
        "notes": study.notes,
        "limit": study.limit,
        "smoke": study.smoke,
        "file": study.file,
        "models": list(study.models),
        "ids": dict(record.ids),
        "cells": {
            name: [entry.cell.hash for entry in record.entries if entry.model == name]
            for name in study.models
        },
        "comparisons": [_from_comparison(one) for one in record.comparisons],
    }


def _from_comparison(one: Comparison) -> dict[str, Any]:
    return {
        "title": one.title,
        "codec": one.codec,
        "before": one.before,
        "after": {
            method: [{"level": level, "model": name} for level, (name,) in levels.items()]
            for method, levels in one.after.items()
        },
        "chosen_on": one.chosen_on,
        "table": one.table,
    }


def _comparison(stored: Mapping[str, Any]) -> Comparison:
    after: dict[str, dict[Level, tuple[str, ...]]] = {
        method: {line["level"]: (line["model"],) for line in lines}
        for method, lines in stored["after"].items()
    }
    return Comparison(**{**stored, "after": after})
