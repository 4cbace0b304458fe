"""Fill a new instance with a catalogue of any size, through files as an operator exports them.

    python bench/filled.py DIR --docs 75000
    python bench/pages.py --instance DIR

The accounts and listings are those of the invented catalogue that the search is measured with (`search_corpus.py`). A
file is taken in much faster than as many pages are read, and through the same writer.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from running import say
from search_corpus import read, write

from connectors import REGISTRY
from marketplace import create_app
from marketplace.config import Config, SourceSettings
from marketplace.db import db
from marketplace.instance import prepare, rebuild_index
from marketplace.sync.importing import take_file
from search_index.documents import Document

_COLUMNS = {
    "accounts": ("Mã tài khoản", "Tên", "Địa chỉ", "Mô tả"),
    "listings": (
        "Mã sản phẩm", "Tên sản phẩm", "Giá bán", "Đơn vị tính", "Nhóm hàng", "Mã tài khoản", "Người bán", "Địa chỉ",
        "Chứng nhận", "Mô tả",
    ),
}  # fmt: skip


def _cells(document: Document) -> tuple[str, tuple[object, ...]]:
    """The kind of file a document goes into, and its row."""
    ward, *_, district, province = document.places
    address = f"{ward}, {district}, {province}"
    if document.kind == "seller":
        return "accounts", (document.ref, document.title, address, document.body)
    (seller,) = document.facets["seller"]
    certificates = ", ".join(document.facets.get("certificate", ()))
    price = document.sort_keys.get("price", "")
    account = seller.partition(":")[2]
    return "listings", (
        f"{document.kind}-{document.ref}", document.title, price, "kg", document.category, account, document.seller,
        address, certificates, document.body,
    )  # fmt: skip


def files(folder: Path, docs: int) -> list[tuple[str, str, Path]]:
    """A source, a kind and a file for each export of a catalogue of this size, accounts before listings."""
    corpus = folder / "corpus"
    write(corpus, docs)
    made: dict[tuple[str, str], Path] = {}
    with ExitStack() as open_files:
        writers: dict[tuple[str, str], Any] = {}
        for document in read(corpus):
            kind, row = _cells(document)
            key = kind, document.source
            if key not in writers:
                made[key] = folder / f"{document.source}-{kind}.csv"
                file = open_files.enter_context(made[key].open("w", encoding="utf-8-sig", newline=""))
                writers[key] = csv.writer(file)
                writers[key].writerow(_COLUMNS[kind])
            writers[key].writerow(row)
    return [(source, kind, path) for (kind, source), path in sorted(made.items())]


def fill(instance: Path, docs: int) -> dict[str, int]:
    """Take a catalogue of this size in; rows accepted and refused by kind."""
    config = Config(instance=instance, sources=dict.fromkeys(REGISTRY, SourceSettings(mode="sandbox")))
    instance.mkdir(parents=True, exist_ok=True)
    app = create_app(config)
    prepare(app)
    taken: dict[str, int] = defaultdict(int)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, app.app_context():
        for source, kind, path in files(Path(name), docs):
            say(f"{source}: {kind}")
            report = take_file(config, db.engine, source, kind, path)  # type: ignore[arg-type]  # one of its kinds
            taken[kind] += report.accepted
            taken[f"{kind}_refused"] += len(report.refused)
        say("search index")
        rebuild_index(config, db.engine)
        db.session.remove()
        db.engine.dispose()
    return dict(taken)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/filled.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("instance", type=Path, help="folder of the new instance")
    parser.add_argument("--docs", type=int, default=75_000, help="accounts and listings together (default: 75000)")
    told = parser.parse_args(arguments)
    if told.docs < 100:
        parser.error("--docs is 100 or more")
    if told.instance.exists() and any(told.instance.iterdir()):
        say(f"bench/filled.py: {told.instance}: is not empty")
        return 1
    print(fill(told.instance, told.docs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
