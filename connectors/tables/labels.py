"""The columns of each kind of file: what they are called in the files of offices and marketplaces.

Labels are compared without case, marks, brackets and punctuation. The first label of a column is its name in
messages; where two columns of a file bear labels of one field, the one named earlier here is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from connectors import clean
from connectors.tables import cells
from connectors.tables.cells import Reader

Kind = Literal["accounts", "listings", "requests", "figures"]

_BRACKETS: Final = re.compile(r"[(\[][^)\]]*[)\]]")
_SIGNS: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a kind of file. A row without a required one is refused, unless it has the one named `instead`."""

    name: str
    labels: tuple[str, ...]
    read: Reader
    required: bool = False
    instead: str = ""

    @property
    def title(self) -> str:
        return self.labels[0]


def key(label: str) -> str:
    """What two spellings of a label have in common: "Giá (đồng/kg) *" and "GIÁ" are "gia"."""
    flat = clean.fold(label)
    return _SIGNS.sub(" ", _BRACKETS.sub(" ", flat)).strip() or _SIGNS.sub(" ", flat).strip()


def _column(name: str, labels: str, read: Reader, *, required: bool = False, instead: str = "") -> Column:
    return Column(name, tuple(label.strip() for label in labels.split("|")), read, required, instead)


_SHORT, _LINE, _LONG = cells.plain(120), cells.plain(200), cells.plain(20_000)

_PHONE = _column(
    "phone",
    "Điện thoại|Số điện thoại|SĐT|Số ĐT|ĐT|Di động|Số di động|Điện thoại liên hệ|Số điện thoại liên hệ|Hotline|"
    "Zalo|Tel|Phone|Liên hệ|Điện thoại người bán|SĐT người bán",
    cells.phone,
)
_PLACE = (
    _column(
        "address",
        "Địa chỉ|Địa chỉ liên hệ|Địa chỉ kinh doanh|Địa chỉ cơ sở|Địa chỉ sản xuất|Trụ sở|Nơi ở|Địa chỉ người bán|"
        "Address",
        _LONG,
    ),
    _column("hamlet", "Ấp|Ấp/Khu phố|Khu phố|Thôn", _SHORT),
    _column("commune", "Xã|Xã/Phường|Phường/Xã|Xã/Phường/Thị trấn|Phường/Xã/Thị trấn|Phường", _SHORT),
    _column("district", "Huyện|Quận/Huyện|Huyện/Thị xã/Thành phố|Huyện/TP|Huyện/Thị xã|Địa bàn", _SHORT),
    _column("province", "Tỉnh|Tỉnh/TP|Tỉnh/Thành phố|Tỉnh thành", cells.plain(60)),
)
_CERTIFICATES = _column(
    "certificates", "Chứng nhận|Tiêu chuẩn|Chứng chỉ|Giấy chứng nhận|Tiêu chuẩn/Chứng nhận", cells.several
)
_LINK = "Đường dẫn|Liên kết|Link|URL|Địa chỉ trang|Đường link"
_CATEGORY = "Nhóm hàng|Nhóm sản phẩm|Ngành hàng|Danh mục|Loại sản phẩm|Phân loại|Nhóm|Loại|Category"
_UNIT = "Đơn vị tính|ĐVT|Đơn vị|Unit"
_SELLER_CODES = (
    "Mã người bán|Mã gian hàng|Mã nhà cung cấp|Mã NCC|Mã cửa hàng|Mã shop|Mã đơn vị|Mã cơ sở|ID người bán|Seller ID"
)
_SELLER_NAMES = (
    "Người bán|Tên người bán|Gian hàng|Tên gian hàng|Nhà cung cấp|Tên nhà cung cấp|Tên đơn vị|Tên cơ sở|Tên HTX|"
    "Tên cửa hàng|Cửa hàng|Shop|Tên shop|Cơ sở|Hợp tác xã|Đơn vị bán"
)

