"""What each number means: its code, its Vietnamese name and one sentence. Screen, export and API take it from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

# A listing counts as on sale only if it was seen this recently (definition I3).
VISIBLE_WITHIN = timedelta(days=7)
# "Updated" looks this far back unless another number of days is chosen (definition I4).
UPDATED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Definition:
    code: str
    name: str
    sentence: str


FIGURES: Mapping[str, Definition] = MappingProxyType(
    {
        "sellers": Definition(
            "S1",
            "Người bán thấy được",
            "Số tài khoản bán hàng có trang hoặc tên công khai trên sàn, tính theo lần đọc gần nhất.",
        ),
        "active_sellers": Definition(
            "S2",
            "Người bán có sản phẩm",
            "Số người bán có ít nhất một sản phẩm đang hiện trên sàn, thấy trong 7 ngày trước thời điểm chốt số.",
        ),
        "updated_sellers": Definition(
            "S3",
            "Người bán có cập nhật",
            "Số người bán có sản phẩm được đăng mới, đổi nội dung hoặc đổi giá trong {days} ngày trước thời điểm chốt "
            "số; lần đầu chúng tôi thấy một sản phẩm cũ không tính là cập nhật.",
        ),
        "listings": Definition(
            "S4", "Sản phẩm đang hiện", "Số sản phẩm còn thấy trên sàn, tính theo lần đọc gần nhất."
        ),
        "share": Definition(
            "S5",
            "Tỷ lệ có sản phẩm",
            "Người bán có sản phẩm chia cho người bán thấy được, cùng một sàn, cùng thời điểm.",
        ),
    }
)

# Indicators of published figures, as the documents name them.
REPORTED: Mapping[str, str] = MappingProxyType(
    {
        "accounts_created": "Cơ sở được hướng dẫn mở tài khoản",
        "facilities_with_products": "Cơ sở đăng tải sản phẩm",
        "sellers": "Tổ chức, cá nhân tham gia bán",
        "products": "Sản phẩm đăng bán",
        "stalls": "Gian hàng",
        "qr_stamps": "Tem truy xuất nguồn gốc đã cấp",
        "facilities_with_stamps": "Cơ sở có chuỗi cung cấp thực phẩm an toàn được xác nhận",
        "ocop_products_with_stamps": "Sản phẩm OCOP được hỗ trợ tem truy xuất",
        "products_4_star": "Sản phẩm OCOP 4 sao được hỗ trợ tem",
        "products_3_star": "Sản phẩm OCOP 3 sao được hỗ trợ tem",
    }
)
