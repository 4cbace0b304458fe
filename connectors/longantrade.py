"""longantrade.com, run by the province's department of industry and trade. Facts: connectors/sources/longantrade.md.

Nothing is known of what it runs on: the detector asks, and hands over to the platform that fits.
"""

from connectors.contract import Source
from connectors.platforms import PLATFORMS
from connectors.platforms.detect import Detector

__all__ = ["kind_of", "parse", "source", "start"]

source = Source(
    slug="longantrade",
    title="longantrade.com",
    short="LT",
    home="https://longantrade.com",
    hosts=("longantrade.com", "www.longantrade.com"),
    scope="province",
    note="Sàn của ngành công thương tỉnh Long An cũ. Chưa đối chiếu với trang thật; nền tảng được dò khi đọc.",
    max_pages=500,
)

_detector = Detector(PLATFORMS)
start, parse, kind_of = _detector.start, _detector.parse, _detector.kind_of
