"""Every problem code: what it says, why it happens and what an officer can do. Texts are Vietnamese, shown as they are.

A code is stable: it is stored with runs and linked from pages. `scope` says how far a fault reaches:

- item: one record or one of its values; the rest of its page is good
- page: the page was not read, or a list not to its end: what is not seen on it may still exist
- run: the source could not be read at all
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Scope = Literal["item", "page", "run"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A problem code in words."""

    scope: Scope
    title: str
    cause: str
    cure: str


_ITEM: dict[str, tuple[str, str, str]] = {
    "bad_row": (
        "Mục thiếu thành phần",
        "Một mục trên trang thiếu tên, đường dẫn, giá hoặc có hai phần tử ở chỗ chỉ được có một.",
        "Mở trang gốc để xem mục đó. Nếu nhiều mục cùng lỗi, sàn đã đổi mẫu trang: báo người bảo trì bộ đọc.",
    ),
    "unknown_label": (
        "Nhãn lạ",
        "Trang có một nhãn hoặc một giá trị chưa nằm trong bảng nhãn của bộ đọc nên chưa được dùng.",
        "Báo người bảo trì thêm nhãn vào bảng, hoặc ghi rõ là bỏ qua.",
    ),
    "unknown_unit": (
        "Đơn vị tính lạ",
        "Đơn vị tính ghi trên trang không có trong bảng đơn vị, nên không quy được giá theo kg.",
        "Thêm đơn vị vào bảng đơn vị tính nếu chắc nghĩa; nếu không thì để nguyên.",
    ),
    "bad_value": (
        "Giá trị không hợp lệ",
        "Một con số nằm ngoài khoảng có thể có, ví dụ 9 sao trên 5, hoặc không phải là số.",
        "Mở trang gốc để đối chiếu. Giá trị này được bỏ trống, các giá trị khác của mục vẫn được ghi.",
    ),
    "date_unreadable": (
        "Ngày không đọc được",
        "Chỗ ghi ngày có chữ nhưng không phải một ngày cụ thể.",
        "Mở trang gốc để xem. Nếu sàn dùng cách ghi ngày mới, báo người bảo trì.",
    ),
    "price_unreadable": (
        "Giá không đọc được",
        "Chỗ ghi giá có chữ nhưng chưa có mẫu nào hiểu được, là hình, hoặc để trống. Giá không được coi là 0.",
        "Xem dòng giá gốc; nếu là cách ghi thường gặp thì thêm mẫu vào bảng giá.",
    ),
    "price_suspicious": (
        "Giá đáng ngờ",
        "Giá đọc được nhưng quá thấp hoặc quá cao so với cách ghi thông thường, ví dụ 1 ₫ hoặc 999.999.999 ₫.",
        "Liên hệ người bán để kiểm tra; có thể sửa giá hiển thị bằng một đính chính.",
    ),
    "id_mismatch": (
        "Mã không khớp",
        "Các phần của một trang nói đến những mã khác nhau, nên không chắc trang nói về bản ghi nào.",
        "Mở trang gốc. Nếu trang đúng, báo người bảo trì; nếu sàn trả nhầm trang, chờ lần đọc sau.",
    ),
    "price_mismatch": (
        "Giá không khớp",
        "Các phần của một trang ghi những giá khác nhau. Giá ở phần đáng tin hơn được dùng.",
        "Mở trang gốc để đối chiếu. Nếu nhiều sản phẩm cùng lỗi, báo người bảo trì bộ đọc.",
    ),
    "duplicate_ref": (
        "Trùng mã trong một danh sách",
        "Một mã đứng hai lần trong cùng danh sách, thường vì danh sách thay đổi trong lúc đọc.",
        "Không cần làm gì nếu nội dung giống nhau. Nếu khác nhau, mở trang gốc và báo sàn.",
    ),
    "seller_missing": (
        "Thiếu người bán",
        "Sản phẩm không nói do ai bán, hoặc trang của người bán chưa đọc được.",
        "Chờ lần đọc sau. Nếu vẫn thiếu, mở trang gốc để xem người bán còn trên sàn không.",
    ),
    "out_of_scope": (
        "Ngoài phạm vi",
        "Sàn toàn quốc có tin của tỉnh khác. Những tin ghi rõ tỉnh khác được đếm và không đưa vào danh mục; "
        "tin không ghi tỉnh vẫn được giữ.",
        "Không cần làm gì. Nếu một tin của Long An bị bỏ, xem tên tỉnh ghi trên trang gốc.",
    ),
    "support_body": (
        "Cơ quan, tổ chức hỗ trợ",
        "Mục này là cơ quan nhà nước hoặc tổ chức hỗ trợ nông dân, không tự mua hay bán, nên chỉ được đếm.",
        "Không cần làm gì.",
    ),
    "platform_found": (
        "Đã nhận ra nền tảng",
        "Cấu hình chưa ghi sàn chạy trên nền tảng nào, nên bộ dò đã xem trang chủ và vài địa chỉ quen. "
        "Tên nền tảng nằm ở phần chi tiết.",
        "Ghi platform của nguồn này vào config.toml để các lần đọc sau khỏi dò lại.",
    ),
    "bad_encoding": (
        "Trang có ký tự hỏng",
        "Một số byte của trang không phải chữ UTF-8; chỗ đó hiện thành dấu hỏi trong ô vuông.",
        "Mở trang gốc để xem chữ đúng; sửa bằng đính chính nếu cần.",
    ),
    "row_refused": (
        "Dòng bị từ chối",
        "Một dòng của tệp thiếu giá trị bắt buộc, có giá trị không đọc được hoặc trùng mã với dòng khác.",
        "Sửa dòng đó rồi nhập lại cả tệp: những dòng đã nhận không bị ghi hai lần.",
    ),
    "not_found": (
        "Trang không còn",
        "Sàn trả lời 404 hoặc 410: trang đã bị gỡ hoặc đổi địa chỉ.",
        "Không cần làm gì. Bản ghi chỉ bị coi là đã gỡ sau một lần đọc đủ.",
    ),
    "page_not_kept": (
        "Không lưu được trang gốc",
        "Trang đã đọc xong nhưng không ghi được vào đĩa, thường vì đĩa đầy.",
        "Giải phóng chỗ trống trên máy chủ. Nội dung đọc được vẫn vào danh mục.",
    ),
}

