"""The Scrapy peer's spider for postmart.vn: the shop's JSON list, then each product's own page."""

from __future__ import annotations

import json
import re
from typing import Any

import scrapy
from peer_site import Answer, Found, SiteSpider, as_json, first, number, plain, text, tidied

EXCERPT = 600  # characters of a description, as we keep
JSON = {"Accept": "application/json"}  # without it the list is an empty page that a script fills
IN_STOCK = "https://schema.org/InStock"


class PostmartSpider(SiteSpider):
    name = "postmart"
    starts = (("/products?sort=latest&perPage=50", "products"),)
    headers = JSON
    NUMBER = re.compile(r"-(\d+)\.html$")
    CATEGORY = re.compile(r"/categories/([^/]+)/products$")

    def products(self, response: Answer) -> Found:
        self.count_page()
        page = response.json()["products"]
        for item in page["data"]:
            price = item["selling_price"]
            image = item["base_image"]
            url = f"{self.home}/p/{item['slug']}-{item['id']}.html"
            yield self.record(
                "listing",
                str(item["id"]),
                title=tidied(item["name"]),
                url=url,
                price_text=price["formatted"],
                price_vnd=int(float(price["amount"])) or None,
                list_price_vnd=int(float(item["price"]["amount"])) if item["special_price"] else None,
                in_stock=item["is_in_stock"],
                rating=item["rating_percent"] / 20,
                review_count=len(item["reviews"]),
                image_url=image["path"] if image else None,
            )
            yield scrapy.Request(url, self.product)
        if page["current_page"] < page["last_page"]:
            url = f"{self.home}/products?sort=latest&perPage=50&page={page['current_page'] + 1}"
            yield scrapy.Request(url, self.products, headers=JSON)

    def product(self, response: Answer) -> Found:
        self.count_page()
        data: dict[str, Any] = json.loads(response.css('script[type="application/ld+json"]::text').get(""))
        offer, rated = data["offers"], data.get("aggregateRating", {})
        seller = offer.get("seller")
        crumbs = [
            (text(a), key)
            for a in response.css(".breadcrumb ul.list-inline li a")
            if (key := first(self.CATEGORY, a.attrib["href"]))
        ]
        price = response.css(".details-info-middle .product-price")
        old = text(price.css(".previous-price"))
        key = first(self.NUMBER, seller["url"]) if seller else None
        yield self.record(
            "listing",
            first(self.NUMBER, response.url),
            title=tidied(data["name"]),
            url=response.url,
            seller_ref=key,
            seller_name=seller["name"] if seller else None,
            category=crumbs[-1][0] if crumbs else None,
            category_path=as_json(label for label, _ in crumbs),
            category_ref=crumbs[-1][1] if crumbs else None,
            image_url=data["image"],
            in_stock=offer["availability"] == IN_STOCK,
            rating=rated.get("ratingValue"),
            review_count=rated.get("ratingCount"),
            description=plain(data["description"], EXCERPT),
            price_text=text(price).removesuffix(old).rstrip(),
            price_vnd=int(float(offer["price"])) or None,
            list_price_vnd=number(old),
        )
        if seller:
            box = response.css(".seller-info")
            yield self.record(
                "seller",
                key or "",
                name=seller["name"],
                url=seller["url"],
                address=text(box.css(".seller-address")),
                province=text(box.css(".seller-province")),
            )
