"""Mails to the administrators, taken by a real mail server on loopback."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from marketplace import mail
from marketplace.config import Config, Site, SourceSettings
from marketplace.config import Mail as Settings
from marketplace.mail import Mail
from marketplace.sync.lease import lease
from marketplace.sync.models import Run

AT = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # 05:30 on the 23rd in Vietnam
NS, VS = "nongsanantoanlongan", "voso"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass
class Box:
    """What the server took; `answer` is what it says to a mail."""

    taken: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - their name
        if self.answer.startswith("250"):
            self.taken.append(cast(EmailMessage, email.message_from_bytes(envelope.content, policy=default)))
        return self.answer


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(box: Box, port: int) -> Iterator[None]:
    """A mail server that knows one user."""

    def knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"tho-bao", b"mat-khau"), handled=False)

    controller = Controller(box, hostname="127.0.0.1", port=port, authenticator=knows, auth_require_tls=False)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def server(box: Box, port: int) -> Iterator[None]:
    with serving(box, port):
        yield


@pytest.fixture
def config(tmp_path: Path, port: int) -> Config:
    settings = Settings(
        host="127.0.0.1",
        port=port,
        security="none",
        sender="Chợ nông sản <cho@example.vn>",
        to=["quan-tri@example.vn", "truc@example.vn"],
    )
    return Config(
        instance=tmp_path / "instance",
        site=Site(url="https://nongsan.example.vn/"),
        mail=settings,
        sources={slug: SourceSettings(mode="live") for slug in (NS, VS)},
    )


def note(
    engine: Engine,
    source: str,
    verdict: str,
    reason: str = "",
    ago: timedelta = HOUR,
    kind: str = "full",
    **counts: int,
) -> int:
    """A finished run."""
    with Session(engine) as session, session.begin():
        run = Run(
            source=source,
            mode="live",
            kind=kind,
            started_at=AT - ago - HOUR,
            finished_at=AT - ago,
            verdict=verdict,
            reason=reason,
            counts={"listing": counts},
        )
        session.add(run)
        session.flush()
        return run.id


def rows(engine: Engine) -> list[Mail]:
    with Session(engine) as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def test_nothing_is_written_when_all_is_well(config: Config, engine: Engine) -> None:
    note(engine, NS, "failed", "dns", DAY)
    note(engine, NS, "ok")
    note(engine, VS, "partial", "timeout")
    assert mail.write_digest(config, engine, AT) is None
    assert rows(engine) == []


@pytest.mark.usefixtures("server")
def test_a_mail_says_what_since_when_why_and_what_to_do(config: Config, engine: Engine, box: Box) -> None:
    note(engine, NS, "ok", ago=9 * DAY)
    first = note(engine, NS, "failed", "dns", 2 * DAY)
    last = note(engine, NS, "failed", "dns")
    held = note(engine, VS, "held", "large_drop", seen=40, unchanged=40, missing=60)
    assert mail.write_digest(config, engine, AT) is not None
    assert mail.deliver(config, engine, AT) == 1
    (got,) = box.taken
    assert got["Subject"] == "Nông sản Long An: 1 sàn không đọc được, 1 sàn tạm giữ"
    assert "cho@example.vn" in got["From"]
    assert got["To"] == "quan-tri@example.vn, truc@example.vn"
    assert got["Auto-Submitted"] == "auto-generated"
    body = got.get_content()
    assert "nongsanantoanlongan.vn: không đọc được" in body
    assert f"Từ: 21/11/2026 05:30, lần đọc {first}" in body
    assert "Không tìm thấy tên miền. Tên miền của sàn không phân giải được" in body
    assert "Việc cần làm: Kiểm tra mạng của máy chủ" in body
    assert f"https://nongsan.example.vn/nguon/lan/{last}" in body
    assert "60 trong 100 sản phẩm không còn thấy" in body
    assert f"marketplace release {held}" in body
    assert mail.deliver(config, engine, AT) == 0, "sent once"


def test_the_same_state_is_never_told_twice(config: Config, engine: Engine) -> None:
    note(engine, NS, "failed", "dns", 2 * DAY)
    assert mail.write_digest(config, engine, AT)
    note(engine, NS, "failed", "dns", DAY)
    assert mail.write_digest(config, engine, AT + DAY) is None, "still the same"
    note(engine, VS, "held", "large_drop", DAY)
    second = mail.write_digest(config, engine, AT + 2 * DAY)
    assert second
    assert "(đã báo trong thư trước)" in second.body
    note(engine, VS, "ok")
    assert mail.write_digest(config, engine, AT + 3 * DAY) is None, "something got well"
    note(engine, NS, "failed", "tls")
    assert mail.write_digest(config, engine, AT + 4 * DAY), "another reason is another state"
    note(engine, NS, "ok")
    note(engine, NS, "failed", "tls")
    assert mail.write_digest(config, engine, AT + 5 * DAY), "it was well in between"


@pytest.mark.parametrize("kind", ["file", "pages", "replay"])
def test_what_a_person_took_in_is_no_end_of_a_trouble(config: Config, engine: Engine, kind: str) -> None:
    quiet = replace(config, mail=Settings())
    note(engine, NS, "ok", ago=9 * DAY)
    first = note(engine, NS, "failed", "dns", 4 * DAY)
    made = [mail.write_digest(quiet, engine, AT - 4 * DAY + HOUR)]
    note(engine, NS, "failed", "dns", 3 * DAY)
    note(engine, NS, "partial" if kind == "file" else "ok", kind, 3 * DAY - HOUR, kind=kind)
    made.append(mail.write_digest(quiet, engine, AT - 3 * DAY + 2 * HOUR))
    for night in (2, 1):
        note(engine, NS, "failed", "dns", night * DAY)
        made.append(mail.write_digest(quiet, engine, AT - night * DAY + HOUR))
    assert [one is not None for one in made] == [True, False, False, False]
    with Session(engine) as session:
        (trouble,) = mail.troubles(session, config, AT)
    assert trouble.since.id == first


def test_a_mail_that_was_given_up_has_told_nobody(config: Config, engine: Engine, box: Box, port: int) -> None:
    note(engine, NS, "held", "large_drop")
    assert mail.write_digest(config, engine, AT)
    for night in range(5):  # no mail server
        mail.write_digest(config, engine, AT + night * DAY)
        assert mail.deliver(config, engine, AT + night * DAY) == 0
    mail.write_digest(config, engine, AT + 5 * DAY)
    with serving(box, port):
        assert mail.deliver(config, engine, AT + 5 * DAY) == 1
        assert mail.write_digest(config, engine, AT + 6 * DAY) is None, "told now"
        assert mail.deliver(config, engine, AT + 6 * DAY) == 0
    (got,) = box.taken
    assert "đã báo trong thư trước" not in got.get_content()


def test_without_a_server_a_mail_on_the_page_has_told(config: Config, engine: Engine) -> None:
    quiet = replace(config, mail=Settings())
    note(engine, NS, "held", "large_drop")
    assert mail.write_digest(quiet, engine, AT)
    assert mail.write_digest(quiet, engine, AT + 9 * DAY) is None


def test_one_mail_a_night_is_enough(config: Config, engine: Engine) -> None:
    note(engine, NS, "failed", "dns")
    assert mail.write_digest(config, engine, AT)
    note(engine, VS, "held", "large_drop")
    assert mail.write_digest(config, engine, AT + 16 * HOUR) is None, "21:30: still the day of that night"
    assert mail.write_digest(config, engine, AT + 17 * HOUR)


def test_sources_that_are_switched_off_are_not_told_of(config: Config, engine: Engine) -> None:
    note(engine, NS, "failed", "dns")
    off = replace(config, sources={NS: SourceSettings(mode="off")})
    assert mail.write_digest(off, engine, AT) is None


def test_a_refused_mail_is_kept_and_tried_again(
    config: Config, engine: Engine, box: Box, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    note(engine, NS, "failed", "dns")
    mail.write_digest(config, engine, AT)
    assert mail.deliver(config, engine, AT) == 0
    assert "ConnectionRefusedError" in rows(engine)[0].error
    with serving(box, port):
        box.answer = "554 5.7.1 not today"
        mail.deliver(config, engine, AT)
        assert rows(engine)[0].tries == 1, "not at once again"
        assert mail.deliver(config, engine, AT + HOUR) == 0
        (kept,) = rows(engine)
        assert (kept.tries, kept.sent_at) == (2, None)
        assert "not today" in kept.error
        assert len([line for line in caplog.messages if "was not sent to 127.0.0.1" in line]) == 2
        box.answer = "250 OK"
        assert mail.deliver(config, engine, AT + DAY) == 1
    (sent,) = rows(engine)
    assert (sent.tries, sent.sent_at, sent.error) == (3, AT + DAY, "")


@pytest.mark.usefixtures("server")
def test_old_news_is_not_sent_when_the_server_comes_back(config: Config, engine: Engine, box: Box) -> None:
    note(engine, NS, "failed", "dns")
    mail.write_digest(config, engine, AT)
    assert mail.deliver(config, engine, AT + 4 * DAY) == 0
    assert box.taken == []
    assert len(rows(engine)) == 1


def test_without_a_server_the_mail_waits_in_the_outbox(config: Config, engine: Engine) -> None:
    note(engine, NS, "failed", "dns")
    quiet = replace(config, mail=Settings(), site=Site())
    assert mail.write_digest(quiet, engine, AT)
    assert mail.deliver(quiet, engine, AT) == 0
    (waiting,) = rows(engine)
    assert (waiting.tries, waiting.sent_at, waiting.error) == (0, None, "")
    assert "Xem: trang /nguon/lan/1 của Nông sản Long An" in waiting.body


@pytest.mark.usefixtures("server")
def test_the_password_may_lie_in_a_file(config: Config, engine: Engine, box: Box) -> None:
    note(engine, NS, "failed", "dns")
    mail.write_digest(config, engine, AT)
    with_login = replace(config, mail=replace(config.mail, user="tho-bao", password_file="mail.password"))
    assert mail.deliver(with_login, engine, AT) == 0
    assert "password_file" in rows(engine)[0].error
    (config.instance / "mail.password").write_text("sai\n", encoding="utf-8")
    assert mail.deliver(with_login, engine, AT + HOUR) == 0
    assert "SMTPAuthenticationError" in rows(engine)[0].error
    (config.instance / "mail.password").write_text("mat-khau\n", encoding="utf-8")
    assert mail.deliver(with_login, engine, AT + DAY) == 1
    assert len(box.taken) == 1


@pytest.mark.usefixtures("server")
def test_a_server_without_tls_gets_no_mail_when_tls_is_asked_for(config: Config, engine: Engine, box: Box) -> None:
    note(engine, NS, "failed", "dns")
    mail.write_digest(config, engine, AT)
    safe = replace(config, mail=replace(config.mail, security="starttls"))
    assert mail.deliver(safe, engine, AT) == 0
    assert "SMTPNotSupportedError" in rows(engine)[0].error
    assert box.taken == []


@pytest.mark.usefixtures("server")
def test_two_workers_send_one_mail(config: Config, engine: Engine, box: Box) -> None:
    note(engine, NS, "failed", "dns")
    with lease(mail.writer(engine), "mail"):
        assert mail.write_digest(config, engine, AT) is None
    mail.write_digest(config, engine, AT)
    with lease(mail.writer(engine), "mail"):
        assert mail.deliver(config, engine, AT) == 0
    assert box.taken == []
    assert mail.deliver(config, engine, AT) == 1
