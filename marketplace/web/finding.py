"""The search index as the pages use it: opened when first needed, kept open, and allowed to be away.

An index that turns out to be unusable (damaged, or of another version of this program) is built again in the
background; until then whoever searches is told so, and every other page works.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock, Thread
from typing import TypeVar

from flask import Flask, current_app

from marketplace.config import Config
from marketplace.web.errors import IndexAway
from search_index.documents import Query, Results
from search_index.generations import Signature, current_signature, has_traces
from search_index.index import Index, IndexBusy, IndexUnusable

log = logging.getLogger(__name__)

T = TypeVar("T")

# An index that could not be built is not tried again before this: the fault (a full disk) will still be there.
_PAUSE_S = 60.0


class Finder:
    """Holds the open index of one application. Safe to use from several threads.

    `mend` builds the index anew if it is still the unusable one that was seen; it may take minutes.
    """

    def __init__(self, config: Config, mend: Callable[[Signature | None], None]) -> None:
        self._config = config
        self._mend = mend
        self._lock = Lock()
        self._index: Index | None = None
        self._mending: Thread | None = None
        self._not_before = 0.0

    def search(self, query: Query) -> Results:
        """Raises IndexAway when the index can't be used."""
        return self._ask(lambda index: index.search(query))

    def count(self) -> int:
        """Documents in the index. Raises IndexAway."""
        return self._ask(Index.count)

    def close(self) -> None:
        """Wait until the index that is being built is whole, and give up the files."""
        with self._lock:
            mending, index = self._mending, self._index
        if mending is not None:
            mending.join()
        if index is not None:
            index.close()

    def _ask(self, question: Callable[[Index], T]) -> T:
        folder = self._config.index_folder
        if not has_traces(folder):  # opening would make an empty one, and every search would find nothing
            raise IndexAway
        seen = current_signature(folder)
        try:
            return question(self._opened())
        except IndexUnusable as error:
            self._mend_in_background(seen, error)
            raise IndexAway from error
        except IndexBusy as error:
            log.warning("%s", error)
            raise IndexAway from error

    def _opened(self) -> Index:
        with self._lock:
            if self._index is None:
                self._index = Index.open(self._config.index_folder, self._config.search.backend)
            return self._index

    def _mend_in_background(self, seen: Signature | None, fault: IndexUnusable) -> None:
        with self._lock:
            if (self._mending is not None and self._mending.is_alive()) or time.monotonic() < self._not_before:
                return
            self._not_before = time.monotonic() + _PAUSE_S
            log.warning("%s; doing that now", fault)
            self._mending = Thread(target=self._try_to_mend, args=(seen,), name="index mending", daemon=True)
            self._mending.start()

    def _try_to_mend(self, seen: Signature | None) -> None:
        try:
            self._mend(seen)
        except IndexBusy as error:
            log.info("%s", error)
        except Exception:
            log.exception("the search index could not be built; it is tried again")
        else:
            self._not_before = 0.0


def init_app(app: Flask) -> None:
    config: Config = app.config["MARKETPLACE"]

    def mend(seen: Signature | None) -> None:
        from marketplace.db import db
        from marketplace.instance import mend_index

        with app.app_context():
            engine = db.engine
        mend_index(config, engine, seen)

    app.extensions["marketplace_finder"] = Finder(config, mend)


def finder() -> Finder:
    """The finder of the running application."""
    found: Finder = current_app.extensions["marketplace_finder"]
    return found
