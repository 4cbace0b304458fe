"""One request at a time, with a pause after every answer."""

from __future__ import annotations

import threading

import pytest
from loopback_site import PAGE, Handler, NewClient, Site, Time, in_turn, raw, redirect, refused, reply

from connectors.client import PoliteClient


def test_a_pause_after_every_answer(site: Site, new_client: NewClient, time: Time) -> None:
    site.routes["/"] = reply(PAGE)

    def slow(handler: Handler) -> None:
        time.sleep(9)
        reply(PAGE)(handler)

    site.routes["/cham"] = slow
    client = new_client(delay_s=2)
    client.get(f"{site.url}/")
    assert time.slept == [2], "robots.txt is a request too"
    time.at += 0.5
    client.get(f"{site.url}/cham")
    assert time.slept == [2, 1.5, 9]
    client.get(f"{site.url}/")
    assert time.slept == [2, 1.5, 9, 2], "counted from the end of the slow answer"
    time.at += 60
    client.get(f"{site.url}/")
    assert time.slept == [2, 1.5, 9, 2]


def test_failures_and_redirects_are_answers_too(site: Site, new_client: NewClient, time: Time) -> None:
    site.routes["/old"] = redirect("/new")
    client = new_client(delay_s=2)
    assert refused(client, f"{site.url}/old").code == "not_found"
    assert time.slept == [2, 2]


def test_a_pause_after_a_broken_answer(site: Site, new_client: NewClient, time: Time) -> None:
    site.routes["/"] = in_turn(raw(b""), reply(PAGE))
    new_client(delay_s=3).get(f"{site.url}/")
    assert time.slept == [3, 1, 2], "after robots.txt, then one second of backoff and the rest of the pause"


def test_backoff_and_pause_overlap(site: Site, new_client: NewClient, time: Time) -> None:
    site.routes["/"] = in_turn(reply(b"", status=500), reply(b"", status=500), reply(PAGE))
    new_client(delay_s=1.5).get(f"{site.url}/")
    assert time.slept == [1.5, 1, 0.5, 2]


@pytest.mark.parametrize(("crawl_delay", "pause"), [("5", 5), ("1", 2), ("3600", 60), ("-1", 2), ("nan", 2)])
def test_crawl_delay(site: Site, new_client: NewClient, time: Time, crawl_delay: str, pause: float) -> None:
    site.robots(f"User-agent: *\nCrawl-delay: {crawl_delay}")
    site.routes["/"] = reply(PAGE)
    client = new_client(delay_s=2)
    client.get(f"{site.url}/")
    client.get(f"{site.url}/")
    assert time.slept == [pause, pause]


def test_sites_do_not_wait_for_each_other(site: Site, other_site: Site, new_client: NewClient, time: Time) -> None:
    client = new_client(delay_s=2)
    refused(client, f"{site.url}/")
    refused(client, f"{other_site.url}/")
    assert time.slept == [2, 2], "one pause within each site, none between them"


def test_threads_queue_up(site: Site, client: PoliteClient) -> None:
    paths = [f"/{i}" for i in range(24)]
    for path in paths:
        site.routes[path] = reply(path.encode() * 1_000)
    got: dict[str, bytes] = {}

    def fetch(some: list[str]) -> None:
        for path in some:
            got[path] = client.get(site.url + path).body

    threads = [threading.Thread(target=fetch, args=(paths[i::4],)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {path: path.encode() * 1_000 for path in paths}
    assert not site.inside.overlapped
    assert len(site.peers) == 1
