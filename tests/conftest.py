"""What every test gets: shapes checked at every call, and a cache of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

from .browser import browser

SOURCE = Path(__file__).parents[1] / "src"
PASSING_PROTOCOLS = {"lossproof.models.model", "lossproof.decisions.pilot"}
"""What is handed to these only mypy can check."""
CHECKED = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for path in (SOURCE / "lossproof").rglob("*.py")
    if "from jaxtyping import" in path.read_text(encoding="utf-8")
}
"""Every module that says shapes; in tests each call is held to what it says."""

# How long an example takes is the machine's mood, not the code's fault.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
install_import_hook(sorted(CHECKED - PASSING_PROTOCOLS), "beartype.beartype")


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the cache of the person who runs it."""
    monkeypatch.setenv("LOSSPROOF_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def opened() -> Iterator[Any]:
    """A browser, of which a process can have but one."""
    with browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real data beside the checkout. Tests that need it skip without it."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the real data in {folder}")
    return folder
