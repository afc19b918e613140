"""The page and its text on disk."""

from pathlib import Path

from lossproof.atomic import write_bytes
from lossproof.report.page.contents import Contents
from lossproof.report.page.markdown import to_markdown
from lossproof.report.page.page import write_page


def write_pages(contents: Contents, folder: Path) -> list[Path]:
    """``report.html`` and ``report.md``, each whole or not at all. Raises OSError."""
    text = folder / "report.md"
    write_bytes(text, to_markdown(contents).encode())
    return [write_page(contents, folder / "report.html"), text]