_PAGE: dict[str, tuple[str, str, str]] = {
    "parser_error": (
        "Bộ đọc gặp lỗi",
        "Chương trình đọc trang này bị lỗi; các trang khác vẫn được đọc tiếp.",
        "Báo người bảo trì, kèm địa chỉ trang. Dữ liệu cũ được giữ nguyên.",
    ),
    "layout": (
        "Không nhận ra mẫu trang",
        "Trang mở được nhưng không có các phần mà loại trang này phải có. Sàn có thể đã đổi giao diện.",
        "Không suy ra là người bán đã nghỉ. Mở trang gốc, lưu lại và gửi người bảo trì bộ đọc.",
    ),
    "empty_list": (
        "Danh sách trống",
        "Khung danh sách còn nguyên nhưng không có mục nào.",
        "Mở trang gốc để xem danh sách có thật sự trống không.",
    ),
    "not_html": (
        "Không phải trang web",
        "Cần một trang HTML nhưng nhận được trang rỗng, ảnh, JSON hoặc dữ liệu khác.",
        "Mở địa chỉ bằng trình duyệt. Nếu là tệp lưu tay, lưu lại dưới dạng “chỉ HTML”.",
    ),
    "not_json": (
        "Không phải JSON",
        "Cần dữ liệu JSON nhưng nhận được trang web hoặc dữ liệu hỏng, thường là trang báo lỗi hoặc đăng nhập.",
        "Mở địa chỉ bằng trình duyệt để xem sàn trả lời gì; báo người bảo trì nếu địa chỉ đã đổi.",
    ),
    "not_xml": (
        "Không phải sơ đồ trang",
        "Cần sơ đồ trang (sitemap) dạng XML nhưng nhận được trang web, tệp nén hỏng hoặc dữ liệu khác.",
        "Mở địa chỉ bằng trình duyệt. Nếu sàn không còn sơ đồ trang, cấu hình cách đọc khác cho nguồn này.",
    ),
    "truncated": (
        "Trang bị cắt",
        "Trang kết thúc giữa chừng, không có thẻ đóng.",
        "Lần đọc sau sẽ tải lại. Nếu là tệp lưu tay, lưu lại cả trang.",
    ),
    "too_large": (
        "Trang quá lớn",
        "Trang vượt giới hạn dung lượng nên không được đọc.",
        "Mở địa chỉ bằng trình duyệt; nếu trang thật sự lớn như vậy, báo người bảo trì.",
    ),
    "unknown_kind": (
        "Không rõ loại trang",
        "Địa chỉ không khớp với loại trang nào của sàn, hoặc tên loại trang bị viết sai.",
        "Kiểm tra địa chỉ, hoặc chỉ rõ loại trang khi đọc tệp đã lưu.",
    ),
    "paging_loop": (
        "Trang sau quay vòng",
        "Liên kết sang trang sau dẫn về trang đã đọc, hoặc không dẫn đi đâu.",
        "Danh sách chưa được đọc hết nên không có gì bị gỡ. Mở danh sách gốc và thử sang trang sau.",
    ),
    "paging_unreadable": (
        "Không đọc được phần chuyển trang",
        "Danh sách còn trang nhưng không thấy liên kết sang trang sau.",
        "Danh sách chưa được đọc hết nên không có gì bị gỡ. Báo người bảo trì bộ đọc.",
    ),
    "timeout": (
        "Quá thời gian chờ",
        "Sàn không trả lời xong trong thời gian cho phép.",
        "Lần đọc sau sẽ thử lại. Nếu kéo dài, mở sàn bằng trình duyệt để xem có chậm không.",
    ),
    "server_error": (
        "Sàn báo lỗi máy chủ",
        "Máy chủ của sàn trả lời bằng mã lỗi 5xx.",
        "Lần đọc sau sẽ thử lại. Nếu kéo dài nhiều ngày, liên hệ đơn vị vận hành sàn.",
    ),
    "http_error": (
        "Sàn trả lời bất thường",
        "Máy chủ trả lời bằng một mã HTTP không dùng được.",
        "Mở địa chỉ bằng trình duyệt; báo người bảo trì nếu trình duyệt vẫn mở được.",
    ),
    "redirect_loop": (
        "Chuyển hướng vòng quanh",
        "Trang chuyển hướng quá nhiều lần, thường vì sàn đòi cookie.",
        "Mở địa chỉ bằng trình duyệt ở chế độ ẩn danh; nếu cũng lỗi, báo sàn.",
    ),
}

