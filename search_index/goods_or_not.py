"""Whether a word that may name goods does so where it stands: people, praise and amounts look the same."""

from __future__ import annotations

from collections.abc import Sequence

from search_index.fold import fold
from search_index.words import Word, words


def _set(text: str) -> frozenset[str]:
    return frozenset(word.exact for word in words(text))


# What may stand before a name at the opening of a text: what kind of thing it is, and what is wanted of it.
_INTRODUCING = _set("trái quả củ cây hạt rau con giống mứt bột dầu nước ép bán mua cần tìm và hoặc tươi khô")
_UNITS = _set("kg ký tấn tạ")

# A person is called so before the name itself, by kinship, by the order of birth, or in the middle of a full name.
_CALLING = _set("cô bà chị anh chú bác dì thím cậu ông út hai ba tư năm sáu bảy tám chín mười thị văn nàng")
_CALLING_BARE = frozenset(fold(word) for word in _CALLING)
# Names of goods that people and families bear as well.
_BORNE = _set("ngô hoa lạc thơm na hạnh tiêu")
# Goods follow these in a seller's name ("trại heo Bảy Hoa"); people seldom do.
_GROWING = _set("trồng nuôi vựa vườn trại lò giống thịt bán mua")
# After these stands what is dealt in, or who deals, or where: HTX, tổ hợp tác, hợp tác xã, cơ sở, cửa hàng, sản xuất…
_DEALING = _GROWING | _set("htx tht tác xã sở cs cssx hàng xuất biến doanh lý xưởng trái củ rau")


def opens(text: Sequence[Word], start: int) -> bool:
    """Whether the word at `start` opens the text, or follows what may stand before a name there.

    An amount may only when it opens the text itself: "5 tấn thơm" is pineapple, "gạo 10kg thơm" fragrant rice.
    """
    while start and (text[start - 1].exact in _UNITS or text[start - 1].folded.isdecimal()):
        start -= 1
    return not start or text[start - 1].exact in _INTRODUCING


def calls_somebody(text: Sequence[Word], at: int, seller: bool) -> bool:
    """Whether the single word `at` that may name goods is rather (part of) somebody's name.

    In a `seller`'s name it is unless what stands right before it tells that this is dealt in.
    """
    before, borne = text[at - 1].exact if at else "", text[at].exact in _BORNE
    if seller:
        return before not in (_GROWING if borne else _DEALING)
    # Without marks "chi" is "chị", but also "chỉ": "ba chi heo" is pork.
    return before in _CALLING or (borne and before in _CALLING_BARE)
