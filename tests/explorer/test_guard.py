"""Who is let in, and what is asked of no other server; without the page itself."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gradio")

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from lossproof.explorer.guard import LOCAL_NAMES, Guard
from lossproof.explorer.uploads import make_room, own_folder

TOKEN = "secret"
JSON = {"content-type": "application/json"}


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"in: {len(await request.body())}")


@pytest.fixture
def folder() -> Iterator[Path]:
    with own_folder() as folder:
        yield folder


def client(hosts: Any = LOCAL_NAMES, host: str = "localhost") -> TestClient:
    inner = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])
    guard = Guard(inner, token=TOKEN, hosts=hosts)
    return TestClient(guard, base_url=f"http://{host}:7860")


@pytest.fixture
def known() -> TestClient:
    """Who has opened the printed address."""
    known = client()
    assert known.get(f"/?token={TOKEN}").text == "in: 0"
    return known


def test_the_printed_address_lets_in_and_is_asked_for_once() -> None:
    new = client()
    for path in ("/", "/?token=", "/?token=wrong", "/?token=%C3%A9", "/gradio_api/upload"):
        answer = new.get(path)
        assert answer.status_code == 403
        assert "open the address that lossproof explore printed" in answer.text
    opened = new.get(f"/?token={TOKEN}", follow_redirects=False)
    assert (opened.status_code, opened.headers["location"]) == (303, "/")
    assert "httponly" in opened.headers["set-cookie"].lower()
    assert "samesite=lax" in opened.headers["set-cookie"].lower()
    assert new.get("/config").text == "in: 0"


def test_two_servers_have_two_cookies(known: TestClient) -> None:
    other = client()
    other.get(f"/?token={TOKEN}")
    assert len(known.cookies) == len(other.cookies) == 1
    assert set(known.cookies) != set(other.cookies)


@pytest.mark.parametrize(
    ("host", "hosts", "expected"),
    [
        ("127.1.2.3", {*LOCAL_NAMES, "127.1.2.3"}, 303),
        ("localhost", {*LOCAL_NAMES, "127.1.2.3"}, 303),
        ("[::1]", LOCAL_NAMES, 303),
        ("127.1.2.3", LOCAL_NAMES, 403),
        ("evil.test", LOCAL_NAMES, 403),
        ("evil.test", None, 303),
    ],
)
def test_which_names_are_served(host: str, hosts: Any, expected: int) -> None:
    answer = client(hosts, host).get(f"/?token={TOKEN}", follow_redirects=False)
    assert answer.status_code == expected


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=https://example.test/a.png",
        "/gradio_api/file=http://example.test/a.png",
        "/gradio_api/file=https%3A%2F%2Fexample.test/a.png",
        "/gradio_api/proxy=https://a.hf.space/b",
        "/proxy=https://a.hf.space/b",
    ],
)
def test_no_other_server_is_asked(known: TestClient, path: str) -> None:
    answer = known.get(path)
    assert answer.status_code == 403
    assert "another server is asked for" in answer.text
    assert known.get("/gradio_api/file=/tmp/a.png").status_code == 200


def test_a_file_of_another_server_is_not_fetched(known: TestClient) -> None:
    own = {"path": "/tmp/a.png", "url": "http://localhost:7860/file=/tmp/a.png"}
    assert known.post("/queue/join", json={"data": [None, [own]]}).status_code == 200
    remote = {"path": "https://example.test/a.png", "meta": {"_type": "gradio.FileData"}}
    answer = known.post("/queue/join", json={"data": [None, [{"deep": remote}]]})
    assert answer.status_code == 403
    assert "an uploaded file is allowed" in answer.text


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b" " * 1_100_000], ids=len)
def test_a_body_that_is_none_of_the_pages(known: TestClient, body: bytes) -> None:
    assert known.post("/queue/join", content=body, headers=JSON).status_code == 403


def test_a_body_arrives_whole(known: TestClient) -> None:
    assert known.post("/queue/join", content=b'{"data": 1}', headers=JSON).text == "in: 11"


@pytest.mark.parametrize(
    ("site", "path", "mode", "dest", "expected"),
    [
        ("same-origin", "/gradio_api/upload", "cors", "empty", 200),
        ("none", "/", "navigate", "document", 200),
        ("cross-site", "/", "navigate", "document", 200),
        ("cross-site", "/", "navigate", "iframe", 403),
        ("cross-site", "/", "no-cors", "image", 403),
        ("cross-site", "/config", "navigate", "document", 403),
        ("same-site", "/gradio_api/file=/tmp/a.png", "no-cors", "image", 403),
    ],
)
def test_another_page_may_only_link_here(
    known: TestClient, site: str, path: str, mode: str, dest: str, expected: int
) -> None:
    headers = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    assert known.get(path, headers=headers).status_code == expected


def test_uploads_have_a_bound_and_a_length(known: TestClient, folder: Path) -> None:
    files = {"files": ("a.png", b"pixels")}
    assert known.post("/gradio_api/upload", files=files).status_code == 200
    kind = {"content-type": "multipart/form-data; boundary=x"}
    for length in ("999999999999", "many"):
        headers = {**kind, "content-length": length}
        answer = known.post("/gradio_api/upload", content=b"x", headers=headers)
        assert answer.status_code == 403
        assert "up to 256,000,000 are allowed" in answer.text


def test_the_oldest_uploads_make_room(folder: Path) -> None:
    now = time.time()
    files = [folder / name / "a.png" for name in "abcd"]
    for age, file in enumerate(reversed(files)):
        file.parent.mkdir()
        file.write_bytes(bytes(100))
        os.utime(file, (now - age, now - age))
    make_room(100, most_bytes=400)
    assert [file.exists() for file in files] == [False, True, True, True]
    assert not files[0].parent.exists()
    make_room(0, most_files=2)
    assert [file.exists() for file in files] == [False, False, False, True]
