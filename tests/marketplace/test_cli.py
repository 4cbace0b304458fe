"""The command line, as a person calls it: real files, the sandbox over loopback."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from connectors import REGISTRY
from connectors.sandbox import Fault, Sandbox, World
from connectors.sandbox.records import Notice
from tests.marketplace.command import call

ROOT = Path(__file__).parents[2]
SAVED = ROOT / "tests" / "connectors"


@pytest.fixture
def instance(tmp_path: Path, sandbox: Sandbox) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir()
    lines = ["[sync]", "attempts = 1"]
    for slug, url in sandbox.urls.items():
        lines += [f"[sources.{slug}]", f'home = "{url}"']
    (folder / "config.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def lines(done: CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def sells_here(world: World, notice: Notice) -> bool:
    return world.ours(notice) and notice.registrant.role == "sell"


def test_sync_search_and_stats(instance: Path, world: World) -> None:
    done = call(instance, "sync", "--json")
    assert done.returncode == 0, done.stderr
    assert {run["source"]: run["verdict"] for run in json.loads(done.stdout)} == dict.fromkeys(REGISTRY, "ok")

    found = json.loads(call(instance, "search", "thanh long", "--json").stdout)
    titles = [item.title for item in world.listings()]
    assert found["total"] >= sum("thanh long" in title.casefold() for title in titles) > 0
    assert set(found["hits"][0]) == {"kind", "id", "title", "source", "ref", "score"}
    assert list(found["facets"]) == [
        *("kind", "source", "category", "district", "unit", "certificate", "price", "stock", "seen")
    ]
    assert sum(found["facets"]["source"].values()) == found["total"]
    without = json.loads(call(instance, "search", "thanh lóng", "--json", "--kind", "listing").stdout)
    assert without["total"] == found["facets"]["kind"]["listing"]
    narrowed = ("--filter", "stock=con-hang", "--filter", "seen=1", "--sort", "newest")
    available = json.loads(call(instance, "search", "thanh long", "--json", *narrowed).stdout)
    assert 0 < available["total"] == found["facets"]["stock"]["con-hang"], "all of them were seen just now"
    assert json.loads(call(instance, "search", "", "--json", "--filter", "seen=cu-hon").stdout)["total"] == 0

    told = json.loads(call(instance, "stats", "--json").stdout)
    sources = {one["slug"]: one for one in told["sources"]}
    board = sources.pop("cooplink")["observed"]
    assert board["sellers"] == len({n.registrant.number for n in world.notices() if sells_here(world, n)})
    assert (board["listings"], board["active_sellers"]) == (None, None), "a board of notices: unknown, not zero"
    first = [sources["voso"], sources["nongsanantoanlongan"]]
    assert sum(one["observed"]["sellers"] for one in first) == 40
    assert sum(one["observed"]["listings"] for one in first) == 60
    own = sources["nongsanantoanlongan"]
    assert 0 < own["observed"]["active_sellers"] < own["observed"]["sellers"]
    assert own["reported"]["accounts_created"]["value"] == 800
    assert sources["voso"]["reported"]["sellers"]["together_with"] == ["postmart"]
    assert own["mode"] == "sandbox"
    assert own["verdict"] == "ok"
    assert own["last_good_run"].endswith("+00:00")
    assert "observed" in call(instance, "stats").stdout

    again = call(instance, "sync", "--json")
    assert again.returncode == 0
    counts = Counter[str]()
    for run in json.loads(again.stdout):
        for kind in run["counts"].values():
            counts.update(kind)
    assert counts["seen"] == counts["unchanged"] > 0
    assert call(instance, "reindex").stdout.strip().endswith("documents")


def test_exit_codes_tell_the_verdict(instance: Path, sandbox: Sandbox) -> None:
    assert call(instance, "sync", "nongsanantoanlongan").returncode == 0
    site = sandbox.sites["nongsanantoanlongan"]
    site.faults.add(Fault(kind="half_list"))
    held = call(instance, "sync", "nongsanantoanlongan", "--json")
    assert held.returncode == 3
    run = json.loads(held.stdout)[0]
    assert run["verdict"] == "held"
    preview = call(instance, "sync", "nongsanantoanlongan", "--preview", "--json")
    assert preview.returncode == 3
    assert {line["outcome"] for line in lines(preview)} == {"missing"}
    assert call(instance, "release", str(run["id"])).returncode == 0
    site.faults.clear()
    site.faults.add(Fault(kind="status", status=403))
    failed = call(instance, "sync", "nongsanantoanlongan")
    assert failed.returncode == 1
    assert "failed (blocked" in failed.stderr


def test_what_a_person_decides_and_puts_right(instance: Path, sandbox: Sandbox) -> None:
    slug = "nongsanantoanlongan"
    assert call(instance, "sync", slug, "--full").returncode == 0
    news = call(instance, "sync", slug, "--incremental", "--json")
    assert (news.returncode, json.loads(news.stdout)[0]["reason"]) == (0, "incremental")
    sandbox.sites[slug].faults.add(Fault(kind="half_list"))
    held = json.loads(call(instance, "sync", slug, "--full", "--json").stdout)[0]
    assert held["verdict"] == "held"
    dismissed = call(instance, "dismiss", str(held["id"]), "--reason", "sàn đang bảo trì", "--who", "Lê Thị Ví Dụ")
    assert "partial (dismissed: " in dismissed.stdout
    again = call(instance, "replay", "1", "--json")
    assert (again.returncode, lines(again)) == (0, [])
    assert "partial (replay: of run 1)" in call(instance, "replay", "1", "--write").stdout
    assert call(instance, "tidy", "--dry-run").stdout.startswith("would be: 0 files")
    ref = next(iter(sandbox.sites[slug].floor.sellers))
    words = ("correct", "seller", slug, ref)
    made = call(instance, *words, "name=Hợp tác xã tên đúng", "--note", "gọi điện hỏi", "--who", "Lê Thị Ví Dụ")
    assert (made.returncode, made.stdout.strip()) == (0, f"{slug}: seller {ref}: name put right")
    assert "Hợp tác xã tên đúng" in call(instance, "search", "hợp tác xã tên đúng", "--kind", "seller").stdout
    assert call(instance, *words, "--undo").returncode == 0
    assert "Hợp tác xã tên đúng" not in call(instance, "search", "hợp tác xã tên đúng", "--kind", "seller").stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["frobnicate"], 2, "No such command"),
        (["parse", "voso"], 2, "Missing argument 'FILE'"),
        (["parse", "lazada", "x.html", "--url", "https://x.vn/"], 1, "no such marketplace; known: "),
        (["parse", "voso", "missing.html", "--url", "https://voso.vn/"], 1, "missing.html: can't be read"),
        (["parse", "voso", "x.html", "--url", "voso.vn"], 1, "expected the address of the page, such as https://"),
        (["parse", "voso", "x.html", "--url", "https://voso.vn/gi-do"], 1, "name its kind with --kind"),
        (["ingest", "voso", "a", "b", "c", "--url", "https://voso.vn/", "--url", "https://voso.vn/"], 2, "3 files"),
        (["search", "gạo", "--filter", "colour=red"], 2, "expected FACET=VALUE"),
        (["search", "gạo", "--filter", "stock=no"], 2, "stock is one of con-hang, het-hang, chua-ro"),
        (["search", "gạo", "--filter", "seller=17"], 2, "such as seller:17"),
        (["search", "gạo", "--kind", "seller", "--filter", "kind=listing"], 2, "ask for different kinds"),
        (["search", "gạo", "--sort", "name"], 2, "'name' is not one of"),
        (["release", "99"], 1, "there is no run 99"),
        (["dismiss", "99", "--reason", "x"], 1, "there is no run 99"),
        (["dismiss", "99"], 2, "Missing option '--reason'"),
        (["replay", "99"], 1, "there is no run 99"),
        (["correct", "seller", "voso", "1", "name"], 2, "expected FIELD=VALUE"),
        (["correct", "seller", "voso", "1", "name=x", "--note", "y"], 1, "voso has no seller with the ref 1"),
        (["correct", "shop", "voso", "1", "name=x"], 2, "'shop' is not one of"),
        (["sync", "lazada"], 1, "no such marketplace"),
    ],
)
def test_wrong_calls_are_told_in_one_line(instance: Path, words: list[str], code: int, message: str) -> None:
    done = call(instance, *words)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_stops_every_command(instance: Path) -> None:
    (instance / "config.toml").write_text("[sync]\ncolour = 3\n", encoding="utf-8")
    done = call(instance, "stats")
    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0
    assert "config.toml: [sync] colour: unknown key" in done.stderr


def test_parse_prints_every_kind_of_record(instance: Path) -> None:
    home = next((SAVED / "voso").glob("home*.html"))
    done = call(instance, "parse", "voso", str(home), "--url", "https://voso.vn/")
    assert done.returncode == 0, done.stderr
    kinds = Counter(line["record"] for line in lines(done))
    assert kinds["listing"] > 1
    assert kinds["get"] > 1
    board = next((SAVED / "nongsanantoanlongan").glob("board*.html"))
    done = call(instance, "parse", "nongsanantoanlongan", str(board), "--url", "https://nongsanantoanlongan.vn/ket-noi")
    assert Counter(line["record"] for line in lines(done))["request"] > 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not_html"),
        (b'{"products": []}', "not_html"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2000), "not_html"),
        (b"<html><body><p>Trang nay khong phai cua san</p></body></html>", "layout"),
        (b"<html>" + b"x" * 10_000_001, "a page has at most 10000000"),
    ],
)
def test_what_is_not_a_page_is_said(instance: Path, tmp_path: Path, body: bytes, message: str) -> None:
    file = tmp_path / "saved.html"
    file.write_bytes(body)
    for verb in ("parse", "ingest"):
        done = call(instance, verb, "voso", str(file), "--url", "https://voso.vn/")
        assert done.returncode == 1
        assert message in done.stderr + done.stdout
        assert "Traceback" not in done.stderr


def test_saved_pages_are_taken_in_as_a_partial_run(instance: Path) -> None:
    home = next((SAVED / "voso").glob("home*.html"))
    product = next((SAVED / "voso").glob("product*.html"))
    urls = ["--url", "https://voso.vn/", "--url", "https://voso.vn/gao-p101.html"]
    done = call(instance, "ingest", "voso", str(home), str(product), *urls, "--json")
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    assert (run["verdict"], run["reason"], run["kind"]) == ("partial", "saved_pages", "pages")
    assert run["pages"] == 2
    assert run["counts"]["listing"]["new"] > 1
    again = json.loads(call(instance, "ingest", "voso", str(home), str(product), *urls, "--json").stdout)
    assert again["counts"]["listing"]["unchanged"] == run["counts"]["listing"]["seen"]
    assert again["counts"]["listing"]["new"] == 0
    told = json.loads(call(instance, "stats", "--json").stdout)
    voso = next(one for one in told["sources"] if one["slug"] == "voso")
    assert voso["observed"]["listings"] == run["counts"]["listing"]["new"]
    assert voso["last_good_run"] is None
    assert "chỉ là phần đã thấy" in voso["gap"]


def test_an_old_file_turns_nothing_back(instance: Path, tmp_path: Path) -> None:
    product = tmp_path / "product.html"
    product.write_bytes((SAVED / "voso" / "product.html").read_bytes())
    url = ["--url", "https://voso.vn/thanh-long-ruot-do-p920001.html", "--json"]
    first = json.loads(call(instance, "ingest", "voso", str(product), *url).stdout)
    assert first["counts"]["listing"]["new"] == 1
    old = tmp_path / "old.html"
    old.write_bytes(product.read_bytes().replace(b'"price":25000', b'"price":95000'))
    os.utime(old, (1_600_000_000, 1_600_000_000))
    again = json.loads(call(instance, "ingest", "voso", str(old), *url).stdout)
    assert again["counts"]["listing"] == {**first["counts"]["listing"], "new": 0, "unchanged": 1}


def test_the_real_home_page_is_read_card_by_card(instance: Path, captures: Path) -> None:
    cards = json.loads((captures / "voso.vn" / "home-2021-03-10.cards.json").read_text(encoding="utf-8"))
    page = captures / "voso.vn" / "home-2021-03-10.html"
    listings = [
        line
        for line in lines(call(instance, "parse", "voso", str(page), "--url", "https://voso.vn/"))
        if line["record"] == "listing"
    ]
    keys = ("ref", "title", "price_vnd", "list_price_vnd", "sold", "rating", "ocop_stars")
    assert [tuple(line[key] for key in keys) for line in listings] == [
        (
            str(card["id"]),
            card["name"],
            card["price"],
            card["list_price"],
            card["sold"],
            card["rating"],
            card["ocop_stars"],
        )
        for card in cards
    ]
    done = call(instance, "ingest", "voso", str(page), "--url", "https://voso.vn/", "--json")
    assert json.loads(done.stdout)["counts"]["listing"]["new"] == len({card["id"] for card in cards})


def test_a_file_is_imported_previewed_and_refused(instance: Path, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    rows = ["DANH SÁCH", "Mã tài khoản,Tên,Điện thoại", "S1,HTX Mẫu,0900000011", "S2,HTX Khác,079199001234"]
    file.write_text("\n".join(rows), encoding="utf-8")
    words = ["import", "accounts", str(file), "--source", "voso"]
    preview = call(instance, *words, "--preview")
    assert preview.returncode == 3, preview.stderr
    assert [line.split()[:3] for line in preview.stdout.splitlines()] == [["row", "3", "new"], ["row", "4", "refused"]]
    done = call(instance, *words, "--json")
    assert done.returncode == 3
    told = json.loads(done.stdout)
    assert list(told) == ["accepted", "refused", "unchanged"]
    assert "voso is in sandbox mode: these rows count as trial data" in done.stderr
    assert (told["accepted"], told["unchanged"]) == (1, 0)
    (refused,) = told["refused"]
    assert (refused["row"], refused["column"], refused["value"]) == (4, "Điện thoại", "*********234")
    assert "cần số điện thoại" in refused["reason"]
    file.write_text("\n".join(rows[:3]), encoding="utf-8")
    again = call(instance, *words, "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout) == {
        "accepted": 0,
        "refused": [],
        "unchanged": 1,
    }
    assert json.loads(call(instance, "search", "htx mau", "--json").stdout)["total"] == 1
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    bad = call(instance, *words, "--json")
    assert (bad.returncode, bad.stdout) == (1, "")
    assert len(bad.stderr.split("\n\n")) == 2, "that the source is on trial, and the fault"
    assert ".xls kiểu cũ" in bad.stderr
    assert call(instance, "import", "sellers", str(file), "--source", "voso").returncode == 2
    assert call(instance, "import", "accounts", str(file), "--source", "lazada").returncode == 2
