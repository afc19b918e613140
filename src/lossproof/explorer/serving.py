"""Serving the page: to this machine alone unless told otherwise."""

import ipaddress
import logging
import os
import secrets
import socket
from asyncio import CancelledError
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lossproof.explorer.offer import Offer
from lossproof.explorer.subject import LIMITS
from lossproof.explorer.uploads import own_folder

_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


@dataclass(frozen=True)
class Address:
    """Where the page is served. ``port`` 0 is any that is free."""

    host: str = "127.0.0.1"
    port: int = 7860

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise ValueError(f"port is {self.port}; 0 to 65535 are allowed")
        if not self.host:
            raise ValueError("host is empty; 127.0.0.1 is allowed")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def serve(offer: Offer, address: Address, *, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; ``ready`` gets the page's address when it can be opened.

    The address ends in a token, without which nobody is let in. What was uploaded is removed in
    the end. Raises OSError when the address cannot be had, and ImportError without the extra.
    """
    token = secrets.token_urlsafe(16)
    with own_folder(), _bound(address) as bound:
        app = make_app(offer, address, token=token)
        import uvicorn

        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        bound.listen()  # who comes before uvicorn is up waits, and is not refused
        host = f"[{address.host}]" if ":" in address.host else address.host
        ready(f"http://{host}:{bound.getsockname()[1]}/?token={token}")
        with _without_pages_cut_off():
            try:
                uvicorn.Server(config).run(sockets=[bound])
            except KeyboardInterrupt:
                return


@contextmanager
def _without_pages_cut_off() -> Iterator[None]:
    """That pages which are still open are cut off in the end is no error to be told."""
    told = logging.getLogger("uvicorn.error")
    told.addFilter(_is_no_page_cut_off)
    try:
        yield
    finally:
        told.removeFilter(_is_no_page_cut_off)


def _is_no_page_cut_off(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    cut_off = "timeout graceful shutdown exceeded"
    return not (isinstance(error, CancelledError) or cut_off in record.getMessage())


def make_app(offer: Offer, address: Address, *, token: str) -> Any:
    """The page as an ASGI application, for those who know the token.

    Raises ImportError without the extra.
    """
    os.environ.update(_QUIET)
    try:
        import fastapi
        import gradio
    except ImportError as error:
        raise ImportError(f'{error.name} is missing: pip install "lossproof[explore]"') from error
    from lossproof.explorer.guard import LOCAL_NAMES, Guard
    from lossproof.explorer.page import look, make_page

    app = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    page = make_page(offer)
    # Only of a page that was launched does Gradio ask whether a file was uploaded.
    page.has_launched = True
    gradio.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        max_file_size=LIMITS.num_bytes,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        **look(),
    )
    hosts = {*LOCAL_NAMES, address.host} if address.is_loopback else None
    return Guard(app, token=token, hosts=hosts)


@contextmanager
def _bound(address: Address) -> Iterator[socket.socket]:
    """A socket that listens there. Raises OSError that names the address."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((address.host, address.port))
        except OSError as error:
            raise OSError(
                f"{address.host}:{address.port} cannot be served: {error.strerror}; "
                "--port 0 takes one that is free"
            ) from error
        yield bound
