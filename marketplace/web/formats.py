"""How numbers, money, dates and ages are written on every page. Pure; times are shown in Vietnam time (UTC+7)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from connectors import clean

# Vietnam has kept UTC+7 without summer time since 1975: no time-zone data is needed.
VIETNAM = timezone(timedelta(hours=7), "UTC+7")
NO_BREAK = "\u00a0"
UNKNOWN = "…"  # no data; "-" means none, "x" not applicable
_SLUG_LENGTH = 60
_SIGNS = str.maketrans(",.-", ".,−")  # from Python's signs to Vietnamese ones


def number(value: int | None) -> str:
    """1234567 → "1.234.567"; None → "…"; a minus is U+2212."""
    if value is None:
        return UNKNOWN
    return f"{value:,}".replace(",", ".").replace("-", "−")


def decimal(value: float | None, places: int = 1) -> str:
    """4.25 → "4,3"; None → "…"."""
    if value is None:
        return UNKNOWN
    whole = f"{value:,.{places}f}"
    return whole.translate(_SIGNS)


def percent(share: float | None, places: int = 1) -> str:
    """0.775 → "77,5 %" with a no-break space; None → "…"."""
    return UNKNOWN if share is None else f"{decimal(share * 100, places)}{NO_BREAK}%"


def vnd(amount: int | None) -> str:
    """25000 → "25.000 ₫"; None → "…"."""
    return UNKNOWN if amount is None else f"{number(amount)}{NO_BREAK}₫"


def vnd_range(low: int, high: int) -> str:
    """ "26.000 – 32.000 ₫": a spaced en dash, the sign once."""
    return vnd(low) if low == high else f"{number(low)} – {vnd(high)}"


def size(count: int) -> str:
    """Bytes in words: "54 kB", "1,2 MB"."""
    if count < 1_000:
        return f"{count}{NO_BREAK}byte"
    if count < 1_000_000:
        return f"{number(round(count / 1_000))}{NO_BREAK}kB"
    return f"{decimal(count / 1_000_000)}{NO_BREAK}MB"


def local(at: datetime) -> datetime:
    """The moment in Vietnam time."""
    return at.astimezone(VIETNAM)


def today(now: datetime) -> date:
    """The day it is in Vietnam."""
    return local(now).date()


def day(at: datetime | date | None) -> str:
    """23/11/2026; a moment gives the day it was in Vietnam; None → "…"."""
    if at is None:
        return UNKNOWN
    if isinstance(at, datetime):
        at = local(at)
    return f"{at:%d/%m/%Y}"


def clock(at: datetime) -> str:
    """05:40"""
    return f"{local(at):%H:%M}"


def moment(at: datetime | None) -> str:
    """ "23/11/2026 05:40"; None → "…"."""
    return UNKNOWN if at is None else f"{day(at)} {clock(at)}"


def iso(at: datetime | date) -> str:
    """For `<time datetime>`, JSON and CSV: "2026-11-23T05:40:00+07:00" or "2026-11-23"."""
    return local(at).isoformat() if isinstance(at, datetime) else at.isoformat()


def age(at: datetime, now: datetime) -> str:
    """How long ago: "vừa xong", "12 phút trước", "3 giờ trước", "9 ngày trước", older than 30 days: the date."""
    passed = now.astimezone(UTC) - at.astimezone(UTC)
    if passed < timedelta(minutes=1):
        return "vừa xong"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} phút trước"
    if passed < timedelta(days=1):
        return f"{passed // timedelta(hours=1)} giờ trước"
    if passed <= timedelta(days=30):
        return f"{passed.days} ngày trước"
    return day(at)


def posted(on: date, now: datetime) -> str:
    """A day without a time, as the reader says it: "hôm nay", "hôm qua", "4 ngày trước", else the date."""
    days = (today(now) - on).days
    if days == 0:
        return "hôm nay"
    if days == 1:
        return "hôm qua"
    return f"{days} ngày trước" if 1 < days <= 30 else day(on)


def remaining(until: date, now: datetime) -> str:
    """ "còn 18 ngày", "hết hạn hôm nay", "đã hết hạn ngày 01/11/2026"."""
    days = (until - today(now)).days
    if days > 0:
        return f"còn {number(days)} ngày"
    return "hết hạn hôm nay" if days == 0 else f"đã hết hạn ngày {day(until)}"


def lasted(start: datetime, end: datetime) -> str:
    """How long something took: "42 giây", "19 phút", "2 giờ 5 phút"."""
    seconds = max(0, round((end - start).total_seconds()))
    if seconds < 60:
        return f"{seconds} giây"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} phút"
    hours, minutes = divmod(minutes, 60)
    return f"{number(hours)} giờ {minutes} phút" if minutes else f"{number(hours)} giờ"


def published(as_of: str) -> str:
    """A published figure's date, as precise as it was published: "2023", "03/2023", "13/02/2023"."""
    return "/".join(reversed(as_of.split("-")))


def slug(text: str) -> str:
    """ "Gạo Nàng Thơm, túi 5 kg" → "gao-nang-thom-tui-5-kg"; may be empty. Ends at a word."""
    words = re.findall(r"[a-z0-9]+", clean.fold(text))
    result = "-".join(words)
    if len(result) <= _SLUG_LENGTH:
        return result
    cut = result[: _SLUG_LENGTH + 1].rpartition("-")[0]
    return cut or result[:_SLUG_LENGTH]


def excerpt(text: str, limit: int) -> str:
    """The beginning of a text, white space collapsed, cut at a word with "…"."""
    plain = clean.text(text)
    if len(plain) <= limit:
        return plain
    head = plain[: limit + 1].rpartition(" ")[0] or plain[:limit]
    return f"{head.rstrip(' ,;:.-–')}…"
