from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from urllib.parse import urlsplit

import pytest

from connectors.sandbox import Fault, Sandbox, World
from connectors.sandbox.__main__ import main
from connectors.sandbox.records import COOPLINK, LONGANTRADE, NONGSAN, POSTMART, VOSO
from connectors.sandbox.site import CONTROL


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(World(seed=3, sellers=40, listings=60)) as running:
        yield running


@pytest.fixture
def connection(sandbox: Sandbox) -> Iterator[HTTPConnection]:
    opened = HTTPConnection(urlsplit(sandbox.urls[VOSO]).netloc, timeout=10)
    yield opened
    opened.close()


def ask(connection: HTTPConnection, path: str, method: str = "GET", **options: object) -> HTTPResponse:
    connection.request(method, path, **options)  # type: ignore[arg-type]  # body and headers, as given
    return connection.getresponse()


def test_each_site_has_an_address_of_its_own(sandbox: Sandbox) -> None:
    assert sandbox.urls.keys() == {VOSO, NONGSAN, COOPLINK, POSTMART, LONGANTRADE} == sandbox.sites.keys()
    for url in sandbox.urls.values():
        opened = HTTPConnection(urlsplit(url).netloc, timeout=10)
        body = ask(opened, "/").read().decode()
        assert f'"{url}' in body, "links lead to the address that was asked"
        opened.close()


def test_one_connection_serves_many_pages(connection: HTTPConnection) -> None:
    ask(connection, "/").read()
    used = connection.sock
    for path in ("/x-c137", "/nope", "/cart", "/robots.txt"):
        ask(connection, path).read()
    assert connection.sock is used
    assert ask(connection, "/x-c137", "HEAD").read() == b""
    first = ask(connection, "/x-c137")
    first.read()
    unchanged = ask(connection, "/x-c137", headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status, unchanged.read()) == (304, b"")
    assert ask(connection, "/").read()
    assert connection.sock is used


def test_a_path_in_utf8_arrives(connection: HTTPConnection, sandbox: Sandbox) -> None:
    ask(connection, "/tim-kiem-g%E1%BA%A1o?q=G%E1%BA%A1o").read()
    assert sandbox.sites[VOSO].seen[-1].target == "/tim-kiem-gạo?q=G%E1%BA%A1o"


def test_a_dropped_connection_is_noticed(connection: HTTPConnection, sandbox: Sandbox) -> None:
    sandbox.sites[VOSO].faults.add(Fault(kind="dropped", times=1))
    with pytest.raises(IncompleteRead):
        ask(connection, "/").read()
    connection.close()
    assert ask(connection, "/").status == 200


def test_an_endless_body_comes_until_one_goes(connection: HTTPConnection, sandbox: Sandbox) -> None:
    sandbox.sites[VOSO].faults.add(Fault(kind="endless", times=1))
    answer = ask(connection, "/")
    assert len(answer.read(300_000)) == 300_000
    connection.close()
    assert ask(connection, "/").status == 200


def test_a_slow_body_keeps_nobody_else_waiting(connection: HTTPConnection, sandbox: Sandbox) -> None:
    sandbox.sites[VOSO].faults.add(Fault(kind="slow", path="/x-c137", seconds=60))
    slow = ask(connection, "/x-c137")
    other = HTTPConnection(urlsplit(sandbox.urls[VOSO]).netloc, timeout=10)
    assert ask(other, "/x-c225").read()
    other.close()
    sandbox.sites[VOSO].faults.stop.set()
    assert slow.read().endswith(b"</html>\n")


def test_the_control_path_over_http(connection: HTTPConnection) -> None:
    answer = ask(connection, CONTROL, "POST", body=b'{"kind": "status", "status": 503, "times": 1}')
    assert answer.status == 200
    answer.read()
    struck = ask(connection, "/")
    struck.read()
    assert struck.status == 503
    assert ask(connection, "/").status == 200


@pytest.mark.parametrize("length", ["nonsense", "-1", "99999999999"])
def test_a_body_of_no_sensible_length_is_refused(connection: HTTPConnection, length: str) -> None:
    assert ask(connection, CONTROL, "POST", headers={"Content-Length": length}).status == 413


def test_changes_show_at_once(connection: HTTPConnection, sandbox: Sandbox) -> None:
    seller = sandbox.world.floors[VOSO].all_sellers()[0]
    listing = sandbox.world.add_listing(seller.ref, "Cà na mới về")
    assert "Cà na mới về" in ask(connection, f"/x-p{listing.ref}.html").read().decode()


def test_many_readers_at_once_beside_changes(sandbox: Sandbox) -> None:
    failures: list[object] = []

    def read() -> None:
        opened = HTTPConnection(urlsplit(sandbox.urls[NONGSAN]).netloc, timeout=10)
        for page in range(20):
            answer = ask(opened, f"/shop?page={page % 4}")
            if answer.status != 200 or not answer.read().endswith(b"</html>\n"):
                failures.append(page)
        opened.close()

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    for _ in range(30):
        seller = sandbox.world.add_seller(NONGSAN)
        sandbox.world.add_listing(seller.ref)
        sandbox.world.remove_seller(seller.ref)
    for reader in readers:
        reader.join()
    assert failures == []


def test_the_end_closes_waiting_connections_and_the_sandbox_can_start_again() -> None:
    sandbox = Sandbox(World(sellers=5, listings=5))
    for _ in range(2):
        with sandbox:
            opened = HTTPConnection(urlsplit(sandbox.urls[VOSO]).netloc, timeout=10)
            assert ask(opened, "/").read()
        assert opened.sock is not None
        assert opened.sock.recv(1) == b"", "the server has hung up"
        opened.close()
        assert sandbox.urls == {}


def test_a_taken_port_is_told_and_nothing_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(OSError, match="in use"), Sandbox(World(sellers=5, listings=5), ports={NONGSAN: taken}):
            pass


def test_the_command_serves_until_it_is_told_to_stop() -> None:
    command = [sys.executable, "-m", "connectors.sandbox", "--sellers", "20", "--listings", "30", "--seed", "5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        urls = dict(running.stdout.readline().split() for _ in range(5))
        assert list(urls) == [VOSO, NONGSAN, COOPLINK, POSTMART, LONGANTRADE]
        opened = HTTPConnection(urlsplit(urls[NONGSAN]).netloc, timeout=10)
        assert "Tất cả (20)" in ask(opened, "/shop").read().decode()
        running.send_signal(signal.SIGTERM)
        assert running.wait(10) == 0
        assert running.stderr.read() == ""
        opened.close()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--sellers", "-1"],
        ["--sellers", "many"],
        ["--today", "yesterday"],
        ["--what"],
        ["--port", "voso"],
        ["--port", "x=1"],
    ],
)
def test_wrong_arguments_end_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("slug", [VOSO, NONGSAN, COOPLINK, POSTMART, LONGANTRADE])
def test_a_taken_port_ends_with_1(slug: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        assert main(["--sellers", "5", "--listings", "5", "--port", f"{slug}={taken}"]) == 1
    assert "cannot serve" in capsys.readouterr().err
