"""The pages of cooplink: the list of notices as a table or as cards, a notice, and plain ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from ..floor import Floor
from ..frame import Frame
from ..paging import Slice, cut, window
from ..records import Notice, Role
from ..reply import Reply, Request

NOTICES_A_PAGE = 20
ROLES: dict[Role, str] = {
    "sell": "Bán",
    "buy": "Mua",
    "state_body": "Cơ quan hỗ trợ",
    "organisation": "Tổ chức hỗ trợ",
}
FRAME = Frame(Path(__file__).with_name("frame.html"), lambda base: {})  # noqa: ARG005 - nothing but the address itself
_LABELS = (
    "STT", "Nhu cầu", "Tên đơn vị", "Người liên hệ", "Số điện thoại", "Sản phẩm", "Nhóm hàng", "Sản lượng", "Giá",
    "Tiêu chuẩn", "Tỉnh/TP", "Quận/Huyện", "Địa chỉ", "Ngày đăng",
)  # fmt: skip


def _page(request: Request, title: str, content: str, status: int = 200) -> Reply:
    slots = {"title": title, "content": content, "canonical": request.base + escape(request.path)}
    return Reply(status, FRAME.fill(request.base, slots))


def notices(floor: Floor, request: Request, *, cards: bool, more: Mapping[str, str]) -> Reply:
    """The list, newest first, whatever dress it wears."""
    ordered = sorted(floor.all_notices(), key=lambda notice: (notice.posted, notice.number), reverse=True)
    shown = cut(ordered, request.query, NOTICES_A_PAGE, request.bend)
    body = _cards(request.base, shown.items) if cards else _table(shown)
    content = f"""  <h1>Đăng ký mua - bán nông sản, hàng hóa</h1>
{body}
{_numbers(request.base, shown, more)}"""
    return _page(request, "Kết nối cung cầu nông sản", content)


def _values(notice: Notice, row: int) -> tuple[str, ...]:
    unit = notice.registrant
    address = ", ".join(part for part in (unit.street, unit.ward) if part)
    return (
        str(row), ROLES[unit.role], unit.name, unit.contact, unit.phone, notice.product, notice.group, notice.quantity,
        notice.price_text, notice.standard, unit.province, unit.district, address, f"{notice.posted:%d/%m/%Y}",
    )  # fmt: skip


def _table(shown: Slice[Notice]) -> str:
    first = (shown.page - 1) * NOTICES_A_PAGE + 1
    head = "".join(f"<th>{label}</th>" for label in _LABELS)
    rows = "".join(
        '\n   <tr class="notice-row">'
        + "".join(f"<td>{escape(value)}</td>" for value in _values(notice, first + number))
        + "</tr>"
        for number, notice in enumerate(shown.items)
    )
    return f"""  <table class="table">
   <thead><tr>{head}</tr></thead>
   <tbody>{rows}
   </tbody>
  </table>"""


def _cards(base: str, shown: Sequence[Notice]) -> str:
    if not shown:
        return '  <div class="notices"><p>Chưa có tin nào.</p></div>'
    return '  <div class="notices">' + "".join(_card(base, notice) for notice in shown) + "\n  </div>"


def _card(base: str, notice: Notice) -> str:
    # Without its number, and without the lines that say nothing.
    told = dict(zip(_LABELS[2:], _values(notice, 0)[2:], strict=True))
    lines = "".join(f"\n     <p><b>{label}:</b> {escape(value)}</p>" for label, value in told.items() if value)
    heading = escape(f"{ROLES[notice.registrant.role]}: {notice.product or notice.registrant.name}")
    return f"""
   <div class="notice-card">
    <div class="card-header"><h3><a href="{base}/tin/{notice.number}">{heading}</a></h3>
     <span class="badge">{ROLES[notice.registrant.role]}</span></div>
    <div class="card-body">{lines}
    </div>
   </div>"""


def _numbers(base: str, shown: Slice[Notice], more: Mapping[str, str]) -> str:
    def link(number: int) -> str:
        return f"{base}/?{escape(urlencode({**more, 'page': str(number)}))}"

    if shown.pages < 2:
        return ""
    items = []
    for number in window(shown.page, shown.pages, 2):
        if number is None:
            items.append('<li class="disabled"><span>…</span></li>')
        elif number == shown.page:
            items.append(f'<li class="active"><span>{number}</span></li>')
        else:
            items.append(f'<li><a href="{link(number)}">{number}</a></li>')
    following = f'<a href="{link(shown.page + 1)}" rel="next">Sau ›</a>'
    last = shown.page >= shown.pages
    items.append('<li class="disabled"><span>Sau ›</span></li>' if last else f"<li>{following}</li>")
    return '  <nav><ul class="pagination">' + "".join(items) + "</ul></nav>"


def notice(request: Request, found: Notice) -> Reply:
    """/tin/<number>."""
    return _page(request, "Tin đăng", _cards(request.base, (found,)))


def plain(request: Request, title: str, text: str, status: int = 200) -> Reply:
    """A page with a heading and a paragraph."""
    return _page(request, title, f"  <h1>{title}</h1><p>{text}</p>", status)
