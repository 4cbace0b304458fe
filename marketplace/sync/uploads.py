"""Files officers handed in: kept in the instance folder until they are taken, thrown away, or a day old.

A preview is worked out once and lies beside its file, so that reading it holds no lock and asks the database nothing:

    uploads/<id>/file/<its name>   upload.json   new.jsonl changed.jsonl unchanged.jsonl refused.jsonl

The file lies in a folder of its own, so that no name it may have is one of ours.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

KEPT: Final = timedelta(hours=24)
log = logging.getLogger(__name__)
OUTCOMES: Final = ("new", "changed", "unchanged", "refused")
_ID: Final = re.compile(r"[0-9a-f]{32}")
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_FACTS: Final = "upload.json"
_FILE: Final = "file"


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """One file. `counts` are those of its preview, then of its import; `run_id` is set when it was taken."""

    id: str
    kind: str
    source: str
    name: str
    who: str
    at: str  # ISO, UTC
    size: int
    counts: dict[str, int] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    sheets_without: tuple[str, ...] = ()
    trial: bool = False  # as in ImportReport
    leaving: int = 0
    taken: bool = False
    run_id: int | None = None

    @property
    def handed_in(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def good(self) -> int:
        """Rows that would change something."""
        return self.counts.get("new", 0) + self.counts.get("changed", 0)


class Uploads:
    """The uploads of one installation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, file: IO[bytes], name: str, kind: str, source: str, who: str, at: datetime) -> Upload:
        """Keep a file, copied in pieces. Nobody else finds it before it is saved with its preview."""
        id_ = secrets.token_hex(16)
        (self._folder / id_).mkdir(parents=True, mode=0o700)
        path = self._folder / id_ / _FILE / safe_name(name)
        path.parent.mkdir()
        with path.open("wb") as kept:
            shutil.copyfileobj(file, kept, 1 << 20)
        size = path.stat().st_size
        return Upload(id=id_, kind=kind, source=source, name=path.name, who=who, at=at.isoformat(), size=size)

    def get(self, id_: str) -> Upload | None:
        """The upload of this id; None when there is none (any more)."""
        if not _ID.fullmatch(id_):
            return None
        try:
            facts = json.loads((self._folder / id_ / _FACTS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return Upload(**{**facts, "unused": tuple(facts["unused"]), "sheets_without": tuple(facts["sheets_without"])})

    def save(self, upload: Upload) -> None:
        written = _unfinished(self._folder / upload.id / _FACTS)
        written.write_text(json.dumps(asdict(upload), ensure_ascii=False), encoding="utf-8")
        written.replace(self._folder / upload.id / _FACTS)

    def path(self, upload: Upload) -> Path:
        """Where the file lies; it is gone once it was taken."""
        return self._folder / upload.id / _FILE / upload.name

    def all(self) -> list[Upload]:
        """Every upload, the newest first."""
        found = [self.get(folder.name) for folder in self._folder.glob("*") if folder.is_dir()]
        return sorted((one for one in found if one is not None), key=lambda one: one.at, reverse=True)

    def remove(self, upload: Upload) -> None:
        shutil.rmtree(self._folder / upload.id, ignore_errors=True)

    def tidy(self, at: datetime) -> int:
        """Remove what is older than KEPT; tells how many. A folder without facts is one whose copying broke off."""
        removed = 0
        for folder in self._folder.glob("*"):
            upload = self.get(folder.name)
            began = upload.handed_in.timestamp() if upload else folder.stat().st_mtime
            if at.timestamp() - began > KEPT.total_seconds():
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
        return removed

    def noting(self, upload: Upload) -> RowNotes:
        """Where the rows of a preview or an import are written down, in place of those of before."""
        return RowNotes(self._folder / upload.id)

    def rows(self, upload: Upload, outcome: str, offset: int = 0, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """What was noted of the rows of one outcome, in the order of the file."""
        path = self._folder / upload.id / f"{outcome}.jsonl"
        if not path.exists():
            return
        with path.open(encoding="utf-8") as file:
            for line in islice(file, offset, None if limit is None else offset + limit):
                yield json.loads(line)

    def taken(self, upload: Upload, counts: dict[str, int], run_id: int | None) -> Upload:
        """The file was taken in: it goes, what was noted of its rows stays for the day."""
        shutil.rmtree(self.path(upload).parent, ignore_errors=True)
        done = replace(upload, counts=counts, taken=True, run_id=run_id)
        self.save(done)
        return done


class RowNotes:
    """Notes of rows, a file for each outcome: a page of them is read without the others.

    Used as a context: they take the place of the notes of before when it ends well, and none when it does not. A disk
    that takes no more costs the notes, never the import: the rows are counted on.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, IO[str]] = {}
        self.counts = dict.fromkeys(OUTCOMES, 0)

    def __enter__(self) -> RowNotes:
        try:
            for name in OUTCOMES:
                self._files[name] = _unfinished(self._folder / f"{name}.jsonl").open("x", encoding="utf-8")
        except OSError as error:
            self._give_up(error)
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        if fault is not None:
            self._drop()
            return
        try:
            for file in self._files.values():
                file.close()
            for name, file in self._files.items():
                Path(file.name).replace(self._folder / f"{name}.jsonl")
        except OSError as error:
            self._give_up(error)

    def add(self, outcome: str, row: dict[str, Any]) -> None:
        self.counts[outcome] += 1
        if self._files:
            try:
                self._files[outcome].write(json.dumps(row, ensure_ascii=False) + "\n")
            except OSError as error:
                self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        log.warning("%s: the notes of its rows can't be kept: %s", self._folder.name, error)
        self._drop()

    def _drop(self) -> None:
        for file in self._files.values():
            with suppress(OSError):
                file.close()  # writes what is left: the disk may refuse that too
            with suppress(OSError):
                Path(file.name).unlink(missing_ok=True)
        self._files = {}


def _unfinished(path: Path) -> Path:
    """What a file is called while it is written: two writers never share it."""
    return path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")


def safe_name(raw: str) -> str:
    """The file's own name without folders and signs of systems: what is shown, and what it is kept under."""
    name = unicodedata.normalize("NFC", raw.replace("\\", "/").rpartition("/")[2])
    name = _NOT_IN_NAMES.sub("", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    # A name must fit in 255 bytes, and Vietnamese letters take up to three.
    short = f"{stem[:60]}{dot}{ending[:10]}" if dot else name[:70]
    return short or "tep"
