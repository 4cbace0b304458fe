"""What does a site run on? Asks gently, one page after the other, and hands over to the platform that fits.

The home page is read first; where it does not tell, the addresses that the platforms name in `probe`, in the order of
ORDER: of two platforms that fit, the more specific one stands before. Nothing is remembered from run to run: once the
platform is known, configuration should name it (`platform = "woocommerce"`), and nothing is asked any more.

Kinds: "detect/home", "detect/probe?" (a page that need not be there), and "<platform>/<its own kind>" after that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from connectors import markup, reading
from connectors.challenge import is_challenge
from connectors.contract import Get, Page, Platform, Problem, Source, Yield
from connectors.markup import ReadError
from connectors.platforms import handing

# As a shop stands on top of WordPress, its own platform goes first. Those that nothing but an administrator can tell
# ("selectors") are not here.
ORDER = ("nongsanantoan", "opencart", "nukeviet", "woocommerce", "wordpress", "haravan", "fleetcart", "structured")
HOME, PROBE = "detect/home", "detect/probe?"
# Keeps the address of a probe apart from the same one as a page of the platform, which a run would not fetch twice.
_ASKED = "#detect"


class Detector:
    """The four functions of a connector that does not know its platform. `platforms`: every one by its name."""

    def __init__(self, platforms: Mapping[str, Platform]) -> None:
        self._platforms = {name: platforms[name] for name in ORDER if name in platforms}
        self._probes = tuple(dict.fromkeys(one.probe for one in self._platforms.values() if one.probe))

    def start(self, source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG002 - the platform is asked
        """The home page."""
        yield Get(url=f"{source.home}/", kind=HOME)

    def kind_of(self, source: Source, url: str) -> str | None:
        """The kind of a page, where exactly one platform knows its address."""
        path = reading.path_of(source, url)
        if path == "/":
            return HOME
        told = {name: one.kind_of(_as_own(source, one), url) for name, one in self._platforms.items()}
        known = [f"{name}/{kind}" for name, kind in told.items() if kind is not None]
        return known[0] if len(known) == 1 else None

    def parse(self, source: Source, page: Page) -> Iterator[Yield]:
        """Read a page of the platform it belongs to; or say to which platform the site belongs."""
        name = page.get.kind.partition("/")[0]
        platform = self._platforms.get(name)
        if platform is not None:
            yield from handing.parse(name, platform, _as_own(source, platform), page)
        elif page.get.kind in (HOME, PROBE):
            yield from self._detect(source, page)
        else:
            yield Problem(code="unknown_kind", detail=f"không có cách đọc loại trang “{page.get.kind}”")

    def _detect(self, source: Source, page: Page) -> Iterator[Yield]:
        page = replace(page, get=replace(page.get, url=page.get.url.removesuffix(_ASKED)))
        asked = "" if page.get.kind == HOME else page.get.url.removeprefix(source.home)
        try:
            root = _root(page)
        except ReadError as error:
            if not asked:  # a home page that is none tells nothing about the site
                yield error.problem()
                return
            root = None
        for name, platform in self._platforms.items():
            if asked in ("", platform.probe) and platform.fits(root, page):
                yield from self._hand_over(source, page, name)
                return
        further = self._probes[self._probes.index(asked) + 1 :] if asked in self._probes else self._probes
        if further:
            yield Get(url=source.home + further[0] + _ASKED, kind=PROBE)
            return
        tried = ", ".join(("/", *self._probes))
        detail = f"đã xem {tried}: không hợp với {', '.join(self._platforms)}"
        yield Problem(code="layout", detail=f"{detail}. Có thể đặt platform = “selectors” và khai báo selectors")

    def _hand_over(self, source: Source, page: Page, name: str) -> Iterator[Yield]:
        platform = self._platforms[name]
        own = _as_own(source, platform)
        yield Problem(code="platform_found", detail=name)
        for get in platform.start(own, None):
            if get.url == page.get.url:  # it lies at hand already
                yield from handing.named(name, platform.parse(own, replace(page, get=get)))
            else:
                yield from handing.named(name, [get])


def _root(page: Page) -> object:
    """What `fits` is given. Raises ReadError for a home page that is no page, and for a robot check."""
    if page.get.kind != HOME and (page.status >= 400 or page.body.lstrip()[:5] in (b"<?xml", b"")):
        return None
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") and page.get.kind != HOME:
        return markup.read_json(page)
    document = markup.read_html(page)
    if is_challenge(page.headers, page.body):
        raise ReadError("challenge", "trang xác minh (CAPTCHA)")
    return document.root


def _as_own(source: Source, platform: Platform) -> Source:
    """The source with the platform's defaults below what configuration says."""
    paths = {**platform.paths, **{name: told for name, told in source.paths.items() if name in platform.paths}}
    selectors = {
        **platform.selectors,
        **{name: told for name, told in source.selectors.items() if name in platform.selectors},
    }
    return replace(source, paths=paths, selectors=selectors)
