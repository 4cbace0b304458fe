"""nongsanantoanlongan.vn, run by the province's department of agriculture (facts: connectors/sources/)."""

from connectors.contract import Source
from connectors.platforms.nongsanantoan import kind_of, parse, paths, selectors, start

__all__ = ["kind_of", "parse", "source", "start"]

source = Source(
    slug="nongsanantoanlongan",
    title="nongsanantoanlongan.vn",
    short="NS",
    home="https://nongsanantoanlongan.vn",
    hosts=("nongsanantoanlongan.vn", "www.nongsanantoanlongan.vn"),
    scope="province",
    note="Sàn của ngành nông nghiệp tỉnh Long An cũ, mở tháng 12/2021. Mẫu trang đọc theo một sàn cùng họ.",
    max_pages=500,
    paths=paths,
    selectors=selectors,
)
