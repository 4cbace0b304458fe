"""Settings of one installation: frozen dataclasses, read from `config.toml` in the instance folder over defaults.

An unknown key, a wrong type or a value out of range stops the program with one line that names the file, the key and
what was expected. `config.example.toml` lists every setting; a test compares the two.
"""

from __future__ import annotations

import difflib
import os
import secrets
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import quote, urlsplit

from connectors import REGISTRY, markup
from connectors.clean import fold
from connectors.contract import Source
from connectors.platforms import PLATFORMS
from marketplace.sync import schedule
from marketplace.sync.schedule import Plan

MODES = ("live", "sandbox", "off")


class ConfigError(Exception):
    """A setting can't be used. The text is one line for the person who edits the file."""


@dataclass(frozen=True, kw_only=True)
class Site:
    name: str = "Nông sản Long An"
    tagline: str = "Một chỗ tìm, năm sàn bán"
    agency: str = "Sở Nông nghiệp và Môi trường tỉnh Tây Ninh"
    contact: str = ""  # e-mail or phone for people and for the marketplaces we read
    url: str = ""  # where visitors reach this site; named to the marketplaces and in mails
    trusted_proxy: str = ""  # address of the TLS proxy in front of `serve`; nobody else's X-Forwarded headers count


@dataclass(frozen=True, kw_only=True)
class Database:
    url: str = ""  # any SQLAlchemy URL; empty: SQLite in the instance folder


@dataclass(frozen=True, kw_only=True)
class Search:
    backend: str = field(default="tantivy", metadata={"choices": ("tantivy", "whoosh")})
    keep_misses_days: int = field(default=400, metadata={"min": 1})  # words that were searched for and not found


@dataclass(frozen=True, kw_only=True)
class Sync:
    user_agent: str = "ChoNongSanLongAn/0.1"
    connect_timeout_s: float = field(default=10.0, metadata={"min": 0.1})
    read_timeout_s: float = field(default=30.0, metadata={"min": 0.1})
    total_timeout_s: float = field(default=120.0, metadata={"min": 0.1})
    max_page_bytes: int = field(default=10_000_000, metadata={"min": 10_000})
    attempts: int = field(default=4, metadata={"min": 1})
    keep_pages_days: int = field(default=30, metadata={"min": 1})  # raw pages older than this are removed
    keep_changes_days: int = field(default=400, metadata={"min": 1})  # what runs changed and what went wrong in them
    full_every_days: int = field(default=7, metadata={"min": 1})  # between two, only the news where they stand first
    detail_pages_per_day: int = field(default=20_000, metadata={"min": -1})  # own pages of records; -1: no limit


