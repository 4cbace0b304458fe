"""Whether two listings of one seller are the same product: a rule over their titles, packs and groups. Pure.

Of a title everything is set aside that says nothing of the goods: the pack, certificates, words of promotion, the
seller's own name. The name of a commodity counts as one, whichever of its names it is ("khóm", "dứa"). What then
remains must be the same, or one title may say a little more than the other ("một nắng"); where both say something
the other does not ("ruột đỏ", "ruột trắng"), they are two products. A pack of another size is the same product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors import clean
from connectors.clean.plain_text import without_marks
from marketplace.catalogue.categories import classify
from marketplace.catalogue.commodities import Word, find, of_title, words

# How much of two titles must be common (twice the common weight, by the weight of both): of titles with a common
# commodity, and of others.
NEAR, NEAR_UNNAMED = 0.6, 0.75
_COMMODITY = 3  # the weight of a commodity's name; a word weighs 1

_PACK = (
    "combo|set|tui|goi|bich|bao|hop|hu|lo|keo|chai|can|binh|thung|ket|kien|vi|khay|lon|chuc|cap"  # what holds the goods
)
_UNIT = rf"kg|ky|ki|kilo|gam|gram|gr|g|lit|l|ml|qua|trung|hot|{_PACK}"
# "túi 5kg", "combo 3 hũ", "thùng 24 chai", "500 ml", "vỉ 10", "combo" alone; no "41 độ", no "size 40".
_MEASURE = re.compile(
    rf"(?<![^\W_])(?:(?:{_PACK})\s+){{0,2}}\d+(?:[.,]\d+)?\s*(?:{_UNIT})(?![^\W_])"
    rf"|(?<![^\W_])(?:vi|khay|thung|hop)\s+\d+(?![^\W_]|[.,]\d)"
    r"|(?<![^\W_])(?:combo|set)(?![^\W_])"
)
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(kg|ky|ki|kilo|gam|gram|gr|g|lit|l|ml)(?![^\W_])")
_IN_SMALL = {"kg": 1000, "ky": 1000, "ki": 1000, "kilo": 1000, "lit": 1000, "l": 1000}
_VOLUMES = frozenset({"lit", "l", "ml"})

_NOISE = tuple(
    words(phrase)
    for phrase in (
        # certificates: they stand in columns of their own
        *("vietgap", "việt gap", "viet gap", "globalgap", "global gap", "globalg.a.p", "haccp", "organic", "hữu cơ"),
        *("ocop 3 sao", "ocop 4 sao", "ocop 5 sao", "ocop", "chuẩn ocop", "3 sao", "4 sao", "5 sao"),
        *("đạt chuẩn", "đạt chứng nhận", "chứng nhận", "tiêu chuẩn", "an toàn", "truy xuất nguồn gốc"),
        # promotion
        *("khuyến mãi", "khuyến mại", "giảm giá", "giá sốc", "giá rẻ", "giá tốt", "giá gốc", "giá sỉ", "giá sỉ lẻ"),
        *("freeship", "free ship", "miễn phí vận chuyển", "sale", "hot", "new", "chính hãng", "chính gốc"),
        *("cao cấp", "thượng hạng", "đặc sản", "quà quê", "quà tặng", "quà tết", "sạch", "ngon", "mới", "tại vườn"),
        *("nguyên chất", "mua 1 tặng 1", "loại ngon"),
    )
)


@dataclass(frozen=True, slots=True)
class Goods:
    """What the rule looks at. `seller`: the account's name, as printed."""

    title: str
    unit: str | None
    group: str | None
    seller: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two titles of one product. `exact`: neither says more than the other; `why` is for the reader."""

    exact: bool
    why: str


def likeness(here: Goods, there: Goods) -> Likeness | None:
    """How two listings are the same product, told from `here`; None where they are not."""
    if (here.group or classify(here.title)) != (there.group or classify(there.title)):
        return None
    kinds = of_title(here.title)
    if set(kinds) != set(of_title(there.title)):
        return None
    bare = not (_marked(here.title) and _marked(there.title))
    mine, theirs = _told(here.title, kinds, bare), _told(there.title, kinds, bare)
    names = {word.bare for word in words(f"{here.seller} {there.seller}")}
    only_mine, only_theirs = _more(mine, theirs, names), _more(theirs, mine, names)
    common = len(mine.keys() & theirs.keys()) + _COMMODITY * len(kinds)
    if not common or (only_mine and only_theirs):
        return None
    extra = only_mine or only_theirs
    if 2 * common < (NEAR if kinds else NEAR_UNNAMED) * (2 * common + len(extra)):
        return None
    told = ["tên hàng giống nhau"]
    if extra:
        said = " ".join(extra)
        told = [f"tên hàng gần giống, {'ở đây' if only_mine else 'nơi kia'} ghi thêm “{said}”"]
    if pack(here) and pack(there) and _pack_key(here) != _pack_key(there):
        told.append("khác cách đóng gói")
    return Likeness(not extra, "; ".join(told))


def pack(goods: Goods) -> str:
    """How it is packed, as printed: "thùng 10kg", "kg"; "" when not told."""
    unit = clean.text(goods.unit)
    if any(letter.isdigit() for letter in unit):
        return unit
    return next((found for found in _measures(goods.title) if any(map(str.isdigit, found))), unit)


def _pack_key(goods: Goods) -> tuple[bool, float] | str:
    """Packs that are equal have the same: grams or millilitres where a size is told, else the words."""
    plain = without_marks(pack(goods).lower())
    size = _SIZE.search(plain)
    if size is None:
        return "1 kg" if plain == "kg" else plain
    amount = float(size[1].replace(",", ".")) * _IN_SMALL.get(size[2], 1)
    return (size[2] in _VOLUMES, amount)


def _measures(title: str) -> Iterable[str]:
    text = clean.text(title).lower()
    return (text[found.start() : found.end()] for found in _MEASURE.finditer(without_marks(text)))


def _marked(title: str) -> bool:
    return any(word.marked for word in words(title))


def _told(title: str, kinds: Sequence[str], bare: bool) -> dict[str, str]:
    """The words that tell the goods apart, beside the commodities': as compared, with the word as printed.

    `bare`: compare them without marks, since one of the titles has none.
    """
    text = clean.text(title).lower()
    for found in reversed(list(_MEASURE.finditer(without_marks(text)))):
        text = f"{text[: found.start()]} {text[found.end() :]}"
    said = words(text)
    skipped = {at for found in find(said) if found.commodity.slug in kinds for at in range(found.start, found.end)}
    told: dict[str, str] = {}
    position = 0
    while position < len(said):
        noise = 0 if position in skipped else _noise(said[position:])
        if noise:
            position += noise
            continue
        word = said[position]
        if position not in skipped and word.bare.isalnum():
            told[word.bare if bare else word.exact] = word.text
        position += 1
    return told


def _noise(said: Sequence[Word]) -> int:
    """The number of words of the longest phrase without meaning that `said` begins with."""
    lengths = (
        len(phrase)
        for phrase in _NOISE
        if len(phrase) <= len(said)
        and all(
            word.exact == wanted.exact or (not word.marked and len(phrase) > 1 and word.bare == wanted.bare)
            for word, wanted in zip(said, phrase, strict=False)
        )
    )
    return max(lengths, default=0)


def _more(mine: dict[str, str], theirs: dict[str, str], names: set[str]) -> list[str]:
    """What one title says more than the other, but for words of the sellers' names."""
    return [text for key, text in mine.items() if key not in theirs and clean.fold(text) not in names]
