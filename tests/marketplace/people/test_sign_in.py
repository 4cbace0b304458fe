"""The sign-in page: sessions, where it leads, and what it refuses."""

from __future__ import annotations

from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from marketplace.db import now
from marketplace.people import accounts
from marketplace.people.access import IDLE, LONGEST, safe_path
from tests.marketplace.people.people import ADMIN, OFFICER, PASSWORD, make, send, sign_in, token

WORK, LOG = "/can-bo/nhap-tep", "/quan-tri/nhat-ky"


def is_in(client: FlaskClient) -> bool:
    return client.get(WORK).status_code == 200


def test_an_officer_signs_in_and_out(client: FlaskClient) -> None:
    assert not is_in(client)
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, WORK)
    page = client.get(WORK).get_data(as_text=True)
    assert "Nguyễn Thị Mẫu · cán bộ" in page
    assert client.get("/dang-nhap").headers["Location"] == WORK
    assert send(client, WORK, "/dang-xuat").headers["Location"] == "/"
    assert not is_in(client)


@pytest.mark.parametrize(
    ("login", "password"), [(OFFICER, "sai"), ("khong-co@example.vn", PASSWORD), ("", ""), (OFFICER, "x" * 5_000)]
)
def test_what_is_wrong_is_answered_alike(client: FlaskClient, login: str, password: str) -> None:
    answer = sign_in(client, login, password)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng." in page
    assert 'role="alert"' in page
    assert PASSWORD not in page
    assert not is_in(client)


def test_after_too_many_tries_the_page_says_until_when(client: FlaskClient) -> None:
    for _ in range(accounts.TRIES_PER_ACCOUNT):
        assert sign_in(client, password="sai").status_code == 422
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Thử lại sau" in answer.get_data(as_text=True)
    assert not is_in(client)


def test_the_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = _cookie(sign_in(client).headers["Set-Cookie"])
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert cookie["expires"]
    secure = client.application.test_client()
    form = {"csrf_token": "", "ten": OFFICER, "mat-khau": PASSWORD}
    page = secure.get("/dang-nhap", base_url="https://localhost").get_data(as_text=True)
    form["csrf_token"] = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = secure.post(
        "/dang-nhap", data=form, base_url="https://localhost", headers={"Referer": "https://localhost/dang-nhap"}
    )
    assert _cookie(answer.headers["Set-Cookie"])["secure"] is True


def _cookie(header: str) -> dict[str, object]:
    return dict(SimpleCookie(header)["phien"])


def test_a_form_without_its_token_does_nothing(client: FlaskClient) -> None:
    answer = client.post("/dang-nhap", data={"ten": OFFICER, "mat-khau": PASSWORD})
    assert answer.status_code == 400
    assert "Mở lại trang rồi gửi lại" in answer.get_data(as_text=True)
    assert not is_in(client)


def test_a_session_gets_a_new_token_and_keeps_nothing_of_the_one_before(client: FlaskClient) -> None:
    before = token(client, "/dang-nhap")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        old = session["csrf_token"]
    sign_in(client)
    assert is_in(client)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != old
    assert client.post("/dang-xuat", data={"csrf_token": before}).status_code == 400


def test_a_session_ends_idle_and_in_any_case_after_a_day(client: FlaskClient) -> None:
    begin = now()
    with time_machine.travel(begin, tick=False) as clock:
        sign_in(client)
        clock.shift(IDLE - timedelta(minutes=1))
        assert is_in(client)
        clock.shift(IDLE - timedelta(minutes=1))
        assert is_in(client)
        clock.shift(IDLE + timedelta(minutes=1))
        assert not is_in(client)
        sign_in(client)
        for _ in range(int(LONGEST / IDLE) + 1):
            clock.shift(IDLE - timedelta(minutes=1))
            last = is_in(client)
        assert not last


def test_another_password_or_closing_ends_every_session(client: FlaskClient, engine: Engine) -> None:
    sign_in(client)
    assert is_in(client)
    accounts.set_password(engine, OFFICER, PASSWORD + " mới", now(), "test", bytes(32))
    assert not is_in(client)
    sign_in(client, password=PASSWORD + " mới")
    assert is_in(client)
    accounts.disable_user(engine, OFFICER, now(), "test")
    assert not is_in(client)


