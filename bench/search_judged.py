"""The judged queries, answered by our search and by two common ways to search without a chain of one's own.

    search_judged.py BACKEND

Prints one JSON object: the marks by class of ours, of SQLite FTS5 and of plain Whoosh.

- SQLite FTS5: one table with a column for each text, unicode61 with `remove_diacritics 2`, every word required, ranked
  by its bm25. It folds marks, but đ is a letter of its own for it.
- Whoosh: TEXT fields with its default analyzer, a MultifieldParser that requires every word, BM25F. It knows neither
  folding nor the Vietnamese names.

Quotes, minus and the word being typed are put into each one's own query language.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from judged import Ask, by_class, documents, held, judge, ours

from search_index.documents import Document

_COLUMNS = ("title", "seller", "category", "body", "places")
_PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:["“”](?P<quoted>[^"“”]*)["“”]|(?P<bare>[^\s"“”]+))')


def pieces(text: str) -> list[tuple[str, bool]]:
    """The phrases and words of a query, each with whether it has a minus."""
    return [((one["quoted"] or one["bare"] or "").strip(), one["minus"] is not None) for one in _PIECE.finditer(text)]


def _texts(document: Document) -> tuple[str, ...]:
    return (document.title, document.seller, document.category, document.body, "\n".join(document.places))


def fts5(database: sqlite3.Connection) -> Ask:
    """SQLite's full text search over the judged documents."""
    database.execute(
        f"CREATE VIRTUAL TABLE found USING fts5(id UNINDEXED, {', '.join(_COLUMNS)}, "
        'tokenize = "unicode61 remove_diacritics 2")'
    )
    database.executemany(
        f"INSERT INTO found VALUES ({', '.join('?' * (1 + len(_COLUMNS)))})",  # noqa: S608  # only question marks
        ((one.id, *_texts(one)) for one in documents()),
    )

    def ask(text: str, typing: bool) -> Sequence[str]:
        parts = pieces(text)
        wanted = [f'"{part}"' for part, minus in parts if not minus]
        if typing:
            wanted[-1] += "*"
        match = " AND ".join(wanted) + "".join(f' NOT "{part}"' for part, minus in parts if minus)
        found = database.execute("SELECT id FROM found WHERE found MATCH ? ORDER BY bm25(found)", (match,))
        return [id for (id,) in found]

    return ask


def whoosh() -> Ask:
    """Whoosh as its documentation shows it, over the judged documents."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its sources, when they are compiled for the first time
        from whoosh import fields, qparser
        from whoosh.filedb.filestore import RamStorage

    schema = fields.Schema(id=fields.ID(stored=True), **{name: fields.TEXT() for name in _COLUMNS})
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for one in documents():
        writer.add_document(id=one.id, **dict(zip(_COLUMNS, _texts(one), strict=True)))
    writer.commit()
    searcher = index.searcher()
    parser = qparser.MultifieldParser(list(_COLUMNS), schema, group=qparser.AndGroup)

    def ask(text: str, typing: bool) -> Sequence[str]:
        words = list(_whoosh_words(text))
        query = parser.parse(" ".join(words) + ("*" if typing else ""))
        return [hit["id"] for hit in searcher.search(query, limit=None)]

    return ask


def _whoosh_words(text: str) -> Iterator[str]:
    for part, minus in pieces(text):
        quoted = f'"{part}"' if " " in part else part
        yield f"NOT {quoted}" if minus else quoted


def main(backend: str) -> int:
    own = ours(backend)
    with closing(sqlite3.connect(":memory:")) as database:
        sides = {"ours": own, "fts5": judge(fts5(database)), "whoosh": judge(whoosh())}
    told: dict[str, Any] = {name: by_class(verdicts) for name, verdicts in sides.items()}
    print(json.dumps({"classes": told, "held": held(own)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
