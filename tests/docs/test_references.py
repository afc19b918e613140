"""What the pages name exists: links, files, commands and their options."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from lossproof.cli import app
from lossproof.codecs import CODECS
from lossproof.datasets import DATASETS
from lossproof.models.onnx_declaration import read_declaration

from .pages import PAGES, ROOT, blocks, prose

EVERY_PAGE = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix()
)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<(https?://[^>]+)>")
_REPOSITORY_FILE = re.compile(r"`((?:src|tests|docs|examples|studies|benchmarks)/[\w./-]+)`")
_INLINE = re.compile(r"`([^`\n]+)`")


@EVERY_PAGE
def test_links_lead_somewhere(page: Path) -> None:
    for inside, outside in _LINK.findall(prose(page)):
        link = inside or outside
        if "://" in link:
            assert link.startswith("https://"), link
            continue
        target, _, anchor = link.partition("#")
        found = (page.parent / target) if target else page
        assert found.is_file(), f"{page.name} links to {link}"
        assert not anchor or anchor in _anchors(found), f"{page.name} links to {link}"


@EVERY_PAGE
def test_files_of_the_repository_are_there(page: Path) -> None:
    made = {block.path for block in blocks(page)}
    for name in _REPOSITORY_FILE.findall(page.read_text(encoding="utf-8")):
        assert name in made or (ROOT / name).exists(), f"{page.name} names {name}"


@EVERY_PAGE
def test_commands_and_options_are_there(page: Path) -> None:
    root = typer.main.get_command(app)
    for words in _command_lines(page):
        unknown = _unknown_words(root, words)
        assert not unknown, f"{page.name}: lossproof {' '.join(words)}: no {', '.join(unknown)}"


@EVERY_PAGE
def test_options_in_running_text_are_there(page: Path) -> None:
    known = set(_options(typer.main.get_command(app)))
    for code in _INLINE.findall(prose(page)):
        used = [word for word in code.split() if code.startswith("--") and word.startswith("--")]
        assert set(used) <= known, f"{page.name} names {code}"


@EVERY_PAGE
def test_targets_of_make_are_there(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`(?:[$] )?make ([a-z-]+)`", page.read_text(encoding="utf-8")):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name}: make {target}"


@EVERY_PAGE
def test_python_blocks_are_run(page: Path) -> None:
    """A program on a page has a file name, so that following the page runs it."""
    assert all(block.path for block in blocks(page) if block.language == "python")


def test_every_page_is_in_the_contents() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8").splitlines()
    pages = [page.relative_to(ROOT / "docs") for page in PAGES if "docs" in page.parts]
    # The pages of results are listed by the page of their folder, all that there are.
    made = [page for page in pages if page.parent.name == "results" and page.stem != "index"]
    listing = (ROOT / "docs" / "results" / "index.md").read_text(encoding="utf-8")
    assert not made or ":glob:\n\n*\n" in listing
    for page in set(pages) - set(made):
        assert page.name == "index.md" or page.with_suffix("").as_posix() in index


def test_every_codec_and_dataset_has_its_section() -> None:
    codecs = (ROOT / "docs" / "codecs.md").read_text(encoding="utf-8")
    datasets = (ROOT / "docs" / "datasets.md").read_text(encoding="utf-8")
    assert all(f"| {codec.name} |" in codecs for codec in CODECS)
    for dataset in DATASETS:
        assert f"\n## {dataset.name}\n" in datasets
        assert dataset.source.url in datasets
        assert dataset.source.licence in datasets


def test_the_declarations_of_the_page_are_some(tmp_path: Path) -> None:
    page = ROOT / "docs" / "models.md"
    found = [block.text for block in blocks(page) if block.language == "toml"]
    path = tmp_path / "network.toml"
    tasks = []
    for text in found:
        path.write_text(text, encoding="utf-8")
        declaration = read_declaration(path)
        assert declaration.name == "my-network"
        tasks.append(declaration.task)
    assert tasks == ["segmentation", "pose"]


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _command_lines(page: Path) -> Iterator[list[str]]:
    """The words after ``lossproof`` of every command in blocks and in running text."""
    shown = [block.text for block in blocks(page) if block.language in ("", "console")]
    joined = "\n".join(shown).replace("\\\n", " ")
    lines = re.findall(r"^(?:\$ )?lossproof (.+)$", joined, re.MULTILINE)
    lines += [found for found in _INLINE.findall(prose(page)) if found.startswith("lossproof ")]
    for line in lines:
        yield shlex.split(line.removeprefix("lossproof "))


def _options(command: Any) -> Iterator[str]:
    for parameter in command.params:
        yield from parameter.opts
    for sub in getattr(command, "commands", {}).values():
        yield from _options(sub)


def _unknown_words(command: Any, words: list[str]) -> list[str]:
    """The options and commands among the words that the program does not have."""
    known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    commands = getattr(command, "commands", {})
    for place, word in enumerate(words):
        if word in commands:
            return _unknown_words(commands[word], words[place + 1 :])
        if commands or (word.startswith("--") and word.partition("=")[0] not in known):
            return [word]
    return []
