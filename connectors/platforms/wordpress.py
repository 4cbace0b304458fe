"""WordPress without a shop: products and sellers as posts of a theme's own types, read by the lines in their text.

Facts and how sure they are: connectors/sources/longantrade.md. Types are told apart by their names; configuration may
name them instead (`paths` "products" and "sellers"). What a post is about stands in lines "Giá: …" of its text, or in
fields of the same names that a plug-in adds. A product names its seller in words: sellers are known by their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape

from connectors import answers, clean
from connectors.answers import Answer, Fields
from connectors.contract import Get, ListingRecord, Page, SellerRecord, Source, Yield
from connectors.reading import Row, label_key, path_of

PER_PAGE = 100  # the most the API gives at once
DESCRIPTION_LIMIT = 600  # characters: an excerpt that helps to find, not the seller's whole text

# "products" and "sellers": the part of the address behind /wp/v2/, empty for "by the names of the types".
paths: Mapping[str, str] = {"api": "/wp-json", "products": "", "sellers": ""}
selectors: Mapping[str, str] = {}
probe = "/wp-json/wp/v2/types"

_WORDS = {
    "products": ("product", "san-pham", "sanpham", "hang-hoa", "nong-san", "dac-san"),
    "sellers": (
        *("gian-hang", "doanh-nghiep", "hop-tac-xa", "htx", "nha-cung-cap", "co-so", "nguoi-ban"),
        *("vendor", "supplier", "store", "shop"),
    ),
}
_LABELS = {
    **dict.fromkeys(("gia", "gia ban", "gia san pham", "don gia", "price"), "price"),
    **dict.fromkeys(("don vi tinh", "don vi", "dvt"), "unit"),
    **dict.fromkeys(("nguoi ban", "co so", "co so san xuat", "nha cung cap", "gian hang", "nha san xuat"), "seller"),
    **dict.fromkeys(("dia chi", "address"), "address"),
    **dict.fromkeys(("dien thoai", "so dien thoai", "sdt", "hotline", "phone"), "phone"),
    **dict.fromkeys(("email", "thu dien tu"), "email"),
    **dict.fromkeys(("website", "trang web"), "website"),
    **dict.fromkeys(("nguoi dai dien", "dai dien", "chu co so"), "contact"),
    **dict.fromkeys(("ma so thue", "mst"), "tax"),
    **dict.fromkeys(("xuat xu", "nguon goc"), "origin"),
}


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - every list is read to its end
    """The types of posts."""
    yield Get(url=f"{source.home}{_api(source)}/types", kind="types")


def fits(root: object, page: Page) -> bool:  # noqa: ARG001 - the answer tells
    """By a type of posts that is named for products."""
    return isinstance(root, Mapping) and any(kind == "products" for kind, _ in _types(root))


def kind_of(source: Source, url: str) -> str | None:
    """The kind of an address of the API."""
    base, _, route = path_of(source, url).rstrip("/").rpartition("/")
    if base != _api(source):
        return None
    told = {source.paths.get(kind, "").strip("/"): kind for kind in _WORDS}
    return "types" if route == "types" else told.get(route) or _kind(route)


def parse(source: Source, page: Page) -> Iterator[Yield]:
    """Read one answer of the API."""
    return answers.read(source, page, {"types": _lists, "products": _products, "sellers": _sellers})


def _api(source: Source) -> str:
    return "/" + source.paths.get("api", paths["api"]).strip("/") + "/wp/v2"


def _kind(*names: str) -> str | None:
    """What a type's names say its posts are. Products first: a "shop-product" is one."""
    told = [clean.fold(name).replace(" ", "-").replace("_", "-") for name in names]
    return next((kind for kind, words in _WORDS.items() if any(w in name for name in told for w in words)), None)


