"""The peer of bench/sync.py: a Scrapy project in one file that reads the same pages into the same records, in SQLite.

    python bench/scrapy_peer.py DATABASE SLUG=URL…

Written as a Scrapy author would for these five sites: a spider for each, selectors of parsel, items that are plain
dicts, a pipeline that writes in batches. Values are taken as printed, whole numbers and days read; prices, places,
product groups, tax codes are not worked out, nothing is compared, checked or kept beside the records.
Prints one JSON object. The clock runs from the start of the crawler process to its end, with all rows committed.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing

import scrapy
from peer_cooplink import CooplinkSpider
from peer_longantrade import LongantradeSpider
from peer_nongsan import NongsanSpider
from peer_postmart import PostmartSpider
from peer_storage import COLUMNS
from peer_voso import VosoSpider
from running import cpu_s, peak_rss_mb, read_addresses
from scrapy.crawler import CrawlerProcess

# Scrapy's own defaults but for: robots.txt is obeyed (as every new Scrapy project does), and what is of no use here.
SETTINGS = {
    "ROBOTSTXT_OBEY": True,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "WARNING",
    "USER_AGENT": "ScrapyPeer/1.0",
    "ITEM_PIPELINES": {"peer_storage.SqlitePipeline": 300},
}
SPIDERS = (NongsanSpider, CooplinkSpider, PostmartSpider, VosoSpider, LongantradeSpider)
CONCURRENCY = "16 requests at a time, 8 of one host: Scrapy's defaults"


def main(arguments: Sequence[str]) -> int:
    database, urls = arguments[0], read_addresses(arguments[1:])
    cpu, begun = cpu_s(), time.perf_counter()
    process = CrawlerProcess({**SETTINGS, "DATABASE": database})
    crawlers = [process.create_crawler(spider) for spider in SPIDERS]
    for crawler in crawlers:
        process.crawl(crawler, home=urls[crawler.spidercls.name])
    process.start()
    seconds = time.perf_counter() - begun
    with closing(sqlite3.connect(database)) as connection:
        by_kind = {kind: connection.execute(f"SELECT count(*) FROM {kind}").fetchone()[0] for kind in COLUMNS}  # noqa: S608 - our own names
    stats = {crawler.spidercls.name: crawler.stats.get_stats() for crawler in crawlers}
    pages_of = {name: one.get("pages", 0) for name, one in stats.items()}
    result = {
        "seconds": seconds,
        "cpu_s": cpu_s() - cpu,
        "peak_rss_mb": peak_rss_mb(),
        "pages": sum(pages_of.values()),
        "pages_of": pages_of,
        "failed": sum(one.get("log_count/ERROR", 0) for one in stats.values()),
        "by_kind": by_kind,
        "scrapy": scrapy.__version__,
        "concurrency": CONCURRENCY,
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
