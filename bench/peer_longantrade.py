"""The Scrapy peer's spider for longantrade.com on WooCommerce with Dokan: the Store API, the stores, their products."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import scrapy
from peer_site import Answer, Found, SiteSpider, as_json, plain, tidied
from w3lib.html import remove_tags
from w3lib.url import add_or_replace_parameter

EXCERPT = 600  # characters of a description, as we keep


class LongantradeSpider(SiteSpider):
    name = "longantrade"
    starts = (
        ("/wp-json/wc/store/v1/products?per_page=100&page=1", "products"),
        ("/wp-json/dokan/v1/stores?per_page=100&page=1", "stores"),
    )

    def products(self, response: Answer) -> Found:
        self.count_page()
        for row in response.json():
            prices = row["prices"]
            price, old = int(prices["price"]), int(prices["regular_price"])
            told = {one["name"]: [term["name"] for term in one["terms"]] for one in row["attributes"]}
            path = sorted(row["categories"], key=lambda one: len(urlsplit(one["link"]).path))
            yield self.record(
                "listing",
                str(row["id"]),
                title=tidied(unescape(row["name"])),
                url=row["permalink"],
                price_text=plain_price(row["price_html"]),
                price_vnd=price or None,
                list_price_vnd=old if old > price else None,
                unit=next(iter(told.get("Đơn vị tính", ())), None),
                certificates=as_json(told.get("Chứng nhận", ())),
                ocop_stars=int(told["OCOP"][0].split()[0]) if "OCOP" in told else None,
                category=unescape(path[-1]["name"]) if path else None,
                category_path=as_json(unescape(one["name"]) for one in path),
                category_ref=path[-1]["slug"] if path else None,
                image_url=row["images"][0]["src"] if row["images"] else None,
                in_stock=row["is_in_stock"],
                rating=float(row["average_rating"]),
                review_count=row["review_count"],
                description=plain(row["description"], EXCERPT),
            )
        yield from self.next_page(response, self.products)

    def stores(self, response: Answer) -> Found:
        self.count_page()
        for row in response.json():
            address: dict[str, str] = row["address"] or {}  # WordPress writes an empty object as []
            shown = [address.get(name) for name in ("street_1", "street_2", "city", "state")]
            reviews = row["rating"]["count"]
            yield self.record(
                "seller",
                str(row["id"]),
                name=unescape(row["store_name"]),
                url=row["shop_url"],
                phone=row["phone"],
                email=row.get("email") if row["show_email"] else None,
                contact=" ".join(filter(None, (row["last_name"], row["first_name"]))),
                address=", ".join(filter(None, shown)),
                province=address.get("state"),
                joined_on=row["registered"][:10],
                rating=float(row["rating"]["rating"]) if reviews else None,
                review_count=reviews,
                image_url=row["gravatar"],
            )
            goods = f"{self.home}/wp-json/dokan/v1/stores/{row['id']}/products?per_page=100&page=1"
            yield scrapy.Request(goods, self.stall)
        yield from self.next_page(response, self.stores)

    def stall(self, response: Answer) -> Found:
        self.count_page()
        for row in response.json():
            yield self.record(
                "listing",
                str(row["id"]),
                title=tidied(row["name"]),
                url=row["permalink"],
                seller_ref=str(row["store"]["id"]),
                seller_name=row["store"]["name"],
            )
        yield from self.next_page(response, self.stall)

    def next_page(self, response: Answer, callback: Any) -> Found:
        number = int(re.search(r"[?&]page=(\d+)", response.url)[1])
        if number < int(response.headers.get("X-WP-TotalPages", b"0")):
            yield scrapy.Request(add_or_replace_parameter(response.url, "page", str(number + 1)), callback)


def plain_price(html: str) -> str:
    return tidied(unescape(remove_tags(re.sub(r"<del.*?</del>", "", html))))
