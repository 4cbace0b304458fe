"""One page's records into the catalogue: compare by content hash, write what changed, remember that it was seen.

Runs inside the caller's transaction and commits nothing. The number of SQL statements (`statements`) is constant per
page, plus one for each different set of columns in which records changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date

from connectors.contract import Problem, Record, RecordKind, Source
from marketplace.catalogue.rules import (
    FILE,
    LIVE,
    NOISE,
    NOT_THE_SELLERS_ACT,
    PRICE,
    columns,
    content_hash,
    derived,
    kind_of,
)
from marketplace.catalogue.scope import BLANK, Owner, is_outside, limited
from marketplace.db import UtcDateTime
from marketplace.sync import pricing
from marketplace.sync.known import RANK, Known, Outcome, Replayed, Written
from marketplace.sync.statements import (
    CURRENT,
    DETAILED,
    FIRST_SIGHTS,
    FORGET_PRICES,
    INSERT,
    KNOWN,
    KNOWN_WHOLE,
    MOVED,
    MOVED_WITH_SELLER,
    NEW_PRICES,
    NOTE,
    NOTE_MORE,
    NOTED,
    SEE_AGAIN,
    SELLERS,
    TABLES,
    UPDATE,
)
from marketplace.sync.wording import KIND_NAMES


class PageWriter:
    """Writes the records of one source in one run. `secret` keys the hashes of personal ids."""

    _replayed: Replayed | None = None  # of the page at hand

    def __init__(self, connection: Connection, source: Source, run_id: int, secret: bytes) -> None:
        self.connection, self.source, self.run_id, self.secret = connection, source, run_id, secret

    def write(
        self,
        records: Iterable[Record],
        page_kind: str,
        at: datetime,
        historic: bool = False,
        replayed: Replayed | None = None,
    ) -> tuple[dict[tuple[RecordKind, str], Written], list[Problem]]:
        """Write the records of one page fetched at `at`. Sellers go first, so that listings find them.

        `historic`: the page may be older than what is known (a file saved long ago); then it turns nothing back.
        `replayed`: it is read again; then nothing newer is turned back, and nobody is seen.
        """
        self._replayed = replayed
        kinds: dict[RecordKind, dict[str, Record]] = {"seller": {}, "listing": {}, "request": {}}
        problems = []
        for record in records:
            same = kinds[kind_of(record)].setdefault(record.ref, record)
            if same is not record:
                if record.own_page and not same.own_page:
                    kinds[kind_of(record)][record.ref] = record
                elif not same.own_page and content_hash(same) != content_hash(record):
                    problems.append(
                        Problem(
                            code="duplicate_ref",
                            ref=record.ref,
                            detail=f"{KIND_NAMES[kind_of(record)]} xuất hiện hai lần trên trang, nội dung khác nhau",
                        )
                    )
        written: dict[tuple[RecordKind, str], Written] = {}
        for kind, by_ref in kinds.items():
            if by_ref:
                result = self._write_kind(kind, by_ref, page_kind, at, historic)
                written.update({(kind, ref): item for ref, item in result.items()})
        return written, problems

    def _write_kind(
        self, kind: RecordKind, records: dict[str, Record], page_kind: str, at: datetime, historic: bool
    ) -> dict[str, Written]:
        known = self._known(kind, list(records))
        if self._replayed:
            passed = {ref for ref, item in known.items() if self._replayed.is_passed(item, self.run_id)}
            passed -= {ref for ref in passed if records[ref].own_page and not known[ref].gone}  # see `_update`
            records = {ref: record for ref, record in records.items() if ref not in passed}
            known = {ref: item for ref, item in known.items() if ref in records}
        newer = {ref for ref, item in known.items() if historic and item.seen_at is not None and item.seen_at > at}
        fresh = [record for ref, record in records.items() if ref not in known]
        hashes = {ref: content_hash(record) for ref, record in records.items()}
        touched = [
            record
            for ref, record in records.items()
            if ref in known
            and ref not in newer
            and (known[ref].gone or known[ref].hashes.get(page_kind) != hashes[ref])
        ]
        done = newer | {record.ref for record in touched}  # these are written with the time of their reading
        read = [known[ref].id for ref, r in records.items() if r.own_page and ref in known and ref not in done]
        written = {
            ref: Written(
                item.id, "outside" if item.outside else "unchanged", at if records[ref].own_page else item.detailed_at
            )
            for ref, item in known.items()
        }
        if fresh:
            written.update(self._insert(kind, fresh, hashes, page_kind, at))
        left = []
        if touched:
            for ref, outcome in self._update(kind, touched, known, hashes, page_kind, at).items():
                written[ref].outcome = outcome
                written[ref].card_differs = not records[ref].own_page and outcome != "outside"
                if outcome == "outside" and not known[ref].outside:
                    left.append(written[ref].id)
        if read and not self._replayed:
            self.connection.execute(DETAILED[kind], {"ids": read, "read_at": at})
        self._sight(kind, written, known, at)
        moved = [item.id for item in written.values() if item.outcome not in ("unchanged", "outside")] + left
        if moved:
            self.connection.execute(MOVED, [{"kind": kind, "record_id": item} for item in moved])
            if kind == "seller":
                self.connection.execute(MOVED_WITH_SELLER, {"ids": moved})
        return written

    def _known(self, kind: RecordKind, refs: Sequence[str]) -> dict[str, Known]:
        whole = len(refs) == 1
        found = (KNOWN_WHOLE if whole else KNOWN)[kind]
        known = {}
        for told in self.connection.execute(found, {"of_source": self.source.slug, "refs": refs}).mappings():
            row = dict(told)
            sighting = (row.pop("seen_in"), row.pop("seen_at"), row.pop("outcome"))
            known[row["ref"]] = Known(
                row["id"],
                row["hashes"],
                row["gone_at"] is not None and not row["outside"],
                row["outside"],
                row["detailed_at"],
                *sighting,
                row if whole else None,
            )
        return known

    def _insert(
        self, kind: RecordKind, fresh: list[Record], hashes: dict[str, str], page_kind: str, at: datetime
    ) -> dict[str, Written]:
        table = TABLES[kind]
        rows: list[dict[str, Any]] = []
        for record in fresh:
            row: dict[str, Any] = dict.fromkeys(table.c.keys())
            del row["id"]
            row.update(columns(record, self.source, self.secret))
            row.update(derived(kind, row))
            row.update(
                source=self.source.slug,
                ref=record.ref,
                hashes={page_kind: hashes[record.ref]},
                first_seen_at=at,
                changed_at=at,
                detailed_at=at if record.own_page else None,
                outside=False,
            )
            rows.append(row)
        owners = self._link(rows) if kind == "listing" else {}
        if limited(self.source):
            for row in rows:
                if is_outside(row, owners.get(row.get("seller_ref") or "")):
                    row.update(BLANK[kind], outside=True, gone_at=at)
        made = self.connection.execute(INSERT[kind], rows)
        ids: dict[str, int] = {ref: id_ for id_, ref in made}
        if kind == "listing":
            self._price_points([(ids[row["ref"]], row) for row in rows if row["price_text"]], at)
        return {
            row["ref"]: Written(ids[row["ref"]], "outside" if row["outside"] else "new", row["detailed_at"])
            for row in rows
        }

    def _owners(self, refs: set[str]) -> dict[str, Owner]:
        if not refs:
            return {}
        found = self.connection.execute(SELLERS, {"of_source": self.source.slug, "refs": list(refs)})
        return {ref: Owner(id_, outside, province) for ref, id_, outside, province in found}

    def _link(self, rows: list[dict[str, Any]], more: Iterable[str | None] = ()) -> dict[str, Owner]:
        """Point listings at the sellers they tell; returns those sellers and the ones of the refs in `more`."""
        told = {row["seller_ref"] for row in rows if row.get("seller_ref")}
        owners = self._owners(told | {ref for ref in more if ref})
        for row in rows:
            if row.get("seller_ref"):
                owner = owners.get(row["seller_ref"])
                row["seller_id"] = owner.id if owner else None
        return owners

    def _price_points(self, listings: Iterable[tuple[int, dict[str, Any]]], at: datetime) -> None:
        """The price from now on: one point a run, though a card and the page behind it may print it differently."""
        points = [
            {"listing_id": id_, "run_id": self.run_id, "at": at, **{name: row[name] for name in PRICE}}
            for id_, row in listings
        ]
        if points:
            again = [point["listing_id"] for point in points]
            self.connection.execute(FORGET_PRICES, {"ids": again, "this_run": self.run_id})
            if self._replayed:  # the same page, understood better
                self.connection.execute(FORGET_PRICES, {"ids": again, "this_run": self._replayed.fetched_in})
            self.connection.execute(NEW_PRICES, points)

    def _update(
        self,
        kind: RecordKind,
        touched: list[Record],
        known: dict[str, Known],
        hashes: dict[str, str],
        page_kind: str,
        at: datetime,
    ) -> dict[str, Outcome]:
        current = {item.id: item.row for item in known.values() if item.row}
        ids = [item.id for item in map(known.__getitem__, (record.ref for record in touched)) if item.id not in current]
        if ids:
            found = self.connection.execute(CURRENT[kind], {"ids": ids}).mappings()
            current.update((row["id"], dict(row)) for row in found)
        outcomes: dict[str, Outcome] = {}
        journal, prices = [], []
        updates: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)  # by what they set: one statement each
        tolds = [columns(record, self.source, self.secret) for record in touched]
        scoped = limited(self.source)
        owners: dict[str, Owner] = {}
        prices_read: dict[int, pricing.Amounts] = {}
        if kind == "listing":
            # A card may not tell the seller its own page told.
            owners = self._link(tolds, (row["seller_ref"] for row in current.values()) if scoped else ())
            lost = [id_ for id_, row in current.items() if pricing.is_lost(row)]
            prices_read = pricing.last_read(self.connection, lost)
        for record, told in zip(touched, tolds, strict=True):
            before = known[record.ref]
            row = current[before.id]
            passed = self._replayed is not None and self._replayed.is_passed(before, self.run_id)
            if not record.own_page and before.detailed_at is not None:
                told = {name: value for name, value in told.items() if name in LIVE or row[name] is None}
            elif passed:
                told = {name: value for name, value in told.items() if name not in LIVE}
            if kind == "listing" and pricing.is_lost({**row, **told}):
                told = {name: value for name, value in told.items() if name not in pricing.BESIDE or row[name] is None}
            if not record.own_page and pricing.same(row, told):
                told.pop("price_text", None)  # only worded differently on a card
            told.update(derived(kind, {**row, **told}))
            outside = scoped and _leaves(row, told, owners)
            if outside:
                # Nothing of another province is kept, and nothing about it is news.
                told = {name: value for name, value in told.items() if name not in BLANK[kind]} | (
                    {} if before.outside else dict(BLANK[kind])
                )
            changes = {name: value for name, value in told.items() if row[name] != value}
            real = changes.keys() - NOISE
            back = before.gone or before.outside
            outcome: Outcome = "outside" if outside else "revived" if back else "changed" if real else "unchanged"
            outcomes[record.ref] = outcome
            values: dict[str, Any] = {**changes, "hashes": {**before.hashes, page_kind: hashes[record.ref]}}
            if outside and not before.outside:
                values.update(outside=True, gone_at=row["gone_at"] or at)
            elif back and not outside:
                values.update(outside=False, gone_at=None)
            # The page behind a card that this very run met first adds facts; the seller changed nothing.
            met_now = before.run_id == self.run_id and before.outcome == "new"
            # A fact our first reading of its page brings is new to us, not the seller's act; the same goes for a file.
            acts = {name for name in real - NOT_THE_SELLERS_ACT if row[name] is not None or before.detailed_at}
            first_told = page_kind.startswith(FILE) and page_kind not in before.hashes
            then, last = {**row, **changes}, prices_read.get(before.id)
            if kind == "listing" and not pricing.is_the_sellers_act(row, then, last):
                acts -= pricing.COLUMNS
            if acts and not (met_now or first_told or outside or self._replayed):
                values["changed_at"] = at
            if record.own_page:
                values["detailed_at"] = max(at, before.detailed_at or at) if self._replayed else at
            updates[frozenset(values)].append({"row_id": before.id, **values})
            stays = outcome == "unchanged" or (outside and before.outside)
            if not stays and not (before.run_id == self.run_id and before.outcome == "new"):
                journal.append(
                    {
                        "run_id": self.run_id,
                        "kind": kind,
                        "record_id": before.id,
                        "outcome": outcome,
                        "at": at,
                        "before": plain({name: row[name] for name in (*values, "detailed_at")}),
                    }
                )
            # A price that later pages told is not the one of the page read again.
            if kind == "listing" and not outside and not passed and pricing.is_a_point(row, then, last, met_now):
                prices.append((before.id, then))
        for alike in updates.values():
            self.connection.execute(UPDATE[kind], alike)
        self._journal(kind, journal)
        self._price_points(prices, at)
        return outcomes

    def _journal(self, kind: RecordKind, changes: list[dict[str, Any]]) -> None:
        """Note the old values. A record met on several pages has one entry a run, with the values before the run."""
        if not changes:
            return
        ids = [change["record_id"] for change in changes]
        noted = self.connection.execute(NOTED, {"this_run": self.run_id, "of_kind": kind, "ids": ids})
        earlier = {record_id: (id_, before) for id_, record_id, before in noted}
        fresh, more = [], []
        for change in changes:
            entry = earlier.get(change["record_id"])
            if entry is None:
                fresh.append(change)
            else:
                more.append({"row_id": entry[0], "before": {**change["before"], **entry[1]}})
        if fresh:
            self.connection.execute(NOTE, fresh)
        if more:
            self.connection.execute(NOTE_MORE, more)

    def _sight(self, kind: RecordKind, written: dict[str, Written], known: dict[str, Known], at: datetime) -> None:
        first, again, upgraded = [], [], []
        for ref, item in written.items():
            before = known.get(ref)
            if before is not None and self._replayed:
                continue
            seen = {"run_id": self.run_id, "seen_at": at, "outcome": item.outcome}
            if before is None or before.run_id is None or before.seen_at is None:
                first.append({"kind": kind, "record_id": item.id, **seen})
            elif before.run_id != self.run_id:
                prior = {"prior_run_id": before.run_id, "prior_seen_at": before.seen_at}
                seen["seen_at"] = max(at, before.seen_at)  # an old file is no new sighting
                again.append({"of_kind": kind, "of_record": item.id, **seen, **prior})
            elif _says_more(item.outcome, before.outcome or "unchanged"):
                upgraded.append({"of_kind": kind, "of_record": item.id, "outcome": item.outcome})
        for statement, rows in ((FIRST_SIGHTS, first), (SEE_AGAIN, again), (SEE_AGAIN, upgraded)):
            if rows:
                self.connection.execute(statement, rows)


def _says_more(now: str, earlier: str) -> bool:
    """Is this the word for a record that a run met twice? Where it is, the last page tells; else the stronger word."""
    if "outside" in (now, earlier):
        return now != earlier
    return RANK[now] > RANK[earlier]


def _leaves(row: dict[str, Any], told: dict[str, Any], owners: dict[str, Owner]) -> bool:
    """Is a known record of another province after this reading?"""
    owner = owners.get(told.get("seller_ref") or row.get("seller_ref") or "")
    if owner is None and "place_method" not in told:
        return bool(row["outside"])  # nothing new about where it is
    return is_outside({**row, **told}, owner)


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON can hold them; `restored` is the way back."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def restored(kind: RecordKind, values: dict[str, Any]) -> dict[str, Any]:
    """What `plain` wrote, with dates and times as the columns of `kind` want them."""
    result = {}
    for name, value in values.items():
        column = TABLES[kind].c[name].type
        if isinstance(value, str) and isinstance(column, UtcDateTime):
            value = datetime.fromisoformat(value)
        elif isinstance(value, str) and isinstance(column, Date):
            value = date.fromisoformat(value)
        result[name] = value
    return result
