"""Runs in words: verdicts, reasons, and what a run did in one line. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from connectors.contract import Source
from connectors.problems import PROBLEMS, Explanation
from marketplace.sync.models import Run
from marketplace.web.formats import number, percent

KIND_NAMES: Mapping[str, str] = MappingProxyType({"seller": "người bán", "listing": "sản phẩm", "request": "tin"})
# Problems after which the whole record was left out; after the others only a value is missing.
REJECTED = frozenset({"bad_row", "id_mismatch", "row_refused"})

# verdict → (word, class of its tag, what it means for the data)
VERDICTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "ok": ("Đủ", "tag-ok", "Đã đọc hết. Tin không còn thấy được ghi là đã gỡ."),
        "partial": ("Một phần", "tag-warn", "Mới đọc một phần. Phần đã thấy được ghi, không gỡ gì."),
        "held": ("Tạm giữ", "tag-warn", "Thiếu quá nhiều tin. Phần đã thấy được ghi; việc gỡ chờ người xem lại."),
        "failed": ("Lỗi", "tag-bad", "Không đọc được. Dữ liệu cũ được giữ nguyên."),
    }
)


# reason of a partial run that is no fault → the same three
_NO_FAULT: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "incremental": ("Phần mới", "tag-ok", "Chỉ đọc phần mới của danh sách. Phần đã thấy được ghi, không gỡ gì."),
        "replay": ("Đọc lại", "tag-ok", "Đọc lại trang đã lưu bằng bộ đọc hiện nay. Không gỡ gì."),
        "put_off": ("Đọc dần", "tag-ok", "Đọc theo giới hạn trong ngày, phần còn lại để lần sau. Không gỡ gì."),
        "superseded": ("Đã xét lại", "tag-ok", "Một lần đọc đủ sau đó đã xét lại. Lần này không gỡ gì."),
        "dismissed": ("Giữ lại", "tag-ok", "Thiếu nhiều tin; một người đã quyết định giữ các tin đó."),
    }
)


def verdict(name: str | None, reason: str = "") -> tuple[str, str, str]:
    """Word, class of the tag, and meaning of a verdict; one nobody described stands for itself."""
    if name == "partial" and reason in _NO_FAULT:
        return _NO_FAULT[reason]
    return VERDICTS.get(name or "") or (name or "chưa có", "", "")


def explain(code: str) -> Explanation:
    """Title, cause and cure of a problem code; a code nobody described stands for itself."""
    unknown = Explanation("item", code, "Mã này chưa có giải thích.", "Báo người bảo trì.")
    return PROBLEMS.get(code, unknown)


def did(run: Run, problems: Mapping[str, int]) -> str:
    """What a run did, in one line: "357 bản ghi, 12 mới, 3 đổi, 1 gỡ, 2 từ chối". `problems`: code → how many."""
    total = {name: sum(counts.get(name, 0) for counts in run.counts.values()) for name in _COUNTED}
    if not total["seen"]:
        return "không đọc được bản ghi nào"
    parts = [f"{number(total['seen'])} bản ghi"]
    words = {"new": "mới", "changed": "đổi", "revived": "hiện lại", "gone": "gỡ", "left": "ra tỉnh khác"}
    parts += [f"{number(total[name])} {word}" for name, word in words.items() if total[name]]
    if run.verdict == "held" and total["missing"]:
        parts.append(f"{number(total['missing'])} chờ gỡ")
    if not any(total[name] for name in words):
        parts.append("không có gì đổi")
    rejected = sum(count for code, count in problems.items() if code in REJECTED)
    if rejected:
        parts.append(f"{number(rejected)} từ chối")
    return ", ".join(parts)


_COUNTED = ("seen", "new", "changed", "revived", "gone", "left", "missing")


def scope(run: Run) -> str:
    """What a national floor's run kept: "giữ 120 của Long An, bỏ 3.400 của tỉnh khác, chưa rõ 15"; "" where the counts
    don't tell, or nothing was left out.
    """
    counted = {name: sum(counts.get(name, 0) for counts in run.counts.values()) for name in _SCOPE}
    if not any(counted[name] for name in ("outside", "unplaced")):
        return ""
    kept = max(0, counted["seen"] - counted["unplaced"])
    parts = [f"giữ {number(kept)} của Long An", f"bỏ {number(counted['outside'])} của tỉnh khác"]
    return ", ".join([*parts, *([f"chưa rõ {number(counted['unplaced'])}"] if counted["unplaced"] else [])])


_SCOPE = ("seen", "outside", "unplaced")


def held_because(run: Run, source: Source) -> str:
    """The kinds of which too much is missing, with the threshold; "" when the counts don't tell."""
    parts = []
    for kind, name in KIND_NAMES.items():
        counts = run.counts.get(kind, {})
        missing = counts.get("missing", 0)
        known = missing + counts.get("unchanged", 0) + counts.get("changed", 0)
        if known and missing / known > source.max_drop:
            share = percent(missing / known)
            parts.append(f"{number(missing)} trong {number(known)} {name} không còn thấy ({share})")
    return f"{'; '.join(parts)}, ngưỡng là {percent(source.max_drop, 0)}" if parts else ""
