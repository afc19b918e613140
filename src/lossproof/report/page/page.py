"""The whole page."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from lossproof.atomic import write_bytes
from lossproof.report.page.answer import answer
from lossproof.report.page.cause_section import NO_CAUSES, cause_section
from lossproof.report.page.contents import Contents
from lossproof.report.page.curve_section import curve_section
from lossproof.report.page.figure_section import NO_FIGURES, figure_section
from lossproof.report.page.gallery import NO_SAMPLES, gallery_section
from lossproof.report.page.html import document, page_file, section, tag, text
from lossproof.report.page.origin_section import origin_section
from lossproof.report.page.paper_section import NO_COUNTERPARTS, paper_section
from lossproof.report.page.part_section import NO_PARTS, part_section
from lossproof.report.page.words import counted


class _Section(NamedTuple):
    """``make`` gives the section, or nothing where there is nothing to show; then ``otherwise``
    says why."""

    id: str
    heading: str
    make: Callable[[Contents], str]
    otherwise: str = ""


_SECTIONS = (
    _Section("answer", "The answer", answer),
    _Section("curves", "Score against size", curve_section),
    _Section("causes", "Where the drop comes from", cause_section, NO_CAUSES),
    _Section("paper", "The paper's tables", paper_section, NO_COUNTERPARTS),
    _Section("figures", "Figures", figure_section, NO_FIGURES),
    _Section("gallery", "Samples that break first", gallery_section, NO_SAMPLES),
    _Section("parts", "Per class and object size", part_section, NO_PARTS),
    _Section("origins", "Where the numbers come from", origin_section),
)
MISSING = "What is not here"
"""The heading of the sections that have nothing to show."""


def write_page(contents: Contents, path: Path) -> Path:
    """Write the page, whole or not at all. Raises OSError."""
    write_bytes(path, to_html(contents).encode())
    return path


def to_html(contents: Contents) -> str:
    """One page that needs no other file and no network, for light and dark screens and paper."""
    parts = _parts(contents)
    links = "".join(tag("li", text("a", one.heading, href=f"#{one.id}")) for one in parts)
    body = _BODY.format(
        title=text("h1", contents.title),
        intro=text("p", _intro(contents)),
        links=links,
        sections="\n".join(one.html for one in parts),
        script=page_file("page.js"),
    )
    return document(contents.title, body, first=tag("script", page_file("theme.js")))


class _Part(NamedTuple):
    """A section that has something to show."""

    id: str
    heading: str
    html: str


def _parts(contents: Contents) -> list[_Part]:
    """The sections that have something to show, and at the end which have not."""
    made = [(one, one.make(contents)) for one in _SECTIONS]
    parts = [_Part(one.id, one.heading, html) for one, html in made if html]
    missing = [one for one, html in made if not html]
    return [*parts, _Part("missing", MISSING, _missing(missing))] if missing else parts


def _missing(sections: Sequence[_Section]) -> str:
    """Why each of them is not here."""
    lines = (
        tag("li", text("b", f"{one.heading}: "), text("span", one.otherwise)) for one in sections
    )
    return section("missing", MISSING, tag("ul", *lines))


def _intro(contents: Contents) -> str:
    samples = max(row.num_samples for row in contents.rows)
    models = len({(row.cell.model, row.cell.weights) for row in contents.rows})
    codecs = sorted({row.cell.codec for row in contents.rows if row.cell.level is not None})
    return (
        f"{counted(len(contents.rows), 'measurement')} of {counted(models, 'model')} through "
        f"{', '.join(codecs) or 'no codec'}, each on up to {counted(samples, 'sample')}. "
        "Numbers in square brackets are 95% intervals: how far the number would move with other "
        "samples of the same kind."
    )


_BODY = """<a class="skip" href="#main">Skip to the answer</a>
<header>
<div class="top"><p class="brand">lossproof report</p>
<button type="button" id="theme" hidden>Dark or light</button></div>
{title}
{intro}
<nav aria-label="Sections"><ul>{links}</ul></nav>
</header>
<main id="main" tabindex="-1">
{sections}
</main>
<footer>
<p>Made by lossproof. This page is one file; nothing on it comes from a network.</p>
</footer>
<script>
{script}</script>"""
