"""An invented catalogue of any size, always the same for the same size, and what is asked of it.

Products, their qualities, districts and prices are those of the sandbox, the names of sellers are made as it makes
them. How often a product or a seller occurs falls with its rank (Zipf), and so do the syllables of the running text, so
that the dictionary is as large as that of real text. Seven in ten documents are listings, a quarter are sellers, the
rest are requests; one in eight is written without marks.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, count, islice, product
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple
from unicodedata import normalize

from connectors.sandbox.names import facility, slugify, unmarked
from connectors.sandbox.vocabulary import CROPS, Commune, Good, communes, goods, short_district
from search_index.documents import Document

SEED = 20251124
FACETS = ("kind", "source", "category", "district")  # the four that are counted
_BATCH = 1_000

_SOURCES = ("nongsanantoanlongan", "voso", "postmart", "cooplink", "longantrade")
_KINDS = ("htx", "tht", "ho", "trang_trai", "doanh_nghiep", "co_so")
_QUALITIES = (
    "loại 1", "mới", "tươi", "sạch", "VietGAP", "hữu cơ", "xuất khẩu", "giao tận nơi", "giá sỉ", "đặc sản", "nhà trồng",
    "GlobalGAP", "an toàn", "loại 2", "chính vụ", "đầu mùa", "nguyên chất", "thượng hạng", "bán lẻ", "số lượng lớn",
)  # fmt: skip
_PACKS = ("1kg", "5kg", "túi 2kg", "thùng 10kg", "bao 25kg", "hộp 500g", "gói 250g", "chục", "bao 50 kg", "chai 1 lít")
_CERTIFICATES = ("vietgap", "globalgap", "haccp", "huu-co", "ocop-3", "ocop-4", "ocop-5")
_BANDS = ("0-10", "10-20", "20-50", "50-100", "100-200", "200-")
_CATEGORIES = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10")
_ONSETS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x"
_RHYMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăm ăn ăng ăt âm ân âng ât âu ây e en em eo ê ên êm êu i in inh iêu iên "
    "o oi om on ong ô ôi ôn ông ơ ơi ơn ơm u ung un uôi uôn ư ưng ươn ương ưu"
)
_TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
_SYLLABLES = 4_000


class Asked(NamedTuple):
    """One question: a text, filters by facet, and whether the last word may be only begun."""

    text: str
    filters: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    typing: bool = False


class _Seller(NamedTuple):
    number: int
    name: str
    source: str
    places: tuple[str, ...]
    district: str
    unit: str


def write(path: Path, size: int) -> None:
    """The catalogue as a file, so that reading it costs both sides little, and the same."""
    made = _rows(size)
    with path.open("wb") as file:
        while batch := list(islice(made, _BATCH)):
            pickle.dump(batch, file, pickle.HIGHEST_PROTOCOL)


def read(path: Path) -> Iterator[Document]:
    """The documents of a file made by `write`."""
    with path.open("rb") as file:
        while True:
            try:
                batch = pickle.load(file)  # noqa: S301  # our own file, written a moment ago
            except EOFError:
                return
            for row in batch:
                yield Document(**row)


def changed(path: Path, number: int, word: str) -> list[Document]:
    """The first documents of a catalogue with `word` put behind their titles."""
    return [
        Document(**{name: getattr(one, name) for name in Document.__slots__} | {"title": f"{one.title} {word}"})
        for one in islice(read(path), number)
    ]


def faceted_queries() -> list[Asked]:
    """Sixty questions as people ask them: products, with places, sellers and marks or none, some of them filtered."""
    random, some = Random(SEED), _names()
    asked = [Asked(""), Asked("hợp tác xã"), Asked("cần mua"), Asked("gạo"), Asked("VietGAP")]
    while len(asked) < 35:
        text = _ranked(random, some)
        one = Asked((text, unmarked(text).lower(), text.upper())[len(asked) % 3])
        if one not in asked:
            asked.append(one)
    while len(asked) < 50:
        district = random.choice(list(CROPS))
        text = f"{_ranked(random, some)} {district}" if len(asked) % 5 else district
        one = Asked(unmarked(text).lower() if len(asked) % 2 else text)
        if one not in asked:
            asked.append(one)
    filters: tuple[dict[str, tuple[str, ...]], ...] = (
        {"kind": ("listing",)},
        {"source": ("voso", "postmart")},
        {"kind": ("listing",), "district": ("806", "807")},
        {"category": ("02", "03")},
        {"source": ("longantrade",), "kind": ("listing", "request")},
    )
    for at in range(10):
        text = _ranked(random, some) if at % 2 else ""
        asked.append(Asked(text, filters[at // 2]))
    return asked


def typo_queries() -> list[Asked]:
    """Twenty names of products with one letter amiss, in a word that is none."""
    random, some = Random(SEED + 1), _names()
    known = {word for name in some for word in unmarked(name).lower().split()}
    known |= {unmarked(syllable) for syllable in _syllables()}
    asked: list[Asked] = []
    while len(asked) < 20:
        words = _ranked(random, some).lower().split()
        at = random.randrange(len(words))
        word = words[at]
        if len(words) < 2 or len(word) < 3 or not word.isalpha():
            continue
        cut = random.randrange(1, len(word) - 1)
        amiss = (
            word[: cut + 1] + word[cut:],  # a letter twice
            word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :],  # two changed places
            word[:cut] + random.choice("bghklmnt") + word[cut + 1 :],  # another letter
        )[len(asked) % 3]
        if unmarked(amiss) not in known and amiss != word:
            asked.append(Asked(" ".join((*words[:at], amiss, *words[at + 1 :]))))
    return asked


def prefix_queries() -> list[Asked]:
    """Twenty names of products, still being typed."""
    random, some = Random(SEED + 2), _names()
    asked: list[Asked] = []
    while len(asked) < 20:
        name = _ranked(random, some).lower()
        first, _, last = name.rpartition(" ")
        if first and len(last) > 2 and last.isalpha():
            text = f"{first} {last[: 1 + len(asked) % 2]}"
            asked.append(Asked(unmarked(text) if len(asked) % 3 == 0 else text, typing=True))
    return asked


@cache
def _names() -> tuple[str, ...]:
    return tuple(good.name for good in goods())


@cache
def _falling(number: int) -> tuple[float, ...]:
    """Weights that fall with the rank, summed up for Random.choices."""
    return tuple(accumulate(1 / rank for rank in range(1, number + 1)))


def _ranked(random: Random, some: Sequence[Any]) -> Any:
    return random.choices(some, cum_weights=_falling(len(some)))[0]


@cache
def _syllables() -> tuple[str, ...]:
    """Syllables of the running text in an order of their own, the frequent ones first."""
    random = Random(SEED)
    every = []
    for onset, rhyme, tone in product(_ONSETS.split(), _RHYMES.split(), _TONES):
        bearer = 2 if rhyme[:2] in ("iê", "uô", "ươ") else 1
        every.append(normalize("NFC", onset + rhyme[:bearer] + tone + rhyme[bearer:]))
    random.shuffle(every)
    return tuple(every[:_SYLLABLES])


def _places(commune: Commune) -> tuple[str, ...]:
    return tuple(name for name in (commune.ward, commune.unit_2025, commune.district, "Long An") if name)


def _sellers(random: Random, number: int) -> list[_Seller]:
    made: list[_Seller] = []
    for at in range(number):
        commune = random.choice(communes())
        district = short_district(commune.district)
        pick: Callable[[Sequence[str]], str] = random.choice
        name, *_ = facility(random.choice(_KINDS), random.choice(CROPS[district]), pick)  # type: ignore[arg-type]  # a literal
        code = str(794 + list(CROPS).index(district))
        made.append(_Seller(at, name, random.choice(_SOURCES), _places(commune), code, slugify(commune.unit_2025)))
    return made


def _rows(size: int) -> Iterator[dict[str, Any]]:
    """The fields of every document."""
    random = Random(SEED)
    sellers = _sellers(random, max(10, size // 4))
    every, syllables = goods(), _syllables()
    numbers = count()
    for seller in sellers:
        yield _seller(random, seller, syllables)
    for at in range(len(sellers), size):
        good: Good = _ranked(random, every)
        seller = _ranked(random, sellers)
        make = _request if at % 20 == 0 else _listing
        yield make(random, next(numbers), good, seller, syllables)


def _text(random: Random, syllables: Sequence[str], least: int, most: int) -> str:
    number = random.randint(least, most)
    words = random.choices(syllables, cum_weights=_falling(len(syllables)), k=number)
    if random.random() < 0.2:
        words.append(f"mã {random.randrange(10**6)}")
    return " ".join(words)


def _written(random: Random, title: str) -> str:
    chance = random.random()
    return unmarked(title) if chance < 0.12 else title.upper() if chance < 0.18 else title


def _common(random: Random, kind: str, seller: _Seller) -> dict[str, tuple[str, ...]]:
    return {
        "kind": (kind,),
        "source": (seller.source,),
        "district": (seller.district,),
        "unit": (seller.unit or "chua-ro",),
        "certificate": (random.choice(_CERTIFICATES),) if random.random() < 0.25 else (),
        "seen": (f"2025-11-{random.randint(1, 24):02}",),
        "seller": (f"seller:{seller.number}",),
    }


def _seller(random: Random, seller: _Seller, syllables: Sequence[str]) -> dict[str, Any]:
    return {
        "id": f"seller:{seller.number}",
        "kind": "seller",
        "source": seller.source,
        "ref": str(seller.number),
        "title": seller.name,
        "category": "Hợp tác xã" if seller.name.startswith("HTX") else "Hộ sản xuất",
        "body": _text(random, syllables, 0, 25),
        "places": seller.places,
        "facets": _common(random, "seller", seller),
        "sort_keys": {"newest": random.randrange(20_000)},
        "boost": random.choice((0.75, 0.875, 1.0, 1.125, 1.25)),
    }


def _listing(random: Random, number: int, good: Good, seller: _Seller, syllables: Sequence[str]) -> dict[str, Any]:
    quality = random.choice(good.variants or _QUALITIES) if random.random() < 0.6 else ""
    pack = random.choice(_PACKS) if random.random() < 0.5 else ""
    place = seller.places[-2].split(" ", 1)[1] if random.random() < 0.15 else ""
    offer = random.choice(good.offers)
    title = " ".join(part for part in (good.name, quality, place, pack) if part)
    return {
        "id": f"listing:{number}",
        "kind": "listing",
        "source": seller.source,
        "ref": str(number),
        "title": _written(random, title),
        "seller": seller.name,
        "category": good.nongsan_category.replace("-", " "),
        "body": f"{good.name} {random.choice(_QUALITIES)}. {_text(random, syllables, 10, 45)}",
        "places": seller.places,
        "facets": _common(random, "listing", seller)
        | {
            "category": (_category(good),),
            "price": (random.choice(_BANDS),) if offer.unit == "kg" else ("chua-ro",),
            "stock": (("con", "con", "con", "het", "chua-ro")[number % 5],),
            "commodity": (slugify(good.name),),
        },
        "sort_keys": {"price": random.randint(offer.low, offer.high), "newest": random.randrange(20_000)},
        "boost": random.choice((0.75, 0.875, 1.0, 1.125, 1.25)),
    }


def _request(random: Random, number: int, good: Good, seller: _Seller, syllables: Sequence[str]) -> dict[str, Any]:
    side = random.choice(("Cần mua", "Thu mua", "Cần bán"))
    return {
        "id": f"request:{number}",
        "kind": "request",
        "source": seller.source,
        "ref": str(number),
        "title": _written(random, f"{side} {good.name} {random.choice(_PACKS)}"),
        "seller": seller.name,
        "category": good.name,
        "body": _text(random, syllables, 5, 30),
        "places": seller.places,
        "facets": _common(random, "request", seller) | {"category": (_category(good),)},
        "sort_keys": {"newest": random.randrange(20_000)},
        "boost": random.choice((0.75, 0.875, 1.0, 1.125, 1.25)),
    }


@cache
def _group_of() -> Mapping[str, str]:
    labels = sorted({good.nongsan_category for good in goods()})
    return {label: _CATEGORIES[at % len(_CATEGORIES)] for at, label in enumerate(labels)}


def _category(good: Good) -> str:
    return _group_of()[good.nongsan_category]
