"""The door to the index: open, apply changes, rebuild, search.

A rebuild writes the next generation of the index beside the current one and swaps them in one step, so a
reader has either the old index or the new one, and a rebuild killed midway leaves the old one in place. Every
search looks whether the generation was swapped and whether the backend has a new commit: two file look-ups,
after which changes made by another process are seen.

The index is a copy of what the application knows. When it cannot be used (IndexUnusable), build it again with
`Index.build`.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Self

from search_index import analysis, generations, understanding
from search_index.analysis import Plan
from search_index.backend import Backend
from search_index.documents import MAX_TEXT, Document, Near, Query, Results
from search_index.errors import Damaged, IndexBusy, IndexUnusable
from search_index.lexicon import Lexicon
from search_index.synonyms import Synonyms, packaged

__all__ = ["BACKENDS", "Index", "IndexBusy", "IndexUnusable"]

# Imported when used: one of the two may not run on this machine.
BACKENDS = {
    "tantivy": ("search_index.tantivy_backend", "TantivyBackend"),
    "whoosh": ("search_index.whoosh_backend", "WhooshBackend"),
}
_CREATION_WAIT_S = 5.0


class Index:
    """A search index in a folder. Any number of threads may use one Index; any number of processes one
    folder."""

    def __init__(self, folder: Path, backend: str, synonyms: Synonyms) -> None:
        """Use `open`."""
        self.folder = folder
        self.backend = backend
        self.synonyms = synonyms
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._known: _Known | None = None

    @classmethod
    def open(cls, folder: Path, backend: str = "tantivy", synonyms: Synonyms | None = None) -> Self:
        """The index in `folder`, created empty when there is none. Without `synonyms` it uses the packaged ones.

        Raises IndexUnusable when there is one that cannot be used, IndexBusy when another process has been
        creating it for several seconds, ValueError for an unknown backend.
        """
        _backend_class(backend)
        known = synonyms or packaged()
        if generations.current_signature(folder) is None:
            with generations.write_lock(folder, wait_s=_CREATION_WAIT_S):
                if not generations.has_traces(folder):  # nobody else was quicker, and nothing was lost
                    _build(folder, backend, known, ())
        index = cls(folder, backend, known)
        with index._reading():
            return index

    @classmethod
    def build(
        cls,
        folder: Path,
        documents: Iterable[Document],
        backend: str = "tantivy",
        synonyms: Synonyms | None = None,
    ) -> int:
        """Put a new index in the place of whatever `folder` holds, usable or not, and tell its number of
        documents.

        Readers go on with the old index until the new one is whole, and see the new one after. An exception,
        out of `documents` too, leaves the old one in place. Raises IndexBusy when another writer is at work,
        ValueError for an unknown backend.
        """
        _backend_class(backend)
        with generations.write_lock(folder):
            return _build(folder, backend, synonyms or packaged(), documents)

    def rebuild(self, documents: Iterable[Document]) -> int:
        """`build` in this index's folder."""
        return self.build(self.folder, documents, self.backend, self.synonyms)

    def apply(self, upserts: Iterable[Document], deletes: Iterable[str]) -> None:
        """Remove the documents with the ids `deletes`, then put in `upserts`, all of it or nothing.

        A document replaces the one of the same id; of several with one id the last counts; unknown ids are no
        fault. So applying the same changes again changes nothing. Raises IndexBusy when another writer is at
        work, IndexUnusable like `search`.
        """
        with generations.write_lock(self.folder), self._reading() as backend:
            backend.write((analysis.entry(document, self.synonyms) for document in upserts), deletes)

    def search(self, query: Query) -> Results:
        """One page of hits.

        Raises IndexUnusable when the index is damaged or was replaced by one of another version, ValueError for a text
        of more than MAX_TEXT characters.
        """
        if len(query.text) > MAX_TEXT:
            raise ValueError(f"a query of {len(query.text)} characters: expected at most {MAX_TEXT}")
        stored = ((name, analysis.facet_values(values)) for name, values in query.filters.items())
        filters = {name: values for name, values in stored if values}
        near = _near(query.near)
        with self._reading() as backend:

            def find(plan: Plan) -> Results:
                return backend.search(plan, filters, query.offset, query.limit, query.facets, query.sort, near)

            return understanding.answer(query, find, self._lexicon_of(backend), self.synonyms)

    def count(self) -> int:
        """Documents in the index. Raises like `search`."""
        with self._reading() as backend:
            return backend.count()

    def close(self) -> None:
        """Give up the files, once searches under way have ended. A later search opens them again."""
        with self._lock:
            self._retire()

    def _lexicon_of(self, backend: Backend) -> Lexicon:
        """What the backend knows now. Kept until the backend sees something new."""
        known, state = self._known, backend.state  # the state first: what is read later is not older
        if known is None or known.backend is not backend or known.state != state:
            lexicon = Lexicon(
                backend.vocabulary,
                backend.frequency,
                lambda plan: backend.search(plan, {}, 0, 0, ()).total,
                self.synonyms,
            )
            known = self._known = _Known(backend, state, lexicon)
        return known.lexicon

    @contextmanager
    def _reading(self) -> Iterator[Backend]:
        """The backend of the current generation, up to date, and kept open while in use."""
        with self._lock:
            held = self._up_to_date()
            held.users += 1
        try:
            yield held.backend
        except Damaged as fault:
            raise IndexUnusable(self.folder, "corrupt", str(fault)) from fault
        finally:
            with self._lock:
                held.users -= 1
                held.close_if_idle()

    def _up_to_date(self) -> _Held:
        while True:
            seen = generations.current_signature(self.folder)
            try:
                if self._held is not None and self._held.seen == seen:
                    self._held.backend.refresh()
                else:
                    self._retire()
                    self._held = _Held(
                        seen, _open_generation(self.folder, self.backend, analysis.version(self.synonyms))
                    )
                return self._held
            except (Damaged, IndexUnusable) as fault:
                self._retire()
                if generations.current_signature(self.folder) != seen:
                    continue  # a rebuild replaced and removed the generation just as we looked at it
                if isinstance(fault, IndexUnusable):
                    raise
                raise IndexUnusable(self.folder, "corrupt", str(fault)) from fault

    def _retire(self) -> None:
        if self._held is not None:
            self._held.retired = True
            self._held.close_if_idle()
            self._held = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What one state of a backend knows."""

    backend: Backend
    state: object
    lexicon: Lexicon


@dataclass(slots=True)
class _Held:
    """An open generation. It is closed when it is out of date and the last search in it has ended."""

    seen: generations.Signature | None
    backend: Backend
    users: int = 0
    retired: bool = False

    def close_if_idle(self) -> None:
        if self.retired and not self.users:
            self.backend.close()


def _near(asked: Near | None) -> Near | None:
    """As backends take it: each value in the first of its groups only."""
    if asked is None:
        return None
    taken: set[str] = set()
    groups = []
    for group in asked.groups:
        values = tuple(value for value in analysis.facet_values(group) if value not in taken)
        taken.update(values)
        groups.append(values)
    return Near(asked.facet, tuple(group for group in groups if group))


def _backend_class(name: str) -> type[Backend]:
    if name not in BACKENDS:
        raise ValueError(f"search backend {name!r}: expected one of {', '.join(sorted(BACKENDS))}")
    module, class_name = BACKENDS[name]
    found: type[Backend] = getattr(import_module(module), class_name)
    return found


def _open_generation(folder: Path, backend: str, version: str) -> Backend:
    current = generations.read_current(folder)
    if current.version != version:
        detail = f"it has version {current.version}, this program needs version {version}"
        raise IndexUnusable(folder, "version", detail)
    if current.backend != backend:
        raise IndexUnusable(folder, "version", f"it was built for {current.backend}, not for {backend}")
    files = folder / current.generation
    if not files.is_dir():
        raise IndexUnusable(folder, "missing", f"its files ({current.generation}) are gone")
    return _backend_class(backend).open(files)


def _build(folder: Path, backend: str, synonyms: Synonyms, documents: Iterable[Document]) -> int:
    """Write a generation and make it the current one. The caller holds the write lock."""
    try:
        used = generations.read_current(folder).generation
    except IndexUnusable:
        used = None
    generations.remove_generations(folder, keep=used)  # left by writers that were killed
    name = generations.new_generation(folder)
    try:
        made = _backend_class(backend).create(folder / name)
        try:
            made.write((analysis.entry(document, synonyms) for document in documents), ())
            count = made.count()
        finally:
            made.close()
        generations.write_current(folder, generations.Current(analysis.version(synonyms), backend, name))
    except BaseException:
        shutil.rmtree(folder / name, ignore_errors=True)
        raise
    generations.remove_generations(folder, keep=name)
    return count
