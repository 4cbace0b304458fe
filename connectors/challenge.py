"""Tells a page that asks "are you a robot?" from the page that was asked for. Pure.

Such a page often comes with status 200, so that a reader who trusts the status would see a shop without
products. The other mistake is as costly: a source stops for nothing. Ordinary pages behind Cloudflare carry
its e-mail decoder (`/cdn-cgi/scripts/…/email-decode.min.js`) and its silent detection
(`/cdn-cgi/challenge-platform/scripts/jsd/main.js`), and many shops load a captcha library for their login
form. None of these is a challenge, and none is looked for here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

_HEAD_BYTES = 65_536  # an interstitial says what it is long before this
_INTERSTITIAL_BYTES = 30_000  # a page that is nothing but a captcha is small
_INTERSTITIAL_LINKS = 3  # a shop's page has a menu, an interstitial at most a link to its maker

# Only the interstitials themselves contain these; lower case, as the page is lowered once.
_MARKS = (
    b"window._cf_chl_opt",  # Cloudflare, today
    b'id="challenge-form"',  # Cloudflare, until 2023
    b"cf-browser-verification",  # Cloudflare, until 2021
    b"sucuri_cloudproxy_js",  # Sucuri
    b'<iframe id="main-iframe" src="/_incapsula_resource',  # Imperva; its plain script is on normal pages too
    b"geo.captcha-delivery.com",  # DataDome
    b'id="px-captcha"',  # PerimeterX
)

# The whole title must be one of these: a product may have any of the words in its name.
_TITLE = re.compile(
    r"""(?: just\ a\ moment
        | (?:attention\ required!|please\ wait[.…]*)\ \|\ cloudflare
        | ddos-guard
        | checking\ (?:your\ browser|if\ the\ site\ connection\ is\ secure).*
        | pardon\ our\ interruption
        | are\ you\ (?:a\ )?(?:human|robot)
        | (?:human|bot|robot)\ (?:verification|check)
        | verify(?:ing)?\ (?:that\ )?you\ are\ (?:a\ )?human.*
        | captcha(?:\ challenge)?
        | (?:vui\ lòng\ )?xác\ (?:minh|thực)\ .*(?:robot|người\ máy|con\ người|captcha).*
        )[\s.…!?]*""",
    re.IGNORECASE | re.VERBOSE,
)
_TITLE_TAG = re.compile(rb"<title[^>]*>([^<]{0,300})")
_CAPTCHA_WIDGET = re.compile(rb"""\b(?:class|id)\s*=\s*["'][^"']*(?:captcha|cf-turnstile)""")


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """True when the answer is a robot check instead of the page, whatever its status.

    `headers` have lower-case names; `body` is decompressed, and may be cut after its first 64 kB.
    """
    # Both headers are set on challenges only, and by the firewall itself.
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    if headers.get("x-amzn-waf-action", "").lower() in {"challenge", "captcha"}:
        return True
    if "html" not in headers.get("content-type", "text/html").lower():
        return False
    page = body[:_HEAD_BYTES].lower()
    if any(mark in page for mark in _MARKS):
        return True
    title = _TITLE_TAG.search(page)
    if title is not None:
        words = " ".join(unescape(title[1].decode("utf-8", "replace")).split())
        if _TITLE.fullmatch(words):
            return True
    return len(body) <= _INTERSTITIAL_BYTES and _is_bare_captcha(page)


def _is_bare_captcha(page: bytes) -> bool:
    """A captcha to solve and next to nothing else: no menu, no login form, not the kind that works unseen."""
    return (
        (b"captcha" in page or b"cf-turnstile" in page)
        and b'data-size="invisible"' not in page
        and b'type="password"' not in page
        and page.count(b"<a ") <= _INTERSTITIAL_LINKS
        and _CAPTCHA_WIDGET.search(page) is not None
    )
