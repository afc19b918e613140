"""Serving the page: to this machine alone unless told otherwise, and to no other page."""

import ipaddress
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final
from urllib.parse import urlsplit

from lossproof.explorer.offer import Offer
from lossproof.explorer.subject import LIMITS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "frame-ancestors 'none'"
)
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

    What was uploaded is removed in the end. Raises OSError when the address cannot be had, and
    ImportError without the extra.
    """
    with _own_folder(), _bound(address) as bound:
        app = make_app(offer, address)
        import uvicorn

        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        bound.listen()  # who comes before uvicorn is up waits, and is not refused
        host = f"[{address.host}]" if ":" in address.host else address.host
        ready(f"http://{host}:{bound.getsockname()[1]}")
        try:
            uvicorn.Server(config).run(sockets=[bound])
        except KeyboardInterrupt:
            return


def make_app(offer: Offer, address: Address) -> Any:
    """The page as an ASGI application. Raises ImportError without the extra."""
    os.environ.update(_QUIET)
    try:
        import fastapi
        import gradio
    except ImportError as error:
        raise ImportError(f'{error.name} is missing: pip install "lossproof[explore]"') from error
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
    return Guard(app, only_local=address.is_loopback)


@final
class Guard:
    """Lets in only what this page asks, and lets the page ask nobody else.

    A page of another origin in the same browser must not upload here; a name of the network that
    was bent to this machine must not be served, where only this machine is.
    """

    def __init__(self, app: "ASGIApp", *, only_local: bool) -> None:
        self._app = app
        self._only_local = only_local

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get("host", ""), headers.get("origin")
        if self._only_local and urlsplit(f"//{host}").hostname not in _LOCAL_NAMES:
            await _refuse(send, f"host {host!r} is not this machine; localhost is allowed")
        elif origin is not None and urlsplit(origin).netloc != host:
            await _refuse(send, f"origin {origin!r} is another page; {host} is allowed")
        else:
            await self._app(scope, receive, lambda message: send(_with_policy(message)))


async def _refuse(send: "Send", words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": f"{words}\n".encode()})


def _with_policy(message: "Message") -> "Message":
    if message["type"] != "http.response.start":
        return message
    own = [
        (b"content-security-policy", _POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]
    return {**message, "headers": [*message.get("headers", []), *own]}


@contextmanager
def _own_folder() -> Iterator[None]:
    """What is uploaded lies in a folder of this server, which goes with it."""
    with tempfile.TemporaryDirectory(prefix="lossproof-explorer-") as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder
        yield


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
