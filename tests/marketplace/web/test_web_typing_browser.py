"""The one script in a real browser: suggestions by keyboard and pointer, results in place, and nothing lost without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import pytest

from marketplace.web.assets import STATIC
from tests.marketplace.web.test_web_browser import AXE, browser, site  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Route

pytestmark = pytest.mark.browser

COMBOBOX = "Từ khoá"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811 - a fixture
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(8_000)
    yield page
    page.context.close()


def shown(page: Page) -> str:
    """The address the browser shows, readable."""
    return unquote_plus(page.url.partition("//")[2].partition("/")[2])


def typed(page: Page, text: str, label: str = COMBOBOX) -> Locator:
    box = page.get_by_role("combobox", name=label)
    box.fill("")
    with page.expect_response("**/goi-y*"):
        box.press_sequentially(text)
    page.get_by_role("option").first.wait_for()
    return box


def test_the_script_is_small_and_the_only_one(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    assert (STATIC / "app.js").stat().st_size <= 8_000
    page.goto(site + "/")
    assert page.evaluate("[...document.scripts].map(s => [s.defer, s.text])") == [[True, ""]]


def test_suggestions_follow_the_keyboard(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/")
    box = typed(page, "thanh long", "Bạn cần tìm gì?")
    state = "box => [...box.attributes].filter(a => a.name.startsWith('aria-')).map(a => [a.name, a.value])"
    marks = dict(box.evaluate(state))
    assert marks == {"aria-autocomplete": "list", "aria-controls": "goi-y", "aria-expanded": "true"}
    options = page.get_by_role("listbox", name="Gợi ý").get_by_role("option")
    count = options.count()
    assert count >= 2
    assert page.locator("[aria-live=polite]").inner_text() == f"{count} gợi ý"

    def chosen() -> str:
        return page.get_by_role("option", selected=True).get_attribute("id") or ""

    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == chosen() == "goi-y-0"
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") == chosen() == f"goi-y-{count - 1}"
    box.press("ArrowDown")
    assert chosen() == "goi-y-0"
    box.press("Home")
    assert box.get_attribute("aria-activedescendant") is None
    assert box.evaluate("box => box.selectionStart") == 0
    box.press("End")
    assert box.evaluate("box => box.selectionStart") == len("thanh long")
    box.press("Escape")
    assert not options.first.is_visible()
    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "thanh long", "the first Escape closes the list and no more"
    box.press("ArrowDown")
    options.first.wait_for()
    box.press("Tab")
    assert not options.first.is_visible()
    assert shown(page) == "", "going on is no choice"


def test_a_product_that_is_chosen_is_searched_for(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/")
    box = typed(page, "thanh long ruột", "Bạn cần tìm gì?")
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/tim?q=*")
    assert shown(page).startswith("tim?q=thanh long ruột ")


def test_a_finger_chooses_a_seller(browser: Browser, site: str) -> None:  # noqa: F811 - fixtures
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(site + "/tim")
    typed(page, "thanh long")
    page.get_by_role("option", name="HTX Thanh long Dương Xuân Xanh").tap()
    page.wait_for_url("**/nguoi-ban/*")
    assert page.get_by_role("heading", level=1).inner_text() == "HTX Thanh long Dương Xuân Xanh"
    context.close()


def test_an_open_list_is_accessible_and_never_scrolls_sideways(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(site + "/tim")
        typed(page, "thanh long").press("ArrowDown")
        page.evaluate(AXE.axe_script)
        violations = page.evaluate("axe.run({resultTypes: ['violations']}).then(results => results.violations)")
        assert [one["id"] for one in violations] == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), width


def test_typing_replaces_the_results_and_back_leads_to_the_search_before(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/tim?q=chanh&loai=san-pham")
    page.evaluate("window.sameDocument = true")
    box = page.get_by_role("combobox", name=COMBOBOX)
    for text in ("gạo", "gạo nàng thơm"):
        with page.expect_response(lambda answer: "/tim?" in answer.url and "go=1" in answer.url):
            box.fill(text)
        page.get_by_role("heading", name=f"“{text}”", level=1).wait_for()
    assert shown(page) == "tim?q=gạo nàng thơm&loai=san-pham&go=1", "the filters stay"
    assert page.locator("[data-swap=said]").inner_text().startswith("6 sản phẩm")
    assert page.title().startswith("“gạo nàng thơm”: 6 sản phẩm")
    assert box.evaluate("box => box === document.activeElement")
    assert page.locator("[data-swap=found]").get_attribute("aria-busy") == "false"
    page.go_back()
    page.get_by_role("heading", name="“chanh”", level=1).wait_for()
    assert shown(page) == "tim?q=chanh&loai=san-pham"
    assert box.input_value() == "chanh"
    page.go_forward()
    page.get_by_role("heading", name="“gạo nàng thơm”", level=1).wait_for()
    assert page.evaluate("window.sameDocument"), "the page was loaded once"


def test_what_typing_shows_is_what_its_address_holds_until_it_is_sent_off(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/tim?q=chanh&loai=san-pham")
    box = page.get_by_role("combobox", name=COMBOBOX)
    box.fill("thanh lo")
    page.get_by_role("heading", name="“thanh lo”", level=1).wait_for()
    assert shown(page) == "tim?q=thanh lo&loai=san-pham&go=1"
    said = page.locator("[data-swap=said] strong").inner_text()
    page.reload()
    assert page.locator("[data-swap=said] strong").inner_text() == said != "0 sản phẩm"
    page.get_by_role("link", name="Sau ›").click()
    page.wait_for_url("**trang=2*")
    page.get_by_text("21–", exact=False).wait_for()
    assert "go=1" in page.url
    page.go_back()
    page.wait_for_url(lambda url: "trang" not in url)
    page.locator("[data-swap=found][aria-busy=false]").wait_for()
    box.press("Enter")
    page.wait_for_url(lambda url: "go=1" not in url)
    page.locator("[data-swap=found][aria-busy=false]").wait_for()
    assert shown(page) == "tim?q=thanh lo&loai=san-pham"
    page.go_back()
    page.get_by_role("heading", name="“chanh”", level=1).wait_for()


def test_other_words_are_no_longer_searched_for_as_typed(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/tim?q=gao&dung=1&loai=san-pham")
    page.get_by_role("combobox", name=COMBOBOX).fill("gạo")
    page.get_by_role("heading", name="“gạo”", level=1).wait_for()
    assert shown(page) == "tim?q=gạo&loai=san-pham&go=1"


def test_back_and_forth_with_slow_answers_shows_what_the_address_says(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/tim?q=chanh&loai=san-pham")
    page.locator(".chips").get_by_role("link", name="Sản phẩm").click()
    page.wait_for_url(lambda url: "loai" not in url)
    page.locator("[data-swap=found][aria-busy=false]").wait_for()
    waiting: list[Route] = []
    page.route("**/tim?*loai*", lambda route: waiting.append(route))
    with page.expect_request("**/tim?*loai*"):
        page.go_back()
    with page.expect_response(lambda answer: "/tim?" in answer.url and "loai" not in answer.url):
        page.go_forward()
    page.locator("[data-swap=found][aria-busy=false]").wait_for()
    page.unroute("**/tim?*loai*")
    assert len(waiting) == 1
    page.evaluate("new Promise(requestAnimationFrame)")
    assert "loai" not in page.url
    assert page.locator(".chips").count() == 0


def test_letters_typed_while_a_link_is_followed_are_kept_and_so_is_the_click(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/tim?q=thanh+long")
    waiting: list[Route] = []
    page.route(
        "**/tim?*", lambda route: waiting.append(route) if "go=1" not in route.request.url else route.continue_()
    )
    with page.expect_request("**loai=san-pham*"):
        page.locator(".facets").get_by_role("link", name="Sản phẩm").click()
    box = page.get_by_role("combobox", name=COMBOBOX)
    box.fill("gạo")
    page.get_by_role("heading", name="“gạo”", level=1).wait_for()
    assert shown(page) == "tim?q=gạo&loai=san-pham&go=1", "the filter was asked for before"
    assert box.input_value() == "gạo"


def test_letters_typed_before_the_answer_to_a_link_are_searched_for(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/tim?q=thanh+long")
    box = page.get_by_role("combobox", name=COMBOBOX)
    # In one go, so that the answer comes before the pause in typing is over or after it: both must do.
    page.evaluate("""() => {
        document.querySelector('.facets a[href*="loai=san-pham"]').click();
        const box = document.querySelector("#q");
        box.value = "chanh";
        box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }""")
    page.get_by_role("heading", name="“chanh”", level=1).wait_for()
    assert shown(page) == "tim?q=chanh&loai=san-pham&go=1"
    assert box.input_value() == "chanh"


def test_the_focus_stays_on_the_very_value_that_was_chosen(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/tim?loai=san-pham")
    values = page.locator(".facets section", has=page.get_by_role("heading", name="Thấy trên sàn")).locator("a")
    assert values.count() > 2, "they differ in nothing but a number"
    for at in range(2):
        value = values.nth(at)
        label = value.locator("span").nth(1).inner_text()
        value.focus()
        before = page.url
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, before=before: url != before)
        page.locator("[data-swap=found][aria-busy=false]").wait_for()
        assert page.evaluate("document.activeElement.children[1]?.textContent") == label


def test_a_turned_page_is_read_from_its_top_where_links_take_no_focus(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    from playwright.sync_api import expect

    page.goto(site + "/tim?q=thanh+long&loai=san-pham")
    link = page.get_by_role("link", name="Sau ›")
    link.evaluate("link => link.addEventListener('mousedown', event => event.preventDefault())")  # as Safari does
    link.click()
    page.wait_for_url("**trang=2*")
    page.get_by_text("21–", exact=False).wait_for()
    assert page.evaluate("document.activeElement.localName") == "h1"
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()


def test_filters_and_pages_are_followed_in_place(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/tim?q=thanh+long")
    page.evaluate("window.sameDocument = true")
    with page.expect_response("**/tim?*"):
        page.locator(".facets").get_by_role("link", name="Sản phẩm").click()
    page.wait_for_url("**loai=san-pham*")
    page.locator(".chips").get_by_role("link", name="Sản phẩm").wait_for()
    assert page.evaluate("document.activeElement.textContent").strip().startswith("Sản phẩm"), "the focus stays"
    assert page.locator("form[role=search] input[name=loai]").input_value() == "san-pham", "a new query keeps it"
    with page.expect_response("**/tim?*"):
        page.get_by_role("link", name="Sau ›").click()
    page.wait_for_url("**trang=2*")
    page.get_by_text("21–", exact=False).wait_for()
    assert page.evaluate("document.activeElement.localName") == "h1", "the next page is read from its top"
    page.get_by_role("link", name="bỏ lọc").click()
    page.wait_for_url(lambda url: "loai" not in url)
    assert page.evaluate("window.sameDocument")
    page.locator(".list h3 a").first.click()
    page.wait_for_url("**/san-pham/*")
    assert not page.evaluate("window.sameDocument"), "other pages are loaded as ever"


def test_an_order_that_is_chosen_counts_at_once(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/tim?q=gạo&loai=san-pham")
    order = page.get_by_label("Sắp xếp")
    assert page.get_by_role("button", name="Sắp xếp").count() == 0, "its button is for those without the script"
    order.focus()
    with page.expect_response("**/tim?*"):
        order.select_option("gia")
    page.wait_for_url("**xep=gia*")
    page.locator("[data-swap=found][aria-busy=false]").wait_for()
    assert order.evaluate("order => order === document.activeElement")
    assert page.get_by_role("button", name="Sắp xếp").count() == 0


def test_a_slow_search_is_said_and_a_stale_answer_dropped(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    waiting: list[Route] = []
    page.goto(site + "/tim?q=chanh")
    page.route(
        "**/tim?*go=1*", lambda route: waiting.append(route) if "thanh" in route.request.url else route.continue_()
    )
    box = page.get_by_role("combobox", name=COMBOBOX)
    box.fill("thanh long")
    page.get_by_text("Đang tìm…").wait_for()
    assert page.locator("[data-swap=found]").get_attribute("aria-busy") == "true"
    assert page.get_by_role("heading", level=1).inner_text() == "“chanh”", "the old results stay meanwhile"
    box.fill("gạo")
    page.get_by_role("heading", name="“gạo”", level=1).wait_for()
    assert len(waiting) == 1
    assert shown(page) == "tim?q=gạo&go=1"


def test_without_an_answer_a_link_leads_on_and_typing_says_how(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/tim?q=chanh")
    page.route("**/tim?*", lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_())
    page.get_by_role("combobox", name=COMBOBOX).fill("gạo")
    page.get_by_text("Chưa tìm được. Bấm Tìm để thử lại.").wait_for()
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("heading", name="“gạo”", level=1).wait_for()


def test_a_search_for_sellers_works_the_same(page: Page, site: str) -> None:  # noqa: F811 - a fixture
    page.goto(site + "/nguoi-ban")
    typed(page, "thanh long")
    page.wait_for_url("**/nguoi-ban?q=thanh*")
    page.get_by_role("heading", name="“thanh long”", level=1).wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("listbox").wait_for(state="hidden")
    page.wait_for_url(lambda url: "go=1" not in url)
    assert shown(page) == "nguoi-ban?q=thanh long"


def test_without_script_the_box_is_a_plain_search(browser: Browser, site: str) -> None:  # noqa: F811 - fixtures
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/tim")
    assert page.get_by_role("combobox", name=COMBOBOX).count() == 0, "nothing is promised that is not there"
    page.get_by_role("searchbox", name=COMBOBOX).fill("gạo nàng thơm")
    page.get_by_role("button", name="Tìm").click()
    assert page.get_by_role("heading", level=1).inner_text() == "“gạo nàng thơm”"
    context.close()
