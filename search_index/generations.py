"""The folder of an index: its generations, which of them is current, and who may write.

`g-000001/` holds a backend's files; `current` names the generation in use, with the version and backend it
was built by; `write.lock` is held by the one writer, `mend.lock` by
the one who builds an unusable index anew. Replacing `current` is the only step by which readers
see a new generation. POSIX only: it relies on `flock`, and on removed files staying readable for those who
have them open.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from search_index.errors import IndexBusy, IndexUnusable

Signature = tuple[int, int, int]

_CURRENT = "current"
_LOCK = "write.lock"
_MENDING = "mend.lock"
_GENERATION = re.compile(r"g-(\d{6,})")
_RETRY_S = 0.02


@dataclass(frozen=True, slots=True)
class Current:
    """What the file `current` tells. `version` is that of the terms and the synonyms: `analysis.version`."""

    version: str
    backend: str
    generation: str


def read_current(folder: Path) -> Current:
    """Raises IndexUnusable when there is no such file or it is not ours."""
    try:
        content = json.loads((folder / _CURRENT).read_text(encoding="utf-8"))
        current = Current(**content)
        if _GENERATION.fullmatch(current.generation):
            return current
    except FileNotFoundError as fault:
        raise IndexUnusable(folder, "missing", f"there is no file {_CURRENT!r}") from fault
    except (ValueError, TypeError):
        pass
    raise IndexUnusable(folder, "corrupt", f"the file {_CURRENT!r} cannot be read")


def write_current(folder: Path, current: Current) -> None:
    """Make a generation the current one, in one step that survives a power cut."""
    fresh = folder / f"{_CURRENT}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(asdict(current), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / _CURRENT)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def file_signature(path: Path) -> Signature | None:
    """Changes whenever the file is replaced; None when there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return (stat.st_ino, stat.st_mtime_ns, stat.st_size)


def current_signature(folder: Path) -> Signature | None:
    return file_signature(folder / _CURRENT)


def has_traces(folder: Path) -> bool:
    """Whether there is, or was, an index in the folder."""
    return current_signature(folder) is not None or bool(_generations(folder))


def new_generation(folder: Path) -> str:
    """The name of a fresh, empty generation. The caller holds the write lock."""
    name = f"g-{max(map(_number, _generations(folder)), default=0) + 1:06}"
    (folder / name).mkdir()
    return name


def remove_generations(folder: Path, keep: str | None) -> None:
    """Remove all generations but one. What cannot be removed now is left for the next rebuild."""
    for name in _generations(folder):
        if name != keep:
            shutil.rmtree(folder / name, ignore_errors=True)


@contextmanager
def write_lock(folder: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Be the only writer. Raises IndexBusy when another one still is after `wait_s` seconds."""
    with _lock(folder, _LOCK, "written by another writer", wait_s):
        yield


@contextmanager
def mending_lock(folder: Path) -> Iterator[None]:
    """Be the only one who mends an index. Raises IndexBusy when another one is at it."""
    with _lock(folder, _MENDING, "built anew by another process", 0.0):
        yield


@contextmanager
def _lock(folder: Path, name: str, doing: str, wait_s: float) -> Iterator[None]:
    """Hold a file; the system frees it when its holder dies, so that nobody dead blocks the living."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with path.open("a+", encoding="utf-8") as file:
        give_up = time.monotonic() + wait_s
        while not _locked(file.fileno()):
            if time.monotonic() >= give_up:
                holder = path.read_text(encoding="utf-8").strip() or "unknown"
                raise IndexBusy(f"search index in {folder}: being {doing} (process {holder})")
            time.sleep(_RETRY_S)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _generations(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [entry.name for entry in folder.iterdir() if _GENERATION.fullmatch(entry.name)]


def _number(generation: str) -> int:
    return int(generation.removeprefix("g-"))