_RUN: dict[str, tuple[str, str, str]] = {
    "many_moved": (
        "Nhiều người bán bỗng ở tỉnh khác",
        "Quá nhiều người bán hoặc tin đã biết bỗng được ghi là ở tỉnh khác, thường vì địa chỉ cuối trang bị đọc nhầm.",
        "Xem trang của vài người bán trong danh sách lỗi; nếu họ chuyển đi thật, nâng max_drop của sàn rồi đọc lại.",
    ),
    "put_off": (
        "Còn trang chi tiết để lần sau",
        "Số trang chi tiết đọc trong một ngày có giới hạn, nên chưa đủ căn cứ để kết luận.",
        "Không cần làm gì: lần sau đọc tiếp. Muốn nhanh hơn thì nâng detail_pages_per_day.",
    ),
    "superseded": (
        "Đã có lần đọc đủ mới hơn",
        "Lần đọc này tạm giữ việc gỡ; một lần đọc đủ sau đó đã xét lại từ đầu.",
        "Không cần làm gì.",
    ),
    "below_minimum": (
        "Quá ít so với mức tối thiểu",
        "Lần đọc đến được cuối danh sách nhưng số người bán hoặc sản phẩm thấp hơn mức tối thiểu của nguồn.",
        "Mở sàn để xem có đang bảo trì không. Lần đọc này được bỏ, danh mục giữ như trước.",
    ),
    "large_drop": (
        "Vắng quá nhiều",
        "Lần đọc đủ nhưng số bản ghi không còn thấy vượt ngưỡng tin được của nguồn.",
        "Mở sàn để đối chiếu. Nếu sàn thật sự gỡ nhiều, cho phép gỡ; nếu không, chờ lần đọc sau.",
    ),
    "abandoned": (
        "Lần đọc bị bỏ dở",
        "Chương trình dừng giữa chừng và không được chạy tiếp trong một ngày.",
        "Không cần làm gì: những gì đã thấy được giữ, lần đọc mới bắt đầu lại từ đầu.",
    ),
    "saved_pages": (
        "Trang do người lưu",
        "Lần đọc này chỉ gồm những trang một người đã lưu, nên không cho biết trang nào đã gỡ.",
        "Không cần làm gì.",
    ),
    "file": (
        "Tệp do sàn xuất ra",
        "Lần này chỉ gồm những dòng trong tệp của đơn vị vận hành sàn, nên không cho biết gì đã bị gỡ.",
        "Không phải làm gì thêm.",
    ),
    "incremental": (
        "Chỉ đọc phần mới",
        "Lần đọc này chỉ đọc phần đầu danh sách, nơi có tin mới và tin đổi, nên không cho biết tin nào đã gỡ.",
        "Không cần làm gì: tin đã gỡ được ghi ở lần đọc đủ tiếp theo.",
    ),
    "replay": (
        "Đọc lại trang đã lưu",
        "Lần này đọc lại các trang đã lưu của một lần trước bằng bộ đọc hiện nay, không hỏi sàn.",
        "Không cần làm gì.",
    ),
    "dismissed": (
        "Không gỡ theo lần đọc này",
        "Lần đọc thiếu nhiều tin, và một người đã quyết định giữ các tin đó trong danh mục.",
        "Không cần làm gì: lần đọc đủ tiếp theo được xét lại từ đầu.",
    ),
    "challenge": (
        "Sàn yêu cầu xác minh (CAPTCHA)",
        "Sàn trả về trang xác minh (CAPTCHA) thay cho nội dung.",
        "Không tìm cách vượt qua. Liên hệ đơn vị vận hành sàn để xin phép đọc, hoặc nhập tệp sàn xuất ra.",
    ),
    "blocked": (
        "Sàn từ chối",
        "Sàn trả lời 401, 403 hoặc 451: không cho đọc.",
        "Không tìm cách vượt qua. Liên hệ đơn vị vận hành sàn, hoặc nhập tệp sàn xuất ra.",
    ),
    "robots": (
        "robots.txt không cho đọc",
        "Tệp robots.txt của sàn không cho đọc địa chỉ này.",
        "Tôn trọng yêu cầu của sàn. Xin phép đơn vị vận hành, hoặc nhập tệp sàn xuất ra.",
    ),
    "moved": (
        "Sàn đã chuyển địa chỉ",
        "Trang chuyển sang một tên miền khác chưa được khai báo.",
        "Không suy ra là sàn đã đóng. Kiểm tra tên miền mới rồi khai báo trong cấu hình nguồn.",
    ),
    "unreachable": (
        "Không kết nối được",
        "Không mở được kết nối đến máy chủ của sàn.",
        "Thử mở sàn bằng trình duyệt. Dữ liệu cũ được giữ kèm tuổi; lần đọc sau sẽ thử lại.",
    ),
    "dns": (
        "Không tìm thấy tên miền",
        "Tên miền của sàn không phân giải được: hết hạn, đổi tên hoặc lỗi mạng nội bộ.",
        "Kiểm tra mạng của máy chủ và tên miền của sàn. Dữ liệu cũ được giữ kèm tuổi.",
    ),
    "tls": (
        "Chứng thư không hợp lệ",
        "Kết nối bảo mật không thiết lập được, thường vì chứng thư của sàn hết hạn.",
        "Báo đơn vị vận hành sàn gia hạn chứng thư. Không tắt việc kiểm tra chứng thư.",
    ),
    "rate_limited": (
        "Sàn yêu cầu chậm lại",
        "Sàn trả lời 429 hoặc yêu cầu chờ lâu hơn mức một lần đọc có thể chờ.",
        "Tăng khoảng nghỉ giữa hai trang trong cấu hình nguồn; lần đọc sau sẽ tiếp tục.",
    ),
    "private_address": (
        "Địa chỉ nội bộ",
        "Tên miền trỏ đến một địa chỉ trong mạng nội bộ nên không được mở.",
        "Kiểm tra địa chỉ nguồn trong cấu hình.",
    ),
}


def _explained() -> dict[str, Explanation]:
    table: dict[str, Explanation] = {}
    scopes: tuple[tuple[Scope, dict[str, tuple[str, str, str]]], ...] = (
        ("item", _ITEM),
        ("page", _PAGE),
        ("run", _RUN),
    )
    for scope, entries in scopes:
        table |= {code: Explanation(scope, *words) for code, words in entries.items()}
    return table


PROBLEMS: Mapping[str, Explanation] = MappingProxyType(_explained())
