"""Faults on request: everything a marketplace has ever done to somebody who reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from threading import Event, Lock
from typing import Literal, get_args

from .garbling import Loss, decomposed, recased, renamed
from .paging import Bend
from .reply import HTML, Reply

Kind = Literal[
    "status",  # `status`, with Retry-After when `retry_after` is told
    "challenge",  # the "are you human" page, with `status`
    "moved",  # redirect to `location`, another host
    "redirect_loop",  # redirect to the same address
    "empty_list",  # the list is there and has no items
    "half_list",  # half of the list has vanished
    "paging_loop",  # every page shows the first one and a link to the next
    "duplicates",  # every item stands twice on its page, the first of the list on every page
    "renamed_class",  # the class (in JSON the key) `find` of the items is now called `replace`
    "other_case",  # every other address on the page is written in capitals
    "nfd",  # letters and their marks apart
    "price_picture",  # prices are pictures
    "no_seller",  # every third listing does not tell who sells it
    "slow",  # the body takes `seconds`
    "endless",  # the body never ends
    "drip",  # the body never ends, a few bytes at a time
    "truncated",  # the page stops in the middle, and claims to be whole
    "dropped",  # the connection closes in the middle
    "empty_body",  # nothing, with status 200
    "huge",  # the page and `size` bytes of noise behind it
    "binary",  # bytes that are no text
    "robots_forbid",  # robots.txt forbids everything
    "json",  # JSON where a page was expected
    "html",  # a web page about nothing, whatever was expected
]
KINDS: tuple[Kind, ...] = get_args(Kind)
_BENDS: tuple[Bend, ...] = get_args(Bend)
_LOSSES: tuple[Loss, ...] = get_args(Loss)

_FIELD_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "kind": str, "path": str, "times": int, "status": int, "retry_after": int,
    "location": str, "find": str, "replace": str, "seconds": (int, float), "size": int,
}  # fmt: skip

ROBOTS = "/robots.txt"
_ELSEWHERE = "https://noi-khac.example.vn"
_CHALLENGE = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta name="robots" content="noindex,nofollow"></head><body class="no-js"><p>Trang mẫu: dữ liệu bịa</p>
<div class="main-wrapper" role="main"><h1>Checking your browser before accessing the site.</h1>
<noscript><div id="challenge-error-title">Enable JavaScript and cookies to continue</div></noscript></div>
<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>"""
_MAINTENANCE = """<!DOCTYPE html><html lang="vi"><head><title>Bảo trì</title></head><body>
<p>Trang mẫu: dữ liệu bịa</p><h1>Hệ thống đang bảo trì</h1><p>Mời quay lại sau.</p></body></html>"""
_DRIP_S = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One fault. It strikes the addresses (path, or path and query) that `path` matches, `times` times, then is over.

    robots.txt is struck only by a fault whose `path` is exactly that: a site in trouble still tells its rules.
    Raises ValueError for values that make no sense.
    """

    kind: Kind
    path: str = "*"
    times: int | None = None  # None: until it is taken away
    status: int = 0  # 0: the usual one, 500 for "status", 403 for "challenge", 301 and 302 for the redirects
    retry_after: int | None = None  # seconds
    location: str = _ELSEWHERE
    find: str = ""  # "": the classes of the site's own list items
    replace: str = "x-item"
    seconds: float = 2.0
    size: int = 10_000_000

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.status and not 200 <= self.status <= 599:
            raise ValueError(f"status must lie between 200 and 599, not {self.status}")
        if self.times is not None and self.times < 1:
            raise ValueError(f"times must be at least 1, not {self.times}")

    @property
    def bend(self) -> Bend | None:
        """How the fault bends a list, None when it strikes elsewhere."""
        return next((bend for bend in _BENDS if bend == self.kind), None)

    @property
    def loss(self) -> Loss | None:
        """What the fault takes from the records, None when it strikes elsewhere."""
        return next((loss for loss in _LOSSES if loss == self.kind), None)

    def strikes(self, path: str, target: str) -> bool:
        if path == ROBOTS or self.kind == "robots_forbid":
            return path == ROBOTS and (self.path == ROBOTS or self.kind == "robots_forbid")
        return fnmatchcase(path, self.path) or fnmatchcase(target, self.path)


class Faults:
    """The faults of one site, the newest first. `stop` set: slow and endless bodies come to an end."""

    def __init__(self, item_classes: tuple[str, ...]) -> None:
        self._item_classes = item_classes
        self._active: list[tuple[Fault, int]] = []  # with how often it struck
        self._lock = Lock()
        self.stop = Event()

    def add(self, fault: Fault) -> None:
        """Put a fault in force, before those that already are."""
        with self._lock:
            self._active.insert(0, (fault, 0))

    def add_told(self, values: object) -> None:
        """Put a fault told from outside (the fields of Fault by name) in force. ValueError tells what is wrong."""
        if not isinstance(values, Mapping) or "kind" not in values:
            raise ValueError('expected an object with at least "kind"')
        for name, value in values.items():
            if name not in _FIELD_TYPES:
                raise ValueError(f"unknown field {name!r}")
            if not isinstance(value, _FIELD_TYPES[name]) or isinstance(value, bool):
                raise ValueError(f"{name} has a wrong type: {value!r}")
        self.add(Fault(**values))

    def clear(self) -> None:
        """Everything works again."""
        with self._lock:
            self._active.clear()

    def active(self) -> tuple[Fault, ...]:
        with self._lock:
            return tuple(fault for fault, _ in self._active)

    def take(self, path: str, target: str) -> Fault | None:
        """The fault that strikes this address now, if any. Counts it."""
        if not self._active:
            return None
        with self._lock:
            for number, (fault, struck) in enumerate(self._active):
                if fault.strikes(path, target):
                    if fault.times is not None and struck + 1 >= fault.times:
                        del self._active[number]
                    else:
                        self._active[number] = (fault, struck + 1)
                    return fault
        return None

    def instead(self, fault: Fault, path: str) -> Reply | None:
        """The answer that stands in for the page; None when the fault needs the page."""
        match fault.kind:
            case "status":
                later = () if fault.retry_after is None else (("Retry-After", str(fault.retry_after)),)
                status = fault.status or 500
                return Reply(status, f"<h1>{status}</h1>Trang mẫu: dữ liệu bịa".encode(), HTML, later)
            case "challenge":
                status = fault.status or 403
                header = (("cf-mitigated", "challenge"),) if status != 200 else ()
                return Reply(status, _CHALLENGE.encode(), HTML, header)
            case "moved":
                return Reply(fault.status or 301, b"", HTML, (("Location", fault.location + path),))
            case "redirect_loop":
                return Reply(fault.status or 302, b"", HTML, (("Location", path),))
            case "endless":
                return Reply(200, self._endless())
            case "drip":
                return Reply(200, self._drip())
            case "empty_body":
                return Reply(200, b"")
            case "binary":
                return Reply(200, b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 64)
            case "robots_forbid":
                return Reply(200, b"User-agent: *\nDisallow: /\n", "text/plain; charset=utf-8")
            case "json":
                return Reply(200, b'{"success":false,"message":"maintenance"}', "application/json; charset=utf-8")
            case "html":
                return Reply(200, _MAINTENANCE.encode())
        return None

    def after(self, fault: Fault, reply: Reply) -> Reply:
        """What the fault makes of the finished page."""
        body = reply.body
        if not isinstance(body, bytes):
            return reply
        match fault.kind:
            case "renamed_class":
                old = (fault.find,) if fault.find else self._item_classes
                return reply._replace(body=renamed(body, old, fault.replace))
            case "other_case":
                return reply._replace(body=recased(body))
            case "nfd":
                return reply._replace(body=decomposed(body))
            case "truncated":
                return reply._replace(body=body[: len(body) // 2])
            case "dropped":
                return reply._replace(body=[body[: len(body) // 2]], length=len(body))
            case "slow":
                return reply._replace(body=self._slow(body, fault.seconds), length=len(body))
            case "huge":
                noise = b"<!-- " + b"0123456789abcdef" * (fault.size // 16) + b" -->"
                return reply._replace(body=body + noise)
        return reply

    def _slow(self, body: bytes, seconds: float) -> Iterable[bytes]:
        step = max(1, len(body) // 8)
        for start in range(0, len(body), step):
            self.stop.wait(seconds / 8)
            yield body[start : start + step]

    def _endless(self) -> Iterator[bytes]:
        yield b"<!DOCTYPE html><html><body>"
        while not self.stop.is_set():
            yield b'<div class="noise">Trang kh\xc3\xb4ng bao gi\xe1\xbb\x9d h\xe1\xba\xbft</div>\n' * 512

    def _drip(self) -> Iterator[bytes]:
        yield b"<!DOCTYPE html><html><body>"
        while not self.stop.wait(_DRIP_S):
            yield b"<p>"
