"""Imports among the readings of the site: killed, broken off, beside an older run, in figures and in modes."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors.sandbox import World
from marketplace import printing
from marketplace.catalogue.models import Listing, Seller
from marketplace.config import Config
from marketplace.db import now
from marketplace.onboarding import statistics
from marketplace.sync import actions
from marketplace.sync.engine import Progress
from marketplace.sync.importing import take_file
from marketplace.sync.models import Run
from marketplace.web.formats import day
from tests.connectors.tables.workbooks import xlsx

VOSO, NONGSAN = "voso", "nongsanantoanlongan"
HEADER = ("Mã tài khoản", "Tên")
COMMAND = [sys.executable, "-c", "from marketplace.cli import main; main()"]


class BrokenOff(Exception):
    """What ends a reading in the middle, as a kill would."""


def _believing(config: Config) -> Config:
    """The invented sites are small: one seller's listings are a large share of them."""
    return replace(config, sources={slug: replace(one, max_drop=1.0) for slug, one in config.sources.items()})


def test_a_run_does_not_remove_what_a_later_import_has_seen(
    config: Config, engine: Engine, session: Session, tmp_path: Path, world: World
) -> None:
    config = _believing(config)
    actions.sync(config, engine, [NONGSAN])
    seller = session.scalars(
        select(Seller).join(Listing, Listing.seller_id == Seller.id).where(Seller.source == NONGSAN).limit(1)
    ).one()
    ref, name = seller.ref, seller.name
    session.rollback()
    world.remove_seller(ref)

    def break_off(progress: Progress) -> None:
        if progress.read == 2:
            raise BrokenOff

    with pytest.raises(BrokenOff):
        actions.sync(config, engine, [NONGSAN], break_off)
    take_file(config, engine, NONGSAN, "accounts", xlsx(tmp_path / "a.xlsx", [HEADER, (ref, name)]))
    resumed = actions.sync(config, engine, [NONGSAN])[0]
    imported = session.scalars(select(Run).where(Run.kind == "file")).one()
    assert (resumed.verdict, resumed.resumed) == ("ok", 1)
    assert resumed.id < imported.id
    mine = select(Seller.gone_at).where(Seller.source == NONGSAN, Seller.ref == ref)
    assert session.scalar(mine) is None
    session.rollback()
    assert actions.sync(config, engine, [NONGSAN])[0].verdict == "ok"
    assert session.scalar(mine) is not None


def _sellers(database: Path) -> int:
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            count = connection.execute("SELECT count(*) FROM seller").fetchone()
    except sqlite3.OperationalError:
        return 0
    return int(count[0])


def test_a_killed_import_keeps_what_it_committed_and_a_repeat_finishes_it(tmp_path: Path) -> None:
    total = 6_000
    path = tmp_path / "accounts.csv"
    lines = ["Mã tài khoản,Tên", *(f"TK{number},HTX Mẫu {number}" for number in range(total))]
    path.write_text("\n".join(lines), encoding="utf-8")
    database = tmp_path / "instance" / "marketplace.db"
    command = [
        *COMMAND,
        "--instance",
        str(database.parent),
        "import",
        "accounts",
        str(path),
        "--source",
        VOSO,
        "--json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while _sellers(database) < 1_000 and time.monotonic() < deadline:
        assert process.poll() is None, process.stderr and process.stderr.read()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    kept = _sellers(database)
    assert 1_000 <= kept < total
    assert kept % 500 == 0
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"accepted": total - kept, "refused": [], "unchanged": kept}
    with sqlite3.connect(database) as connection:
        runs = connection.execute("SELECT verdict, reason FROM run ORDER BY id").fetchall()
        waiting = connection.execute("SELECT count(*) FROM index_change").fetchone()[0]
    assert runs == [("partial", "abandoned"), ("partial", "file")]
    assert (_sellers(database), waiting) == (total, 0)


