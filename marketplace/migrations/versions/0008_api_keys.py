"""The lists other programs walk, in the order they are walked in."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("seller", "listing", "request")


def upgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_gone_at_changed_at_id", table, ["gone_at", "changed_at", "id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_gone_at_changed_at_id", table_name=table)
