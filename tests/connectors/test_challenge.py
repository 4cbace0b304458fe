"""A robot check is told from the page that was asked for, in both directions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.challenge import is_challenge

HTML = {"content-type": "text/html; charset=UTF-8"}
MENU = "".join(f'<li><a href="/muc-{i}">Mục {i}</a></li>' for i in range(12))


def page(title: str = "Gạo Nàng Thơm Chợ Đào", head: str = "", body: str = MENU) -> bytes:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    "body",
    [
        page("Just a moment...", body="<noscript>Enable JavaScript and cookies to continue</noscript>"),
        page("\n  Just a moment&hellip;\n"),
        page("JUST A MOMENT..."),
        page("Attention Required! | Cloudflare"),
        page("Please Wait... | Cloudflare"),
        page("DDoS-Guard"),
        page("Checking your browser before accessing cho.example.vn"),
        page("Pardon Our Interruption..."),
        page("Are you a robot?"),
        page("Xác minh bạn không phải là robot"),
        page("Vui lòng xác thực bạn là con người"),
        page(head="<script>(function(){window._cf_chl_opt={cvId:'3',cType:'managed'};})();</script>"),
        page(body='<form id="challenge-form" action="/?__cf_chl_f_tk=x" method="POST"></form>'),
        page(body='<div id="px-captcha"></div>'),
        page("Chờ chút", body='<div class="g-recaptcha" data-sitekey="k"></div>'),
        page("Chờ chút", body='<div class="cf-turnstile" data-sitekey="k"></div><a href="/x">?</a>'),
        page("Chờ chút", body="<img id='captcha_img' src='/captcha.png'><input name='code'>"),
    ],
)
def test_robot_checks(body: bytes) -> None:
    assert is_challenge(HTML, body)
    assert is_challenge({}, body), "a missing content type is read as HTML"


@pytest.mark.parametrize(
    "headers", [{"cf-mitigated": "challenge"}, {"cf-mitigated": "Challenge"}, {"x-amzn-waf-action": "captcha"}]
)
def test_the_firewall_says_so_itself(headers: dict[str, str]) -> None:
    assert is_challenge({**headers, "content-type": "application/json"}, b"{}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        page(),
        page(head='<script src="/cdn-cgi/scripts/5c5dd728/cloudflare-static/email-decode.min.js"></script>'),
        page(
            head="<script>window.__CF$cv$params={r:'1'};a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>"
        ),
        page(head='<script src="https://www.google.com/recaptcha/api.js"></script>', body=""),
        page(head='<script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>', body=""),
        page(body=f'{MENU}<form><div class="g-recaptcha" data-sitekey="k"></div></form>'),
        page("Đăng nhập", body='<input type="password"><div class="g-recaptcha" data-sitekey="k"></div>'),
        page("Ứng dụng", body='<div class="g-recaptcha" data-size="invisible"></div><div id="app"></div>'),
        page("Just a moment of Long An: trà dứa"),
        page("Robot hút bụi"),
        page("Bàn phím có captcha"),
        page("Xác minh nguồn gốc nông sản"),
    ],
)
def test_ordinary_pages(body: bytes) -> None:
    assert not is_challenge(HTML, body)


def test_real_pages_are_ordinary(captures: Path) -> None:
    pages = sorted(captures.rglob("*.html"))
    assert pages
    for path in pages:
        assert not is_challenge(HTML, path.read_bytes()), path.name


def test_a_long_page_with_a_captcha_is_no_interstitial() -> None:
    assert not is_challenge(HTML, page(body='<div class="g-recaptcha"></div>' + "<p>Mô tả sản phẩm</p>" * 2_000))


def test_only_html_is_searched() -> None:
    assert not is_challenge({"content-type": "application/json"}, b'{"title": "<title>Just a moment...</title>"}')
    assert is_challenge({"content-type": "application/xhtml+xml"}, page("Just a moment..."))


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["", "<title>", "<title>just a moment", 'class="captcha"']))
def test_never_raises(noise: bytes, mark: str) -> None:
    assert is_challenge(HTML, noise + mark.encode() + noise) in {True, False}
