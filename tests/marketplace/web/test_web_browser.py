"""The pages in a real browser: accessibility, narrow screens, no script, paper."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser_setup import CHROMIUM, COMMAND
from tests.marketplace.serving import serving
from tests.marketplace.web.conftest import Market

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

pytestmark = pytest.mark.browser

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (1280, 390, 320)
AXE = Axe()
# One of every template, in the states that draw something else.
LOOKED_AT = (
    "/",
    "/tim?q=thanh+long&loai=san-pham&huyen=808",
    "/tim?q=khong+co+gi&san=voso",
    "/nguoi-ban",
    "/san-pham/{dragon_fruit}",
    "/san-pham/{gone}",
    "/nguoi-ban/{cooperative}",
    "/nguoi-ban/{gone_seller}",
    "/gia",
    "/gia/thanh-long-ruot-trang",
    "/can-mua-can-ban",
    "/can-mua-can-ban/{expired}",
    "/so-lieu",
    "/nguon",
    "/nguon/nongsanantoanlongan",
    "/nguon/voso",
    "/cach-doc",
    "/nguon/lan/{good_run}",
    "/nguon/lan/{held_run}",
    "/khong-co-trang-nay",
)


@pytest.fixture(scope="module")
def site(market: Market) -> Iterator[str]:
    """The address of the running site."""
    with serving(market.app, clear_untrusted_proxy_headers=True) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        reason = f"no Chromium here. Run: {COMMAND}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page with script on, for the checks that are scripts themselves."""
    page = _open(browser, WIDTHS[0])
    yield page
    page.context.close()


def _open(browser: Browser, width: int, **settings: Any) -> Page:
    return browser.new_context(viewport={"width": width, "height": 900}, **settings).new_page()


@pytest.mark.parametrize("address", LOOKED_AT)
def test_a_page_is_accessible_and_never_scrolls_sideways(page: Page, site: str, market: Market, address: str) -> None:
    refused: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 404" not in message.text:  # the browser's own word of the status
            refused.append(message.text)

    def on_request(request: Request) -> None:
        if not request.url.startswith(site):
            refused.append(request.url)

    page.on("console", on_console)
    page.on("request", on_request)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(site + address.format(**vars(market.ids)))
    page.evaluate(AXE.axe_script)
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        violations = page.evaluate("axe.run({resultTypes: ['violations']}).then(results => results.violations)")
        for violation in violations:
            faults.append(f"{width}: {violation['id']} on {[node['target'] for node in violation['nodes']][:3]}")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"{width}: scrolls sideways")
    page.remove_listener("console", on_console)
    page.remove_listener("request", on_request)
    assert faults == []
    assert refused == [], "nothing is loaded from elsewhere and the content policy refuses nothing"


def test_a_buyer_finds_a_product_without_any_script(browser: Browser, site: str) -> None:
    page = _open(browser, 390, java_script_enabled=False)
    page.goto(site + "/")
    page.get_by_label("Bạn cần tìm gì?").fill("thanh long ruot do")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_text("Lọc", exact=False).first.click()
    page.get_by_role("link", name="Châu Thành").click()
    assert page.get_by_role("status").inner_text().startswith("1 sản phẩm")
    page.get_by_role("link", name="Thanh long ruột đỏ loại 1, thùng 10 kg").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Thanh long ruột đỏ loại 1, thùng 10 kg"
    page.get_by_role("link", name="HTX Thanh long Dương Xuân Xanh").click()
    assert page.get_by_text("0912 *** 678", exact=True).is_visible()
    page.context.close()


def test_the_menu_of_a_narrow_screen_opens_without_script(browser: Browser, site: str) -> None:
    page = _open(browser, 320, java_script_enabled=False)
    page.goto(site + "/nguon")
    page.get_by_text("Danh mục").click()
    page.get_by_role("link", name="Số liệu", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Đăng ký và thật sự bán"
    page.context.close()


def test_a_keyboard_reaches_the_content_first(browser: Browser, site: str) -> None:
    page = _open(browser, 1280)
    page.goto(site + "/tim")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Bỏ qua phần đầu trang"
    page.keyboard.press("Enter")
    assert page.url.endswith("#noi-dung")
    page.context.close()


def test_icons_fonts_and_style_sheets_arrive(browser: Browser, site: str) -> None:
    page = _open(browser, 1280)
    answers: dict[str, int] = {}
    page.on(
        "response", lambda answer: answers.__setitem__(answer.url.removeprefix(site).partition("?")[0], answer.status)
    )
    page.goto(site + "/", wait_until="networkidle")
    files = {"/", "/static/bootstrap.css", "/static/theme.css", "/static/icons.svg", "/static/app.js"}
    assert files <= answers.keys()
    assert answers.keys() <= files | {"/static/be-vietnam-pro-600.ttf", "/static/icon.svg"}
    assert set(answers.values()) == {200}
    drawn = page.evaluate("document.querySelector('.searchbox .btn svg').getBoundingClientRect().width")
    assert drawn > 10
    page.context.close()


def test_figures_print_without_menus_and_with_every_definition_open(browser: Browser, site: str) -> None:
    page = _open(browser, 794)
    page.goto(site + "/so-lieu")
    page.emulate_media(media="print")
    assert not page.locator("header.top").is_visible()
    assert not page.locator("footer.foot").is_visible()
    assert not page.get_by_role("link", name="CSV").is_visible()
    assert page.get_by_text("Số tài khoản bán hàng có trang").first.is_visible()
    assert page.get_by_text("số chốt lúc").is_visible()
    assert page.get_by_text("Dữ liệu bịa để chạy thử.").is_visible(), "paper must not lose what the numbers are"
    assert page.get_by_text("thiếu nhiều tin nên đang tạm giữ").is_visible()
    assert len(page.pdf(format="A4")) > 10_000
    page.context.close()