@dataclass(frozen=True, kw_only=True)
class Worker:
    enabled: bool = True
    night: str = "22:00-05:00"  # Vietnam time; live sites are read in it only; empty: at any time
    jitter_minutes: int = field(default=20, metadata={"min": 0, "max": 240})


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Where an administrator hears of failed and held readings."""

    host: str = ""  # empty: mails are kept and not sent
    port: int = field(default=587, metadata={"min": 1, "max": 65_535})
    security: str = field(default="starttls", metadata={"choices": ("starttls", "tls", "none")})
    user: str = ""
    password: str = ""
    password_file: str = ""  # instead of `password`; a relative path starts at the instance folder
    sender: str = ""
    to: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    seed: int = 1
    sellers: int = field(default=800, metadata={"min": 1})
    listings: int = field(default=1200, metadata={"min": 0})
    first_port: int = field(default=5101, metadata={"min": 1024, "max": 65_000})  # one port per marketplace from here


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """What an administrator may say of one source; empty means: as the connector knows it."""

    mode: str = field(default="sandbox", metadata={"choices": MODES})
    home: str = ""
    schedule: str = ""  # a crontab line in Vietnam time
    delay_s: float = field(default=-1.0, metadata={"min": -1.0})
    min_sellers: int = field(default=-1, metadata={"min": -1})
    min_listings: int = field(default=-1, metadata={"min": -1})
    max_drop: float = field(default=-1.0, metadata={"min": -1.0, "max": 1.0})
    detail_pages_per_day: int = field(default=-1, metadata={"min": -1})  # -1: as [sync] says
    platform: str = field(default="", metadata={"choices": ("", *PLATFORMS)})
    paths: Mapping[str, str] = field(default_factory=dict)
    selectors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Config:
    instance: Path
    site: Site = field(default_factory=Site)
    database: Database = field(default_factory=Database)
    search: Search = field(default_factory=Search)
    sync: Sync = field(default_factory=Sync)
    worker: Worker = field(default_factory=Worker)
    mail: Mail = field(default_factory=Mail)
    sandbox: Sandbox = field(default_factory=Sandbox)
    sources: Mapping[str, SourceSettings] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        return self.database.url or f"sqlite:///{self.instance / 'marketplace.db'}"

    @property
    def index_folder(self) -> Path:
        return self.instance / "index"

    @property
    def pages_folder(self) -> Path:
        return self.instance / "pages"

    @property
    def uploads_folder(self) -> Path:
        return self.instance / "uploads"

    def mode(self, slug: str) -> str:
        """live, sandbox or off."""
        return self.sources.get(slug, SourceSettings()).mode

    def source(self, slug: str) -> Source:
        """The connector's facts with this installation's settings laid over them."""
        base = REGISTRY[slug].source
        own = self.sources.get(slug, SourceSettings())
        changes: dict[str, Any] = {}
        if own.home:
            changes["home"] = _address(own.home, f"[sources.{slug}] home")
        elif own.mode == "sandbox":
            changes["home"] = f"http://127.0.0.1:{self.sandbox_port(slug)}"
        if own.mode == "sandbox":
            # The sandbox is ours: nothing to be polite to, and links to the real hosts must lead back to it.
            changes["delay_s"] = 0.0
        if "home" in changes:
            changes["hosts"] = (*base.hosts, *_hosts(base.home))
        if own.delay_s >= 0:
            changes["delay_s"] = own.delay_s
        for name in ("min_sellers", "min_listings", "max_drop"):
            if getattr(own, name) >= 0:
                changes[name] = getattr(own, name)
        if own.platform:
            platform = PLATFORMS[own.platform]
            base = replace(base, platform=own.platform, paths=platform.paths, selectors=platform.selectors)
        tables = f"sources.{slug}.paths", f"sources.{slug}.selectors"
        changes["paths"] = _laid_over(base.paths, own.paths, tables[0], "path")
        changes["selectors"] = _laid_over(base.selectors, own.selectors, tables[1], "selector")
        _check_paths(own.paths, tables[0])
        _check_selectors(own.selectors, changes["selectors"], tables[1])
        return replace(base, **changes)

    def detail_pages_per_day(self, slug: str) -> int | None:
        """How many own pages of a source's records may be read on one day; None: as many as are due.

        The general limit is politeness, which the sandbox does not need.
        """
        own = self.sources.get(slug, SourceSettings())
        if own.detail_pages_per_day >= 0:
            return own.detail_pages_per_day
        limit = self.sync.detail_pages_per_day
        return None if limit < 0 or own.mode == "sandbox" else limit

    @property
    def user_agent(self) -> str:
        """How we present ourselves to a marketplace: name, the page that says how we read, whom to ask. ASCII only."""
        page = f"{self.site.url.rstrip('/')}/cach-doc" if self.site.url else ""
        told = "; ".join(quote(part, safe="@:/+., ") for part in (page, self.site.contact) if part)
        return f"{self.sync.user_agent} (+{told})" if told else self.sync.user_agent

    def plan(self, slug: str) -> Plan:
        """How a source is read by itself. Without a schedule of their own the sources begin one after the other."""
        minutes = 5 + 25 * list(REGISTRY).index(slug)
        staggered = f"{minutes % 60} {(22 + minutes // 60) % 24} * * *"
        return Plan(
            slug=slug,
            cron=self.sources.get(slug, SourceSettings()).schedule or staggered,
            jitter=timedelta(minutes=self.worker.jitter_minutes),
            night=schedule.ALWAYS if self.mode(slug) == "sandbox" else schedule.night(self.worker.night),
        )

    def sandbox_port(self, slug: str) -> int:
        """The port of a source's invented copy."""
        return self.sandbox.first_port + list(REGISTRY).index(slug)

    def secret(self) -> bytes:
        """The installation's own key (sessions, keyed hashes): made on first use, never in the configuration."""
        path = self.instance / "secret.key"
        if not path.exists():
            self.instance.mkdir(parents=True, exist_ok=True)
            # Written whole before it gets its name: a kill leaves no half key, a second process takes the first one's.
            with tempfile.NamedTemporaryFile("w", dir=self.instance, prefix=".secret-") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                with suppress(FileExistsError):
                    os.link(file.name, path)
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path}: not the key this installation made: {error}") from error
        if len(key) != 32:
            raise ConfigError(f"{path}: {len(key)} bytes, a key has 32; put the file back from a backup")
        return key


def _hosts(home: str) -> tuple[str, ...]:
    return (home.split("://", 1)[-1],)


def _address(home: str, name: str) -> str:
    parts = urlsplit(home)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(f"{name}: expected an address such as https://example.vn, got {_shown(home)}")
    return home.rstrip("/")


def _laid_over(base: Mapping[str, str], own: Mapping[str, str], table: str, what: str) -> Mapping[str, str]:
    unknown = sorted(set(own) - set(base))
    if unknown:
        raise ConfigError(f"[{table}] {unknown[0]}: no such {what}{_near(unknown[0], sorted(base))}")
    return {**base, **own}


def _check_paths(paths: Mapping[str, str], table: str) -> None:
    for name, path in paths.items():
        if "://" in path or path != "".join(path.split()):
            raise ConfigError(f"[{table}] {name}: expected a path below the base address, got {_shown(path)}")


