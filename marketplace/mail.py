"""Mail to the administrators: one a night at most, and only when a reading failed or is held.

A mail is a row first and is sent after: it is never lost when the mail server is away, and never written twice for the
same trouble. Without a mail server the rows stay where they are, for a page of the administrators to show.
"""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from sqlalchemy import JSON, ColumnElement, Engine, Select, Text, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from connectors import REGISTRY
from marketplace.config import Config, ConfigError
from marketplace.db import Base, UtcDateTime, writer
from marketplace.sync import queries, schedule, wording
from marketplace.sync.lease import Busy, lease
from marketplace.sync.models import READINGS, Run
from marketplace.sync.quarantine import Quarantine
from marketplace.web.formats import moment, number

log = logging.getLogger(__name__)

TIMEOUT_S = 30.0
SEND_WITHIN = timedelta(days=3)  # older news is no news: it stays in the table, unsent
RETRY_AFTER = timedelta(minutes=5)  # and then twice as long every time
TOLD = ("failed", "held")


class Mail(Base):
    """A mail to the administrators. `keys` name the troubles it tells of."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    keys: Mapped[list[str]] = mapped_column(JSON)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")  # why the last try failed


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """A source whose newest reading failed or is held. `since`: the first reading of which that is true."""

    title: str
    run: Run
    since: Run
    detail: str
    quarantine: Quarantine | None

    @property
    def key(self) -> str:
        """The same for the same trouble, however many nights it lasts."""
        quarantined = " quarantined" if self.quarantine else ""
        return f"{self.run.source} {self.run.verdict} {self.run.reason} {self.since.id}{quarantined}"


def troubles(session: Session, config: Config, at: datetime) -> list[Trouble]:
    """What an administrator has to know, in the order of the registry. Sources that are switched off are left out."""
    newest = _readings(func.max(Run.id)).group_by(Run.source)
    last = {run.source: run for run in session.scalars(select(Run).where(Run.id.in_(newest)))}
    found = []
    for slug, state in queries.states(session, config, at).items():
        run = last.get(slug)
        if run is None or run.verdict not in TOLD or state.mode == "off":
            continue
        other = _readings(func.max(Run.id)).where(
            Run.source == slug, Run.id < run.id, (Run.verdict != run.verdict) | (Run.reason != run.reason)
        )
        first = _readings(func.min(Run.id)).where(
            Run.source == slug, Run.id > func.coalesce(other.scalar_subquery(), 0)
        )
        since = session.scalars(select(Run).where(Run.id == first.scalar_subquery())).one()
        detail = wording.held_because(run, state.source) or run.detail
        found.append(
            Trouble(title=state.source.title, run=run, since=since, detail=detail, quarantine=state.quarantine)
        )
    return found


def _readings(number: ColumnElement[int]) -> Select[int]:
    """Of the finished readings: a file or saved pages a person took in say nothing of how the site stands."""
    return select(number).where(Run.kind.in_(READINGS), Run.finished_at.is_not(None))


def write_digest(config: Config, engine: Engine, at: datetime) -> Mail | None:
    """Write the mail of this night, if there is a trouble no mail has told of. Returns it."""
    with Session(engine) as session:
        if _news(session, config, at) is None:
            return None
    sessions = writer(engine)
    try:
        with lease(sessions, "mail"), sessions.begin() as session:
            news = _news(session, config, at)  # asked again: another worker may just have told it
            if news is None:
                return None
            found, told = news
            keys = [one.key for one in found]
            mail = Mail(made_at=at, subject=_subject(config, found), body=_body(config, found, told), keys=keys)
            session.add(mail)
            return mail
    except Busy:
        return None


def _news(session: Session, config: Config, at: datetime) -> tuple[list[Trouble], set[str]] | None:
    """The troubles, and the keys the newest mail that told anybody told of; None when it told of all of them, or when a
    mail was written this night.
    """
    newest = select(Mail).order_by(Mail.id.desc()).limit(1)
    last = session.scalars(newest).first()
    night = schedule.night(config.worker.night)
    if last and night.ends(last.made_at) == night.ends(at):
        return None
    if config.mail.host:  # a mail that was given up told nobody
        newest = newest.where(or_(Mail.sent_at.is_not(None), Mail.made_at > at - SEND_WITHIN))
    teller = session.scalars(newest).first()
    found = troubles(session, config, at)
    told = set(teller.keys) if teller else set()
    return None if all(one.key in told for one in found) else (found, told)


def deliver(config: Config, engine: Engine, at: datetime) -> int:
    """Send what waits to be sent; tells how many mails went out. A refusal is noted and tried again the next time."""
    if not config.mail.host:
        return 0
    sessions = writer(engine)
    try:
        with lease(sessions, "mail"):
            return sum(_send_one(config, engine, mail_id, at) for mail_id in _waiting(engine, at))
    except Busy:  # another worker sends them
        return 0


def _waiting(engine: Engine, at: datetime) -> list[int]:
    with Session(engine) as session:
        rows = select(Mail).where(Mail.sent_at.is_(None), Mail.made_at > at - SEND_WITHIN).order_by(Mail.id)
        return [mail.id for mail in session.scalars(rows) if at >= mail.made_at + RETRY_AFTER * (2**mail.tries - 1)]


def _send_one(config: Config, engine: Engine, mail_id: int, at: datetime) -> int:
    """The mail server is spoken to outside of any transaction: it may take its time."""
    with Session(engine) as session:
        mail = session.get_one(Mail, mail_id)
        message = _message(config, mail)
    error = ""
    try:
        _send(config, message)
    except (OSError, smtplib.SMTPException, ValueError, ConfigError) as refused:
        error = " ".join(f"{type(refused).__name__}: {refused}".split())
        log.warning("mail %d was not sent to %s: %s; it is tried again", mail_id, config.mail.host, error)
    with writer(engine).begin() as session:
        mail = session.get_one(Mail, mail_id)
        mail.tries, mail.error = mail.tries + 1, error
        mail.sent_at = None if error else at
    return int(not error)


def _message(config: Config, mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = mail.subject
    message["From"] = config.mail.sender
    message["To"] = ", ".join(config.mail.to)
    message["Date"] = format_datetime(mail.made_at)
    # The same for every try: a server that took the mail and hung up shows it once.
    message["Message-ID"] = f"<mail.{mail.id}.{mail.made_at:%Y%m%d%H%M%S}@{socket.gethostname()}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


def _send(config: Config, message: EmailMessage) -> None:
    """Raises OSError, SMTPException, or ConfigError for a password file that can't be read."""
    own = config.mail
    password = _password(config)
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if own.security == "tls":
        server = smtplib.SMTP_SSL(own.host, own.port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(own.host, own.port, timeout=TIMEOUT_S)
    with server:
        if own.security == "starttls":
            server.starttls(context=context)
        if own.user:
            server.login(own.user, password)
        refused = server.send_message(message)
    for address, (code, reason) in refused.items():
        told = reason.decode("utf-8", "replace")
        log.warning("the mail server took the mail, but not for %s: %d %s", address, code, told)


def _password(config: Config) -> str:
    if not config.mail.password_file:
        return config.mail.password
    path = config.instance / Path(config.mail.password_file).expanduser()
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"[mail] password_file {path}: can't be read: {error}") from None


