"""Rows of the sync: runs, what went wrong in them, the pages still to fetch, and what a run changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base, UtcDateTime

# Runs that read the site itself, as its pages stand that day.
READINGS = ("full", "incremental")


class Run(Base):
    """One sync of one source. `verdict` is None while it runs (or after it was killed: the next start goes on)."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_source_finished_at", "source", "finished_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    mode: Mapped[str] = mapped_column(String(10))  # live, sandbox
    # full: every list to its end · incremental: what is new on the lists · pages: saved pages taken in by hand ·
    # replay: the stored pages of another run, parsed again
    kind: Mapped[str] = mapped_column(String(12))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verdict: Mapped[str | None] = mapped_column(String(10))  # ok, partial, held, failed
    reason: Mapped[str] = mapped_column(String(40), default="")  # a problem code
    detail: Mapped[str] = mapped_column(Text, default="")
    # {"seller": {"seen": 3, "new": 1, "changed": 0, "unchanged": 2, "gone": 0, "revived": 0}, …}; written at the end
    counts: Mapped[dict[str, dict[str, int]]] = mapped_column(JSON, default=dict)
    pages: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)  # pages that could not be read
    bytes: Mapped[int] = mapped_column(default=0)
    resumed: Mapped[int] = mapped_column(default=0)  # times it was taken up again after a kill
    put_off: Mapped[int] = mapped_column(default=0)  # own pages left to a later run by the day's limit
    # What a person decided about a held run, by release or dismiss: who, when, and why
    decided_by: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(Text, default="")


class RunProblem(Base):
    """A coded fault of one item or page of a run (codes: connectors.problems)."""

    __tablename__ = "run_problem"
    __table_args__ = (Index("ix_run_problem_run_id_code", "run_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[str] = mapped_column(Text, default="")


class FrontierPage(Base):
    """A page of a run: still to fetch, read, or failed. Lists come before the own pages of records.

    Own pages that are still to fetch when their run has ended were put off: the next run adopts them.
    """

    __tablename__ = "frontier_page"
    __table_args__ = (
        UniqueConstraint("run_id", "url"),
        Index("ix_frontier_page_run_id_state_rank_read_at_id", "run_id", "state", "rank", "read_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40))
    record: Mapped[str | None] = mapped_column(String(10))
    ref: Mapped[str] = mapped_column(Text, default="")
    rank: Mapped[int]  # 0 list; own page of a record that is 1 new, 2 changed, 3 only read long ago
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # with rank 3: its last reading
    state: Mapped[str] = mapped_column(String(6), default="todo")  # todo, read, failed
    failure: Mapped[str] = mapped_column(String(40), default="")  # the problem code, where it failed


class StoredPage(Base):
    """The newest raw page of an address: its validators, and where its WARC record lies."""

    __tablename__ = "stored_page"
    __table_args__ = (UniqueConstraint("source", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(Text)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))  # fetched it
    last_run_id: Mapped[int]  # the newest run that read the address and found this page there, unchanged
    fetched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    etag: Mapped[str] = mapped_column(Text, default="")
    last_modified: Mapped[str] = mapped_column(Text, default="")
    file: Mapped[str] = mapped_column(Text)  # below the pages folder
    offset: Mapped[int]


class RecordChange(Base):
    """What a run did to one record it did not create: `before` holds the old values of the columns that changed.

    It is the evidence of a run's page, and what takes a run back that turns out not to be believed.
    """

    __tablename__ = "record_change"
    __table_args__ = (
        Index("ix_record_change_run_id_kind_outcome", "run_id", "kind", "outcome"),
        Index("ix_record_change_kind_record_id", "kind", "record_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    record_id: Mapped[int]
    # changed, revived, gone, missing (waits for a person), kept (was missing, a person kept it)
    outcome: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class PageUse(Base):
    """How many own pages of records were asked for on one day, Vietnam time: the day's limit is counted here."""

    __tablename__ = "page_use"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    pages: Mapped[int] = mapped_column(default=0)


class Lease(Base):
    """Who works on a source now, so that two never do. A dead holder's lease is taken over."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))  # host:pid:start
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
