"""How long the pages of a filled instance take, and how many SQL statements they make.

    python bench/pages.py --sellers 2000 --listings 1000 [--json]
    python bench/pages.py --docs 75000 [--json]
    python bench/pages.py --instance DIR [--docs 75000] [--json]

The instance is filled by a real sync of the sandbox, or with --docs from files (much faster, and of the catalogue that
bench/search.py searches), or is one that is there already (it is only read). Pages are
asked for in this process, through Flask's test client: what is measured is the server's work, without a network.
A second instance of a tenth of the size must need the same statements: a page that makes one for every row of a list
would not. (A search makes one more for each kind of record among its hits, whatever their number: pages are compared
with pages that make the same statements.) `held` tells whether the search page keeps its promise: a p95 of 50 ms
and 100 kB as it is sent, without what it links to.

Exit codes: 0 measured, 1 a page failed or the statements differ, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import quote

from filled import fill
from flask import Flask
from own_sync import counted, filled, one_sync
from running import BenchError, sandbox, say
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from marketplace import create_app
from marketplace.catalogue.models import Listing, Seller
from marketplace.config import load
from marketplace.db import db
from marketplace.instance import prepare, update_index
from marketplace.web.addresses import listing_address, seller_address

# Plain, without accents, several words, regional, mistyped, a seller's name, and everything; all pages show facets.
QUERIES = ("gạo", "thanh long", "chanh khong hat", "mat ong", "rau muống", "trung ga", "hợp tác xã", "")
SAMPLE = 25  # records of a kind whose pages are asked for
SEARCHES = ("search", "search_filtered")
SEARCH_MS, SEARCH_KB = 50.0, 100.0  # at most, for the pages of search
SMALLEST = (30, 20)  # sellers and listings of the small instance, at least: each page has something to show

_LIST = re.compile(r"\((?:\?|%\(\w+\)s|:\w+)(?:, (?:\?|%\(\w+\)s|:\w+))*\)")  # as long as the rows it asks for

Result = dict[str, Any]
# By what a page does (its different statements): the most statements such a page made.
Made = dict[frozenset[str], int]


@contextmanager
def made(sellers: int, listings: int) -> Iterator[Flask]:
    """An instance of this size, read from the sandbox and indexed."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, sandbox(sellers, listings) as urls:
        config, app = filled(Path(name) / "instance", urls)
        with app.app_context():
            say(f"filling an instance: {sellers} sellers, {listings} listings")
            verdicts = one_sync(config)["verdicts"]
            if set(verdicts.values()) != {"ok"}:
                raise BenchError(f"the sync was not complete: {verdicts}")
            update_index(config, db.engine)
            yield app
            db.session.remove()
            db.engine.dispose()