def _check_selectors(own: Mapping[str, str], whole: Mapping[str, str], table: str) -> None:
    """Refuse what the parser would not understand, and a label that would stand for two things."""
    for name, told in own.items():
        if not name.startswith("label."):
            if not markup.valid_selector(told):
                raise ConfigError(f"[{table}] {name}: not a CSS selector: {_shown(told)}")
            continue
        words = {fold(word) for word in told.split("|")}
        if "" in words:
            raise ConfigError(f"[{table}] {name}: expected words separated by |, got {_shown(told)}")
        for other, meant in whole.items():
            twice = words & {fold(word) for word in meant.split("|")}
            if other != name and other.startswith("label.") and twice:
                raise ConfigError(f'[{table}] {name}: "{min(twice)}" stands for {other} already')


def load(instance: Path) -> Config:
    """Read `config.toml` of an instance folder; a missing file means the defaults. Raises ConfigError."""
    instance = instance.absolute()
    path = instance / "config.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        data = {}
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text (byte {error.start}); save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigError(f"{path}: can't be read: {error.strerror}") from error
    try:
        config: Config = _build(Config, data, "", skip=("instance",), instance=instance)
        for slug in config.sources:
            config.source(slug)
        _check_schedules(config)
        if config.mail.host and not (config.mail.sender and config.mail.to):
            raise ConfigError("[mail] host: a mail needs [mail] sender and to as well")
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    return config


def _check_schedules(config: Config) -> None:
    where = "[worker] night"
    try:
        schedule.night(config.worker.night)
        for slug in REGISTRY:
            where = f"[sources.{slug}] schedule"
            schedule.cron(config.plan(slug).cron)
    except schedule.ScheduleError as error:
        raise ConfigError(f"{where}: {error}") from None


def _build(kind: type[Any], data: Mapping[str, Any], where: str, skip: tuple[str, ...] = (), **given: Any) -> Any:
    hints = get_type_hints(kind)
    known = {item.name: item for item in fields(kind) if item.name not in skip}
    values: dict[str, Any] = dict(given)
    for key, value in data.items():
        name = f"[{where}] {key}" if where else key
        if key not in known:
            raise ConfigError(f"{name}: unknown key{_near(key, known)}")
        if kind is Config and key == "sources":
            values[key] = _sources(value)
        else:
            values[key] = _value(hints[key], value, name, where=f"{where}.{key}".strip("."), rules=known[key].metadata)
    return kind(**values)


def _sources(value: Any) -> dict[str, SourceSettings]:
    if not isinstance(value, dict):
        raise ConfigError(f"sources: expected a table per marketplace, got {_shown(value)}")
    settings = {}
    for slug, table in value.items():
        if slug not in REGISTRY:
            raise ConfigError(f"[sources.{slug}]: no such marketplace{_near(slug, REGISTRY)}")
        if not isinstance(table, dict):
            raise ConfigError(f"[sources.{slug}]: expected a table, got {_shown(table)}")
        settings[slug] = _build(SourceSettings, table, f"sources.{slug}")
    return settings


def _value(hint: Any, value: Any, name: str, where: str, rules: Mapping[str, Any]) -> Any:
    if is_dataclass(hint):
        if not isinstance(value, dict):
            raise ConfigError(f"[{where}]: expected a table, got {_shown(value)}")
        return _build(hint, value, where)  # type: ignore[arg-type]  # is_dataclass() narrows to a union with instances
    if get_origin(hint) is not None and get_args(hint) == (str, str):
        texts = _flat(value) if isinstance(value, dict) else None
        if texts is None or not all(isinstance(item, str) for item in texts.values()):
            raise ConfigError(f"{name}: expected a table of texts, got {_shown(value)}")
        return texts
    if hint == list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ConfigError(f"{name}: expected a list of texts, got {_shown(value)}")
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not hint:
        expected = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}[hint]
        raise ConfigError(f"{name}: expected {expected}, got {_shown(value)}")
    if "choices" in rules and value not in rules["choices"]:
        raise ConfigError(f"{name}: expected one of {', '.join(rules['choices'])}, got {_shown(value)}")
    if "min" in rules and value < rules["min"]:
        raise ConfigError(f"{name}: expected {rules['min']} or more, got {value}")
    if "max" in rules and value > rules["max"]:
        raise ConfigError(f"{name}: expected {rules['max']} or less, got {value}")
    return value


def _flat(table: Mapping[str, Any]) -> dict[str, Any]:
    """`card.title = …` and `"card.title" = …` are the same setting, though TOML makes a table of the first."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{name}": told for name, told in _flat(value).items()}
        else:
            flat[key] = value
    return flat


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)[:80]


def _near(key: str, known: Any) -> str:
    if not known:
        return "; it has none"
    close = difflib.get_close_matches(key, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else f"; known: {', '.join(known)}"
