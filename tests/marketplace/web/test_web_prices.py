"""The price block: what was given, what follows from it, and why not more."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from marketplace.web import prices
from marketplace.web.prices import Price


@dataclass(frozen=True)
class Offer:
    price_text: str | None = "260.000đ"
    price_vnd: int | None = 260_000
    price_max_vnd: int | None = None
    price_status: str | None = "ok"
    unit: str | None = "thùng 10kg"
    price_per_kg_vnd: int | None = 26_000
    list_price_vnd: int | None = None


KG = Offer(price_text="26.000đ/kg", price_vnd=26_000, unit="kg")
BOTTLE = Offer(unit="chai", price_per_kg_vnd=None)
BARE = Offer(unit=None, price_per_kg_vnd=None)


@pytest.mark.parametrize(
    ("offer", "shown"),
    [
        (Offer(), Price("260.000\u00a0₫", "/thùng 10kg", "= 26.000\u00a0₫/kg")),
        (KG, Price("26.000\u00a0₫", "/kg")),
        (BOTTLE, Price("260.000\u00a0₫", "/chai", "không quy ra kg")),
        (BARE, Price("260.000\u00a0₫", "", "sàn không ghi đơn vị")),
        (Offer(price_max_vnd=300_000), Price("260.000 – 300.000\u00a0₫", "/thùng 10kg", "= 26.000\u00a0₫/kg")),
        (Offer(price_status="from"), Price("từ 260.000\u00a0₫", "/thùng 10kg", "= 26.000\u00a0₫/kg")),
        (
            Offer(price_vnd=0, price_max_vnd=300_000, price_status="upto", price_per_kg_vnd=None),
            Price("đến 300.000\u00a0₫", "/thùng 10kg", "không quy ra kg"),
        ),
    ],
)
def test_a_given_price(offer: Offer, shown: Price) -> None:
    assert prices.given(offer) == shown


@pytest.mark.parametrize(
    ("status", "text", "amount"),
    [
        ("contact", "LH 0912345678", "Liên hệ"),
        ("negotiable", "thoả thuận", "Thỏa thuận"),
        ("market", "theo thị trường", "Giá thị trường"),
        ("suspicious", "15", "“15”"),
        ("foreign", "5 USD", "5 USD"),
        ("unreadable", "5kg 120k", "“5kg 120k”"),
        (None, None, "Chưa rõ giá"),
    ],
)
def test_a_price_that_is_no_number_is_never_zero(status: str | None, text: str | None, amount: str) -> None:
    offer = Offer(price_text=text, price_vnd=None, price_status=status, unit=None, price_per_kg_vnd=None)
    assert prices.given(offer).amount == prices.compared(offer).amount == amount
    assert prices.given(offer).doubtful is (status in ("suspicious", "unreadable"))


def test_lists_compare_by_the_kilogram_where_it_is_known() -> None:
    assert prices.compared(Offer()) == Price("26.000\u00a0₫", "/kg", "260.000\u00a0₫/thùng 10kg, ghi trên sàn")
    assert prices.compared(KG) == prices.given(KG)
    assert prices.compared(BOTTLE) == prices.given(BOTTLE)


def test_a_former_price_is_shown_only_above_the_price_of_today() -> None:
    assert prices.former(Offer(list_price_vnd=300_000)) == "300.000\u00a0₫"
    assert prices.former(Offer(list_price_vnd=260_000)) == ""
    assert prices.former(Offer(price_vnd=None, list_price_vnd=300_000)) == ""


def test_a_point_of_the_history() -> None:
    assert prices.point(Offer()) == "260.000\u00a0₫/thùng 10kg"
    assert prices.point(Offer(price_text="Liên hệ", price_vnd=None, unit=None)) == "Liên hệ"
    assert prices.point(Offer(price_text=None, price_vnd=None, unit=None)) == "không ghi giá"
