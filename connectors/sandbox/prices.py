"""How each site writes a price, with the forms that make reading them hard."""

from __future__ import annotations

_FORMS, _TELLING = 14, 9


def dotted(vnd: int) -> str:
    """1050000 → "1.050.000"."""
    return f"{vnd:,}".replace(",", ".")


def voso_price(amount: int, unit: str, roll: float, second: float) -> tuple[str, int, int]:
    """Text of the card (its "₫" stands in a tag of its own), price and old price in ₫."""
    del unit  # voso tells the unit elsewhere
    if roll < 0.01:
        return "Liên hệ", 0, 0
    if roll < 0.016:
        return "999,999,999", 999_999_999, 0
    old = amount * (105 + int(second * 60)) // 100 // 1000 * 1000 if second < 0.45 and amount >= 10_000 else 0
    return f"{amount:,}", amount, old if old > amount else 0


def nongsan_price(amount: int, unit: str, roll: float, second: float) -> tuple[str, int, int]:
    """Text of the card, price and old price in ₫. An empty text: the price is a picture.

    Twelve of a hundred tell no price, a tenth use one of the forms people type; the rest is "900.000 ₫".
    """
    if roll < 0.12:
        return "Giá: Liên hệ", 0, 0
    if roll < 0.13:
        return "", 0, 0
    if roll < 0.23:
        form = int(second * _FORMS)
        return _typed(amount, unit, form), amount if form < _TELLING else 0, 0
    old = amount * 120 // 100 // 1000 * 1000 if second < 0.08 else 0
    return f"{dotted(amount)} ₫", amount, old if old > amount else 0


def _typed(amount: int, unit: str, form: int) -> str:
    """The first `_TELLING` forms tell an amount; the others tell none, or not for sure."""
    thousands = f"{amount // 1000}k" if amount >= 10_000 and amount % 1000 == 0 else f"{dotted(amount)}đ"
    forms = (
        thousands,
        f"{thousands}/{unit}",
        f"{dotted(amount)} đ/{unit}",
        f"{amount:,} VNĐ/{unit}",
        f"{dotted(amount)} - {dotted(amount * 5 // 4 // 500 * 500)} đ/{unit}",
        f"từ {dotted(amount)}đ/{unit}",
        f"{amount // 1000} ngàn/ký"
        if unit == "kg" and amount >= 1_000 and amount % 1000 == 0
        else f"{dotted(amount)}đ",
        f"{dotted(amount)} đồng/{unit}",
        f"{dotted(amount)} ₫ (-10%)",
        "thỏa thuận",
        "thoả thuận",
        "giá thị trường",
        "0 ₫",
        str(amount // 1000),  # "85": thousands, most likely
    )
    return forms[form]
