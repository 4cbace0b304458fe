"""The Scrapy peer's spider for nongsanantoanlongan.vn."""

from __future__ import annotations

import json
from typing import Any

from peer_site import (
    Answer,
    Found,
    Item,
    SiteSpider,
    approved,
    as_json,
    day,
    decimal,
    number,
    picture,
    plain,
    slug,
    text,
    tidied,
    tooltips,
)

EXCERPT = 600  # characters of a seller's own words, as we keep
BODY = 2_000  # of a post
SIDES = {"Cần mua": "buy", "Cần bán": "sell", "Tìm đối tác": "partner"}
ROWS = {
    "Địa chỉ": "address",
    "Điện thoại": "phone",
    "Email": "email",
    "Website": "website",
    "Người đại diện": "contact",
    "Quy mô": "kind",
    "Trạng thái": "status",
    "Giấy phép đăng ký": "licence",
    "Quản lý về VSATTP bởi": "authority",
}
OF_THE_SELLER = (
    "Điện thoại",
    "Email",
    "Website",
    "Người đại diện",
    "Quy mô",
    "Trạng thái",
    "Quản lý về VSATTP bởi",
)


class NongsanSpider(SiteSpider):
    name = "nongsanantoanlongan"
    starts = (("/shop", "sellers"), ("/danh-muc-san-pham", "products"), ("/ket-noi", "board"))

    def sellers(self, response: Answer) -> Found:
        self.count_page()
        for media in response.css(".cssxkd-wrap .cs-grid .media"):
            url = media.css("a.item-img::attr(href)").get("")
            seller, name = slug(url), text(media.css(".item-title a"))
            links = media.xpath('.//p[b[contains(., "Sản phẩm cung cấp")]]/a')
            yield self.record(
                "seller",
                seller,
                name=name,
                url=url,
                address=tidied(
                    "".join(media.xpath('.//p/b[contains(., "Địa chỉ")]/following-sibling::text()').getall())
                ),
                verified=approved(media),
                rating=decimal(media.css("input.rating::attr(value)").get()),
                review_count=number(text(media.css(".num_total"))),
                product_count=len(links),
                image_url=picture(media.css("a.item-img img::attr(src)").get()),
            )
            yield response.follow(url, self.seller)
            for link in links:
                href = link.attrib["href"]
                yield self.record(
                    "listing",
                    slug(href),
                    title=text(link).rstrip("; "),
                    url=href,
                    seller_ref=seller,
                    seller_name=name,
                )
                yield response.follow(href, self.product)
        yield from self.next_page(response, self.sellers)

    def products(self, response: Answer) -> Found:
        self.count_page()
        yield from self.cards(response, response.css(".thumb-product"))
        yield from self.next_page(response, self.products)

    def cards(self, response: Answer, found: Any, seller: Item | None = None) -> Found:
        for card in found:
            link = card.css("h3 a")
            url = link.attrib["href"]
            shop = card.css(".shop-info-index-text a")
            owner = shop.attrib["href"] if shop else None
            yield self.record(
                "listing",
                slug(url),
                title=text(link),
                url=url,
                seller_ref=seller["ref"] if seller else slug(owner) if owner else None,
                seller_name=seller["name"] if seller else text(shop) if shop else None,
                certificates=tooltips(card.css(".cer-item img")),
                rating=decimal(card.css("input.rating::attr(value)").get()),
                image_url=picture(card.css(".img img::attr(src)").get()),
                price_text=(price := text(card.css("p.discount"))),
                price_vnd=number(price),
            )
            yield response.follow(url, self.product)

    def seller(self, response: Answer) -> Found:
        self.count_page()
        heading = response.css(".shop-page__info > h1")
        if heading:  # the further pages of its products repeat the rest
            seller = self.record("seller", slug(response.url), name=text(heading), url=response.url.partition("?")[0])
            rows, papers = response.css("#tab1 .organization-info div.row"), []
            for row in rows:
                label, value = (text(column) for column in row.xpath("./div")[:2])
                if label in ROWS:
                    seller[ROWS[label]] = value
                elif row.css("b"):
                    papers.append(text(row.css("b")))
            icons = tooltips(response.css("img.img-certifications-shops"))
            seller["certificates"] = as_json(dict.fromkeys([*papers, *json.loads(icons or "[]")]))
            seller["verified"] = approved(heading)
            seller["description"] = plain(response.css("#tab0 .pdp-mod-detail").get(), EXCERPT)
            seller["rating"] = decimal(response.css(".mod-rating .score span::text").get())
            yield seller
            yield from self.cards(response, response.css("#tab4 .thumb-product"), seller)
        yield from self.next_page(response, self.seller)

    def product(self, response: Answer) -> Found:
        self.count_page()
        rows = [
            (text(columns[0]), text(columns[1]))
            for row in response.css("#tab1 .product-info div.row")
            if len(columns := row.xpath("./div")) == 2
        ]
        split = next((at for at, (label, _) in enumerate(rows) if label == "Tên cơ sở"), len(rows))
        about, facility = dict(rows[:split]), dict(rows[split:])
        crumbs = response.css("ul.breadcrumb li a")
        path = [crumb for crumb in crumbs if text(crumb) not in ("Trang chủ", "Sản phẩm")]
        box = response.css(".product-page-seller-info")
        shop = box.xpath('.//a[*[contains(@class, "product-page-seller-info__shop-name")]]/@href').get()
        name = text(box.css(".product-page-seller-info__shop-name"))
        old = text(response.css(".price-old"))
        price = text(response.css(".price-detail"))
        trace = about.get("Mã truy xuất nguồn gốc")
        yield self.record(
            "listing",
            slug(response.url),
            title=text(response.css("h1.title.none-mobile")),
            url=response.url,
            seller_ref=slug(shop) if shop else None,
            seller_name=name or None,
            category=text(path[-1]) if path else None,
            category_path=as_json([text(crumb) for crumb in path]),
            category_ref=slug(path[-1].attrib["href"]) if path else None,
            traceable=bool(trace or response.css("i.fa-check-circle-sp")),
            in_stock={"Còn hàng": True, "Hết hàng": False}.get(about.get("Trạng thái", "")),
            unit=about.get("Đơn vị tính"),
            price_text=price,
            price_vnd=number(price),
            list_price_vnd=number(old),
        )
        if shop:
            told = {
                text(item.css(".product-page-seller-info__complement-text")): text(
                    item.css(".product-page-seller-info__primary-text")
                )
                for item in box.css(".product-page-seller-info__item")
            }
            yield self.record(
                "seller",
                slug(shop),
                name=name,
                url=response.urljoin(shop),
                product_count=number(told.get("Sản phẩm")),
                review_count=number(told.get("Đánh giá")),
                joined_on=day(told.get("Ngày tham gia")),
                **{ROWS[label]: facility.get(label) for label in OF_THE_SELLER},
            )
            yield response.follow(shop, self.seller)

    def board(self, response: Answer) -> Found:
        self.count_page()
        for post in response.css("ul.buy-center-linked-list-columns li.buy-li"):
            link = post.css("h4 a.help-center-link")
            posted, side, views = (text(part) for part in post.css(".info-buy .port-time"))
            yield self.record(
                "request",
                slug(link.attrib["href"]),
                side=SIDES[side],
                title=text(link),
                url=link.attrib["href"],
                place=text(post.css(".post-area")),
                contact=text(post.css(".userport a")),
                posted_on=day(posted),
                views=number(views),
            )
            yield response.follow(link.attrib["href"], self.post)
        yield from self.next_page(response, self.board)

    def post(self, response: Answer) -> Found:
        self.count_page()
        rows = dict(text(row).split(":", 1) for row in response.css(".news-buy-main > div") if ":" in text(row))
        told = {label: value.strip() for label, value in rows.items()}
        yield self.record(
            "request",
            slug(response.url),
            title=text(response.css(".border-ads h1")),
            url=response.url,
            body=plain(response.css(".chitiet-buy").get(), BODY),
            product=told.get("Loại sản phẩm"),
            place=told.get("Khu vực"),
            address=told.get("Địa chỉ"),
            contact=text(response.css('.userTitle .username[itemprop="name"]')),
            phone=told.get("Điện thoại"),
            expires_on=day(told.get("Ngày hết hạn")),
        )

    def next_page(self, response: Answer, callback: Any) -> Found:
        following = response.xpath('//ul[contains(@class, "pagination")]//a[contains(., "Tiếp")]/@href').get()
        if following:
            yield response.follow(following, callback)
