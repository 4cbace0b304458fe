"""What can be wrong with an index as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Reason = Literal["version", "corrupt", "missing"]


class IndexUnusable(Exception):
    """The index in a folder cannot be searched; it must be built again.

    `reason`: "version" (built by another version of this package or for another backend), "corrupt" (its
    files cannot be read), "missing" (there are traces of an index, but it is not there).
    """

    def __init__(self, folder: Path, reason: Reason, detail: str) -> None:
        super().__init__(f"search index in {folder}: {detail}; build it again")
        self.folder = folder
        self.reason: Reason = reason


class IndexBusy(Exception):
    """Another writer is at work on the index. Nothing was changed."""


class Damaged(Exception):
    """The files of a backend cannot be read. The text says what was wrong, in one line."""
