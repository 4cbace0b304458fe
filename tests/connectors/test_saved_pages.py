"""Every connector and platform against its saved pages: what it reads, and what it makes of damaged ones.

Walks REGISTRY and PLATFORMS: a new one is tested by adding its saved pages (see saved_pages.py) and its line in LISTS.
What damage does to answers in JSON is tested in test_saved_answers.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import markup
from connectors.contract import Get, ListingRecord, Problem, RequestRecord, SellerRecord, Yield
from connectors.platforms import PLATFORMS
from connectors.problems import PROBLEMS
from tests.connectors.saved_pages import (
    CONNECTORS,
    FOLDERS,
    SavedPage,
    as_json,
    every_saved_page,
    page_of,
    parser_of,
    read,
    saved_pages,
    source_of,
)

Record = SellerRecord | ListingRecord | RequestRecord

# The list pages of each connector, and the selector of their items.
LISTS = {
    "nongsanantoanlongan": {"sellers": ".media", "category": ".thumb-product", "board": "li.buy-li"},
    # Cards of no known frame are not here: without them nothing is left that could be called an empty list.
    "cooplink": {"table": "tbody tr", "board": "li.buy-li"},
    "postmart": {},  # its lists are JSON
    "voso": {"category": ".f-items", "category-last": ".f-items"},
    "platforms/opencart": {"category": ".product-thumb"},
    "platforms/nukeviet": {"category": ".thumbnail"},
    "platforms/selectors": {"list": ".mat-hang", "sellers": "div.nha-vuon"},
}
# Read through the saved pages of the connector that runs on it.
ELSEWHERE = {"nongsanantoan": "nongsanantoanlongan"}
EVERY = every_saved_page()
PAGES = [page for page in EVERY if page.file.suffix == ".html"]
GOOD = [page for page in EVERY if any("problem" not in value for value in page.expected)]
WHOLE = [page for page in GOOD if page.file.suffix == ".html"]
ANSWERS = [page for page in GOOD if page.is_json and page.slug in CONNECTORS]


def _name(page: SavedPage) -> str:
    return f"{page.slug.removeprefix('platforms/')}-{page.file.stem}"


def _lists() -> list[Any]:
    return [
        pytest.param(page, LISTS[page.slug][page.file.stem], id=_name(page))
        for page in PAGES
        if page.file.stem in LISTS.get(page.slug, {})
    ]


every_page = pytest.mark.parametrize("page", EVERY, ids=_name)
every_html_page = pytest.mark.parametrize("page", PAGES, ids=_name)
every_whole_page = pytest.mark.parametrize("page", WHOLE, ids=_name)
every_answer = pytest.mark.parametrize("page", ANSWERS, ids=_name)
every_list = pytest.mark.parametrize(("page", "item"), _lists())


def _records(values: Iterable[Yield]) -> dict[tuple[type, str], Record]:
    return {(type(v), v.ref): v for v in values if isinstance(v, Record)}


def _problems(values: Iterable[Yield]) -> list[Problem]:
    return [v for v in values if isinstance(v, Problem)]


def _codes(values: Iterable[Yield]) -> list[str]:
    """The codes of a reading that must give problems only."""
    values = list(values)
    assert all(isinstance(v, Problem) for v in values), values
    return [p.code for p in _problems(values)]


@pytest.mark.parametrize("slug", FOLDERS)
def test_there_is_a_saved_page_of_every_kind_that_is_fetched(slug: str) -> None:
    parser, source = parser_of(slug), source_of(slug)
    kinds = {get.kind for get in parser.start(source, None)}
    pages = saved_pages(slug)
    kinds |= {value["get"]["kind"] for page in pages for value in page.expected if "get" in value}
    # What a connector hands over to a platform is read by that platform, which has saved pages of its own.
    elsewhere = {kind for kind in kinds if kind.startswith("structured/")}
    assert kinds - elsewhere <= {page.get.kind for page in pages}
    assert slug in LISTS or slug not in CONNECTORS


def test_every_platform_has_saved_pages() -> None:
    for name in PLATFORMS:
        assert saved_pages(ELSEWHERE.get(name, f"platforms/{name}")), name


@pytest.mark.parametrize("slug", FOLDERS)
def test_every_saved_page_has_an_expectation(slug: str) -> None:
    folder = saved_pages(slug)[0].file.parent
    files = {p.stem for kind in ("html", "json", "xml", "txt") for p in folder.glob(f"*.{kind}")} - {"source"}
    assert files == {page.file.stem for page in saved_pages(slug)}


@every_page
def test_a_page_reads_as_expected(page: SavedPage) -> None:
    assert [as_json(value) for value in read(page.slug, page.get, page.body, **page.headers)] == page.expected


@every_page
def test_reading_twice_gives_the_same(page: SavedPage) -> None:
    assert read(page.slug, page.get, page.body) == read(page.slug, page.get, page.body)


@every_page
def test_the_kind_of_a_page_is_known_by_its_address(page: SavedPage) -> None:
    assert parser_of(page.slug).kind_of(source_of(page.slug), page.get.url) == page.get.kind


@every_page
def test_every_problem_is_explained(page: SavedPage) -> None:
    assert {p.code for p in _problems(read(page.slug, page.get, page.body))} <= PROBLEMS.keys()


@every_page
def test_pages_to_fetch_are_pages_of_the_source(page: SavedPage) -> None:
    source, kind_of = source_of(page.slug), parser_of(page.slug).kind_of
    values = read(page.slug, page.get, page.body, **page.headers)
    for get in (v for v in values if isinstance(v, Get)):
        assert get.url.startswith(f"{source.home}/")
        assert "#" not in get.url
        assert get.url != page.get.url
        assert kind_of(source, get.url) == get.kind
        assert (get.record is None) == (get.ref == "")
        names = {"seller": SellerRecord, "listing": ListingRecord, "request": RequestRecord}
        assert get.record is None or (names[get.record], get.ref) in _records(values)


@every_page
def test_a_record_of_its_own_page_is_the_one_that_was_asked_for(page: SavedPage) -> None:
    own = [r for r in _records(read(page.slug, page.get, page.body)).values() if r.own_page]
    assert len(own) <= 1
    assert all(r.ref == page.get.ref for r in own if page.get.ref)


@pytest.mark.parametrize("home", ["http://127.0.0.1:8123", "http://127.0.0.1:8123/san-thu"])
@every_whole_page
def test_a_page_fetched_from_another_home_leads_only_there(page: SavedPage, home: str) -> None:
    """As from the sandbox: the page still names the real host in its links."""
    source = source_of(page.slug)
    away = replace(source, home=home)
    get = replace(page.get, url=page.get.url.replace(source.home, home, 1))
    body = page.body
    if away.home.endswith("/san-thu"):  # links without a host are the server's own: it writes them below its home
        body = re.sub(rb'(href="|"keyword":")/(?!/)', rb"\1/san-thu/", body)
    values = list(parser_of(page.slug).parse(away, page_of(get, body)))
    home_values = read(page.slug, page.get, page.body)
    assert _records(values).keys() == _records(home_values).keys()
    urls = [v.url for v in values if not isinstance(v, Problem) and v.url]
    assert all(url.startswith(f"{home}/") for url in urls)
    there = [v.url for v in home_values if not isinstance(v, Problem) and v.url]
    assert [url.removeprefix(home) for url in urls] == [url.removeprefix(source.home) for url in there]


# --- damaged pages -------------------------------------------------------------------------------------------------


@every_whole_page
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_cut_page_gives_a_problem_and_nothing_else(page: SavedPage, share: float) -> None:
    body = page.body.rstrip()
    cut = body[: int((len(body) - len(b"</body>\n</html>")) * share)]
    assert _codes(read(page.slug, page.get, cut)) in (["truncated"], ["not_html"])


@every_whole_page
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_html"),
        (b" \r\n\t", "not_html"),
        (b'{"success": true, "data": []}', "not_html"),
        (b"[]", "not_html"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200), "not_html"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF<html>", "not_html"),
        ("<html><body>Không thấy trang</body></html>".encode("utf-16"), "not_html"),
        (b"Service Unavailable", "not_html"),
        ("<html><body><h1>Hệ thống đang bảo trì</h1></body></html>".encode(), "layout"),
        (b"<html><head><title>Just a moment...</title></head><body></body></html>", "challenge"),
        (b"<html><body>" + b"x" * 10_000_000 + b"</body></html>", "too_large"),
    ],
    ids=["empty", "blank", "json", "json-list", "png", "jpeg", "utf-16", "text", "maintenance", "challenge", "huge"],
)
def test_something_else_instead_of_the_page(page: SavedPage, body: bytes, code: str) -> None:
    assert _codes(read(page.slug, page.get, body)) == [code]


@every_answer
@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_a_cut_answer_gives_a_problem_and_nothing_else(page: SavedPage, share: float) -> None:
    body = page.body.rstrip()
    assert _codes(read(page.slug, page.get, body[: int(len(body) * share)])) == ["not_json"]


@every_answer
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200), "not_json"),
        (b"Service Unavailable", "not_json"),
        ("<html><body><h1>Hệ thống đang bảo trì</h1></body></html>".encode(), "not_json"),
        (b"<html><head><title>Just a moment...</title></head><body></body></html>", "challenge"),
        (b'{"success": false, "message": "maintenance"}', "layout"),
        (b"[" * 100_000, "not_json"),
        (b"1", "layout"),
        (b'"' + b"x" * 10_000_000 + b'"', "too_large"),
    ],
    ids=["empty", "png", "text", "maintenance", "challenge", "other-json", "deep-json", "number", "huge"],
)
def test_something_else_instead_of_the_answer(page: SavedPage, body: bytes, code: str) -> None:
    assert _codes(read(page.slug, page.get, body)) == [code]


@every_answer
def test_a_renamed_key_never_loses_a_record_in_silence_nor_changes_a_ref(page: SavedPage) -> None:
    known = _records(read(page.slug, page.get, page.body))
    for key in sorted(set(re.findall(rb'"(\w+)"\s*:', page.body))):
        values = read(page.slug, page.get, re.sub(rb'"%b"(\s*:)' % key, rb'"x9"\1', page.body))
        assert _records(values).keys() == known.keys() or _problems(values), key
        assert _records(values).keys() <= known.keys(), key


@every_whole_page
def test_a_page_of_another_kind_is_not_recognised(page: SavedPage) -> None:
    kinds = {other.get.kind for other in PAGES if other.slug == page.slug}
    for kind in sorted(kinds - {page.get.kind}):
        values = read(page.slug, replace(page.get, kind=kind), page.body)
        own = {(type(r), r.ref) for r in _records(values).values() if r.own_page}
        assert own <= _records(read(page.slug, page.get, page.body)).keys()
    assert _codes(read(page.slug, replace(page.get, kind="no-such-kind"), page.body)) == ["unknown_kind"]


@every_html_page
def test_decomposed_letters_read_the_same(page: SavedPage) -> None:
    body = unicodedata.normalize("NFD", page.body.decode()).encode()
    assert body != page.body
    assert read(page.slug, page.get, body) == read(page.slug, page.get, page.body)


@every_html_page
@pytest.mark.parametrize("noise", [b"<!-- %s -->" % (b"noise " * 50_000), b"<i></i>" * 10_000])
def test_noise_changes_nothing(page: SavedPage, noise: bytes) -> None:
    body = page.body.replace(b"</body>", noise + b"</body>")
    assert read(page.slug, page.get, body) == read(page.slug, page.get, page.body)


@every_whole_page
def test_a_broken_byte_is_told_and_the_rest_is_read(page: SavedPage) -> None:
    body = page.body.replace(b"</body>", b"<p>caf\xe9</p></body>")
    first, *rest = read(page.slug, page.get, body)
    assert isinstance(first, Problem)
    assert first.code == "bad_encoding"
    assert rest == read(page.slug, page.get, page.body)


@every_list
def test_a_list_without_items_is_empty_and_says_so(page: SavedPage, item: str) -> None:
    root = markup.read_html(page_of(page.get, page.body)).root
    for node in markup.every(root, item):
        node.decompose()
    values = read(page.slug, page.get, str(root.html).encode())
    assert _records(values) == {}
    assert [p.code for p in _problems(values)] == ["empty_list"]


@every_list
def test_a_row_that_stands_twice_is_given_once_and_told(page: SavedPage, item: str) -> None:
    root = markup.read_html(page_of(page.get, page.body)).root
    once = read(page.slug, page.get, str(root.html).encode())
    first = str(markup.every(root, item)[0].html)
    twice = read(page.slug, page.get, str(root.html).replace(first, first * 2, 1).encode())
    assert _records(twice) == _records(once)
    ref = next(iter(_records(once).values())).ref
    assert ref in [p.ref for p in _problems(twice) if p.code == "duplicate_ref"]


@every_list
def test_a_row_that_stands_twice_with_other_words_keeps_the_first(page: SavedPage, item: str) -> None:
    root = markup.read_html(page_of(page.get, page.body)).root
    once = read(page.slug, page.get, str(root.html).encode())
    record = next(iter(_records(once).values()))
    name = record.name if isinstance(record, SellerRecord) else record.title
    first = str(markup.every(root, item)[0].html)
    other = first.replace(name.replace("&", "&amp;"), "Tên khác")
    assert other != first
    twice = read(page.slug, page.get, str(root.html).replace(first, first + other, 1).encode())
    assert _records(twice)[type(record), record.ref] == record
    assert "nội dung khác nhau" in " ".join(p.detail for p in _problems(twice) if p.ref == record.ref)


def _classes(page: SavedPage) -> list[str]:
    return sorted({name for told in re.findall(r'class="([^"]*)"', page.body.decode()) for name in told.split()})


def _renamed(page: SavedPage, name: str) -> bytes:
    def rename(found: re.Match[str]) -> str:
        return 'class="' + " ".join("x9-new" if c == name else c for c in found[1].split()) + '"'

    return re.sub(r'class="([^"]*)"', rename, page.body.decode()).encode()


def _told(record: Record) -> dict[str, object]:
    return {f.name: v for f in fields(record) if (v := getattr(record, f.name)) is not None}


@every_whole_page
def test_a_renamed_class_never_loses_a_record_in_silence_nor_changes_a_value(page: SavedPage) -> None:
    """A page may tell less after a redesign, never something else; and what is missing altogether is a Problem."""
    before = read(page.slug, page.get, page.body)
    known = _records(before)
    # With one of two contradicting parts gone, the other one counts: what a problem names is not looked at.
    faults = " ".join(f"{p.ref} {p.detail}" for p in _problems(before)).split()
    for name in _classes(page):
        after = read(page.slug, page.get, _renamed(page, name))
        records = _records(after)
        told_more = Counter(_problems(after)) - Counter(_problems(before))
        for key, record in records.items():
            if record.ref in (word.strip("“”,") for word in faults):
                continue
            assert key in known, (name, record)
            for field, value in _told(record).items():
                # A product's own page without an old price says that there is none.
                gone = field == "list_price_vnd" and value == 0
                assert gone or value == getattr(known[key], field), (name, field, record)
        gets = {v for v in before if isinstance(v, Get)} - {v for v in after if isinstance(v, Get)}
        if known.keys() - records.keys() or gets:
            assert told_more, (name, known.keys() - records.keys(), gets)


@st.composite
def _damaged(draw: st.DrawFn) -> tuple[SavedPage, bytes]:
    page = draw(st.sampled_from(PAGES))
    body = page.body
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 400)))
        piece = draw(
            st.sampled_from([b"", b"<", b'"', b"</div>", b"<div class=", b"<script>", b"http://[", b"\xff\xfe"])
            | st.binary(max_size=30)
        )
        body = body[:start] + piece + body[end:]
    return page, body


@given(_damaged())
@settings(max_examples=300, deadline=None)
def test_no_damage_raises(damaged: tuple[SavedPage, bytes]) -> None:
    page, body = damaged
    values = read(page.slug, page.get, body)
    assert values
    assert {p.code for p in _problems(values)} <= PROBLEMS.keys()
    home = urlsplit(source_of(page.slug).home).netloc
    assert all(urlsplit(v.url).netloc == home for v in values if isinstance(v, Get))
    assert all(r.ref for r in _records(values).values())
