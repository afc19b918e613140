"""The explorer in a real browser, as a person uses it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser import Visit, visit
from tests.datasets.layouts import write_video
from tests.fakes import write_model

from .server import Server, started
from .test_subject import png_header

FACTS = "#lp-facts .lp-facts"
LADDER = 7  # the source and six levels


@pytest.fixture
def seen(opened: Any, server: Server) -> Iterator[Visit]:
    with visit(opened, server.url) as seen:
        wait_for(seen, "jpeg quality 15")
        yield seen
        assert seen.complaints == []
        assert all(url.startswith((server.origin, "data:", "blob:")) for url in seen.asked)


def wait_for(seen: Visit, words: str) -> None:
    seen.page.locator(FACTS).filter(has_text=words).wait_for()


def told(seen: Visit, words: str) -> None:
    """An alert that says this."""
    seen.page.get_by_role("alert").filter(has_text=words).wait_for()


def pick(seen: Visit, label: str, option: str) -> None:
    seen.page.get_by_label(label, exact=True).click()
    seen.page.get_by_role("option", name=option, exact=True).click()


def drop(seen: Visit, *files: Path) -> None:
    seen.page.locator("#lp-files input[type=file]").set_input_files([str(one) for one in files])


def take_back(seen: Visit) -> None:
    seen.page.locator("#lp-files").get_by_role("button", name="Clear").click()


def level(seen: Visit) -> Any:
    return seen.page.locator("#lp-level input[type=range]")


def picture(seen: Visit) -> str:
    return str(seen.page.locator("#lp-picture .lp-seen img").get_attribute("src"))


@pytest.mark.parametrize(("screen", "dark"), [("wide", False), ("narrow", True)])
def test_it_can_be_read_and_fits(opened: Any, server: Server, screen: str, dark: bool) -> None:
    with visit(opened, server.url, screen=screen, dark=dark) as seen:
        wait_for(seen, "jpeg quality 15")
        seen.page.locator(f".lp-strip li:nth-child({LADDER})").wait_for()
        assert seen.violations() == []
        assert seen.is_within
        assert seen.complaints == []
        assert seen.page.evaluate("document.body.classList.contains('dark')") == dark


def test_the_level_moves_all_that_depends_on_it(seen: Visit) -> None:
    before, words = picture(seen), seen.page.locator(FACTS).inner_text()
    level(seen).focus()
    seen.page.keyboard.press("ArrowRight")
    wait_for(seen, "jpeg quality 16")
    assert picture(seen) != before
    assert seen.page.locator(FACTS).inner_text() != words
    seen.page.get_by_text("you are here: jpeg quality 16", exact=True).wait_for()
    assert seen.page.evaluate("document.activeElement.type") == "range"


def test_a_level_can_be_typed(seen: Visit) -> None:
    number = seen.page.locator("#lp-level input[type=number]")
    number.fill("60")
    number.press("Enter")
    wait_for(seen, "jpeg quality 60")


@pytest.mark.parametrize(
    ("typed", "expected"), [("999", 100), ("-7", 1), ("", 15), ("e", 15), ("123456", 100)]
)
def test_a_level_that_is_not_there_becomes_one_that_is(
    seen: Visit, server: Server, typed: str, expected: int
) -> None:
    number = seen.page.locator("#lp-level input[type=number]")
    number.click()
    seen.page.keyboard.press("Control+A")
    seen.page.keyboard.press("Delete")
    seen.page.keyboard.type(typed)
    seen.page.keyboard.press("Enter")
    seen.page.locator(FACTS).get_by_text(f"jpeg quality {expected}", exact=True).wait_for()
    number.blur()
    assert number.input_value() == level(seen).input_value() == str(expected)
    assert seen.page.get_by_text("Error", exact=True).count() == 0
    assert seen.page.get_by_role("alert").count() == 0
    pick(seen, "Codec", "webp")
    wait_for(seen, "webp quality 25")


def test_a_level_beside_the_others_is_a_button_that_goes_there(seen: Visit) -> None:
    steps = seen.page.locator("button.lp-step")
    steps.nth(LADDER - 2).wait_for()
    step = steps.filter(has_text="jpeg quality 75")
    step.focus()
    seen.page.keyboard.press("Enter")
    wait_for(seen, "jpeg quality 75")
    seen.page.locator("button.lp-step[aria-current]").filter(has_text="quality 75").wait_for()
    assert level(seen).input_value() == "75"


def test_the_divider_moves_by_key_and_by_dragging(seen: Visit) -> None:
    divider = seen.page.get_by_label("Divider")
    divider.focus()
    for _ in range(5):
        seen.page.keyboard.press("ArrowLeft")
    clip = "getComputedStyle(document.querySelector('.lp-seen img')).clipPath"
    assert seen.page.evaluate(clip) == "inset(0px 0px 0px 45%)"
    box = seen.page.locator("#lp-drawn").bounding_box()
    middle = box["y"] + box["height"] / 2
    seen.page.mouse.move(box["x"] + 0.3 * box["width"], middle)
    seen.page.mouse.down()
    seen.page.mouse.move(box["x"] + 0.8 * box["width"], middle, steps=3)
    seen.page.mouse.up()
    assert abs(float(divider.input_value()) - 80) <= 1


def test_another_codec_has_other_levels(seen: Visit) -> None:
    pick(seen, "Codec", "jpegxl")
    wait_for(seen, "jpegxl distance 6")
    seen.page.get_by_text("Level (jpegxl distance, lower is better)").wait_for()
    pick(seen, "Codec", "yuv420")
    wait_for(seen, "yuv420")
    assert level(seen).is_disabled()
    pick(seen, "Codec", "webp")
    wait_for(seen, "webp quality 25")
    assert level(seen).is_enabled()


def test_levels_side_by_side_are_of_what_was_picked_last(seen: Visit) -> None:
    """Also where it is picked while those of the pick before are being drawn."""
    seen.page.locator(".lp-strip li").first.wait_for()
    for codec in ("webp", "jpeg2000", "avif"):
        pick(seen, "Codec", codec)
        wait_for(seen, codec)
    levels = seen.page.locator(".lp-strip li").filter(has_text="avif quality")
    levels.nth(LADDER - 2).wait_for()


def test_it_ends_without_a_word_while_a_page_is_open(opened: Any, tmp_path: Path) -> None:
    with ExitStack() as pages:
        with started(tmp_path) as own:
            seen = pages.enter_context(visit(opened, own.url))
            seen.page.locator(".lp-strip li").first.wait_for()
            pick(seen, "Codec", "avif")
        assert (own.exit_code, own.complaints) == (0, "")


def test_another_sample_and_frame_size(seen: Visit) -> None:
    before = picture(seen)
    pick(seen, "Sample", "0001")
    seen.page.wait_for_function(
        "before => document.querySelector('#lp-picture .lp-seen img').src !== before", arg=before
    )
    wait_for(seen, "jpeg quality 15")
    words = seen.page.locator(FACTS).inner_text()
    pick(seen, "Frame size before the codec", "48x32")
    seen.page.wait_for_function(
        "words => document.querySelector('#lp-facts .lp-facts').innerText !== words", arg=words
    )


def test_a_clip_and_back(seen: Visit) -> None:
    pick(seen, "Task", "action")
    wait_for(seen, "h264 crf 30")
    wait_for(seen, "kbit/s")
    wait_for(seen, "fusion")
    pick(seen, "Task", "fidelity")
    wait_for(seen, "PSNR")
    pick(seen, "Task", "segmentation")
    wait_for(seen, "mIoU")


def test_a_model_that_cannot_is_told_and_undone(seen: Visit) -> None:
    pick(seen, "Model", "actor.py:load")
    told(seen, "model actor: prediction has shape (2,)")
    assert seen.page.get_by_label("Model", exact=True).input_value() == "nearest.py:load"
    level(seen).focus()
    seen.page.keyboard.press("ArrowRight")
    wait_for(seen, "jpeg quality 16")


def test_a_picture_of_ones_own(seen: Visit, tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "own.png")
    drop(seen, tmp_path / "own.png")
    seen.page.get_by_text("Nobody told the truth about this file").wait_for()
    assert seen.page.get_by_label("Sample").input_value() == "your own.png"
    take_back(seen)
    seen.page.get_by_text("against its truth").wait_for()


def test_bad_files_are_told_and_the_page_goes_on(seen: Visit, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("hello there")
    (tmp_path / "huge.png").write_bytes(png_header(30000, 30000))
    write_video(tmp_path / "one.mp4", num_frames=1)
    drop(seen, tmp_path / "notes.jpg")
    told(seen, "notes.jpg is no picture that can be read: it is text; PNG, JPEG, WebP are allowed")
    drop(seen, tmp_path / "huge.png")
    told(seen, "huge.png claims to be 30000x30000")
    drop(seen, tmp_path / "one.mp4")
    told(seen, "one.mp4 is a clip; segmentation takes a picture")
    pick(seen, "Task", "action")
    wait_for(seen, "h264 crf 30")
    drop(seen, tmp_path / "one.mp4")
    told(seen, "one.mp4 has 1 frame; 2 to 300 are allowed")
    level(seen).focus()
    seen.page.keyboard.press("ArrowRight")
    wait_for(seen, "h264 crf 31")


def test_what_was_wrong_before_goes_when_another_file_is_picked(
    seen: Visit, tmp_path: Path
) -> None:
    (tmp_path / "notes.jpg").write_text("hello there")
    Image.new("RGB", (60, 40)).save(tmp_path / "own.png")
    drop(seen, tmp_path / "notes.jpg")
    told(seen, "notes.jpg is no picture")
    asked: list[Any] = []

    def hold(route: Any) -> None:
        asked.append(route)

    seen.page.route("**/queue/join*", hold, times=1)
    with seen.page.expect_request("**/queue/join*"):
        drop(seen, tmp_path / "own.png")
    seen.page.get_by_role("alert").wait_for(state="detached")
    asked[0].continue_()
    seen.page.get_by_text("Nobody told the truth about this file").wait_for()


def test_a_model_of_ones_own(seen: Visit, tmp_path: Path) -> None:
    file = Path(write_model(tmp_path / "own").removesuffix(":load"))
    text = file.read_text().replace('name = "nearest"', 'name = "mine"')
    file.with_name("mine.py").write_text(text)
    (tmp_path / "bad.py").write_text("1 / 0\n")
    drop(seen, tmp_path / "bad.py")
    told(seen, "ZeroDivisionError in line 1")
    drop(seen, file.with_name("mine.py"))
    seen.page.get_by_alt_text("Prediction of mine on the source").wait_for()
    assert seen.page.get_by_label("Model", exact=True).input_value() == "your mine.py"
    assert seen.page.get_by_role("alert").count() == 0


def test_the_keyboard_reaches_every_control(seen: Visit) -> None:
    seen.page.locator(f".lp-strip li:nth-child({LADDER})").wait_for()
    seen.page.locator("#lp-theme").focus()
    reached = set()
    for _ in range(40):
        seen.page.keyboard.press("Tab")
        reached.add(
            seen.page.evaluate(
                "(document.activeElement.closest('[id^=lp-], button.lp-step') || {}).id"
            )
        )
    wanted = {f"lp-{name}" for name in ("task", "data", "sample", "model", "codec", "size")}
    assert wanted | {"lp-files", "lp-level", "lp-divider"} <= reached
    assert "" in reached  # a level beside the others


def test_dark_or_light(seen: Visit) -> None:
    dark = "document.body.classList.contains('dark')"
    seen.page.get_by_role("button", name="Dark or light").click()
    assert seen.page.evaluate(dark)
    assert seen.violations() == []
    seen.page.get_by_role("button", name="Dark or light").click()
    assert not seen.page.evaluate(dark)
