"""The report in a real browser, as a person reads it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from lossproof.report.page.contents import Broken, Contents, Picture, View, contents_of
from lossproof.report.page.page import write_page
from lossproof.report.page.words import level_words
from lossproof.tasks import Score
from tests.browser import Visit, address_of, visit

from .page.made import put, study, sweep

SECTIONS = ("answer", "curves", "causes", "paper", "figures", "gallery", "parts", "origins")
SCORE = Score("miou", "mIoU")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    put(folder / "store", sweep())
    study(folder / "store")
    contents = _with_pictures(contents_of(folder / "store"))
    return address_of(write_page(contents, folder / "report.html"))


def _with_pictures(contents: Contents) -> Contents:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    jpeg, png = (bytes(cv2.imencode(kind, pixels)[1]) for kind in (".jpg", ".png"))
    source = View("source", None, 900, 0.0, jpeg)
    gallery = [
        Broken(name, "net", SCORE, (source, View("jpeg", 5, 40, damage, jpeg)))
        for name, damage in (("a", 0.1), ("c", 0.3), ("b", 0.2))
    ]
    picture = Picture("Streets", "two streets", png)
    return replace(contents, pictures=(picture,), gallery=tuple(gallery))


@pytest.fixture
def seen(opened: Any, address: str) -> Iterator[Visit]:
    with visit(opened, address) as seen:
        yield seen
        assert seen.complaints == []
        assert [url for url in seen.asked if not url.startswith("data:")] == [address]


@pytest.mark.parametrize("screen", ["wide", "narrow"])
@pytest.mark.parametrize("dark", [False, True])
def test_it_can_be_read_and_fits(opened: Any, address: str, screen: str, dark: bool) -> None:
    with visit(opened, address, screen=screen, dark=dark) as seen:
        assert seen.violations() == []
        for summary in seen.page.locator("details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()
        assert seen.violations() == []
        assert seen.is_within
        assert seen.complaints == []


def test_a_narrow_screen_shows_a_level_at_once(opened: Any, address: str) -> None:
    with visit(opened, address, screen="narrow") as seen:
        tables = seen.page.locator("#answer table").all()
        assert tables
        for one in tables:
            level = one.locator("tbody td", has_text="%").first.bounding_box()
            assert level["x"] + level["width"] <= seen.page.viewport_size["width"]


def test_a_command_is_seen_whole(opened: Any, address: str) -> None:
    with visit(opened, address, screen="narrow") as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        fits = "one => one.clientWidth > 0 && one.scrollWidth <= one.clientWidth"
        commands = seen.page.locator("#origins pre").all()
        assert commands
        assert all(one.evaluate(fits) for one in commands)


def test_dark_and_light_by_button_and_address(seen: Visit, address: str) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light = seen.page.evaluate(paper)
    seen.page.get_by_role("button", name="Dark page").press("Enter")
    dark = seen.page.evaluate(paper)
    assert dark != light
    seen.page.get_by_role("button", name="Light page").click()
    assert seen.page.evaluate(paper) == light
    seen.page.goto("about:blank")
    seen.page.goto(f"{address}#dark")
    assert seen.page.evaluate(paper) == dark
    seen.asked[:] = seen.asked[:1]


def test_the_first_key_skips_to_the_answer(seen: Visit) -> None:
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    seen.page.keyboard.press("Enter")
    assert seen.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_link_leads_to_its_section(seen: Visit, section: str) -> None:
    seen.page.locator(f"nav a[href='#{section}']").click()
    top = f"document.getElementById('{section}').getBoundingClientRect().top"
    high = "window.innerHeight"
    seen.page.wait_for_function(f"{top} > -2 && {top} < {high}")


def test_a_level_leads_to_where_its_line_comes_from(seen: Visit) -> None:
    link = seen.page.locator("#paper a[href^='#cell-']").first
    block = seen.page.locator(link.get_attribute("href"))
    assert not block.is_visible()
    link.focus()
    seen.page.keyboard.press("Enter")
    block.locator("pre").wait_for()
    top = block.evaluate("one => one.getBoundingClientRect().top")
    assert -2 < top < seen.page.viewport_size["height"]
    assert block.evaluate("one => document.activeElement === one.firstElementChild")
    assert seen.violations() == []
    seen.page.keyboard.press("Enter")
    block.locator("pre").wait_for(state="hidden")
    link.click()
    block.locator("pre").wait_for()


def test_an_address_leads_to_a_cell(opened: Any, address: str) -> None:
    with visit(opened, address) as seen:
        cell = seen.page.locator("a[href^='#cell-']").first.get_attribute("href")
    with visit(opened, f"{address}{cell}") as seen:
        seen.page.locator(f"{cell} pre").wait_for()
        assert seen.complaints == []


def test_the_gallery_is_sorted_as_chosen(seen: Visit) -> None:
    def names() -> list[str]:
        return [str(one) for one in seen.page.locator("#gallery-samples h3").all_inner_texts()]

    assert names() == ["c", "b", "a"]
    seen.page.get_by_label("Sort by").select_option(label="name")
    assert names() == ["a", "b", "c"]
    seen.page.get_by_label("Sort by").select_option(label=f"damage at {level_words('jpeg', 5)}")
    assert names() == ["c", "b", "a"]


def test_what_is_folded_opens_by_key(seen: Visit) -> None:
    summary = seen.page.locator("details:not([open]) > summary").first
    summary.scroll_into_view_if_needed()
    folded = summary.evaluate_handle("one => one.parentElement")
    summary.focus()
    seen.page.keyboard.press("Enter")
    assert folded.evaluate("one => one.open")


def test_on_paper_everything_is_open(seen: Visit, tmp_path: Path) -> None:
    assert seen.page.locator("details:not([open])").count() > 0
    seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert seen.page.locator("details:not([open])").count() == 0
    seen.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert seen.page.locator("details:not([open])").count() > 0
    seen.page.pdf(path=str(tmp_path / "report.pdf"))
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
