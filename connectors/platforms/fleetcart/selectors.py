"""Where values stand on a FleetCart product page, by the names under which configuration may change them.

`product.*` are the stock theme's. A FleetCart shop has no sellers by itself; shops with sellers add their own box, and
the names of `seller.*` are nothing but a guess that configuration mends once somebody has seen a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from connectors.contract import Source

SELECTORS: Mapping[str, str] = MappingProxyType(
    {
        "product.name": ".product-details-wrap h1.product-name",
        "product.price": ".details-info-middle .product-price",
        "product.previous_price": ".previous-price",  # inside of the price
        "product.available": ".availability.in-stock",
        "product.sold_out": ".availability.out-of-stock",
        "product.brief": ".brief-description",
        "product.image": ".base-image-slide",
        "product.crumbs": ".breadcrumb ul.list-inline li a",
        "seller.name": ".seller-info .seller-name",
        "seller.link": ".seller-info a.seller-link",
        "seller.address": ".seller-info .seller-address",
        "seller.province": ".seller-info .seller-province",
        "seller.phone": ".seller-info .seller-phone",
    }
)


def css(source: Source, name: str) -> str:
    return source.selectors.get(name, SELECTORS[name])
