"""Take the pictures of the explorer and of the report that stand in docs/.

Use: ``make explorer-pictures``; ``python docs/make_explorer_pictures.py tinytown:FOLDER TASK``
takes another world than the built-in one and another task. It needs a browser, see ``make
browser``.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import sync_playwright

from lossproof.tasks import parse_task

FOLDER = Path(__file__).parent / "pictures"
MOST_BYTES = 150_000
PATIENCE_MS = 600_000
LOSSPROOF = (sys.executable, "-m", "lossproof")
WIDE, NARROW = (1280, 1000), (375, 900)


def main(data: str = "tinytown", task: str = "segmentation") -> None:
    with _browser() as browser:
        with _served(data) as url:
            _take(_explored(browser, url, task, WIDE, dark=False), "explorer")
            _take(_explored(browser, url, "fidelity", NARROW, dark=True), "explorer_narrow")
        with tempfile.TemporaryDirectory() as store:
            _take(_reported(browser, data, Path(store) / "streets"), "report")


@contextmanager
def _browser() -> Iterator[Any]:
    own = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=own, args=["--no-sandbox"])
        yield opened
        opened.close()


@contextmanager
def _served(data: str) -> Iterator[str]:
    words = [*LOSSPROOF, "explore", "--port", "0", "--data", data]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def _explored(
    browser: Any, url: str, task: str, size: tuple[int, int], *, dark: bool
) -> Iterator[bytes]:
    page = _page(browser, url, size, dark=dark)
    page.locator(".lp-facts").wait_for(timeout=PATIENCE_MS)
    if page.get_by_label("Task", exact=True).input_value() != task:
        page.get_by_label("Task", exact=True).click()
        page.get_by_role("option", name=task, exact=True).click()
    heading = parse_task(task).score(parse_task(task).headline).heading
    page.locator(".lp-facts").filter(has_text=heading).wait_for(timeout=PATIENCE_MS)
    page.locator(".lp-strip li:nth-child(7)").wait_for(timeout=PATIENCE_MS)
    if size == NARROW:
        page.locator("#lp-level").evaluate("level => level.scrollIntoView()")
    page.get_by_text("you are here").first.wait_for(state="attached")
    yield page.screenshot()
    page.close()


def _reported(browser: Any, data: str, store: Path) -> Iterator[bytes]:
    words = ["--task", "segmentation", "--data", data, "--model", "segnet_tinytown"]
    words += ["--codec", "jpeg", "--codec", "webp", "--limit", "40"]
    _run(["sweep", *words, "--store", str(store)])
    _run(["report", str(store)])
    page = _page(browser, (store / "report" / "report.html").as_uri(), WIDE, dark=False)
    yield page.screenshot()
    page.close()


def _run(words: list[str]) -> None:
    subprocess.run([*LOSSPROOF, *words], check=True, stdout=subprocess.DEVNULL)


def _page(browser: Any, url: str, size: tuple[int, int], *, dark: bool) -> Any:
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light"
    )
    page.goto(url)
    return page


def _take(shots: Iterator[bytes], name: str) -> None:
    """As WebP, of the best quality that is small enough."""
    for shot in shots:
        pixels = cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_COLOR)
        sizes = (
            bytes(cv2.imencode(".webp", pixels, [cv2.IMWRITE_WEBP_QUALITY, quality])[1])
            for quality in (90, 80, 70, 60, 50)
        )
        small = next(data for data in sizes if len(data) < MOST_BYTES)
        (FOLDER / f"{name}.webp").write_bytes(small)


if __name__ == "__main__":
    main(*sys.argv[1:])
