"""A second process that writes an index and stops halfway, until it is told to go on or is killed.

Run as a program it is that process: it prints "halfway" in the middle of its documents and waits for a line of input.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search_listings import listing

from search_index.documents import Document
from search_index.index import Index


class OtherProcess:
    """The other process, seen from the test."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def wait_halfway(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "halfway\n"

    def kill_halfway(self) -> None:
        self.wait_halfway()
        self._process.kill()
        self._process.wait(timeout=30)

    def let_it_finish(self) -> None:
        self._process.communicate("go\n", timeout=30)
        assert self._process.returncode == 0

    def ended(self) -> bool:
        return self._process.poll() is not None


@contextmanager
def start(verb: str, folder: Path, backend: str, documents: int) -> Iterator[OtherProcess]:
    """Start a process that applies, or rebuilds from, so many listings of "Chanh", numbered from 1000."""
    command = [sys.executable, __file__, verb, str(folder), backend, str(documents)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    ) as process:
        try:
            yield OtherProcess(process)
        finally:
            process.kill()


def _documents(number: int) -> Iterator[Document]:
    for at in range(number):
        if at == number // 2:
            print("halfway", flush=True)
            sys.stdin.readline()
        yield listing(1000 + at, "Chanh không hạt", body="trồng ở Bến Lức " * 5)


def _main(verb: str, folder: Path, backend: str, number: int) -> None:
    if verb == "apply":
        Index.open(folder, backend).apply(_documents(number), ["listing:1000"])
    else:
        Index.build(folder, _documents(number), backend)


if __name__ == "__main__":
    _main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