def test_a_preview_keeps_no_other_writer_waiting(config: Config, engine: Engine, tmp_path: Path) -> None:
    take_file(config, engine, VOSO, "accounts", xlsx(tmp_path / "known.xlsx", [HEADER, ("TK1", "HTX Mẫu")]))
    path = xlsx(tmp_path / "a.xlsx", [HEADER, ("TK1", "HTX Khác"), *((f"M{one}", "HTX Mới") for one in range(600))])
    impatient = sqlite3.connect(engine.url.database or "", timeout=0, isolation_level=None)
    written = 0

    def clock() -> datetime:
        """Asked for in the middle of the preview's transactions, too: a lock it held would refuse us at once."""
        nonlocal written
        impatient.execute("BEGIN IMMEDIATE")
        impatient.execute("UPDATE seller SET name = name")
        impatient.execute("COMMIT")
        written += 1
        return now()

    try:
        report = take_file(config, engine, VOSO, "accounts", path, preview=True, clock=clock)
        assert (report.accepted, report.unchanged) == (601, 0)
        assert written >= 4, "at the start, in each of two batches, at the end"
        assert impatient.execute("SELECT name FROM seller").fetchall() == [("HTX Mẫu",)]
        assert impatient.execute("SELECT count(*) FROM lease").fetchone() == (0,)
    finally:
        impatient.close()


def _voso(session: Session, config: Config) -> statistics.SourceReport:
    session.rollback()
    return {one.slug: one for one in statistics.report(session, config, now()).sources}[VOSO]


def test_an_operators_list_of_accounts_makes_the_share_known(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    actions.sync(config, engine, [VOSO])
    before = _voso(session, config)
    assert before.share is None
    assert "không thấy được từ trang công khai, nên không tính tỷ lệ" in before.gap
    known = session.execute(select(Seller.ref, Seller.name).where(Seller.source == VOSO)).all()
    session.rollback()
    one = xlsx(tmp_path / "one.xlsx", [HEADER, tuple(known[0])])
    take_file(config, engine, VOSO, "accounts", one)
    few = _voso(session, config)
    assert few.share is None
    assert "một phần nhỏ số tài khoản, nên không tính tỷ lệ" in few.gap
    idle = [(f"idle-{number}", f"Hộ Mẫu {number}") for number in range(2 * len(known))]
    every = xlsx(tmp_path / "all.xlsx", [HEADER, *map(tuple, known), *idle])
    take_file(config, engine, VOSO, "accounts", every)
    after = _voso(session, config)
    assert after.sellers == 3 * len(known)
    assert after.active_sellers == before.active_sellers
    assert after.share == pytest.approx((before.active_sellers or 0) / (3 * len(known)))
    told = f"gồm {3 * len(known)} tài khoản trong danh sách sàn cung cấp, nhập ngày {day(now())}."
    assert told in after.gap
    assert "không tính tỷ lệ" not in after.gap


def test_a_list_of_accounts_alone_tells_no_share(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    """Nobody has looked at who sells: that is unknown, not zero."""
    take_file(config, engine, VOSO, "accounts", xlsx(tmp_path / "a.xlsx", [HEADER, ("TK1", "HTX Mẫu")]))
    report = _voso(session, config)
    assert (report.sellers, report.active_sellers, report.share) == (1, None, None)


def test_a_real_file_takes_the_place_of_invented_records(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    actions.sync(config, engine, [VOSO])
    path = xlsx(tmp_path / "a.xlsx", [HEADER, ("TK1", "HTX Mẫu")])
    live = replace(config, sources={**config.sources, VOSO: replace(config.sources[VOSO], mode="off")})
    counts = [select(func.count()).where(model.source == VOSO) for model in (Seller, Listing)]
    there = sum(session.scalar(one) or 0 for one in counts)
    session.rollback()
    preview = take_file(live, engine, VOSO, "accounts", path, preview=True)
    assert (preview.leaving, preview.trial) == (there, False)
    assert there
    assert f"{there} trial records would leave" in " ".join(printing.imported(preview, preview=True))
    report = take_file(live, engine, VOSO, "accounts", path)
    assert report.leaving == there
    assert list(session.scalars(select(Seller.ref).where(Seller.source == VOSO))) == ["TK1"]
    assert session.scalars(select(Run.mode).where(Run.source == VOSO)).all() == ["live"]
    session.rollback()
    with pytest.raises(actions.ActionError, match="an instance folder of its own"):
        take_file(config, engine, VOSO, "accounts", path)
    assert session.scalar(select(func.count()).where(Seller.source == VOSO)) == 1
