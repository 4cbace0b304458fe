"""Answers that cost a walk over the whole catalogue: worked out once per process, kept until their key changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from flask import Flask, current_app

T = TypeVar("T")


class Memory:
    """The newest value of every name. Two threads may work out the same value at once; neither waits."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, tuple[Hashable, Any]] = {}

    def get(self, name: str, key: Hashable, compute: Callable[[], T]) -> T:
        with self._lock:
            kept = self._kept.get(name)
        if kept is not None and kept[0] == key:
            value: T = kept[1]
            return value
        value = compute()
        with self._lock:
            self._kept[name] = (key, value)
        return value


def init_app(app: Flask) -> None:
    app.extensions["marketplace_memory"] = Memory()


def remembered(name: str, key: Hashable, compute: Callable[[], T]) -> T:
    """`compute()`, unless it was worked out for the same key before. The key says what the answer depends on, e.g. the
    newest finished run.
    """
    memory: Memory = current_app.extensions["marketplace_memory"]
    return memory.get(name, key, compute)