@contextmanager
def imported(docs: int) -> Iterator[Flask]:
    """An instance with the invented catalogue of this size, taken in from files."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        say(f"filling an instance from files: {docs} records")
        fill(Path(name) / "instance", docs)
        with there(Path(name) / "instance") as app:
            yield app
            db.session.remove()
            db.engine.dispose()


@contextmanager
def there(folder: Path) -> Iterator[Flask]:
    """An instance that is filled already."""
    app = create_app(load(folder))
    prepare(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def spread(ids: Sequence[Any]) -> list[Any]:
    """A few of them, evenly from first to last."""
    step = max(1, len(ids) // SAMPLE)
    return list(ids[::step][:SAMPLE])


def addresses(app: Flask) -> dict[str, list[str]]:
    """The addresses to ask for, by the kind of page."""
    with Session(db.engine) as session, app.test_request_context():
        listings = session.execute(
            select(Listing.id, Listing.title).where(Listing.seller_id.is_not(None)).order_by(Listing.id)
        ).all()
        sellers = session.execute(
            select(Seller.id, Seller.name)
            .where(select(Listing.id).where(Listing.seller_id == Seller.id).exists())
            .order_by(Seller.id)
        ).all()
        return {
            "search": [f"/tim?q={quote(words)}" for words in QUERIES],
            "search_filtered": [f"/tim?q={quote(words)}&loai=san-pham" for words in QUERIES],
            "listing": [listing_address(id_, title) for id_, title in spread(listings)],
            "seller": [seller_address(id_, name) for id_, name in spread(sellers)],
            "statistics": ["/so-lieu"],
            "sources": ["/nguon"],
        }


def measured(app: Flask, requests: int) -> tuple[dict[str, Result], dict[str, Made]]:
    """Milliseconds and statements of every kind of page, over so many requests of each."""
    statements: list[str] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def _count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(_LIST.sub("(…)", statement))

    client = app.test_client()

    def ask(address: str) -> tuple[float, frozenset[str], int, int]:
        statements.clear()
        begun = time.perf_counter()
        answer = client.get(address)
        body = answer.get_data()
        took = (time.perf_counter() - begun) * 1000
        if answer.status_code != 200 or not body:
            raise BenchError(f"{address} answered {answer.status_code}")
        return took, frozenset(statements), len(statements), len(body)

    result: dict[str, Result] = {}
    counts: dict[str, Made] = {}
    for kind, some in addresses(app).items():
        if not some:
            raise BenchError(f"the instance has no page of kind {kind}")
        first, *_ = ask(some[0])
        for address in some:  # templates compiled, what a run leaves unchanged worked out
            ask(address)
        say(f"  {kind}")
        asked = [ask(address) for address in islice(cycle(some), max(requests, len(some)))]
        cuts = quantiles([took for took, *_ in asked], n=20, method="inclusive")
        counts[kind] = {}
        for _, different, count, _ in asked:
            counts[kind][different] = max(count, counts[kind].get(different, 0))
        result[kind] = {
            "p50_ms": cuts[9],
            "p95_ms": cuts[18],
            "first_ms": first,
            "kilobytes": max(size for *_, size in asked) / 1e3,
            "statements": max(counts[kind].values()),
            "requests": len(asked),
        }
    event.remove(db.engine, "before_cursor_execute", _count)
    return result, counts


def same(here: Mapping[str, Made], there: Mapping[str, Made]) -> bool:
    """Whether alike pages make equally many statements, and every kind of page has alike ones."""
    for kind, made_here in here.items():
        alike = made_here.keys() & there[kind].keys()
        if not alike or any(made_here[one] != there[kind][one] for one in alike):
            return False
    return True


def table(result: Result) -> str:
    """The result for people."""
    lines = [
        f"{result['records']['seller']:,} sellers, {result['records']['listing']:,} listings",
        f"{'page':<18}{'p50 ms':>10}{'p95 ms':>10}{'first ms':>10}{'kB':>8}{'SQL':>6}{'at a tenth':>12}",
    ]
    for kind, page in result["pages"].items():
        lines.append(
            f"{kind:<18}{page['p50_ms']:>10.1f}{page['p95_ms']:>10.1f}{page['first_ms']:>10.1f}"
            f"{page['kilobytes']:>8.1f}{page['statements']:>6}{result['small_statements'][kind]:>12}"
        )
    return "\n".join(lines)


def _filled(told: argparse.Namespace, part: int) -> AbstractContextManager[Flask]:
    """An instance of one `part`-th of what was asked for."""
    if told.docs:
        return imported(told.docs // part)
    return made(max(told.sellers // part, SMALLEST[0]), max(told.listings // part, SMALLEST[1]))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/pages.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sellers", type=int, default=2_000, help="accounts on all shops together (default: 2000)")
    parser.add_argument("--listings", type=int, default=1_000, help="listings of all shops together (default: 1000)")
    parser.add_argument("--instance", type=Path, help="measure this filled instance instead")
    parser.add_argument("--docs", type=int, help="fill from files instead: accounts and listings together")
    parser.add_argument("--requests", type=int, default=200, help="requests of each kind of page (default: 200)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    told = parser.parse_args(arguments)
    if told.sellers < 1 or told.listings < 1 or told.requests < 2:
        parser.error("--sellers and --listings are 1 or more, --requests 2 or more")
    if told.docs is not None and told.docs < 1_000:
        parser.error("--docs is 1000 or more")
    if told.instance and not (told.instance / "marketplace.db").exists():
        say(f"bench/pages.py: {told.instance}: no filled instance")
        return 1
    try:
        with _filled(told, 10) as app:
            few, made_by_few = measured(app, requests=2)
        with there(told.instance) if told.instance else _filled(told, 1) as app:
            records = counted()
            pages, made_by_all = measured(app, told.requests)
    except BenchError as error:
        say(f"bench/pages.py: {error}")
        return 1
    for page in pages.values():
        page.update({name: round(page[name], 2) for name in ("p50_ms", "p95_ms", "first_ms", "kilobytes")})
    result = {
        "records": records,
        "pages": pages,
        "small_statements": {kind: page["statements"] for kind, page in few.items()},
        "same_statements": same(made_by_few, made_by_all),
        "held": {
            "search_p95": all(pages[kind]["p95_ms"] <= SEARCH_MS for kind in SEARCHES),
            "search_size": all(pages[kind]["kilobytes"] <= SEARCH_KB for kind in SEARCHES),
        },
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    print(json.dumps(result, ensure_ascii=False, indent=2) if told.json else table(result))
    if not result["same_statements"]:
        say("bench/pages.py: the number of statements depends on the size of the instance")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
