"""Whom we speak to: the public internet, and loopback where allowed."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from loopback_site import PAGE, NewClient, Site, names, refused, reply

from connectors.client import PoliteClient


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_loopback_is_refused_before_a_connection_is_made(site: Site, new_client: NewClient, host: str) -> None:
    port = site.url.rpartition(":")[2]
    error = refused(new_client(allow_loopback=False), f"http://{host}:{port}/")
    assert (error.code, error.stop) == ("private_address", True)
    assert site.asked == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "017700000001"])
def test_loopback_in_disguise(site: Site, new_client: NewClient, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    real = socket.getaddrinfo

    def look_up(name: str, *options: Any) -> Any:
        """The system's look-up reads these forms itself; what keeps tests from looking up names does not."""
        return real(socket.inet_ntoa(socket.inet_aton(name)), *options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    port = site.url.rpartition(":")[2]
    assert refused(new_client(allow_loopback=False), f"http://{host}:{port}/").code == "private_address"
    assert site.asked == []


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "192.168.1.1", "[fe80::1]", "[::ffff:10.0.0.1]"])
def test_private_addresses_are_refused_even_where_loopback_is_allowed(client: PoliteClient, host: str) -> None:
    assert refused(client, f"http://{host}/").code == "private_address"


def test_a_name_is_judged_by_where_it_leads(client: PoliteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["10.0.0.1", "192.168.1.1"])
    error = refused(client, "http://cho.example.vn/")
    assert error.code == "private_address"
    assert "cho.example.vn" in error.detail


def test_a_second_look_up_changes_nothing(site: Site, client: PoliteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    site.routes["/"] = reply(PAGE)
    assert client.get(site.url.replace("127.0.0.1", "cho.example.vn") + "/").body == PAGE
    assert len(asked) == 1, "judged and connected with one look-up, then kept alive"


def test_private_answers_among_others_are_passed_over(
    site: Site, client: PoliteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, ["10.0.0.1", "127.0.0.1"])
    site.routes["/"] = reply(PAGE)
    assert client.get(site.url.replace("127.0.0.1", "cho.example.vn") + "/").body == PAGE


@pytest.mark.parametrize("addresses", [["127.0.0.9", "127.0.0.1"], ["127.0.0.1", "127.0.0.9"]])
def test_one_address_that_answers_is_enough(
    site: Site, client: PoliteClient, monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    names(monkeypatch, addresses)  # the site listens on 127.0.0.1 only
    site.routes["/"] = reply(PAGE)
    assert client.get(site.url.replace("127.0.0.1", "cho.example.vn") + "/").body == PAGE


def test_a_name_without_an_address(new_client: NewClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch)
    error = refused(new_client(attempts=2), "https://khong-co.example.vn/")
    assert (error.code, error.stop) == ("dns", True)
    assert "khong-co.example.vn" in error.detail
    assert len(asked) == 2, "a look-up that fails once often works the next time"