def _types(told: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Kind and address part of each type that is for products or for sellers."""
    for slug, one in told.items():
        if not isinstance(one, Mapping) or slug in ("post", "page", "attachment") or slug.startswith(("wp_", "nav_")):
            continue
        base, name = one.get("rest_base"), one.get("name")
        kind = _kind(slug, *(part for part in (base, name) if isinstance(part, str)))
        if kind and isinstance(base, str) and base:
            yield kind, base


def _lists(answer: Answer) -> list[Yield]:
    if not isinstance(answer.value, Mapping):
        raise answer.missing("danh sách loại bài của WordPress")
    named = [(kind, base.strip("/")) for kind in _WORDS if (base := answer.source.paths.get(kind, ""))]
    found = named or list(_types(answer.value))
    if not any(kind == "products" for kind, _ in found):
        raise answer.missing(f"loại bài cho sản phẩm, chỉ có: {', '.join(map(str, answer.value))}")
    api = answer.source.home + _api(answer.source)
    found.sort(key=lambda one: one[0], reverse=True)  # sellers first
    return [Get(url=f"{api}/{base}?per_page={PER_PAGE}&page=1&_embed=1", kind=kind) for kind, base in found]


def _products(answer: Answer) -> list[Yield]:
    return answers.read_objects(answer, answer.value, lambda row: _product(answer, row))


def _product(answer: Answer, row: Fields) -> Row:
    values, told = row.values, _labelled(row)
    seller = told.get("seller")
    printed = told.get("price")
    terms = _terms(row)
    record = ListingRecord(
        ref=values.ref,
        title=_title(row),
        url=answer.own(row.text("link")),
        seller_ref=answers.name_key(seller) if seller else None,
        seller_name=seller or None,
        category=terms[0][0] if terms else None,
        category_ref=terms[0][1] if terms else None,
        image_url=_picture(answer, row),
        origin=told.get("origin"),
        description=_content(row),
        updated_at=answers.moment(values, row.text("modified_gmt")),
        **(values.price(printed, told.get("unit")) if printed is not None else {}),
    )
    return record, list(values.problems)


def _sellers(answer: Answer) -> list[Yield]:
    return answers.read_objects(answer, answer.value, lambda row: _seller(answer, row), may_be_empty=True)


def _seller(answer: Answer, row: Fields) -> Row:
    told, name = _labelled(row), _title(row)
    code = clean.tax_code(told.get("tax", ""))
    record = SellerRecord(
        ref=answers.name_key(name),
        name=name,
        url=answer.own(row.text("link")),
        phone=told.get("phone"),
        email=told.get("email"),
        website=told.get("website"),
        contact=told.get("contact"),
        tax_code=code.digits if code and code.kind != "unknown" else None,
        address=told.get("address"),
        image_url=_picture(answer, row),
        description=_content(row),
    )
    return record, list(row.values.problems)


def _title(row: Fields) -> str:
    part = row.part("title")
    return answers.name_of(part or row, "rendered" if part else "title")


def _lines(row: Fields) -> list[str]:
    part = row.part("content")
    return (part.html("rendered") or "").splitlines() if part else []


def _field(line: str) -> str | None:
    label, colon, _ = line.partition(":")
    return _LABELS.get(label_key(label)) if colon else None


def _content(row: Fields) -> str | None:
    """The text without the lines that are fields: among them telephones, which are shown elsewhere."""
    if row.part("content") is None:
        return None
    text = "\n".join(line for line in _lines(row) if _field(line) is None)
    return clean.html_to_text(escape(text).replace("\n", "<br>"), DESCRIPTION_LIMIT)


def _labelled(row: Fields) -> dict[str, str]:
    """The known lines of a post's text, and the fields of the same names a plug-in adds; the first of each counts."""
    found: dict[str, str] = {}
    for part in (row.told.get("acf"), row.told.get("meta")):
        for name, value in part.items() if isinstance(part, Mapping) else ():
            field = _LABELS.get(label_key(str(name).replace("_", " ").replace("-", " ")))
            if field and isinstance(value, str | int | float) and not isinstance(value, bool):
                found.setdefault(field, clean.text(str(value)))
    for line in _lines(row):
        field = _field(line)
        if field:
            found.setdefault(field, clean.text(line.partition(":")[2]))
    return found


def _terms(row: Fields) -> list[tuple[str, str]]:
    """Name and slug of the categories, which is in small letters; the tags of a post are none."""
    embedded = row.part("_embedded")
    groups = embedded.told.get("wp:term") if embedded else None
    terms = [term for group in groups if isinstance(group, list) for term in group] if isinstance(groups, list) else []
    told = [Fields(term, row.values) for term in terms if isinstance(term, Mapping)]
    return [
        (one.text("name") or "", (one.text("slug") or "").lower()) for one in told if one.text("taxonomy") != "post_tag"
    ]


def _picture(answer: Answer, row: Fields) -> str | None:
    embedded = row.part("_embedded")
    told = embedded.parts("wp:featuredmedia") if embedded else None
    return answer.picture(told[0].text("source_url")) if told else None
