"""Words that were searched for and not found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_miss",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "text", name=op.f("pk_search_miss")),
    )


def downgrade() -> None:
    op.drop_table("search_miss")
