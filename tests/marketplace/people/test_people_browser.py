"""The officers' pages in a real browser: accessible, never sideways, and whole without any script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.connectors.tables.workbooks import xlsx
from tests.marketplace.people.people import ADMIN, OFFICER, PASSWORD, make
from tests.marketplace.serving import serving
from tests.marketplace.web.test_web_browser import AXE, WIDTHS, browser  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WORK = "/can-bo/nhap-tep"
HEADER = ("Mã tài khoản", "Tên", "Điện thoại", "Ghi chú riêng")


@pytest.fixture
def site(web: Flask, engine: Engine) -> Iterator[str]:
    """The address of the running site of an office with an officer and an administrator."""
    make(engine)
    make(engine, ADMIN, "admin", "Trần Văn Mẫu")
    with serving(web, clear_untrusted_proxy_headers=True) as address:
        yield address


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways, at every width."""
    found = []
    page.evaluate(AXE.axe_script)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        violations = page.evaluate("axe.run({resultTypes: ['violations']}).then(results => results.violations)")
        found += [
            f"{page.url} {width}: {one['id']} {[node['target'] for node in one['nodes']][:3]}" for one in violations
        ]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{page.url} {width}: scrolls sideways")
    return found


def sign_in(page: Page, site: str, login: str = OFFICER) -> None:
    page.goto(site + WORK)
    page.get_by_label("Email hoặc số điện thoại").fill(login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()


def hand_in(page: Page, path: Path) -> None:
    page.get_by_label("Sàn", exact=True).select_option("voso")
    page.get_by_label("Dữ liệu trong tệp").select_option("accounts")
    page.get_by_label("Tệp", exact=True).set_input_files(path)
    page.get_by_role("button", name="Xem trước").click()


def table(folder: Path, name: str) -> Path:
    rows = [(f"TK{number}", f"{name} {number}", None, "x") for number in range(60)]
    return xlsx(folder / f"{name}.xlsx", [HEADER, *rows, ("TK99", "HTX hỏng", "12", None)])


def test_a_file_goes_in_without_any_script(browser: Browser, site: str, tmp_path: Path) -> None:  # noqa: F811
    page = browser.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False).new_page()
    sign_in(page, site)
    hand_in(page, table(tmp_path, "Hộ Mẫu"))
    page.get_by_role("button", name="Nhập 60 dòng đúng, bỏ 1 dòng lỗi").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Đã nhập tệp"
    assert page.get_by_text("Đã nhập 60 dòng, không nhận 1 dòng").is_visible()
    page.get_by_text("Danh mục").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.goto(site + WORK)
    assert page.get_by_role("heading", level=1).inner_text() == "Đăng nhập"
    page.context.close()


def test_the_officers_pages_are_accessible_and_never_scroll_sideways(
    browser: Browser,  # noqa: F811
    site: str,
    tmp_path: Path,
) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    refused: list[str] = []
    page.on("console", lambda told: refused.append(told.text) if "Content Security Policy" in told.text else None)
    page.goto(site + "/dang-nhap")
    found = faults(page)
    sign_in(page, site, ADMIN)
    found += faults(page)
    hand_in(page, table(tmp_path, "Hộ Mẫu có tên rất dài để xem bảng có xuống dòng hay không"))
    found += faults(page)
    page.get_by_role("button", name="Nhập 60 dòng").click()
    found += faults(page)
    page.goto(site + WORK)
    hand_in(page, table(tmp_path, "Tên khác"))
    page.get_by_role("link", name="Sẽ đổi 60").click()
    found += faults(page)
    page.goto(site + WORK)
    (tmp_path / "sai.csv").write_text("Tên,Địa chỉ\nHTX,Bến Lức\n", encoding="utf-8")
    hand_in(page, tmp_path / "sai.csv")
    found += faults(page)
    page.goto(site + "/quan-tri/nhat-ky")
    found += faults(page)
    page.goto(site + "/can-bo/tim-khong-ra")
    found += faults(page)
    page.goto(site + "/tim?q=" + "xyz" * 20)  # which is on the list from now on
    page.goto(site + "/can-bo/tim-khong-ra")
    found += faults(page)
    page.context.close()
    assert found == []
    assert refused == []