def test_signing_out_ends_a_copied_cookie_too(client: FlaskClient) -> None:
    sign_in(client)
    copied = client.get_cookie("phien")
    assert copied is not None
    other = client.application.test_client()
    other.set_cookie("phien", copied.value)
    assert is_in(other)
    send(client, WORK, "/dang-xuat")
    assert not is_in(other)
    sign_in(client)
    assert is_in(client)
    assert not is_in(other)


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/can-bo/nhap-tep?san=voso", "/can-bo/nhap-tep?san=voso"),
        ("https://example.vn/", WORK),
        ("//example.vn/", WORK),
        ("/\\example.vn", WORK),
        ("/%09/example.vn", "/%09/example.vn"),
        ("/\t/example.vn", WORK),
        ("javascript:alert(1)", WORK),
        ("", WORK),
    ],
)
def test_signing_in_leads_nowhere_else(client: FlaskClient, wanted: str, led: str) -> None:
    assert sign_in(client, tiep=wanted).headers["Location"] == led


@given(st.text(max_size=40))
def test_a_safe_path_is_one_of_this_site(raw: str) -> None:
    told = safe_path(raw)
    assert told in ("", raw)
    assert not told or (told[0] == "/" and told[1:2] not in ("/", "\\") and told.isprintable())


def test_a_guest_is_led_back_to_where_he_wanted(client: FlaskClient) -> None:
    answer = client.get(f"{WORK}?san=voso")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/dang-nhap?tiep=/can-bo/nhap-tep?san%3Dvoso"
    followed = sign_in(client, tiep=f"{WORK}?san=voso")
    assert followed.headers["Location"] == f"{WORK}?san=voso"


def test_every_officers_route_says_whose_it_is(client: FlaskClient) -> None:
    """Walks all routes: one that forgets its roles is open to everybody."""
    app = client.application
    walked = 0
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(("/can-bo", "/quan-tri", "/cua-toi")):
            continue
        walked += 1
        view = app.view_functions[rule.endpoint]
        assert getattr(view, "allowed_roles", ()), rule.rule
        address = rule.rule.replace("<upload_id>", "0" * 32)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            csrf = {"csrf_token": token(client, "/dang-nhap")} if method == "POST" else None
            answer = client.open(address, method=method, data=csrf)
            assert answer.status_code == 302, (method, address)
            assert answer.headers["Location"].startswith("/dang-nhap"), (method, address)
    assert walked >= 7


@pytest.mark.parametrize(("login", "role"), [(OFFICER, "officer"), (ADMIN, "admin")])
def test_officers_and_administrators_may_hand_files_in(
    client: FlaskClient, engine: Engine, login: str, role: str
) -> None:
    if role == "admin":
        make(engine, ADMIN, "admin", "Trần Văn Mẫu")
    sign_in(client, login)
    for address, status in ((WORK, 200), (f"{WORK}/{'0' * 32}", 404), (f"{WORK}/{'0' * 32}/dong-loi.csv", 404)):
        answer = client.get(address)
        assert answer.status_code == status, address
        assert "no-store" in answer.headers["Cache-Control"]
    for ending in ("nhap", "bo"):
        assert send(client, WORK, f"{WORK}/{'0' * 32}/{ending}").status_code == 404


def test_the_log_is_for_administrators(client: FlaskClient, engine: Engine) -> None:
    make(engine, ADMIN, "admin", "Trần Văn Mẫu")
    sign_in(client)
    assert client.get(LOG).status_code == 403
    assert "Nhật ký" not in client.get(WORK).get_data(as_text=True)
    assert send(client, WORK, "/dang-xuat").status_code == 302
    sign_in(client, ADMIN)
    page = BeautifulSoup(client.get(LOG).get_data(as_text=True), "lxml")
    rows = [" ".join(row.get_text(" ").split()[2:]) for row in page.select("tbody tr")]
    assert rows[0] == "Trần Văn Mẫu đăng nhập"
    assert rows[1] == "Nguyễn Thị Mẫu đăng nhập"
    assert rows[2] == "test mở tài khoản Trần Văn Mẫu vai admin"
    assert client.get(f"{LOG}?trang=2").status_code == 404


def test_somebody_else_is_told_whose_page_it_is(
    client: FlaskClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("marketplace.people.models", fromlist=["ROLES"]).ROLES, "buyer", "người mua")
    make(engine, "mua@example.vn", "buyer", "Lê Văn Mẫu")
    sign_in(client, "mua@example.vn")
    answer = client.get(WORK)
    assert answer.status_code == 403
    assert "Trang này dành cho cán bộ và quản trị. Bạn đang đăng nhập là Lê Văn Mẫu." in answer.get_data(as_text=True)


def test_a_page_with_a_token_is_neither_kept_nor_compressed(client: FlaskClient) -> None:
    answer = client.get("/dang-nhap", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Cookie" in answer.headers["Vary"]


def test_a_visitor_who_only_reads_gets_no_cookie(client: FlaskClient) -> None:
    answer = client.get("/nguon")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
