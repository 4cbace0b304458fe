"""What both benchmarks need: the sandbox as a process, a measured part as a process, and what a process has used."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sizes import asked

from connectors import REGISTRY

HERE = Path(__file__).parent


class BenchError(Exception):
    """A measurement that can't be taken or believed. One line for the person who asked."""


@contextmanager
def sandbox(sellers: int, listings: int) -> Iterator[dict[str, str]]:
    """The invented marketplaces as a process of their own; yields the address of each by its slug.

    `sellers`, `listings`: of all shops together.
    """
    of_sellers, of_listings = asked(sellers, listings)
    command = [sys.executable, "-m", "connectors.sandbox", "--sellers", str(of_sellers), "--listings", str(of_listings)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        lines: list[list[str]] = [process.stdout.readline().split() for _ in REGISTRY]  # each says its slug and address
        if not all(lines):
            raise BenchError("the sandbox marketplaces did not start")
        yield dict(lines)
    finally:
        process.terminate()
        process.wait(timeout=10)


def apart(script: str, arguments: Sequence[str]) -> dict[str, Any]:
    """Run a script of this folder as a process of its own; its last line of output is the JSON object returned.

    Its messages go to our stderr. Raises BenchError when it fails.
    """
    done = subprocess.run([sys.executable, str(HERE / script), *arguments], stdout=subprocess.PIPE, text=True)
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise BenchError(f"{script} ended with exit code {done.returncode}")
    result: dict[str, Any] = json.loads(lines[-1])
    return result


def addresses(urls: Mapping[str, str]) -> list[str]:
    """The addresses of the sandbox as arguments of a script."""
    return [f"{slug}={url}" for slug, url in urls.items()]


def read_addresses(arguments: Sequence[str]) -> dict[str, str]:
    """The reverse of `addresses`."""
    return dict(argument.split("=", 1) for argument in arguments)


def peak_rss_mb() -> float:
    """The most memory this process ever held, in MB (10⁶ bytes).

    `VmHWM`, not `ru_maxrss`: that one counts what a process inherits from the one that started it.
    """
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def cpu_s() -> float:
    """CPU seconds of this process so far, all threads, user and system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def say(text: str) -> None:
    """Tell how far we are; the result alone goes to stdout."""
    print(text, file=sys.stderr, flush=True)
