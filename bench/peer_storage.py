"""The Scrapy peer's pipeline: items into SQLite, in batches."""

from __future__ import annotations

import sqlite3
from typing import Any, Self

from scrapy.crawler import Crawler

BATCH = 500  # items in a transaction

COLUMNS = {
    "seller": (
        *("name", "url", "kind", "phone", "email", "website", "contact", "licence", "authority", "address", "province"),
        *("joined_on", "certificates", "verified", "status", "rating", "review_count", "product_count"),
        *("description", "image_url"),
    ),
    "listing": (
        *("title", "url", "seller_ref", "seller_name", "price_text", "price_vnd", "list_price_vnd", "unit"),
        *("category", "category_path", "category_ref", "image_url", "ocop_stars", "certificates", "traceable"),
        *("in_stock", "sold", "rating", "review_count", "origin", "description", "updated_at"),
    ),
    "request": (
        *("title", "side", "url", "body", "product", "quantity_text", "price_text", "place", "address"),
        *("contact", "phone", "posted_on", "expires_on", "views"),
    ),
}


class SqlitePipeline:
    """Records into one table per kind: what a later page tells fills up or replaces what an earlier one told."""

    def __init__(self, database: str) -> None:
        self.connection = sqlite3.connect(database, timeout=30)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.statements = {}
        for kind, columns in COLUMNS.items():
            self.connection.execute(
                f"CREATE TABLE IF NOT EXISTS {kind} (source TEXT, ref TEXT, {', '.join(columns)},"
                " PRIMARY KEY (source, ref))"
            )
            told = ", ".join(f"{name} = coalesce(excluded.{name}, {name})" for name in columns)
            places = ", ".join("?" * (len(columns) + 2))
            self.statements[kind] = (
                f"INSERT INTO {kind} (source, ref, {', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our own names
                f" ON CONFLICT (source, ref) DO UPDATE SET {told}"
            )
        self.connection.commit()
        self.waiting: list[dict[str, Any]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings["DATABASE"])

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        self.waiting.append(item)
        if len(self.waiting) >= BATCH:
            self._write()
        return item

    def close_spider(self) -> None:
        self._write()
        self.connection.close()

    def _write(self) -> None:
        with self.connection:
            for kind, columns in COLUMNS.items():
                rows = [
                    (item["source"], item["ref"], *(item.get(name) for name in columns))
                    for item in self.waiting
                    if item["record"] == kind
                ]
                self.connection.executemany(self.statements[kind], rows)
        self.waiting.clear()
