"""The Scrapy peer's spider for htx.cooplink.com.vn."""

from __future__ import annotations

import hashlib

from peer_site import Answer, Found, Item, SiteSpider, day, text

from connectors import clean

SIDES = {"Bán": "sell", "Mua": "buy"}  # state bodies and helping organisations trade nothing
OURS = ("", "Long An", "Tây Ninh")  # the catalogue is of former Long An; what tells no province may be of it


class CooplinkSpider(SiteSpider):
    name = "cooplink"
    starts = (("/", "notices"),)

    def notices(self, response: Answer) -> Found:
        self.count_page()
        table = response.css("table.table")
        labels = [text(cell) for cell in table.css("thead th")]
        for row in table.css("tr.notice-row"):
            told = dict(zip(labels, (text(cell) for cell in row.css("td")), strict=True))
            if told["Nhu cầu"] in SIDES and told["Tỉnh/TP"].removeprefix("Tỉnh ") in OURS:
                yield from self.notice(response, told)
        following = response.css('ul.pagination a[rel="next"]::attr(href)').get()
        if following:
            yield response.follow(following, self.notices)

    def notice(self, response: Answer, told: dict[str, str]) -> Found:
        """A row has no number: like ours, it is known by what it says, a unit by its name and telephone."""
        unit = (clean.fold(told["Tên đơn vị"]), clean.phone(told["Số điện thoại"]) or "")
        side = SIDES[told["Nhu cầu"]]
        product = told["Sản phẩm"] or told["Nhóm hàng"]
        place = ", ".join(filter(None, (told["Quận/Huyện"], told["Tỉnh/TP"])))
        address = ", ".join(filter(None, (told["Địa chỉ"], place)))
        yield self.record(
            "request",
            digest(*unit, clean.fold(product), side, clean.fold(told["Ngày đăng"])),
            title=product,
            side=side,
            url=response.url,
            body="\n".join(f"{label}: {told[label]}" for label in ("Nhóm hàng", "Tiêu chuẩn") if told[label]) or None,
            product=product,
            quantity_text=told["Sản lượng"],
            price_text=told["Giá"],
            place=place,
            address=address,
            contact=", ".join(filter(None, (told["Tên đơn vị"], told["Người liên hệ"]))),
            phone=told["Số điện thoại"],
            posted_on=day(told["Ngày đăng"]),
        )
        if side == "sell":
            yield self.seller(unit, told, address)

    def seller(self, unit: tuple[str, str], told: dict[str, str], address: str) -> Item:
        return self.record(
            "seller",
            digest(*unit),
            name=told["Tên đơn vị"],
            phone=told["Số điện thoại"],
            contact=told["Người liên hệ"],
            address=address,
            province=told["Tỉnh/TP"],
        )


def digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()
