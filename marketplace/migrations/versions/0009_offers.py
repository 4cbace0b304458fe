"""What listings offer of the commodities whose prices are compared; every listing is put into the outbox to tell it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offer",
        sa.Column("commodity", sa.String(length=60), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("seller", sa.Text(), nullable=False),
        sa.Column("per_kg_vnd", sa.BigInteger(), nullable=True),
        sa.Column("fault", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("gone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_offer_listing_id_listing"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("commodity", "listing_id", name=op.f("pk_offer")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_offer_listing_id", "offer", ["listing_id"])
    op.execute(
        "INSERT INTO index_change (kind, record_id) SELECT 'listing', id FROM listing WHERE NOT outside "
        "AND id NOT IN (SELECT record_id FROM index_change WHERE kind = 'listing')"
    )


def downgrade() -> None:
    op.drop_index("ix_offer_listing_id", table_name="offer")
    op.drop_table("offer")
