"""Is a run to be believed? Pure: facts in, a verdict out.

ok       everything was read: what was not seen is no longer there
partial  some of it was read: what was seen is kept, nothing is removed
held     everything was read, but too much is missing: removals wait for a person
failed   nothing to be believed was read: nothing changes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.contract import RecordKind, Source
from marketplace.sync.wording import KIND_NAMES
from marketplace.web.formats import number, percent

_PLACED: tuple[RecordKind, ...] = ("seller", "request")
_A_FEW = 2  # may move whatever their share


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a run knows of itself when no page is left."""

    kind: str  # full, incremental, pages, file, replay
    lists_read: int
    lists_failed: int = 0
    pages_failed: int = 0  # lists included
    first_failure: str = ""  # problem code of the first page that failed
    stopped_by: str = ""  # problem code of the failure that ended the run early
    looped: bool = False
    empty: bool = False  # a list was there and had nothing on it
    put_off: int = 0  # own pages left to a later run by the day's limit
    seen: Mapping[RecordKind, int] = field(default_factory=dict)  # records of the source seen in the run
    known: Mapping[RecordKind, int] = field(default_factory=dict)  # visible before the run
    missing: Mapping[RecordKind, int] = field(default_factory=dict)  # of the known, not seen; expired posts left out
    left: Mapping[RecordKind, int] = field(default_factory=dict)  # of the known, now told to be of another province


@dataclass(frozen=True, slots=True)
class Verdict:
    name: str
    reason: str = ""  # a problem code
    detail: str = ""


def judge(source: Source, facts: Facts) -> Verdict:
    """The verdict of a run (the table of verdicts in the architecture notes, one rule a line)."""
    if facts.kind in ("file", "replay"):
        return Verdict("partial", facts.kind)
    of_the_site = facts.kind in ("full", "incremental")
    if facts.lists_read == 0 and (of_the_site or not any(facts.seen.values())):
        return Verdict("failed", facts.stopped_by or facts.first_failure or "unreachable")
    if of_the_site and facts.pages_failed and not any(facts.seen.values()):
        return Verdict("failed", facts.stopped_by or facts.first_failure)
    if not of_the_site:
        return Verdict("partial", facts.first_failure or "saved_pages")
    if facts.stopped_by:
        return Verdict("partial", facts.stopped_by)
    if facts.pages_failed:
        return Verdict("partial", facts.first_failure, f"{number(facts.pages_failed)} trang không đọc được")
    if facts.looped:
        return Verdict("partial", "paging_loop")
    moved = _moved(source, facts)
    if moved:
        return Verdict("partial", "many_moved", moved)
    if facts.kind == "incremental":
        # It counts nothing: no news is no fault. But a site on whose lists nobody stands is none.
        nobody = facts.empty and not any(facts.seen.values())
        return Verdict("failed", "below_minimum") if nobody else Verdict("partial", "incremental")
    for kind, floor in (("seller", source.min_sellers), ("listing", source.min_listings)):
        seen = facts.seen.get(kind, 0)  # type: ignore[call-overload]  # the tuple's literals widen to str
        if seen < floor and facts.put_off:
            return Verdict("partial", "put_off", f"{facts.put_off}")
        if seen < floor:
            told = f"chỉ thấy {number(seen)} {KIND_NAMES[kind]}, cần ít nhất {number(floor)}"
            return Verdict("failed", "below_minimum", told)
    for kind_, known in facts.known.items():
        missing = facts.missing.get(kind_, 0)
        if known and missing / known > source.max_drop:
            return Verdict(
                "held",
                "large_drop",
                f"{number(missing)} trong {number(known)} {KIND_NAMES[kind_]} không còn thấy"
                f" ({percent(missing / known)}, ngưỡng là {percent(source.max_drop, 0)})",
            )
    return Verdict("ok")


def _moved(source: Source, facts: Facts) -> str:
    """More sellers or posts than believed are suddenly told to be elsewhere: rather a footer was taken for their
    address. Listings follow their sellers."""
    for kind in _PLACED:
        left, known = facts.left.get(kind, 0), facts.known.get(kind, 0)
        if left > _A_FEW and left / known > source.max_drop:
            return f"{left}/{known} ({left / known:.0%})"
    return ""
