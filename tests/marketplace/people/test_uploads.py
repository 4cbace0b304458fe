"""The officers' page for files: handed in, looked at, taken in, thrown away."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors.tables import FileRefused
from marketplace.catalogue.models import IndexChange, Seller
from marketplace.config import Config
from marketplace.db import now, writer
from marketplace.instance import rebuild_index
from marketplace.people.models import Audit
from marketplace.sync import upload_views
from marketplace.sync.import_report import ImportReport
from marketplace.sync.lease import lease
from marketplace.sync.models import Run
from marketplace.sync.uploads import KEPT, safe_name
from tests.connectors.tables.workbooks import xlsx
from tests.marketplace.people.people import send, sign_in, token

WORK = "/can-bo/nhap-tep"
HEADER = ("Mã tài khoản", "Tên", "Điện thoại")
ROWS = (
    ("TK1", "HTX Thanh long Mẫu", "0900000011"),
    ("TK2", "Hộ Mẫu 079199001234", "079199001234"),
    ("TK3", "HTX Ba", None),
)


@pytest.fixture
def officer(client: FlaskClient) -> FlaskClient:
    sign_in(client)
    return client


def hand_in(client: FlaskClient, path: Path, name: str = "danh sách.xlsx", **fields: str) -> Any:
    data = {"csrf_token": token(client, WORK), "san": "voso", "loai": "accounts", **fields}
    return client.post(WORK, data={**data, "tep": (io.BytesIO(path.read_bytes()), name)})


def accounts(folder: Path, rows: Any = ROWS) -> Path:
    return xlsx(folder / "a.xlsx", [HEADER, *rows])


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(BeautifulSoup(answer.get_data(as_text=True), "lxml").get_text(" ").split())


def folders(config: Config) -> list[Path]:
    return list(config.uploads_folder.glob("*"))


def test_a_file_is_looked_at_then_taken_in(
    officer: FlaskClient, config: Config, session: Session, tmp_path: Path
) -> None:
    answer = hand_in(officer, accounts(tmp_path))
    assert answer.status_code == 303
    address = answer.headers["Location"]
    seen = text(officer, address)
    assert "Chưa ghi gì vào hệ thống" in seen
    assert "Nhập 2 dòng đúng, bỏ 1 dòng lỗi" in seen
    assert "3 : dòng trong tệp Điện thoại *********234" in seen
    assert "079199001234" not in seen
    assert "HTX Thanh long Mẫu" in text(officer, f"{address}?xem=moi")
    assert session.scalar(select(func.count()).select_from(Seller)) == 0
    assert session.scalar(select(func.count()).select_from(Run)) == 0
    session.rollback()

    taken = send(officer, address, f"{address}/nhap")
    assert (taken.status_code, taken.headers["Location"]) == (303, address)
    done = text(officer, address)
    assert "Đã nhập 2 dòng, không nhận 1 dòng" in done
    assert set(session.scalars(select(Seller.ref))) == {"TK1", "TK3"}
    assert session.scalar(select(func.count()).select_from(IndexChange)) == 0, "the search knows them"
    (folder,) = folders(config)
    assert not (folder / "file" / "danh sách.xlsx").exists(), "the file is not kept once it was taken"
    run = session.scalars(select(Run)).one()
    assert f"/nguon/lan/{run.id}" in officer.get(address).get_data(as_text=True)
    again = send(officer, WORK, f"{address}/nhap")
    assert again.status_code == 303
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Run)) == 1

    actions = session.scalars(select(Audit).where(Audit.action != "user_added").order_by(Audit.id)).all()
    assert [one.action for one in actions] == [
        "signed_in",
        "file_handed_in",
        *["file_rows_viewed"] * 3,
        "file_imported",
        *["file_rows_viewed"] * 2,
    ]
    assert {one.who for one in actions} == {"Nguyễn Thị Mẫu"}
    imported = next(one for one in actions if one.action == "file_imported")
    assert imported.subject == "voso, accounts: danh sách.xlsx"
    assert (imported.detail["accepted"], imported.detail["refused"], imported.detail["run"]) == (2, 1, run.id)


def test_changes_are_shown_field_by_field_and_personal_ones_only_named(officer: FlaskClient, tmp_path: Path) -> None:
    first = hand_in(officer, accounts(tmp_path, [ROWS[0], ROWS[2]])).headers["Location"]
    send(officer, first, f"{first}/nhap")
    changed = [("TK1", "HTX Thanh long Mới", "0900000012"), ROWS[2]]
    address = hand_in(officer, accounts(tmp_path, changed)).headers["Location"]
    seen = text(officer, address)
    assert "Nhập 1 dòng đúng" in seen
    assert "đang có: HTX Thanh long Mẫu trong tệp: HTX Thanh long Mới" in seen
    assert "điện thoại: đổi, không hiện vì là dữ liệu cá nhân" in seen
    assert "0900000012" not in seen
    assert "HTX Ba" in text(officer, f"{address}?xem=nhu-cu")
    assert officer.get(f"{address}?xem=khac").status_code == 400


def test_refused_rows_come_as_a_file_and_that_is_noted(officer: FlaskClient, session: Session, tmp_path: Path) -> None:
    address = hand_in(officer, accounts(tmp_path, [*ROWS, ("TK9", None, None)])).headers["Location"]
    answer = officer.get(f"{address}/dong-loi.csv")
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0] == "\ufeffDòng,Cột,Giá trị,Cần sửa"
    assert [line.split(",")[:3] for line in lines[1:]] == [["3", "Điện thoại", "*********234"], ["5", "Tên", ""]]
    assert "no-store" in answer.headers["Cache-Control"]
    note = session.scalars(select(Audit).where(Audit.action == "refused_rows_downloaded")).one()
    assert note.detail["rows"] == 2


def test_rows_of_another_province_are_refused_with_the_province(officer: FlaskClient, tmp_path: Path) -> None:
    rows = [("TK1", "HTX Mẫu", "huyện Bến Lức, Long An"), ("TK2", "HTX Khác", "thành phố Mỹ Tho, tỉnh Tiền Giang")]
    answer = hand_in(officer, xlsx(tmp_path / "a.xlsx", [("Mã tài khoản", "Tên", "Địa chỉ"), *rows]))
    seen = text(officer, answer.headers["Location"])
    assert "Nhập 1 dòng đúng, bỏ 1 dòng" in seen
    assert "Địa chỉ thành phố Mỹ Tho, tỉnh Tiền Giang Thuộc Tiền Giang, ngoài Long An cũ nên không lấy vào" in seen


@pytest.mark.parametrize(
    ("fields", "body", "expected"),
    [
        ({"san": ""}, None, "Chọn sàn"),
        ({"san": "lazada"}, None, "Chọn sàn đã xuất tệp này"),
        ({"loai": "people"}, None, "Chọn loại dữ liệu có trong tệp"),
        ({}, b"", "Tệp trống."),
        ({}, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Tệp .xls kiểu cũ"),
        ({}, "Họp\nNội dung\n".encode(), "Không thấy dòng tiêu đề"),
    ],
)
def test_what_is_no_such_file_is_said_beside_the_field_and_not_kept(
    officer: FlaskClient, config: Config, tmp_path: Path, fields: dict[str, str], body: bytes | None, expected: str
) -> None:
    path = accounts(tmp_path)
    if body is not None:
        path.write_bytes(body)
    answer = hand_in(officer, path, **fields)
    page = BeautifulSoup(answer.get_data(as_text=True), "lxml")
    assert answer.status_code == 422
    alert = page.select_one("[role=alert]")
    assert alert is not None
    assert expected in alert.get_text()
    for link in alert.select("a"):
        field = page.select_one(str(link["href"]))
        assert field is not None
        assert field["aria-invalid"] == "true"
    assert str(config.instance) not in page.get_text()
    assert folders(config) == []
    if not fields:
        chosen = page.select_one("#san option[selected]")
        assert chosen is not None
        assert chosen["value"] == "voso"


def test_no_file_at_all(officer: FlaskClient) -> None:
    answer = send(officer, WORK, san="voso", loai="accounts")
    assert answer.status_code == 422
    assert "Chọn một tệp XLSX hoặc CSV" in answer.get_data(as_text=True)


def test_a_file_above_the_limit_is_refused_before_it_is_read(
    officer: FlaskClient, web: Flask, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web.view_functions["uploads.hand_in"], "max_bytes", 3_000)
    assert hand_in(officer, accounts(tmp_path)).status_code == 413
    assert folders(config) == []


def test_only_the_page_for_files_takes_more_than_a_small_form(client: FlaskClient) -> None:
    large = {"csrf_token": "x", "ten": "a", "mat-khau": "x" * 300_000}
    assert client.post("/dang-nhap", data=large).status_code == 413
    file = {"csrf_token": "x", "tep": (io.BytesIO(bytes(400_000)), "a.csv")}
    assert client.post(WORK, data=file).status_code == 413, "a guest's file is not even read"


def test_a_source_that_is_being_read_is_busy(
    officer: FlaskClient, config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    with lease(writer(engine), "sync:voso"):
        answer = hand_in(officer, accounts(tmp_path))
        assert answer.status_code == 422
        assert upload_views.BUSY in answer.get_data(as_text=True)
        assert folders(config) == []
    address = hand_in(officer, accounts(tmp_path)).headers["Location"]
    with lease(writer(engine), "sync:voso"):
        answer = send(officer, address, f"{address}/nhap")
        assert answer.headers["Location"] == f"{address}?ban=1"
        seen = text(officer, f"{address}?ban=1")
    assert upload_views.BUSY in seen
    assert "Nhập 2 dòng đúng" in seen
    assert "HTX Thanh long Mẫu" in text(officer, f"{address}?xem=moi"), "the preview is still there"
    assert session.scalar(select(func.count()).select_from(Seller)) == 0


def test_a_file_that_can_not_be_taken_any_more_says_why(
    officer: FlaskClient, config: Config, session: Session, tmp_path: Path
) -> None:
    address = hand_in(officer, accounts(tmp_path)).headers["Location"]
    (folder,) = folders(config)
    (folder / "file" / "danh sách.xlsx").write_bytes(b"")
    answer = send(officer, address, f"{address}/nhap")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Tệp trống." in page
    assert str(config.instance) not in page
    assert "HTX Thanh long Mẫu" in text(officer, f"{address}?xem=moi")
    assert session.scalar(select(func.count()).select_from(Seller)) == 0


def test_reading_a_preview_holds_no_lock(officer: FlaskClient, engine: Engine, tmp_path: Path) -> None:
    hand_in(officer, accounts(tmp_path))
    with lease(writer(engine), "sync:voso"), writer(engine).begin() as session:
        session.execute(select(func.count()).select_from(Seller))


def test_a_file_is_thrown_away_by_hand_or_after_a_day(officer: FlaskClient, config: Config, tmp_path: Path) -> None:
    address = hand_in(officer, accounts(tmp_path)).headers["Location"]
    assert send(officer, address, f"{address}/bo").headers["Location"] == WORK
    assert folders(config) == []
    assert officer.get(address).status_code == 404
    left = hand_in(officer, accounts(tmp_path)).headers["Location"]
    with time_machine.travel(now() + KEPT + timedelta(minutes=1), tick=False):
        sign_in(officer)
        answer = officer.get(left)
        assert answer.status_code == 404
        assert "quá 24 giờ" in answer.get_data(as_text=True)
        assert folders(config) == []


def test_a_long_file_is_shown_in_pages(officer: FlaskClient, tmp_path: Path) -> None:
    rows = [(f"TK{number}", f"HTX số {number}", None) for number in range(120)]
    address = hand_in(officer, accounts(tmp_path, rows)).headers["Location"]
    assert "HTX số 119" not in text(officer, address)
    last = text(officer, f"{address}?xem=moi&trang=3")
    assert "HTX số 119" in last
    assert "101–120 trong 120" in last
    assert officer.get(f"{address}?xem=moi&trang=4").status_code == 404


def test_figures_need_no_run(officer: FlaskClient, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "f.xlsx", [("Chỉ tiêu", "Giá trị", "Thời điểm"), ("Gian hàng", "trên 350", "03/2024")])
    address = hand_in(officer, path, loai="figures").headers["Location"]
    send(officer, address, f"{address}/nhap")
    assert "Đã nhập 1 dòng" in text(officer, address)


def test_the_list_of_files_says_how_each_stands(
    officer: FlaskClient, config: Config, engine: Engine, tmp_path: Path
) -> None:
    rebuild_index(config, engine)
    address = hand_in(officer, accounts(tmp_path)).headers["Location"]
    assert "chờ ghi 2 dòng" in text(officer, WORK)
    send(officer, address, f"{address}/nhap")
    assert "đã ghi 2 dòng" in text(officer, WORK)
    assert "TK1" not in officer.get("/tim?q=htx+thanh+long").get_data(as_text=True)
    assert "HTX Thanh long Mẫu" in officer.get("/tim?q=htx+thanh+long+mau").get_data(as_text=True)


@pytest.mark.parametrize("id_", ["..", "%2e%2e", "0" * 31, "G" * 32, "0" * 32])
def test_an_id_names_a_folder_of_ours_or_nothing(officer: FlaskClient, id_: str) -> None:
    assert officer.get(f"{WORK}/{id_}").status_code in (302, 308, 404)


def during_the_import(monkeypatch: pytest.MonkeyPatch, then: Callable[[], object]) -> None:
    """Do something once in the middle of the next import: after its first batch of rows."""
    whole = upload_views.take_file
    calls = iter((then,))

    def interrupted(*args: Any, **more: Any) -> ImportReport:
        progress = more.pop("progress")

        def then_on(done: int, expected: int) -> None:
            next(calls, lambda: None)()
            progress(done, expected)

        return whole(*args, **more, progress=then_on)

    monkeypatch.setattr(upload_views, "take_file", interrupted)


def test_a_second_click_meets_the_import_of_the_first(
    officer: FlaskClient, config: Config, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = hand_in(officer, accounts(tmp_path)).headers["Location"]
    other = officer.application.test_client()
    sign_in(other)
    seen: list[str] = []

    def click_again() -> None:  # in a thread: a request inside another one would share its session
        for ending in ("nhap", "bo"):
            answer = send(other, address, f"{address}/{ending}")
            assert (answer.status_code, answer.headers["Location"]) == (303, address)
            seen.append(text(other, address))

    def meanwhile() -> None:
        thread = Thread(target=click_again)
        thread.start()
        thread.join()

    during_the_import(monkeypatch, meanwhile)
    sent = {"csrf_token": token(officer, address)}
    assert officer.post(f"{address}/nhap", data=sent).headers["Location"] == address
    assert len(seen) == 2
    for page in seen:
        assert "Đang nhập tệp này" in page
        assert "Nhập 2 dòng đúng" not in page
        assert "Bỏ tệp này" not in page
    assert "Đã nhập 2 dòng, không nhận 1 dòng" in text(officer, address)
    assert send(other, WORK, f"{address}/bo").headers["Location"] == address, "what was taken in is not thrown away"
    assert "HTX Thanh long Mẫu" in text(officer, f"{address}?xem=moi")
    assert session.scalar(select(func.count()).select_from(Run)) == 1
    assert session.scalar(select(func.count()).where(Audit.action == "file_imported")) == 1
    assert session.scalar(select(func.count()).select_from(IndexChange)) == 0
    (folder,) = folders(config)
    assert [path.name for path in folder.iterdir() if path.name.endswith(".new")] == []


def test_an_import_whose_notes_can_not_be_kept_is_noted_and_found(
    officer: FlaskClient, config: Config, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = hand_in(officer, accounts(tmp_path)).headers["Location"]
    (folder,) = folders(config)
    during_the_import(monkeypatch, lambda: [path.unlink() for path in folder.glob("*.new")])
    assert send(officer, address, f"{address}/nhap").status_code == 303
    note = session.scalars(select(Audit).where(Audit.action == "file_imported")).one()
    assert (note.detail["accepted"], note.detail["refused"]) == (2, 1)
    assert session.scalar(select(func.count()).select_from(Seller)) == 2
    assert session.scalar(select(func.count()).select_from(IndexChange)) == 0


def test_what_went_in_before_a_fault_is_noted_and_found(
    officer: FlaskClient, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = hand_in(officer, accounts(tmp_path)).headers["Location"]

    def fault() -> None:
        raise FileRefused("tệp đọc đến đây thì hỏng")

    during_the_import(monkeypatch, fault)
    answer = send(officer, address, f"{address}/nhap")
    assert answer.status_code == 422
    assert "Tệp đọc đến đây thì hỏng." in answer.get_data(as_text=True)
    note = session.scalars(select(Audit).where(Audit.action == "file_imported")).one()
    assert note.detail["accepted"] == 2
    assert session.scalar(select(func.count()).select_from(IndexChange)) == 0
    session.rollback()
    send(officer, address, f"{address}/nhap")
    assert "Đã nhập 0 dòng, không nhận 1 dòng" in text(officer, address)


@pytest.mark.parametrize("name", ["upload.json", "upload.json.new", "new.jsonl", "refused.jsonl.new", "file"])
def test_no_name_of_a_file_is_one_of_ours(officer: FlaskClient, tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(cell or "" for cell in row) for row in (HEADER, *ROWS)), encoding="utf-8")
    address = hand_in(officer, path, name).headers["Location"]
    assert "HTX Thanh long Mẫu" in text(officer, f"{address}?xem=moi")
    send(officer, address, f"{address}/nhap")
    assert f"Tệp {name} ," in text(officer, address)
    assert "Đã nhập 2 dòng" in text(officer, address)


def test_a_source_on_trial_says_that_its_rows_will_leave(
    officer: FlaskClient, web: Flask, config: Config, tmp_path: Path
) -> None:
    assert "Tệp nhập cho sàn đang chạy thử được coi là dữ liệu thử" in text(officer, WORK)
    address = hand_in(officer, accounts(tmp_path)).headers["Location"]
    assert "Dữ liệu trong tệp được coi là dữ liệu thử và sẽ bị xóa" in text(officer, address)
    send(officer, address, f"{address}/nhap")
    waiting = hand_in(officer, accounts(tmp_path, [*ROWS, ("TK4", "HTX Bốn", None)])).headers["Location"]

    sources = {slug: replace(settings, mode="live") for slug, settings in config.sources.items()}
    web.config["MARKETPLACE"] = replace(config, sources=sources)
    assert "dữ liệu thử" not in text(officer, WORK)
    answer = send(officer, waiting, f"{waiting}/nhap")
    assert answer.status_code == 422
    assert "Chế độ của sàn đã đổi sau khi xem trước" in answer.get_data(as_text=True)
    address = hand_in(officer, accounts(tmp_path)).headers["Location"]
    assert "Nhập tệp này sẽ xóa 2 bản ghi thử" in text(officer, address)
    send(officer, address, f"{address}/nhap")
    assert "Đã xóa 2 bản ghi thử" in text(officer, address)


@given(st.text(max_size=300))
def test_a_name_of_a_file_is_one_of_one_folder(raw: str) -> None:
    name = safe_name(raw)
    assert name
    assert name == Path(name).name
    assert name not in (".", "..")
    assert len(name.encode()) <= 255


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (r"C:\Hồ sơ\danh sách.xlsx", "danh sách.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("new.jsonl", "new.jsonl"),
        ("..", "tep"),
        (f"{'ấ' * 200}.xlsx", f"{'ấ' * 60}.xlsx"),
    ],
)
def test_names_keep_their_letters_and_lose_their_folders(raw: str, kept: str) -> None:
    assert safe_name(raw) == kept
