"""Numbers, money, dates and ages as the pages write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.web import formats
from tests.marketplace.web.catalogue import NOW


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "…"), (0, "0"), (999, "999"), (1_234_567, "1.234.567"), (-88, "−88")]
)
def test_number(value: int | None, shown: str) -> None:
    assert formats.number(value) == shown


def test_money_and_shares() -> None:
    assert formats.vnd(25_000) == "25.000\u00a0₫"
    assert formats.vnd(None) == "…"
    assert formats.vnd_range(26_000, 32_000) == "26.000 – 32.000\u00a0₫"
    assert formats.vnd_range(26_000, 26_000) == "26.000\u00a0₫"
    assert formats.percent(0.775) == "77,5\u00a0%"
    assert formats.percent(0.3, 0) == "30\u00a0%"
    assert formats.percent(None) == "…"
    assert formats.decimal(1234.56) == "1.234,6"


@pytest.mark.parametrize(
    ("count", "shown"), [(12, "12\u00a0byte"), (54_321, "54\u00a0kB"), (12_400_000, "12,4\u00a0MB")]
)
def test_size(count: int, shown: str) -> None:
    assert formats.size(count) == shown


def test_times_are_shown_in_vietnam_time() -> None:
    late = datetime(2026, 11, 22, 22, 40, tzinfo=UTC)
    assert formats.day(late) == "23/11/2026"
    assert formats.clock(late) == "05:40"
    assert formats.moment(late) == "23/11/2026 05:40"
    assert formats.iso(late) == "2026-11-23T05:40:00+07:00"
    assert formats.today(late) == date(2026, 11, 23)
    assert formats.day(date(2026, 1, 5)) == "05/01/2026"
    assert formats.day(None) == formats.moment(None) == "…"


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=-30), "vừa xong"),
        (timedelta(seconds=59), "vừa xong"),
        (timedelta(minutes=1), "1 phút trước"),
        (timedelta(minutes=59, seconds=59), "59 phút trước"),
        (timedelta(hours=3), "3 giờ trước"),
        (timedelta(hours=23, minutes=59), "23 giờ trước"),
        (timedelta(days=1), "1 ngày trước"),
        (timedelta(days=30), "30 ngày trước"),
        (timedelta(days=31), "23/10/2026"),
    ],
)
def test_age(ago: timedelta, shown: str) -> None:
    assert formats.age(NOW - ago, NOW) == shown


@pytest.mark.parametrize(
    ("on", "shown"),
    [
        (date(2026, 11, 23), "hôm nay"),
        (date(2026, 11, 22), "hôm qua"),
        (date(2026, 11, 19), "4 ngày trước"),
        (date(2026, 9, 1), "01/09/2026"),
        (date(2026, 12, 1), "01/12/2026"),
    ],
)
def test_posted(on: date, shown: str) -> None:
    assert formats.posted(on, NOW) == shown


@pytest.mark.parametrize(
    ("until", "shown"),
    [
        (date(2026, 12, 11), "còn 18 ngày"),
        (date(2026, 11, 23), "hết hạn hôm nay"),
        (date(2026, 11, 22), "đã hết hạn ngày 22/11/2026"),
    ],
)
def test_remaining(until: date, shown: str) -> None:
    assert formats.remaining(until, NOW) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 giây"), (42, "42 giây"), (19 * 60, "19 phút"), (7_500, "2 giờ 5 phút"), (7_200, "2 giờ")],
)
def test_lasted(seconds: int, shown: str) -> None:
    assert formats.lasted(NOW, NOW + timedelta(seconds=seconds)) == shown


@pytest.mark.parametrize(("as_of", "shown"), [("2023", "2023"), ("2023-03", "03/2023"), ("2023-02-13", "13/02/2023")])
def test_a_published_date_is_as_precise_as_it_was_published(as_of: str, shown: str) -> None:
    assert formats.published(as_of) == shown


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Gạo Nàng Thơm, túi 5 kg", "gao-nang-thom-tui-5-kg"),
        ("ĐẬU PHỘNG Đức Hòa", "dau-phong-duc-hoa"),
        ("★★★", ""),
        ("Bánh " * 30, "banh-" * 11 + "banh"),
    ],
)
def test_slug(text: str, slug: str) -> None:
    assert formats.slug(text) == slug


@given(st.text(max_size=300))
def test_a_slug_is_safe_in_an_address(text: str) -> None:
    slug = formats.slug(text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug)
    assert len(slug) <= 60


@given(st.text(max_size=400), st.integers(1, 80))
def test_an_excerpt_keeps_to_its_limit_and_tells_that_it_was_cut(text: str, limit: int) -> None:
    cut = formats.excerpt(text, limit)
    plain = " ".join(text.split())
    assert len(cut) <= limit + 1
    assert "\n" not in cut
    if len(plain) > limit and cut:
        assert cut.endswith("…") or len(cut) <= limit
