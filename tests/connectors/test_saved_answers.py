"""What damage does to answers in JSON: every platform against its saved ones."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Get, ListingRecord, Problem, RequestRecord, SellerRecord, Yield
from connectors.problems import PROBLEMS
from tests.connectors.saved_pages import SavedPage, every_saved_page, page_of, parser_of, read, source_of

Record = SellerRecord | ListingRecord | RequestRecord

PAGES = [page for page in every_saved_page() if page.is_json and page.slug.startswith("platforms/")]
WHOLE = [page for page in PAGES if any("problem" not in value for value in page.expected)]


def _rows(value: object) -> list[Any] | None:
    """The list of an answer that is one."""
    found = value.get("products") if isinstance(value, dict) else value
    return found if isinstance(found, list) else None


def _name(page: SavedPage) -> str:
    return f"{page.slug.removeprefix('platforms/')}-{page.file.stem}"


every_answer = pytest.mark.parametrize("page", PAGES, ids=_name)
every_whole_answer = pytest.mark.parametrize("page", WHOLE, ids=_name)
every_list = pytest.mark.parametrize("page", [page for page in WHOLE if _rows(json.loads(page.body))], ids=_name)


def _read(page: SavedPage, body: bytes) -> list[Yield]:
    return read(page.slug, page.get, body, **page.headers)


def _changed(page: SavedPage, rows: list[Any]) -> list[Yield]:
    value = json.loads(page.body)
    told = {**value, "products": rows} if isinstance(value, dict) else rows
    return _read(page, json.dumps(told, ensure_ascii=False).encode())


def _records(values: list[Yield]) -> dict[tuple[type, str], Record]:
    return {(type(v), v.ref): v for v in values if isinstance(v, Record)}


def _problems(values: list[Yield]) -> list[Problem]:
    return [v for v in values if isinstance(v, Problem)]


def _codes(values: list[Yield]) -> list[str]:
    assert all(isinstance(v, Problem) for v in values), values
    return [p.code for p in _problems(values)]


@every_whole_answer
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_cut_answer_gives_a_problem_and_nothing_else(page: SavedPage, share: float) -> None:
    body = page.body.rstrip()
    assert _codes(_read(page, body[: int((len(body) - 1) * share)])) == ["not_json"]


@every_whole_answer
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b" \r\n", "not_json"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_json"),
        ("<html><body><h1>Hệ thống đang bảo trì</h1></body></html>".encode(), "not_json"),
        (b"<html><head><title>Just a moment...</title></head><body></body></html>", "challenge"),
        (b'{"success": false, "message": "maintenance"}', "layout"),
        (b'{"code": "rest_no_route", "message": "", "data": {"status": 404}}', "layout"),
        (b'"text"', "layout"),
        (b"null", "layout"),
        (b'[1, 2, "three"]', "layout"),
        (b"[" * 100_000, "not_json"),
        (b'["' + b"x" * 10_000_000 + b'"]', "too_large"),
    ],
    ids=["empty", "blank", "png", "html", "challenge", "json", "error", "text", "null", "numbers", "deep", "huge"],
)
def test_something_else_instead_of_the_answer(page: SavedPage, body: bytes, code: str) -> None:
    assert _codes(_read(page, body)) == [code]


@every_answer
def test_an_unknown_kind_is_said(page: SavedPage) -> None:
    assert _codes(read(page.slug, replace(page.get, kind="no-such-kind"), page.body)) == ["unknown_kind"]


@every_answer
def test_decomposed_letters_and_escapes_read_the_same(page: SavedPage) -> None:
    text = page.body.decode()
    for body in (unicodedata.normalize("NFD", text).encode(), json.dumps(json.loads(text)).encode()):
        if page.file.stem == "products" and "haravan" in page.slug:  # links hold the vendor's name as it was written
            assert _records(_read(page, body)).keys() == _records(_read(page, page.body)).keys()
        else:
            assert _read(page, body) == _read(page, page.body)


@every_answer
def test_noise_changes_nothing(page: SavedPage) -> None:
    assert _read(page, page.body + b" \n" * 100_000) == _read(page, page.body)


@every_list
def test_a_list_without_rows_is_told_or_the_end(page: SavedPage) -> None:
    values = _changed(page, [])
    assert _records(values) == {}
    assert not [v for v in values if isinstance(v, Get)]
    assert _codes(values) in ([], ["empty_list"])
    later = replace(page.get, url=f"{page.get.url}&page=7".replace("page=1&", ""))
    assert read(page.slug, later, json.dumps({"products": []} if "haravan" in page.slug else []).encode()) == []


def test_an_empty_list_of_products_is_never_the_end_of_a_first_page() -> None:
    for page in PAGES:
        if page.get.kind == "products" and "&page=1" in page.get.url:
            assert _codes(_changed(page, [])) == ["empty_list"]


@every_list
def test_a_row_that_stands_twice_is_given_once_and_told(page: SavedPage) -> None:
    rows = _rows(json.loads(page.body)) or []
    twice = _changed(page, [rows[0], *rows])
    assert _records(twice) == _records(_read(page, page.body))
    assert "duplicate_ref" in [p.code for p in _problems(twice)]


@every_list
def test_a_bad_row_is_told_and_the_others_are_read(page: SavedPage) -> None:
    rows = _rows(json.loads(page.body)) or []
    for bad in (None, 7, "x", [], {}, {"id": None}, {"id": True}, {"id": " "}):
        values = _changed(page, [bad, *rows])
        assert _records(values) == _records(_read(page, page.body))
        assert _problems(values)[0].code == "bad_row" or "haravan" in page.slug


def _without(value: Any, name: str) -> Any:
    """The value with a key renamed wherever it stands."""
    if isinstance(value, dict):
        return {"x9_new" if key == name else key: _without(part, name) for key, part in value.items()}
    return [_without(part, name) for part in value] if isinstance(value, list) else value


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _keys(part)


@every_whole_answer
def test_a_renamed_key_never_loses_a_record_in_silence_nor_changes_a_value(page: SavedPage) -> None:
    value = json.loads(page.body)
    before = _read(page, page.body)
    for name in sorted(set(_keys(value))):
        after = _read(page, json.dumps(_without(value, name)).encode())
        lost = _records(before).keys() - _records(after).keys()
        assert not lost or _problems(after) != _problems(before), (name, lost)
        for key, record in _records(after).items():
            if key not in _records(before):  # its key or its name stood in that field
                assert name in ("vendor", "title", "name"), (name, key)
                continue
            for field in fields(record):
                told, known = getattr(record, field.name), getattr(_records(before)[key], field.name)
                # Another text may stand in for a missing one, words and amounts for each other, a part for the whole.
                stands_in = field.name.startswith(("price", "list_price", "category", "unit", "description", "address"))
                assert told == known or not told or stands_in or field.name.startswith("seller"), (name, record)


@every_whole_answer
@pytest.mark.parametrize("home", ["http://127.0.0.1:8123", "http://127.0.0.1:8123/san-thu"])
def test_an_answer_from_another_home_leads_only_there(page: SavedPage, home: str) -> None:
    source = source_of(page.slug)
    away = replace(source, home=home)
    get = replace(page.get, url=page.get.url.replace(source.home, home, 1))
    values = list(parser_of(page.slug).parse(away, page_of(get, page.body, page.headers)))
    there = _read(page, page.body)
    assert _records(values).keys() == _records(there).keys()
    urls = [v.url for v in values if not isinstance(v, Problem) and v.url]
    assert [url.removeprefix(home) for url in urls] == [
        v.url.removeprefix(source.home) for v in there if not isinstance(v, Problem) and v.url
    ]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=6), parts, max_size=3),
    max_leaves=6,
)


@st.composite
def _damaged(draw: st.DrawFn) -> tuple[SavedPage, bytes]:
    """An answer in which one value of one row is another one."""
    page = draw(st.sampled_from(WHOLE))
    value = json.loads(page.body)
    rows = _rows(value) or [value]
    row = draw(st.sampled_from(rows))
    name = draw(st.sampled_from(sorted(row)))
    inside = row[name]
    if isinstance(inside, dict) and inside and draw(st.booleans()):
        inside[draw(st.sampled_from(sorted(inside)))] = draw(_JSON)
    else:
        row[name] = draw(_JSON)
    return page, json.dumps(value).encode()


@given(_damaged())
@settings(max_examples=300, deadline=None)
def test_no_value_raises_and_every_fault_is_explained(damaged: tuple[SavedPage, bytes]) -> None:
    page, body = damaged
    values = _read(page, body)
    assert {p.code for p in _problems(values)} <= PROBLEMS.keys()
    assert all(r.ref for r in _records(values).values())
    home = source_of(page.slug).home
    assert all(v.url.startswith(f"{home}/") for v in values if isinstance(v, Get))
