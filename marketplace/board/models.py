"""Rows of the board: what somebody wants to buy, to sell, or a partner they look for."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.models import Placed, Seen
from marketplace.db import Base


class Request(Seen, Placed, Base):
    """A post on the board, read from a source."""

    __tablename__ = "request"
    __table_args__ = (
        UniqueConstraint("source", "ref"),
        Index("ix_request_side_gone_at_posted_on", "side", "gone_at", "posted_on"),
        Index("ix_request_gone_at_changed_at_id", "gone_at", "changed_at", "id"),  # lists other programs walk
    )

    side: Mapped[str | None] = mapped_column(String(10))  # buy, sell, partner; None: only its own page was read
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    product: Mapped[str | None] = mapped_column(Text)
    group_code: Mapped[str | None] = mapped_column(String(2))
    quantity_text: Mapped[str | None] = mapped_column(Text)
    price_text: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)  # as printed on the list
    contact: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    phone_key: Mapped[str | None] = mapped_column(String(20))
    posted_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    views: Mapped[int | None]