def _subject(config: Config, found: list[Trouble]) -> str:
    failed = sum(one.run.verdict == "failed" for one in found)
    held = len(found) - failed
    parts = [f"{failed} sàn không đọc được" if failed else "", f"{held} sàn tạm giữ" if held else ""]
    return f"{config.site.name}: {', '.join(part for part in parts if part)}"


def _body(config: Config, found: list[Trouble], told: set[str]) -> str:
    """Plain Vietnamese: what, since when, why, what to do, where to look."""
    paragraphs = [f"Đêm qua có việc cần xem ở {len(found)} trong {len(REGISTRY)} nguồn dữ liệu."]
    for one in found:
        run, words = one.run, wording.explain(one.run.reason)
        what = "Không đọc được" if run.verdict == "failed" else "Tạm giữ"
        known = " (đã báo trong thư trước)" if one.key in told else ""
        lines = [
            f"{one.title}: {what[:1].lower()}{what[1:]}{known}",
            f"  Từ: {moment(one.since.finished_at)}, lần đọc {number(one.since.id)}",
            f"  Lý do: {words.title}. {words.cause}",
            f"  Việc cần làm: {words.cure}",
            f"  Dữ liệu: {wording.verdict(run.verdict)[2]}",
        ]
        if one.quarantine:
            rests = f"{one.quarantine.nights} đêm liền không đọc được, nay chỉ thử lại mỗi tuần một lần"
            lines.insert(1, f"  Đã ngừng đọc hằng đêm: {rests}")
        if one.detail:
            lines.insert(-2, f"  Chi tiết: {one.detail}")
        lines.append(f"  Xem: {_link(config, run)}")
        if run.verdict == "held":
            lines.append(f"  Cho phép gỡ: marketplace release {run.id}")
        paragraphs.append("\n".join(lines))
    paragraphs.append(
        "Thư này chỉ được gửi khi có nguồn không đọc được hoặc bị tạm giữ, mỗi đêm nhiều nhất một thư, "
        "và không nhắc lại việc đã báo nếu không có gì mới."
    )
    return "\n\n".join(paragraphs) + "\n"


def _link(config: Config, run: Run) -> str:
    path = f"/nguon/lan/{run.id}"
    return f"{config.site.url.rstrip('/')}{path}" if config.site.url else f"trang {path} của {config.site.name}"
