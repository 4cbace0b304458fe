"""One source: how it stands, how well it is read, what went wrong in it and when it is read next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, render_template, url_for
from sqlalchemy.orm import Session

from connectors import REGISTRY, clean
from marketplace.config import Config
from marketplace.db import db
from marketplace.sync import filling, queries, raw, schedule, wording
from marketplace.sync.filling import Fills
from marketplace.sync.models import StoredPage
from marketplace.sync.queries import ProblemGroup, SourceState
from marketplace.web import twins
from marketplace.web.formats import iso, today
from marketplace.web.memory import remembered
from marketplace.web.privacy import without_contacts

blueprint = Blueprint("source", __name__)

RUNS = 30


@blueprint.get("/nguon/<slug>")
def source(slug: str) -> str:
    return render_template("sync/source.html", **_told(slug))


@blueprint.get("/nguon/<slug>.json")
def source_json(slug: str) -> Response:
    told = _told(slug)
    state: SourceState = told["state"]
    return twins.as_json(
        {
            "as_of": iso(g.now),
            "slug": slug,
            "title": state.source.title,
            "home": state.source.home,
            "mode": state.mode,
            "stale": state.stale,
            "gap": state.gap,
            "quarantined_since": iso(state.quarantine.since) if state.quarantine else None,
            "last_good_run": iso(state.read_at) if state.read_at else None,
            "being_read_since": iso(told["running"].started_at) if told["running"] else None,
            "next_reading": iso(told["next_start"]) if told["next_start"] else None,
            "pages_today": {"used": told["used"], "limit": told["limit"]},
            "scope": told["scope"],
            "filled": {
                kind: [{"field": one.field, "label": one.label, "filled": one.filled, "of": one.total} for one in some]
                for kind, some in told["fills"].items()
            },
            "runs": [
                {
                    "id": run.id,
                    "url": url_for("sync.run", run_id=run.id),
                    "kind": run.kind,
                    "started_at": iso(run.started_at),
                    "finished_at": iso(run.finished_at) if run.finished_at else None,
                    "verdict": run.verdict,
                    "reason": run.reason,
                    "told": did,
                    "counts": run.counts,
                    "pages": run.pages,
                    "failed_pages": run.failed,
                }
                for run, did in told["runs"]
            ],
            "problems": [_problem_json(group, told["pages"]) for group in told["groups"]],
        }
    )


def next_starts(session: Session, config: Config, states: dict[str, SourceState], now: datetime) -> dict[str, datetime]:
    """When the worker reads each source next; those it does not read are not in it. One statement."""
    if not config.worker.enabled:
        return {}
    past = queries.histories(session)
    found = {}
    for slug, state in states.items():
        rests = state.quarantine is not None and not state.quarantine.is_probe_due(now)
        comes = schedule.next_start(config.plan(slug), *past.get(slug, (None, False)), now)
        if state.mode != "off" and not rests and comes is not None:
            found[slug] = comes
    return found


def _told(slug: str) -> dict[str, Any]:
    """What page and twin tell. A fixed number of statements."""
    if slug not in REGISTRY:
        abort(404)
    session, config = db.session(), _config()
    states = queries.states(session, config, g.now)
    state = states[slug]
    runs = queries.last_runs(session, slug, RUNS)
    problems = queries.problem_counts(session, [run.id for run in runs])
    groups = queries.problems(session, state.last.id) if state.last else []
    fills: dict[str, Fills] = remembered("fills", queries.newest_run_id(session), lambda: filling.fills(session))
    return {
        "state": state,
        "did": wording.did(state.last, problems.get(state.last.id, {})) if state.last else "",
        "scope": wording.scope(state.last) if state.last else "",
        "held": wording.held_because(state.last, state.source) if state.last else "",
        "running": queries.running(session).get(slug),
        "next_start": next_starts(session, config, states, g.now).get(slug),
        "plan": config.plan(slug),
        "used": queries.pages_used(session, slug, today(g.now)),
        "limit": config.detail_pages_per_day(slug),
        "runs": [(run, wording.did(run, problems.get(run.id, {}))) for run in runs],
        "groups": groups,
        "pages": raw.stored(session, slug, [one.url for group in groups for one in group.examples if one.url]),
        "fills": fills.get(slug, {}),
        "kinds": wording.KIND_NAMES,
        "verdicts": wording.VERDICTS,
        "worker": config.worker,
    }


def _problem_json(group: ProblemGroup, pages: dict[str, StoredPage]) -> dict[str, Any]:
    words = wording.explain(group.code)
    examples = [
        {
            "ref": without_contacts(one.ref),
            "url": clean.mask_person_ids(one.url),
            "detail": without_contacts(one.detail),
            "raw_page": {"file": page.file, "offset": page.offset} if (page := pages.get(one.url)) else None,
        }
        for one in group.examples
    ]
    told = {"code": group.code, "title": words.title, "cause": words.cause, "cure": words.cure, "count": group.count}
    return {**told, "examples": examples}


def _config() -> Config:
    config: Config = current_app.config["MARKETPLACE"]
    return config
