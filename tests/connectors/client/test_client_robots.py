"""robots.txt is read first and obeyed (RFC 9309)."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
from loopback_site import PAGE, NewClient, Route, Site, Time, raw, redirect, refused, reply

from connectors.client import PoliteClient


def test_robots_txt_is_read_once_and_first(site: Site, client: PoliteClient) -> None:
    site.robots("User-agent: *\nDisallow: /gio-hang")
    site.routes["/a"] = site.routes["/b"] = reply(PAGE)
    for path in ("/a", "/b", "/a"):
        client.get(site.url + path)
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/a", "/b", "/a"]


def test_a_forbidden_page_is_not_asked_for(site: Site, client: PoliteClient) -> None:
    site.robots("\ufeffUser-agent: *\nDisallow: /gio-hang")
    error = refused(client, f"{site.url}/gio-hang/1")
    assert (error.code, error.stop) == ("robots", False)
    assert "/gio-hang/1" in error.detail
    assert site.paths == []


def test_a_site_that_forbids_its_home_is_left_alone(site: Site, client: PoliteClient) -> None:
    site.robots("User-agent: *\nDisallow: /")
    error = refused(client, f"{site.url}/shop")
    assert (error.code, error.stop) == ("robots", True)
    assert site.paths == []


def test_rules_for_our_name_come_first(site: Site, client: PoliteClient) -> None:
    site.robots("User-agent: *\nDisallow: /\n\nUser-agent: chonongsan\nDisallow: /rieng")
    site.routes["/shop"] = reply(PAGE)
    assert client.get(f"{site.url}/shop").body == PAGE
    assert refused(client, f"{site.url}/rieng").code == "robots"


def test_rules_for_a_word_of_our_contact_are_not_for_us(site: Site, client: PoliteClient) -> None:
    site.robots("User-agent: bot\nDisallow: /\n\nUser-agent: lienhe\nDisallow: /")
    site.routes["/"] = reply(PAGE)
    assert client.get(f"{site.url}/").body == PAGE


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_no_robots_txt_allows_everything(site: Site, client: PoliteClient, status: int) -> None:
    site.robots("User-agent: *\nDisallow: /", status=status)
    site.routes["/"] = reply(PAGE)
    assert client.get(f"{site.url}/").body == PAGE


@pytest.mark.parametrize(
    ("route", "code"),
    [
        (reply(b"", status=503), "server_error"),
        (reply(b"", status=429), "rate_limited"),
        (reply(b"<title>Just a moment...</title>", status=403), "challenge"),
        (redirect("https://cho-moi.example.vn/robots.txt"), "moved"),
        (raw(b""), "unreachable"),
        (reply(b"\x8b", Content_Encoding="br"), "http_error"),
        (reply(gzip.compress(b"User-agent: *")[:-9], Content_Encoding="gzip"), "unreachable"),
    ],
)
def test_a_robots_txt_that_cannot_be_read_allows_nothing(
    site: Site, client: PoliteClient, route: Route, code: str
) -> None:
    site.routes["/robots.txt"] = route
    site.routes["/"] = reply(PAGE)
    error = refused(client, f"{site.url}/")
    assert (error.code, error.stop) == (code, True)
    assert error.detail.startswith("robots.txt: ")
    assert site.paths == []


def test_a_robots_txt_that_redirects_in_a_circle_is_none(site: Site, client: PoliteClient) -> None:
    site.routes["/robots.txt"] = redirect("/robots.txt")
    site.routes["/"] = reply(PAGE)
    assert client.get(f"{site.url}/").body == PAGE


def test_a_robots_txt_that_was_down_is_read_when_it_is_back(site: Site, client: PoliteClient) -> None:
    site.routes["/"] = reply(PAGE)
    site.robots("", status=503)
    refused(client, f"{site.url}/")
    site.robots("")
    assert client.get(f"{site.url}/").body == PAGE


def test_of_a_huge_robots_txt_the_beginning_counts(site: Site, client: PoliteClient) -> None:
    site.robots("User-agent: *\nDisallow: /dau\n" + "# dem\n" * 100_000 + "Disallow: /cuoi\n")
    site.routes["/cuoi"] = reply(PAGE)
    assert refused(client, f"{site.url}/dau").code == "robots"
    assert client.get(f"{site.url}/cuoi").body == PAGE


def test_robots_txt_is_read_again_after_a_day(site: Site, client: PoliteClient, time: Time) -> None:
    site.routes["/"] = reply(PAGE)
    site.robots("")
    client.get(f"{site.url}/")
    site.robots("User-agent: *\nDisallow: /")
    time.at += timedelta(hours=23).total_seconds()
    client.get(f"{site.url}/")
    time.at += timedelta(hours=2).total_seconds()
    assert refused(client, f"{site.url}/").code == "robots"


def test_every_origin_has_its_own_robots_txt(site: Site, other_site: Site, new_client: NewClient) -> None:
    site.routes["/"] = redirect(f"{other_site.url}/")
    other_site.robots("User-agent: *\nDisallow: /")
    client = new_client(hosts=[other_site.address])
    assert refused(client, f"{site.url}/").code == "robots"
    assert other_site.paths == []
