"""Rows of the statistics: figures somebody published, kept apart from what we count ourselves."""

from __future__ import annotations

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import Base


class ReportedFigure(Base):
    """A number somebody published, with its date and document. Never added to an observed one."""

    __tablename__ = "reported_figure"
    __table_args__ = (UniqueConstraint("subject", "indicator", "as_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(60))  # a source, "postmart+voso", or a theme such as "ocop"
    indicator: Mapped[str] = mapped_column(String(60))
    value: Mapped[int]
    qualifier: Mapped[str] = mapped_column(String(20))  # exact, at_least
    as_of: Mapped[str] = mapped_column(String(10))  # a year, a month or a day, as published
    scope: Mapped[str] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text, default="")
    document: Mapped[str] = mapped_column(Text, default="")
