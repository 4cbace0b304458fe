"""Searches without hits: counted without anybody's identity, and never at a page's cost."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors.sandbox.identity import mobile, printed_phone
from marketplace.catalogue import misses
from marketplace.catalogue.misses import Miss, count, countable, top
from marketplace.catalogue.models import SearchMiss
from marketplace.config import Config
from marketplace.db import now, writer
from marketplace.sync import actions
from marketplace.sync.budget import day_of

DAY = date(2026, 11, 23)


def written(session: Session) -> dict[str, int]:
    """Everything that is counted, whether it is shown or not."""
    rows = session.execute(select(SearchMiss.text, func.sum(SearchMiss.count)).group_by(SearchMiss.text))
    return {text: int(times) for text, times in rows}


def test_spellings_of_the_same_words_are_counted_together(engine: Engine, session: Session) -> None:
    for text in ("Sầu  riêng Musang", normalize("NFD", "sầu riêng musang"), " SẦU RIÊNG MUSANG "):
        count(engine, text, DAY)
    count(engine, "sầu riêng musang", DAY - timedelta(days=1))
    count(engine, "măng cụt", DAY - timedelta(days=1))
    count(engine, "dâu tây", DAY - timedelta(days=40))
    count(engine, "măng cụt", DAY - timedelta(days=1))
    count(engine, "Ngô Thị Ví Dụ", DAY)
    found = top(session, DAY - timedelta(days=29), 10)
    assert found == [Miss("sầu riêng musang", 4, DAY), Miss("măng cụt", 2, DAY - timedelta(days=1))]
    assert top(session, DAY - timedelta(days=29), 1) == found[:1]
    assert "ngô thị ví dụ" in written(session), "what was searched for once is shown to nobody"


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "gọi 0912.345.678",
        "zalo 09 12 34 56 78",
        "+84 912 345 678",
        "hoptacxa@example.vn",
        "cccd 080123456789",
        "stk 12345678",
        "đơn 123-456",
        "https://example.vn/a",
        "www.example.vn",
        "hòa 0912:345:678",
        "0912*345*678 hòa",
        "hòa 0912|345|678",
        "hòa 0912'345'678",
        "hòa 0912·345·678",
        "hòa ０９１２３４５６７８",
        "hòa 09 12 ~ 34 / 56 — 78",
        "facebook.com/nguyen.van.mau",
        "zalo.me/mau",
        "zalo mẫu",
        "mau＠gmail.com",
        "mau[at]gmail.com",
        "mau (a còng) example",
        "mau gmail com",
        "mau.vn",
        "nguyen.van.mau",
        "anh mẫu ở xã an lục long bán thanh long",
        "???",
        "12",
        "a" * 81,
        "",
    ],
)
def test_what_may_be_somebody_s_is_not_written_down(engine: Engine, session: Session, text: str) -> None:
    count(engine, text, DAY)
    assert written(session) == {}


@pytest.mark.parametrize(
    "text", ["gạo st25 5kg", "vải 2026", "combo 3 hộp 500g", "phân npk 16-16-8", "gạo nàng thơm chợ đào loại ngon nhất"]
)
def test_numbers_of_goods_are_counted(text: str) -> None:
    assert countable(text) == text


@given(
    before=st.text("ab đ.", max_size=12),
    number=st.integers(0, 500),
    style=st.integers(0, 20),
    after=st.text("ab đ.", max_size=12),
)
def test_no_telephone_number_is_written_down_however_it_is_printed(
    before: str, number: int, style: int, after: str
) -> None:
    assert countable(f"{before} {printed_phone(*mobile(number), style)} {after}") == ""


@given(st.text(max_size=120))
def test_what_is_counted_is_clean(text: str) -> None:
    told = countable(text)
    assert told == countable(told)
    assert len(told) <= 80
    assert "  " not in told


def test_nobody_fills_the_database_with_nonsense(
    engine: Engine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misses, "MOST_A_DAY", 2)
    for text in ("một", "hai", "ba", "hai"):
        count(engine, text, DAY)
    count(engine, "ba", DAY + timedelta(days=1))
    assert written(session) == {"hai": 2, "một": 1, "ba": 1}


def test_a_busy_database_drops_the_count_without_a_word_of_the_text(
    engine: Engine, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "marketplace.catalogue.misses")
    with writer(engine).begin() as other:
        other.connection()
        count(engine, "măng cụt", DAY)
    assert written(session) == {}
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]
    assert "măng" not in caplog.text
    session.rollback()
    count(engine, "măng cụt", DAY)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000, "others wait as long as before"
    assert written(session) == {"măng cụt": 1}


def test_counts_are_kept_as_long_as_configured(config: Config, engine: Engine, session: Session) -> None:
    today = day_of(now())
    for age in (0, config.search.keep_misses_days, config.search.keep_misses_days + 1):
        count(engine, f"sau {'x' * (age % 7 + 1)}", today - timedelta(days=age))
    assert actions.tidy(config, engine, dry_run=True).misses == 1
    assert actions.tidy(config, engine).misses == 1
    assert actions.tidy(config, engine).misses == 0
    assert len(written(session)) == 2
