"""The whole page."""

from pathlib import Path

from lossproof.atomic import write_bytes
from lossproof.report.page.answer import answer
from lossproof.report.page.cause_section import cause_section
from lossproof.report.page.contents import Contents
from lossproof.report.page.curve_section import curve_section
from lossproof.report.page.figure_section import figure_section
from lossproof.report.page.gallery import gallery_section
from lossproof.report.page.html import document, page_file, tag, text
from lossproof.report.page.origin_section import origin_section
from lossproof.report.page.paper_section import paper_section
from lossproof.report.page.part_section import part_section
from lossproof.report.page.words import counted

_SECTIONS = (
    ("answer", "The answer", answer),
    ("curves", "Score against size", curve_section),
    ("causes", "Where the drop comes from", cause_section),
    ("paper", "The paper's tables", paper_section),
    ("figures", "Figures", figure_section),
    ("gallery", "Samples that break first", gallery_section),
    ("parts", "Per class and object size", part_section),
    ("origins", "Where the numbers come from", origin_section),
)


def write_page(contents: Contents, path: Path) -> Path:
    """Write the page, whole or not at all. Raises OSError."""
    write_bytes(path, to_html(contents).encode())
    return path


def to_html(contents: Contents) -> str:
    """One page that needs no other file and no network, for light and dark screens and paper."""
    links = "".join(tag("li", text("a", heading, href=f"#{id_}")) for id_, heading, _ in _SECTIONS)
    body = _BODY.format(
        title=text("h1", contents.title),
        intro=text("p", _intro(contents)),
        links=links,
        sections="\n".join(section(contents) for _, _, section in _SECTIONS),
        script=page_file("page.js"),
    )
    return document(contents.title, body, first=tag("script", page_file("theme.js")))


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
