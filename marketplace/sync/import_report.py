"""What became of the rows of a file, or would in a preview."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.tables import RowFault


@dataclass(frozen=True, kw_only=True, slots=True)
class RowResult:
    """What became of one row, or would in a preview. `fields`: column → (now, then), told in previews alone."""

    row: int
    outcome: str  # new, changed, revived, unchanged, refused
    title: str  # personal ids masked
    fields: dict[str, tuple[object, object]] = field(default_factory=dict)
    fault: RowFault | None = None
    outside: bool = False  # refused, though nothing is wrong with it: of another province


@dataclass(kw_only=True)
class ImportReport:
    """The rows of a file, each counted once: accepted (new or changed), unchanged, or refused."""

    accepted: int = 0
    unchanged: int = 0
    refused: list[RowFault] = field(default_factory=list)
    unused: tuple[str, ...] = ()  # labels of columns that are not read
    sheets_without: tuple[str, ...] = ()  # names of sheets that hold no table
    trial: bool = False  # the source is in sandbox mode: what the file brings leaves when it goes live
    leaving: int = 0  # trial records that leave with this import, since the source has gone live
    run_id: int | None = None  # None for figures, and meaningless after a preview


def refused(fault: RowFault) -> RowResult:
    return RowResult(row=fault.row, outcome="refused", title="", fault=fault)


def left_out(fault: RowFault) -> RowResult:
    return RowResult(row=fault.row, outcome="refused", title="", fault=fault, outside=True)
