"""What every test runs under: no network but loopback; and the folder of real pages, where there is one."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_LOCAL_NAMES = ("localhost", "", None)


class NetworkUsed(Exception):
    """A test reached for the network. Not an OSError: code that handles a failed connection must not swallow it."""


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple):  # a path: a socket of this machine
        return True
    host = str(address[0])
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host in _LOCAL_NAMES


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """Sockets connect to this machine only, and names other than localhost are not found."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not _is_loopback(address):
            raise NetworkUsed(f"connect to {address}")
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if not _is_loopback(address):
            raise NetworkUsed(f"connect to {address}")
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        try:
            known = name in _LOCAL_NAMES or ipaddress.ip_address(str(name).partition("%")[0]) is not None
        except ValueError:
            known = False
        if not known:
            raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no names, not even {name}")
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(scope="session")
def captures() -> Path:
    """The folder of pages of the real sites, which are no part of this repository."""
    beside = Path(__file__).parents[2] / "shared" / "captures"
    folder = Path(os.environ.get("MARKETPLACE_CAPTURES") or beside)
    if not folder.is_dir():
        pytest.skip("no real pages here: MARKETPLACE_CAPTURES names no folder")
    return folder
