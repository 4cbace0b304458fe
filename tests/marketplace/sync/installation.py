"""One installation for many tests, put back before each: whole runs over loopback without a new database each time."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors import clean
from connectors.client import PoliteClient
from connectors.sandbox import Sandbox, World
from connectors.sandbox.records import Listing as Offer
from connectors.sandbox.site import Site
from marketplace import create_app
from marketplace.catalogue.models import Listing, PricePoint, Sighting
from marketplace.catalogue.rules import BOOKKEEPING, MODELS
from marketplace.config import Config, SourceSettings
from marketplace.db import db
from marketplace.instance import prepare
from marketplace.sync import actions, setting
from marketplace.sync.models import Run, RunProblem

DAY_ONE = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
# A week after a reading every record's own page is due again: a fault meets lists and own pages.
A_WEEK = timedelta(days=8)
# What a reading writes beside what the site told.
_OURS = BOOKKEEPING | {"id", "seller_id", "first_seen_at"}

Rows = dict[tuple[str, str], dict[str, Any]]


def differences(before: Rows, after: Rows, but: Container[str] = ()) -> list[str]:
    """One line for every value that differs, the columns `but` left out."""
    lines = [f"{key}: {'gone' if key in before else 'new'}" for key in before.keys() ^ after.keys()]
    for key in before.keys() & after.keys():
        for name, value in before[key].items():
            if name not in but and after[key][name] != value:
                lines.append(f"{key} {name}: {value!r} became {after[key][name]!r}")
    return sorted(lines)


class Installation:
    """The sandbox, an application that reads it, and what it looked like after its first good reading of each source.

    Nobody changes the world: what a site shows differs by its faults alone.
    """

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.config = Config(
            instance=folder / "instance",
            sources={slug: SourceSettings(home=url) for slug, url in sandbox.urls.items()},
        )
        self.slept: list[float] = []
        self._kept = folder / "kept"
        self._known: dict[str, Rows] = {}
        self.config.instance.mkdir(parents=True)
        self.app: Flask = create_app(self.config)
        prepare(self.app)
        with self.app.app_context():
            self.engine: Engine = db.engine
        self._keep("empty")

    def site(self, slug: str) -> Site:
        return self.sandbox.sites[slug]

    def empty(self) -> None:
        """Put back the installation that has read nothing."""
        self._put_back("empty")

    def filled(self, slug: str) -> Rows:
        """Put back the installation that has read one source well; tells its records, with what stands in them."""
        if slug not in self._known:
            self.empty()
            with self.on(timedelta()):
                run = self.sync(slug)
            assert (run.verdict, run.reason) == ("ok", ""), self.problems(run)
            self._known[slug] = self.records(slug)
            self._keep(slug)
        self._put_back(slug)
        return self._known[slug]

    def _keep(self, name: str) -> None:
        self.engine.dispose()
        shutil.copytree(self.config.instance, self._kept / name)

    def _put_back(self, name: str) -> None:
        self.site_faults_end()
        self.slept.clear()
        self.engine.dispose()
        shutil.rmtree(self.config.instance)
        shutil.copytree(self._kept / name, self.config.instance)

    def site_faults_end(self) -> None:
        for site in self.sandbox.sites.values():
            site.faults.clear()

    @contextmanager
    def on(self, later: timedelta) -> Iterator[None]:
        """So long after the first reading."""
        with time_machine.travel(DAY_ONE + later, tick=True):
            yield

    def settings(self, **sync: Any) -> Config:
        """The configuration with other settings of [sync]. A failing page is asked for once, if not told otherwise."""
        return replace(self.config, sync=replace(self.config.sync, **{"attempts": 1, **sync}))

    def sync(self, slug: str, **settings: Any) -> Run:
        """Read one source to the end of its lists; waits are noted in `slept` instead of being waited for."""

        def client(**options: Any) -> PoliteClient:
            return PoliteClient(**{**options, "sleep": self.slept.append})

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(setting, "PoliteClient", client)
            return actions.sync(self.settings(**settings), self.engine, [slug], full=True)[0]

    def records(self, slug: str) -> Rows:
        """The visible records of a source: what a marketplace told of each."""
        found: Rows = {}
        with Session(self.engine) as session:
            for kind, model in MODELS.items():
                names = [name for name in model.__table__.columns.keys() if name not in _OURS]  # noqa: SIM118 - columns
                for row in session.scalars(select(model).where(model.source == slug, model.gone_at.is_(None))):
                    found[kind, row.ref] = {name: getattr(row, name) for name in names}
        return found

    def signs_of_life(self, slug: str) -> dict[tuple[str, str], datetime]:
        """When each record last changed by its seller's act."""
        with Session(self.engine) as session:
            return {
                (kind, row.ref): row.changed_at
                for kind, model in MODELS.items()
                for row in session.scalars(select(model).where(model.source == slug))
            }

    def everything(self, slug: str) -> list[tuple[Any, ...]]:
        """Every column of every record, sighting and price point of a source."""
        with Session(self.engine) as session:
            rows: list[tuple[Any, ...]] = []
            for kind, model in MODELS.items():
                table = model.__table__
                rows += [(kind, *row) for row in session.execute(select(table).where(table.c.source == slug))]
            for extra in (Sighting, PricePoint):
                rows += [(extra.__tablename__, *row) for row in session.execute(select(extra.__table__))]
        return sorted(rows, key=repr)

    def problems(self, run: Run) -> Counter[str]:
        with Session(self.engine) as session:
            return Counter(session.scalars(select(RunProblem.code).where(RunProblem.run_id == run.id)))

    def price_points(self, slug: str) -> int:
        with Session(self.engine) as session:
            points = select(func.count()).select_from(PricePoint).join(Listing, Listing.id == PricePoint.listing_id)
            return session.scalar(points.where(Listing.source == slug)) or 0

    def page(self, path: str) -> str:
        """The words of a page of ours."""
        answer = self.app.test_client().get(path)
        assert answer.status_code == 200
        with self.app.app_context():
            db.session.remove()
        return clean.html_to_text(answer.get_data(as_text=True))

    def offers(self, slug: str) -> dict[str, Offer]:
        """What the world holds on this site."""
        return self.site(slug).floor.listings


@contextmanager
def installed(folder: Path, world: World) -> Iterator[Installation]:
    with Sandbox(world) as sandbox:
        made = Installation(folder, sandbox)
        try:
            yield made
        finally:
            made.engine.dispose()
