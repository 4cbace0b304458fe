"""The Scrapy peer's spider for voso.vn."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from peer_site import Answer, Found, Item, SiteSpider, as_json, day, decimal, first, number, plain, strong, text

EXCERPT = 600  # characters of a seller's own words, as we keep


class VosoSpider(SiteSpider):
    name = "voso"
    CATEGORIES = (
        *("san-dac-san-c137", "dac-san-mien-bac-c138", "dac-san-mien-trung-c139", "dac-san-mien-tay-c140"),
        *("dac-san-nam-bo-c141", "dac-san-tay-nguyen-c142", "dac-san-trai-cay-c225", "hang-tieu-dung-thuc-pham-c165"),
        *("bach-hoa-c84", "thu-cong-my-nghe-c143", "vat-tu-nong-nghiep-c237", "giong-cay-trong-c238"),
        *("giong-vat-nuoi-c239", "phan-bon-c240", "thuc-an-chan-nuoi-thuy-san-c241", "thuoc-bao-ve-thuc-vat-c242"),
        *("thuoc-thu-y-c243", "che-pham-sinh-hoc-c244", "thuc-pham-chuc-nang-c69"),
    )
    starts = tuple((f"/{category}", "category") for category in CATEGORIES)
    PRODUCT = re.compile(r"-p(\d+)\.html")
    SHOP = re.compile(r"-s(\d+)$")
    CATEGORY = re.compile(r"-c(\d+)$")
    OBJECT = re.compile(r"var product\s*=\s*")

    def category(self, response: Answer) -> Found:
        self.count_page()
        yield from self.cards(response)
        yield from self.next_page(response, self.category)

    def cards(self, response: Answer, seller: Item | None = None) -> Found:
        for card in response.css(".b__browser--content_info .f-items"):
            link = card.css(".f-items_name > a")
            price = text(card.css(".b__price strong"))
            yield self.record(
                "listing",
                first(self.PRODUCT, link.attrib["href"]),
                title=text(link),
                url=response.urljoin(link.attrib["href"]),
                seller_ref=seller["ref"] if seller else None,
                seller_name=seller["name"] if seller else None,
                image_url=card.css(".f-product-item__thumb-img img:not(.preview)::attr(src)").get(),
                ocop_stars=number(card.css(".jstars__ocop::attr(data-value)").get()),
                rating=decimal(card.css(".f-items__ls .jstars:not(.jstars__ocop)::attr(data-value)").get()),
                sold=number(text(card.css(".f-items__ls label"))),
                price_text=price,
                price_vnd=number(price),
                list_price_vnd=number(text(card.css(".listed-price, .listPrice")[:1])),
            )
            yield response.follow(link.attrib["href"], self.product)

    def shop(self, response: Answer) -> Found:
        self.count_page()
        box = response.css(".b__shop--info.shop-own")
        url = response.url.partition("?")[0]
        facts = {text(part.css("label")): part for part in box.css(".info-content")}
        seller = self.record(
            "seller",
            first(self.SHOP, url),
            name=text(box.css(".b__shop--description h3")),
            url=url,
            status=text(box.css(".b__shop--description p")),
            image_url=box.css(".b__shop--avatar img::attr(src)").get(),
            rating=decimal(box.css(".jstars::attr(data-value)").get()),
            product_count=number(strong(facts.get("Số Sản Phẩm:"))),
            joined_on=day(strong(facts.get("Ngày Tham Gia:"))),
            address=strong(facts.get("Địa chỉ:")),
            province=strong(facts.get("Tỉnh - Thành Phố:")),
        )
        yield seller
        yield from self.cards(response, seller)
        yield from self.next_page(response, self.shop)

    def product(self, response: Answer) -> Found:
        self.count_page()
        script = response.xpath('//script[contains(., "var product")]/text()').get("")
        found = self.OBJECT.search(script)
        if found is None:
            return
        data = json.JSONDecoder().raw_decode(script, found.end())[0]
        steps = [(text(a), first(self.CATEGORY, a.attrib["href"])) for a in response.css(".b__breadcrumb li a[href]")]
        path = [(label, key) for label, key in steps if key]
        facts = {text(row.css("label")): text(row.css("span")) for row in response.css(".b__product-dt")}
        shop = response.css("a.go_to_shop::attr(href)").get()
        name = text(response.css(".b__shop--description .b__shop--name")) or None
        seller = first(self.SHOP, shop) if shop else None
        price, old = int(data["price"]), int(data["listPrice"])
        yield self.record(
            "listing",
            str(data["id"]),
            title=data["name"],
            url=response.url,
            seller_ref=seller,
            seller_name=name,
            category=path[-1][0] if path else None,
            category_path=as_json([label for label, _ in path]),
            category_ref=path[-1][1] if path else None,
            image_url=response.css('meta[property="og:image"]::attr(content)').get(),
            ocop_stars=data["ratingOCOP"] if data["isOCOP"] else 0,
            in_stock=data["available"] == 1,
            sold=data["sold"],
            rating=decimal(response.css(".c-product-head__desc .num-big::text").get()),
            review_count=number(response.css(".c-product-head__desc label strong::text").get()),
            origin=facts.get("Xuất xứ:"),
            unit=facts.get("Đơn vị tính:"),
            description=plain(data["description"], EXCERPT),
            updated_at=datetime.fromtimestamp(data["updateTime"], UTC).isoformat(),
            price_text=f"{price:,}₫",
            price_vnd=price,
            list_price_vnd=old if old > price else None,
        )
        if shop:
            box = {text(part.css("label")): text(part.css("span")) for part in response.css(".info-content")}
            yield self.record(
                "seller",
                seller or "",
                name=name,
                url=response.urljoin(shop),
                province=text(response.css("p.detail-merchant-provice-mobile")),
                product_count=number(box.get("Sản phẩm")),
                review_count=number(box.get("Đánh giá")),
                joined_on=day(box.get("Ngày tham gia")),
            )
            yield response.follow(shop, self.shop)

    def next_page(self, response: Answer, callback: Any) -> Found:
        following = response.xpath('//ul[contains(@class, "pagination")]//a[contains(., "Sau")]/@href').get()
        if following:
            yield response.follow(following, callback)
