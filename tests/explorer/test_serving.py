"""Who is let in, and that what is asked from outside stays outside."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lossproof.cli import app
from lossproof.explorer.serving import Address
from tests.test_cli import assert_one_line, lossproof

from .server import Server, started


def ask(
    server: Server, path: str = "/", *, data: bytes | None = None, **headers: str
) -> tuple[int, str]:
    """As a browser that has opened the printed address."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{server.origin}{path}", data=data, headers=named)
    try:
        with server.browser.open(request, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_loopback_is_where_it_listens(server: Server) -> None:
    assert server.origin.startswith("http://127.0.0.1:")


def test_nobody_is_let_in_without_the_printed_address(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(server.origin, timeout=120)


def test_the_page_names_no_other_host(server: Server) -> None:
    status, page = ask(server)
    assert status == 200
    assert not re.search(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//', page)


def test_the_policy_forbids_the_page_to_ask_others(server: Server) -> None:
    with server.browser.open(server.origin, timeout=120) as answer:
        policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_another_page_of_the_browser_is_refused(server: Server) -> None:
    status, words = ask(server, "/gradio_api/upload", data=b"x", Origin="https://evil.test")
    assert status == 403
    assert "another page" in words


def test_another_name_of_this_machine_is_refused(server: Server) -> None:
    status, words = ask(server, Host="evil.test")
    assert status == 403
    assert words == "host 'evil.test' is not this machine; localhost is allowed\n"


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../etc/passwd", str(Path(__file__))])
def test_a_path_outside_is_not_read(server: Server, path: str) -> None:
    status, words = ask(server, f"/gradio_api/file={path}")
    assert status in (403, 404)
    assert "root:" not in words
    assert ask(server)[0] == 200


def test_a_path_outside_is_not_taken_for_an_upload(server: Server) -> None:
    """As a program would, which needs no page: the file that it names was not uploaded."""
    _, text = ask(server, "/config")
    config = json.loads(text)
    pick = next(one for one in config["dependencies"] if len(one["inputs"]) == 9)
    file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    body = {
        "data": [None, *[""] * 6, [file], 50],
        "fn_index": pick["id"],
        "session_hash": "outside",
    }
    status, _ = ask(
        server,
        "/gradio_api/queue/join",
        data=json.dumps(body).encode(),
        Content_Type="application/json",
    )
    answers = ask(server, "/gradio_api/queue/data?session_hash=outside")[1]
    assert status == 200
    assert '"success":false' in answers.replace(" ", "")
    assert "root:" not in answers
    assert ask(server)[0] == 200


def test_the_level_is_read_anew_for_the_curve(server: Server) -> None:
    """After the ladder is filled, which takes a while, and not before it."""
    events = json.loads(ask(server, "/config")[1])["dependencies"]
    num_inputs = {one["id"]: len(one["inputs"]) for one in events}
    after = [one for one in events if one["trigger_after"] is not None]
    found = {len(one["inputs"]): num_inputs[one["trigger_after"]] for one in after}
    assert found == {1: 9, 2: 1}  # the desk after all that is picked; desk and level after that


def test_what_was_uploaded_goes_with_the_server(tmp_path: Path) -> None:
    with started(tmp_path / "own", TMPDIR=str(tmp_path)) as server:
        boundary = "x" * 20
        disposition = 'Content-Disposition: form-data; name="files"; filename="a.png"'
        lines = [f"--{boundary}", disposition, "", "secret", f"--{boundary}--", ""]
        body = "\r\n".join(lines).encode()
        kind = f"multipart/form-data; boundary={boundary}"
        status, _ = ask(server, "/gradio_api/upload", data=body, Content_Type=kind)
        assert status == 200
        assert [one for one in tmp_path.rglob("a.png") if one.read_bytes() == b"secret"]
    assert server.exit_code == 0
    assert not list(tmp_path.rglob("a.png"))
    assert server.complaints == ""


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    from .worlds import offer

    data = offer(tmp_path).data[0]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(app, ["explore", "--data", data, "--port", port])
    assert isinstance(done.exception, OSError)
    words = str(done.exception)
    assert words.startswith(f"127.0.0.1:{port} cannot be served: Address already in use; ")
    assert words.endswith("--port 0 takes one that is free")


@pytest.mark.parametrize("name", ["camvid", "pictures"])
@pytest.mark.parametrize("place", ["nowhere", "empty"])
def test_data_that_cannot_be_read_ends_before_anything_is_served(
    tmp_path: Path, name: str, place: str
) -> None:
    (tmp_path / "empty").mkdir()
    data = f"{name}:{tmp_path / place}"
    done = lossproof("explore", "--data", "tinytown", "--data", data, "--port", "0")
    wrong = "does not exist" if place == "nowhere" else "is an empty folder"
    assert_one_line(done, 2, str(tmp_path / place), wrong)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    from .worlds import offer

    data = offer(tmp_path).data[0]
    program = (
        "import sys; sys.modules['gradio'] = None; sys.argv[1:] = ['explore', '--data', "
        f"{data!r}]; from lossproof.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=os.environ,
    )
    assert done.returncode == 2
    assert 'gradio is missing: pip install "lossproof[explore]"' in done.stderr


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("example.test", False),
    ],
)
def test_which_addresses_only_this_machine_reaches(host: str, expected: bool) -> None:
    assert Address(host).is_loopback == expected


@pytest.mark.parametrize(("host", "port"), [("", 1), ("127.0.0.1", -1), ("127.0.0.1", 65536)])
def test_an_address_that_cannot_be(host: str, port: int) -> None:
    with pytest.raises(ValueError, match=r"allowed"):
        Address(host, port)
