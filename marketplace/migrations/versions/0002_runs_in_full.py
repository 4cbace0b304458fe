"""Incremental runs, the day's limit of own pages, a person's decision about a held run, corrections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "page_use",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "day", name=op.f("pk_page_use")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index("ix_correction_kind_source_ref", ["kind", "source", "ref"], unique=False)
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("put_off", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("decided_by", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("decided_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("decision", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("frontier_page", schema=None) as batch_op:
        batch_op.add_column(sa.Column("read_at", sa.DateTime(), nullable=True))
        batch_op.drop_index("ix_frontier_page_run_id_state_rank_id")
        batch_op.create_index(
            "ix_frontier_page_run_id_state_rank_read_at_id", ["run_id", "state", "rank", "read_at", "id"], unique=False
        )
    with op.batch_alter_table("stored_page", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_run_id", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE stored_page SET last_run_id = run_id")


def downgrade() -> None:
    with op.batch_alter_table("stored_page", schema=None) as batch_op:
        batch_op.drop_column("last_run_id")
    with op.batch_alter_table("frontier_page", schema=None) as batch_op:
        batch_op.drop_index("ix_frontier_page_run_id_state_rank_read_at_id")
        batch_op.create_index("ix_frontier_page_run_id_state_rank_id", ["run_id", "state", "rank", "id"], unique=False)
        batch_op.drop_column("read_at")
    with op.batch_alter_table("run", schema=None) as batch_op:
        for name in ("decision", "decided_at", "decided_by", "put_off"):
            batch_op.drop_column(name)
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.drop_index("ix_correction_kind_source_ref")
    op.drop_table("correction")
    op.drop_table("page_use")
