"""The first tables: catalogue, board, sync, published figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "index_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_change")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "reported_figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("indicator", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("qualifier", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_figure")),
        sa.UniqueConstraint("subject", "indicator", "as_of", name=op.f("uq_reported_figure_subject_indicator_as_of")),
    )
    op.create_table(
        "request",
        sa.Column("side", sa.String(length=10), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("group_code", sa.String(length=2), nullable=True),
        sa.Column("quantity_text", sa.Text(), nullable=True),
        sa.Column("price_text", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_key", sa.String(length=20), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("views", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("detailed_at", sa.DateTime(), nullable=True),
        sa.Column("gone_at", sa.DateTime(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column("old_district", sa.String(length=8), nullable=True),
        sa.Column("old_commune", sa.String(length=8), nullable=True),
        sa.Column("unit_2025", sa.String(length=8), nullable=True),
        sa.Column("place_method", sa.String(length=40), nullable=True),
        sa.Column("place_confidence", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("source", "ref", name=op.f("uq_request_source_ref")),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_old_district"), ["old_district"], unique=False)
        batch_op.create_index("ix_request_side_gone_at_posted_on", ["side", "gone_at", "posted_on"], unique=False)

    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("resumed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index("ix_run_source_finished_at", ["source", "finished_at"], unique=False)

    op.create_table(
        "seller",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_key", sa.String(length=20), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("tax_code", sa.String(length=20), nullable=True),
        sa.Column("tax_code_kind", sa.String(length=20), nullable=True),
        sa.Column("tax_code_hash", sa.String(length=64), nullable=True),
        sa.Column("tax_code_tail", sa.String(length=3), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("certificates", sa.JSON(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("rating", sa.Double(), nullable=True),
        sa.Column("review_count", sa.Integer(), nullable=True),
        sa.Column("product_count", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("detailed_at", sa.DateTime(), nullable=True),
        sa.Column("gone_at", sa.DateTime(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column("old_district", sa.String(length=8), nullable=True),
        sa.Column("old_commune", sa.String(length=8), nullable=True),
        sa.Column("unit_2025", sa.String(length=8), nullable=True),
        sa.Column("place_method", sa.String(length=40), nullable=True),
        sa.Column("place_confidence", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller")),
        sa.UniqueConstraint("source", "ref", name=op.f("uq_seller_source_ref")),
    )
    with op.batch_alter_table("seller", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seller_old_district"), ["old_district"], unique=False)
        batch_op.create_index(batch_op.f("ix_seller_phone_key"), ["phone_key"], unique=False)
        batch_op.create_index("ix_seller_source_gone_at", ["source", "gone_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_seller_tax_code"), ["tax_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_seller_tax_code_hash"), ["tax_code_hash"], unique=False)

    op.create_table(
        "frontier_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record", sa.String(length=10), nullable=True),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("failure", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_frontier_page_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frontier_page")),
        sa.UniqueConstraint("run_id", "url", name=op.f("uq_frontier_page_run_id_url")),
    )
    with op.batch_alter_table("frontier_page", schema=None) as batch_op:
        batch_op.create_index("ix_frontier_page_run_id_state_rank_id", ["run_id", "state", "rank", "id"], unique=False)

    op.create_table(
        "listing",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("seller_id", sa.Integer(), nullable=True),
        sa.Column("seller_ref", sa.Text(), nullable=True),
        sa.Column("seller_name", sa.Text(), nullable=True),
        sa.Column("price_text", sa.Text(), nullable=True),
        sa.Column("price_vnd", sa.BigInteger(), nullable=True),
        sa.Column("price_max_vnd", sa.BigInteger(), nullable=True),
        sa.Column("price_status", sa.String(length=20), nullable=True),
        sa.Column("list_price_vnd", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("price_per_kg_vnd", sa.BigInteger(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("category_path", sa.JSON(), nullable=True),
        sa.Column("category_ref", sa.Text(), nullable=True),
        sa.Column("group_code", sa.String(length=2), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("ocop_stars", sa.Integer(), nullable=True),
        sa.Column("certificates", sa.JSON(), nullable=True),
        sa.Column("traceable", sa.Boolean(), nullable=True),
        sa.Column("in_stock", sa.Boolean(), nullable=True),
        sa.Column("sold", sa.Integer(), nullable=True),
        sa.Column("rating", sa.Double(), nullable=True),
        sa.Column("review_count", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("detailed_at", sa.DateTime(), nullable=True),
        sa.Column("gone_at", sa.DateTime(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column("old_district", sa.String(length=8), nullable=True),
        sa.Column("old_commune", sa.String(length=8), nullable=True),
        sa.Column("unit_2025", sa.String(length=8), nullable=True),
        sa.Column("place_method", sa.String(length=40), nullable=True),
        sa.Column("place_confidence", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["seller_id"], ["seller.id"], name=op.f("fk_listing_seller_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("source", "ref", name=op.f("uq_listing_source_ref")),
    )
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_group_code"), ["group_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_listing_old_district"), ["old_district"], unique=False)
        batch_op.create_index("ix_listing_seller_id_gone_at", ["seller_id", "gone_at"], unique=False)
        batch_op.create_index("ix_listing_source_gone_at", ["source", "gone_at"], unique=False)

    op.create_table(
        "record_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_record_change_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_change")),
    )
    with op.batch_alter_table("record_change", schema=None) as batch_op:
        batch_op.create_index("ix_record_change_kind_record_id", ["kind", "record_id"], unique=False)
        batch_op.create_index("ix_record_change_run_id_kind_outcome", ["run_id", "kind", "outcome"], unique=False)

    op.create_table(
        "run_problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_problem_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_problem")),
    )
    with op.batch_alter_table("run_problem", schema=None) as batch_op:
        batch_op.create_index("ix_run_problem_run_id_code", ["run_id", "code"], unique=False)

    op.create_table(
        "sighting",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("prior_run_id", sa.Integer(), nullable=True),
        sa.Column("prior_seen_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_sighting_run_id")),
        sa.PrimaryKeyConstraint("kind", "record_id", name=op.f("pk_sighting")),
    )
    with op.batch_alter_table("sighting", schema=None) as batch_op:
        batch_op.create_index("ix_sighting_run_id_kind_outcome", ["run_id", "kind", "outcome"], unique=False)

    op.create_table(
        "stored_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_stored_page_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_page")),
        sa.UniqueConstraint("source", "url", name=op.f("uq_stored_page_source_url")),
    )
    op.create_table(
        "price_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("price_text", sa.Text(), nullable=True),
        sa.Column("price_vnd", sa.BigInteger(), nullable=True),
        sa.Column("price_max_vnd", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_price_point_listing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_price_point_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_point")),
    )
    with op.batch_alter_table("price_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_point_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_price_point_run_id"), ["run_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("price_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_point_run_id"))
        batch_op.drop_index(batch_op.f("ix_price_point_listing_id"))

    op.drop_table("price_point")
    op.drop_table("stored_page")
    with op.batch_alter_table("sighting", schema=None) as batch_op:
        batch_op.drop_index("ix_sighting_run_id_kind_outcome")

    op.drop_table("sighting")
    with op.batch_alter_table("run_problem", schema=None) as batch_op:
        batch_op.drop_index("ix_run_problem_run_id_code")

    op.drop_table("run_problem")
    with op.batch_alter_table("record_change", schema=None) as batch_op:
        batch_op.drop_index("ix_record_change_run_id_kind_outcome")
        batch_op.drop_index("ix_record_change_kind_record_id")

    op.drop_table("record_change")
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_source_gone_at")
        batch_op.drop_index("ix_listing_seller_id_gone_at")
        batch_op.drop_index(batch_op.f("ix_listing_old_district"))
        batch_op.drop_index(batch_op.f("ix_listing_group_code"))

    op.drop_table("listing")
    with op.batch_alter_table("frontier_page", schema=None) as batch_op:
        batch_op.drop_index("ix_frontier_page_run_id_state_rank_id")

    op.drop_table("frontier_page")
    with op.batch_alter_table("seller", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seller_tax_code_hash"))
        batch_op.drop_index(batch_op.f("ix_seller_tax_code"))
        batch_op.drop_index("ix_seller_source_gone_at")
        batch_op.drop_index(batch_op.f("ix_seller_phone_key"))
        batch_op.drop_index(batch_op.f("ix_seller_old_district"))

    op.drop_table("seller")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index("ix_run_source_finished_at")

    op.drop_table("run")
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_index("ix_request_side_gone_at_posted_on")
        batch_op.drop_index(batch_op.f("ix_request_old_district"))

    op.drop_table("request")
    op.drop_table("reported_figure")
    op.drop_table("lease")
    op.drop_table("index_change")