_COLUMNS: Final[Mapping[Kind, tuple[Column, ...]]] = MappingProxyType(
    {
        "accounts": (
            _column(
                "ref",
                f"{_SELLER_CODES}|Mã tài khoản|ID tài khoản|Account ID|Tên đăng nhập|Tài khoản|Username|Mã|ID",
                cells.code,
                required=True,
            ),
            _column(
                "name",
                f"Tên|{_SELLER_NAMES}|Tên tài khoản|Chủ tài khoản|Họ và tên|Họ tên|Đơn vị|Name",
                _LONG,
                required=True,
            ),
            _column(
                "kind", "Loại hình|Loại tài khoản|Loại hình kinh doanh|Hình thức|Đối tượng|Loại hình tổ chức", _SHORT
            ),
            _column(
                "tax_code",
                "Mã số thuế|MST|Mã thuế|Mã số thuế/CCCD|MST/CCCD|Mã số doanh nghiệp|CCCD|Số CCCD|Số định danh",
                cells.tax_code,
            ),
            _PHONE,
            _column("email", "Email|E-mail|Thư điện tử|Hộp thư", cells.email),
            *_PLACE,
            _column(
                "joined_on",
                "Ngày đăng ký|Ngày tạo|Ngày mở|Ngày tham gia|Ngày lập|Ngày tạo tài khoản|Ngày mở tài khoản|"
                "Thời gian đăng ký|Ngày đăng kí",
                cells.sign_up_day,
            ),
            _column(
                "product_count",
                "Số sản phẩm|Số lượng sản phẩm|Số SP|SL sản phẩm|Tổng số sản phẩm|Tổng sản phẩm|Số mặt hàng",
                cells.count,
            ),
            _column("contact", "Người đại diện|Đại diện|Người liên hệ|Chủ cơ sở|Chủ hộ", _LINE),
            _column("url", _LINK, cells.address),
            _column("website", "Website|Trang web", cells.address),
            _column("status", "Trạng thái|Tình trạng", _SHORT),
            _CERTIFICATES,
            _column("description", "Mô tả|Giới thiệu", _LONG),
        ),
        "listings": (
            _column(
                "ref",
                "Mã sản phẩm|Mã SP|Mã hàng|Mã tin|SKU|ID sản phẩm|Product ID|Mã|ID",
                cells.code,
                required=True,
                instead="url",  # of a listing we know
            ),
            _column(
                "title",
                "Tên sản phẩm|Sản phẩm|Tên hàng|Tên hàng hóa|Tên SP|Mặt hàng|Tên|Tên mặt hàng",
                _LONG,
                required=True,
            ),
            _column("price", "Giá|Giá bán|Đơn giá|Giá niêm yết|Giá sản phẩm|Giá tiền|Giá bán lẻ|Price", cells.amount),
            _column("unit", _UNIT, cells.plain(60)),
            _column("category", _CATEGORY, _LINE),
            _column("seller_ref", f"{_SELLER_CODES}|Mã tài khoản", cells.code),
            _column("seller_name", f"{_SELLER_NAMES}|Đơn vị cung cấp|Người đăng", _LONG),
            *_PLACE,
            _PHONE,
            _CERTIFICATES,
            _column("url", _LINK, cells.address),
            _column("description", "Mô tả|Mô tả sản phẩm|Giới thiệu|Thông tin sản phẩm", _LONG),
            _column("image_url", "Hình ảnh|Ảnh|Link ảnh|Đường dẫn ảnh", cells.address),
            _column("sold", "Đã bán|Số lượng đã bán|Lượt bán", cells.count),
            _column("origin", "Xuất xứ|Nguồn gốc|Nơi sản xuất", _LINE),
        ),
        "requests": (
            _column("ref", "Mã tin|Mã đăng ký|Mã nhu cầu|Mã|ID", cells.code),
            _column(
                "product",
                "Sản phẩm|Tên sản phẩm|Mặt hàng|Nông sản|Tên nông sản|Tên mặt hàng|Hàng hóa",
                cells.plain(300),
                required=True,
            ),
            _column(
                "side",
                "Nhu cầu|Mua/Bán|Loại đăng ký|Loại tin|Hình thức|Vai trò|Loại nhu cầu",
                cells.side,
                required=True,
            ),
            _column("title", "Tiêu đề|Tên tin", _LONG),
            _column("unit_name", f"Tên đơn vị|{_SELLER_NAMES}|Đầu mối|Đơn vị đăng|Đơn vị|Tên", _LINE),
            _column("contact", "Người liên hệ|Đại diện|Người đại diện|Họ và tên|Họ tên", _LINE),
            _PHONE,
            *_PLACE,
            _column("category", "Nhóm hàng|Nhóm sản phẩm|Loại", _LINE),
            _column("quantity", "Số lượng|Sản lượng|Khối lượng|Số lượng/ngày|SL", cells.plain(120)),
            _column("unit", "Đơn vị tính|ĐVT", cells.plain(60)),
            _column("price_text", "Giá|Giá bán|Giá mua|Đơn giá|Giá đề xuất", cells.amount),
            _column("posted_on", "Ngày đăng|Thời gian|Ngày đăng ký|Ngày đăng tin|Ngày gửi", cells.day),
            _column("expires_on", "Ngày hết hạn|Hạn|Hết hạn|Đến ngày|Thời hạn", cells.day),
            _column("certificates", "Tiêu chuẩn|Chứng nhận|Chất lượng", _LINE),
            _column("body", "Nội dung|Mô tả|Chi tiết|Ghi chú", _LONG),
            _column("url", _LINK, cells.address),
        ),
        "figures": (
            _column("indicator", "Chỉ tiêu|Tên chỉ tiêu|Nội dung|Indicator", cells.plain(60), required=True),
            _column("value", "Giá trị|Số liệu|Kết quả|Thực hiện|Số lượng|Value", cells.figure, required=True),
            _column(
                "as_of",
                "Thời điểm|Kỳ|Kỳ báo cáo|Năm|Ngày|Tháng|Thời gian|Tính đến|Tính đến ngày",
                cells.moment,
                required=True,
            ),
            _column("scope", "Phạm vi|Địa bàn|Tỉnh", cells.plain(60)),
            _column("document", "Văn bản|Nguồn|Văn bản/nguồn|Nguồn số liệu|Số văn bản|Tài liệu|Căn cứ", _LONG),
            _column("note", "Ghi chú|Diễn giải", _LONG),
        ),
    }
)


def columns(kind: Kind) -> tuple[Column, ...]:
    """The columns of a kind of file."""
    return _COLUMNS[kind]


def ranks(kind: Kind) -> dict[str, list[tuple[int, Column]]]:
    """Key of a label → the columns that bear it, each with its place among the labels of that column."""
    found: dict[str, list[tuple[int, Column]]] = {}
    for column in _COLUMNS[kind]:
        for rank, label in enumerate(column.labels):
            found.setdefault(key(label), []).append((rank, column))
    return found
