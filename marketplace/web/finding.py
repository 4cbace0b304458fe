"""The search index as the pages use it: opened when first needed, kept open, and allowed to be away."""

from __future__ import annotations

import logging
from threading import Lock

from flask import Flask, current_app

from marketplace.config import Config
from marketplace.web.errors import IndexAway
from search_index.documents import Query, Results
from search_index.generations import has_traces
from search_index.index import Index, IndexBusy, IndexUnusable

log = logging.getLogger(__name__)


class Finder:
    """Holds the open index of one application. Safe to use from several threads."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._lock = Lock()
        self._index: Index | None = None

    def index(self) -> Index:
        """The open index. Raises IndexAway when there is none: pages never create one."""
        with self._lock:
            if self._index is None:
                folder = self._config.index_folder
                if not has_traces(folder):  # opening would make an empty one, and every search would find nothing
                    raise IndexAway
                try:
                    self._index = Index.open(folder, self._config.search.backend)
                except (IndexUnusable, IndexBusy) as error:
                    log.warning("%s", error)
                    raise IndexAway from error
            return self._index

    def search(self, query: Query) -> Results:
        """Raises IndexAway when the index can't be used."""
        try:
            return self.index().search(query)
        except IndexUnusable as error:
            log.warning("%s", error)
            raise IndexAway from error

    def count(self) -> int:
        """Documents in the index. Raises IndexAway."""
        try:
            return self.index().count()
        except IndexUnusable as error:
            log.warning("%s", error)
            raise IndexAway from error


def init_app(app: Flask) -> None:
    app.extensions["marketplace_finder"] = Finder(app.config["MARKETPLACE"])


def finder() -> Finder:
    """The finder of the running application."""
    found: Finder = current_app.extensions["marketplace_finder"]
    return found
