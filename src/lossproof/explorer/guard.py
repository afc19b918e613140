"""Who is let in: those who were given the printed address, and no other page of the browser."""

import json
import secrets
from collections.abc import Collection, Iterator
from typing import Any, final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lossproof.explorer.subject import LIMITS
from lossproof.explorer.uploads import make_room

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_MOST_ASKED = 1_000_000
_MOST_UPLOADED = 4 * LIMITS.num_bytes
_WITHOUT_COOKIE = ("/manifest.json",)
"""Browsers ask for it without cookies; it holds nothing but the page's title."""
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@final
class Guard:
    """Lets in who knows the token, asks nothing of other servers, and keeps other pages out.

    A page of another origin in the same browser must not upload here; a name of the network that
    was bent to this machine must not be served, where only ``hosts`` are (None: any). The token
    comes with the printed address, and then in a cookie of this server's own.
    """

    def __init__(self, app: ASGIApp, *, token: str, hosts: Collection[str] | None) -> None:
        self._app = app
        self._token = token
        self._hosts = hosts
        self._cookie = f"lossproof-{secrets.token_hex(4)}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(Request(scope, receive), send)
        else:
            await send({"type": "websocket.close"})

    async def _answer(self, request: Request, send: Send) -> None:
        body = await _read(request) if _has_words(request) else None
        words = self._origin(request) or self._entrance(request) or _asked(request, body)
        if words:
            await PlainTextResponse(f"{words}\n", 403)(request.scope, request.receive, send)
        elif self._knows(request.query_params.get("token", "")):
            found = RedirectResponse("/", 303)
            found.set_cookie(self._cookie, self._token, httponly=True, samesite="lax")
            await found(request.scope, request.receive, send)
        else:
            receive = request.receive if body is None else _again(body, request.receive)
            await self._app(request.scope, receive, lambda one: send(_with_headers(one)))

    def _origin(self, request: Request) -> str:
        """What is wrong with where a request comes from; nothing if all is well."""
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "none")
        if self._hosts is not None and urlsplit(f"//{host}").hostname not in self._hosts:
            return f"host {host!r} is not this machine; localhost is allowed"
        if origin is not None and urlsplit(origin).netloc != host:
            return f"origin {origin!r} is another page; {host} is allowed"
        if site not in ("none", "same-origin") and not _opens_page(request):
            return f"a {site} page asks; {host} is allowed"
        return ""

    def _entrance(self, request: Request) -> str:
        given = request.query_params.get("token") or request.cookies.get(self._cookie, "")
        if self._knows(given) or request.url.path in _WITHOUT_COOKIE:
            return ""
        return "open the address that lossproof explore printed, which ends in ?token=..."

    def _knows(self, token: str) -> bool:
        return bool(secrets.compare_digest(token.encode(), self._token.encode()))


def _opens_page(request: Request) -> bool:
    """Whether somebody follows a link to the page itself."""
    kind = (request.headers.get("sec-fetch-mode"), request.headers.get("sec-fetch-dest"))
    return request.method == "GET" and request.url.path == "/" and kind == ("navigate", "document")


def _has_words(request: Request) -> bool:
    """Whether the body is read here first: every one but files."""
    return request.method not in ("GET", "HEAD") and not _has_files(request)


def _has_files(request: Request) -> bool:
    return str(request.headers.get("content-type", "")).startswith("multipart/form-data")


async def _read(request: Request) -> bytes:
    """The body, cut off where it is longer than any of the page's."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_ASKED:
            break
    return bytes(body)


def _asked(request: Request, body: bytes | None) -> str:
    """What is wrong with what is asked for; room is made for files."""
    path = request.scope["path"].lower()
    if "/proxy=" in path or "/file=http:" in path or "/file=https:" in path:
        return "another server is asked for; files of this one are allowed"
    if _has_files(request):
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _MOST_UPLOADED:
            return f"{length or 'unknown'} bytes are sent; up to {_MOST_UPLOADED:,} are allowed"
        make_room(int(length))
    return _said(body) if body else ""


def _said(body: bytes) -> str:
    """What is wrong with a body: it is JSON, in which no path leads to another server."""
    if len(body) > _MOST_ASKED:
        return f"more than {_MOST_ASKED:,} bytes are sent; files are uploaded"
    try:
        paths = list(_paths(json.loads(body)))
    except (ValueError, RecursionError):
        return "the body is no JSON"
    remote = next((one for one in paths if one.lower().startswith(("http:", "https:"))), None)
    return f"path {remote!r} is of another server; an uploaded file is allowed" if remote else ""


def _paths(value: Any) -> Iterator[str]:
    """All that is called a path, however deep."""
    if isinstance(value, dict):
        if isinstance(value.get("path"), str):
            yield value["path"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _paths(one)


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read already, and then what else comes."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return messages.pop() if messages else await receive()

    return received


def _with_headers(message: Message) -> Message:
    if message["type"] == "http.response.start":
        MutableHeaders(scope=message).update(_HEADERS)
    return message
