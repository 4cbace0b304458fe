"""The stall keepers of a WooCommerce site: the stores of Dokan, the vendors of WCFM, and what a stall sells.

A telephone, an address, an e-mail address that the keeper hides on the site is not taken, though the API may tell it;
neither are bank accounts, which older versions of Dokan give away.
"""

from __future__ import annotations

from connectors import answers
from connectors.answers import Answer, Fields
from connectors.contract import Get, ListingRecord, SellerRecord, Yield
from connectors.reading import Row, path_of


def stores(answer: Answer) -> list[Yield]:
    """A page of /dokan/v1/stores."""
    return answers.read_objects(answer, answer.value, lambda row: _store(answer, row), may_be_empty=True)


def _store(answer: Answer, row: Fields) -> Row:
    values = row.values
    address = row.part("address")
    shown = [address.text(name) for name in ("street_1", "street_2", "city")] if address else []
    state = (address.text("state") or "") if address else ""
    if state.isascii() and state.isupper():  # a plug-in's own code, "LONGAN": nothing a reader of places knows
        values.note("unknown_label", f"tỉnh: {state}")
        state = ""
    rating = row.part("rating")
    reviews = rating.whole("count") if rating else None
    record = SellerRecord(
        ref=values.ref,
        name=answers.name_of(row, "store_name"),
        url=answer.own(row.text("shop_url")),
        phone=row.text("phone"),
        email=row.text("email") if row.told.get("show_email") is True else None,
        contact=" ".join(filter(None, (row.text("last_name"), row.text("first_name")))) or None,
        address=None if address is None else ", ".join(filter(None, (*shown, state))),
        province=state or None,
        joined_on=values.day("registered", row.text("registered")),
        rating=values.rating(rating.text("rating")) if rating and reviews else None,
        review_count=reviews,
        image_url=answer.picture(row.text("gravatar")),
    )
    return record, [*values.problems, _goods(answer, values.ref)]


def vendors(answer: Answer) -> list[Yield]:
    """A page of /wcfmmp/v1/store-vendors, which tells no addresses of the stalls."""
    return answers.read_objects(
        answer, answer.value, lambda row: _vendor(answer, row), key="vendor_id", may_be_empty=True
    )


def _vendor(answer: Answer, row: Fields) -> Row:
    def shown(name: str, hidden: str) -> str | None:
        return row.text(name) if row.text(hidden) == "no" else None  # unsaid is hidden

    record = SellerRecord(
        ref=row.values.ref,
        name=answers.name_of(row, "vendor_shop_name"),
        phone=shown("vendor_phone", "store_hide_phone"),
        email=shown("vendor_email", "store_hide_email"),
        address=shown("vendor_address", "store_hide_address"),
        image_url=answer.picture(row.text("vendor_shop_logo")),
    )
    return record, [*row.values.problems, _goods(answer, row.values.ref)]


def _goods(answer: Answer, ref: str) -> Get:
    """Where a stall's products stand: below its list, in Dokan as in WCFM."""
    return Get(url=f"{answer.address.rstrip('/')}/{ref}/products?per_page=100&page=1", kind="stall?")


def stall(answer: Answer) -> list[Yield]:
    """The products of one stall: who sells them; everything else stands in the Store API."""
    asked = path_of(answer.source, answer.url).rstrip("/").split("/")[-2]
    return answers.read_objects(answer, answer.value, lambda row: _sold_by(answer, row, asked), may_be_empty=True)


def _sold_by(answer: Answer, row: Fields, asked: str) -> Row:
    # Where a product names its stall, that counts: sites are known that answer with the same products for every stall.
    keeper = row.part("store") or row.part("vendor")
    told = keeper.text("id") if keeper else None
    record = ListingRecord(
        ref=row.values.ref,
        title=answers.name_of(row, "name"),
        url=answer.own(row.text("permalink")),
        seller_ref=told or asked,
        seller_name=(keeper.text("name") or keeper.text("shop_name")) if keeper else None,
    )
    return record, list(row.values.problems)
