"""Whether two listings of one seller are the same product: a rule over their titles, packs and groups. Pure.

Of a title everything is set aside that says nothing of the goods: the pack, certificates, words of promotion, the
seller's own name. The name of a commodity counts as one, whichever of its names it is ("khóm", "dứa"). What then
remains must be the same, but one title may say where the goods come from, or praise them (`_MORE`). Any other word more
makes another product: it may name a sort, a cut, a colour, a strength ("thịt heo rừng", "gạo lứt đỏ", "40 độ đạm").
A pack of another size is the same product.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from connectors import clean
from connectors.clean.plain_text import without_marks
from marketplace.catalogue import seller_names
from marketplace.catalogue.categories import classify
from marketplace.catalogue.commodities import Word, find, of_title, words
from marketplace.catalogue.seller_names import Core
from marketplace.places.gazetteer import GAZETTEER
from marketplace.places.spelling import BARE, syllable

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

_ORGANIC = re.compile(r"(?<![^\W_])organic(?![^\W_])")

_Phrases = Mapping[str, Sequence[tuple[Word, ...]]]  # by the first word without marks


def _phrases(*texts: str) -> _Phrases:
    found: dict[str, list[tuple[Word, ...]]] = {}
    for phrase in map(words, texts):
        found.setdefault(phrase[0].bare, []).append(phrase)
    return found


_NOISE = _phrases(
    # certificates: they stand in columns of their own; not "hữu cơ", which is another product
    *("vietgap", "việt gap", "viet gap", "globalgap", "global gap", "globalg.a.p", "haccp"),
    *("ocop 3 sao", "ocop 4 sao", "ocop 5 sao", "ocop", "chuẩn ocop", "3 sao", "4 sao", "5 sao"),
    *("đạt chuẩn", "đạt chứng nhận", "chứng nhận", "tiêu chuẩn", "an toàn", "truy xuất nguồn gốc"),
    # promotion
    *("khuyến mãi", "khuyến mại", "giảm giá", "giá sốc", "giá rẻ", "giá tốt", "giá gốc", "giá sỉ", "giá sỉ lẻ"),
    *("freeship", "free ship", "miễn phí vận chuyển", "sale", "hot", "new", "chính hãng", "chính gốc"),
    *("cao cấp", "thượng hạng", "đặc sản", "quà quê", "quà tặng", "quà tết", "sạch", "ngon", "mới", "tại vườn"),
    *("nguyên chất", "mua 1 tặng 1", "loại ngon"),
)
# What one title may say more, beside a place: it is told to the reader.
_MORE = _phrases(
    *("nhà làm", "nhà trồng", "nhà nuôi", "thủ công", "gia truyền", "truyền thống", "tự nhiên", "thơm ngon"),
    *("đóng gói", "hút chân không", "giao nhanh", "giao tận nơi", "bán sỉ", "bán lẻ", "xuất khẩu", "tuyển chọn"),
    *("chọn lọc", "vụ mới", "mùa mới", "miền tây", "nam bộ", "size"),
)
_LONGEST_PLACE = 4  # words
_TITLES = 8_192  # of a seller with hundreds of listings every view compares all of them


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
    kinds = of_title(here.title)
    if set(kinds) != set(of_title(there.title)):
        return None
    if (here.group or classify(here.title)) != (there.group or classify(there.title)):
        return None
    bare = not (_marked(here.title) and _marked(there.title))
    mine, theirs = _keyed(here.title, bare), _keyed(there.title, bare)
    if not kinds and not mine.keys() & theirs.keys():
        return None
    names = [seller_names.core(here.seller), seller_names.core(there.seller)]
    only_mine, only_theirs = _more(mine, theirs, names), _more(theirs, mine, names)
    if only_mine is None or only_theirs is None or (only_mine and only_theirs):
        return None
    extra = only_mine or only_theirs
    told = ["tên hàng giống nhau"]
    if extra:
        told = [f"tên hàng gần giống, {'ở đây' if only_mine else 'nơi kia'} ghi thêm “{' '.join(extra)}”"]
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


@lru_cache(maxsize=_TITLES)
def _marked(title: str) -> bool:
    return any(word.marked for word in words(title))


def _keyed(title: str, bare: bool) -> dict[str, Word]:
    """The words that tell the goods apart, as they are compared: `bare` without marks, since a title has none."""
    return {word.bare if bare else word.exact: word for word in _told(title)}


@lru_cache(maxsize=_TITLES)
def _told(title: str) -> tuple[Word, ...]:
    """The words of a title that tell the goods apart, beside the commodities'."""
    text = clean.text(title).lower()
    for found in reversed(list(_MEASURE.finditer(without_marks(text)))):
        text = f"{text[: found.start()]} {text[found.end() :]}"
    said, kinds = words(_ORGANIC.sub("hữu cơ", text)), of_title(title)
    skipped = {at for found in find(said) if found.commodity.slug in kinds for at in range(found.start, found.end)}
    told: list[Word] = []
    position = 0
    while position < len(said):
        noise = 0 if position in skipped else _longest(_NOISE, said[position:])
        if not noise and position not in skipped and said[position].bare.isalnum():
            told.append(said[position])
        position += noise or 1
    return tuple(told)


def _longest(phrases: _Phrases, said: Sequence[Word]) -> int:
    """The number of words of the longest of the phrases that `said` begins with."""
    lengths = (
        len(phrase)
        for phrase in phrases.get(said[0].bare, ())
        if len(phrase) <= len(said)
        and all(
            word.exact == wanted.exact or (not word.marked and len(phrase) > 1 and word.bare == wanted.bare)
            for word, wanted in zip(said, phrase, strict=False)
        )
    )
    return max(lengths, default=0)


def _more(mine: dict[str, Word], theirs: dict[str, Word], names: Sequence[Core]) -> list[str] | None:
    """What one title says more than the other, but for the sellers' names; None where it makes another product."""
    extra = [word for key, word in mine.items() if key not in theirs]
    told: list[str] = []
    while extra:
        named = max(_named(name, extra) for name in names)
        length = named or max(_longest(_MORE, extra), _place(extra))
        if not length:
            return None
        if not named:
            if extra[0].bare == "size" and len(extra) > 1 and extra[1].bare.isdecimal():
                length = 2
            told += [word.text for word in extra[:length]]
        extra = extra[length:]
    return told


def _named(name: Core, said: Sequence[Word]) -> int:
    """How many words of a seller's name `said` begins with: two or more, as one may name a sort ("rừng"), and one of
    them the seller's own, as the rest may be goods.
    """
    told = tuple(word.bare for word in said)
    for length in range(len(told), 1, -1):
        run = told[:length]
        here = any(name.said[at : at + length] == run for at in range(len(name.said) - length + 1))
        if here and not set(name.words).isdisjoint(run):
            return length
    return 0


def _place(said: Sequence[Word]) -> int:
    """The number of words of the longest place name of two words or more that `said` begins with."""
    for length in range(min(_LONGEST_PLACE, len(said)), 1, -1):
        found = GAZETTEER.look_up(tuple(syllable(word.text) for word in said[:length]))
        if any(match.likeness >= BARE for match in found):
            return length
    return 0
