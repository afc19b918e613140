"""A headless browser for tests of pages, and what every page is held to."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
_SIDES = {"wide": (1280, 900), "narrow": (375, 800)}


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium: the system's, else the one that ``make browser`` fetched. Skips without either.

    These tests take minutes and run only where they are asked for, as ``make test-all`` does.
    """
    if not os.environ.get("LOSSPROOF_SLOW"):
        pytest.skip("LOSSPROOF_SLOW=1 runs the tests in a browser")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    own = next((found for name in _NAMES if (found := shutil.which(name))), None)
    with api.sync_playwright() as player:
        try:
            opened = player.chromium.launch(executable_path=own, args=_ARGUMENTS)
        except api.Error as error:
            pytest.skip(f"no browser: {str(error).splitlines()[0]}; make browser installs one")
        yield opened
        opened.close()


class Visit:
    """A page that was opened, with what it said on the console and whom it asked."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.type}: {message.text}")

    @property
    def is_within(self) -> bool:
        """Whether nothing is wider than the screen."""
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        return bool(wide <= self.page.viewport_size["width"])

    def violations(self) -> list[str]:
        """What axe-core finds wrong by WCAG 2.1 A and AA, one line for each place."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
        options = {"runOnly": {"type": "tag", "values": _RULES}}
        found = axe.run(self.page, options=options).response["violations"]
        return [
            f"{one['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
            for one in found
            for node in one["nodes"]
        ]


@contextmanager
def visit(opened: Any, url: str, *, screen: str = "wide", dark: bool = False) -> Iterator[Visit]:
    """A page of its own, without anything kept from others."""
    width, height = _SIDES[screen]
    context = opened.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(120_000)
    seen = Visit(context.new_page())
    seen.page.goto(url)
    yield seen
    context.close()


def address_of(file: Path) -> str:
    return file.absolute().as_uri()
