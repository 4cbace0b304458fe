"""Where the data comes from: the sources and how they stand, and what one run found."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, g, render_template, request, url_for

from connectors import REGISTRY, clean
from connectors.problems import Explanation
from marketplace.catalogue.search_request import page_number
from marketplace.config import Config
from marketplace.db import db
from marketplace.sync import journal, queries, wording
from marketplace.sync.models import Run
from marketplace.sync.queries import ProblemGroup, SourceState
from marketplace.sync.source_views import next_starts
from marketplace.web import fields, twins
from marketplace.web.addresses import record_address
from marketplace.web.errors import BadAddress
from marketplace.web.formats import iso
from marketplace.web.paging import Paging
from marketplace.web.privacy import without_contacts

blueprint = Blueprint("sync", __name__)

RECENT = 8  # runs listed below the table of sources
# Parts of a run's differences: name in the address → (outcome, heading).
PARTS = {
    "doi": ("changed", "Đổi"),
    "moi": ("new", "Mới"),
    "hien-lai": ("revived", "Hiện lại"),
    "go": ("gone", "Đã gỡ"),
    "cho-go": ("missing", "Chờ gỡ"),
    "giu-lai": ("kept", "Giữ lại"),
}


@blueprint.app_template_filter("explained")
def explained(code: str) -> Explanation:
    return wording.explain(code)


blueprint.add_app_template_filter(wording.verdict, "verdict_words")


@blueprint.get("/nguon")
def sources() -> str:
    session = db.session()
    states = queries.states(session, _config(), g.now)
    runs = queries.recent(session)
    problems = queries.problem_counts(session, [run.id for group in runs.values() for run in group])
    finished = [run for group in runs.values() for run in group]
    latest = sorted(finished, key=lambda run: run.finished_at or run.started_at, reverse=True)[:RECENT]
    return render_template(
        "sync/sources.html",
        states=states,
        runs=runs,
        running=queries.running(session),
        counts=queries.record_counts(session),
        next_starts=next_starts(session, _config(), states, g.now),
        latest=[(run, wording.did(run, problems.get(run.id, {}))) for run in latest],
        problems=_open_problems(states, problems),
        summary=_summary(states),
        verdicts=wording.VERDICTS,
        held={slug: wording.held_because(state.last, state.source) for slug, state in states.items() if state.last},
    )


@blueprint.get("/nguon.json")
def sources_json() -> Response:
    session = db.session()
    counts = queries.record_counts(session)
    runs = queries.recent(session)
    states = queries.states(session, _config(), g.now)
    comes = next_starts(session, _config(), states, g.now)
    return twins.as_json(
        {
            "as_of": iso(g.now),
            "sources": [
                {
                    "slug": state.slug,
                    "title": state.source.title,
                    "home": state.source.home,
                    "mode": state.mode,
                    "stale": state.stale,
                    "gap": state.gap,
                    "last_good_run": iso(state.read_at) if state.read_at else None,
                    # Nothing is known of a source that was never read: that is not zero.
                    "sellers": counts[slug]["seller"] if state.last else None,
                    "listings": counts[slug]["listing"] if state.last else None,
                    "next_reading": iso(comes[slug]) if slug in comes else None,
                    "page": url_for("source.source", slug=slug),
                    "runs": [_run_json(run) for run in reversed(runs.get(slug, []))],
                }
                for slug, state in states.items()
            ],
        }
    )


@blueprint.get("/nguon/lan/<int:run_id>")
def run(run_id: int) -> str:
    session, found = db.session(), _run(run_id)
    part = request.args.get("xem") or ""
    if part and part not in PARTS:
        raise BadAddress(f"Không có phần “{part[:40]}” trong trang này.")
    counts = journal.change_counts(session, run_id)
    part = part or next((name for name, (outcome, _) in PARTS.items() if counts[outcome]), "doi")
    outcome = PARTS[part][0]
    paging = Paging(page_number(request.args), counts[outcome])
    groups = queries.problems(session, run_id)
    source = _config().source(found.source) if found.source in REGISTRY else None
    return render_template(
        "sync/run.html",
        run=found,
        did=wording.did(found, {group.code: group.count for group in groups}),
        verdict=wording.verdict(found.verdict, found.reason) if found.verdict else None,
        held=wording.held_because(found, source) if source else "",
        kinds=wording.KIND_NAMES,
        parts=PARTS,
        part=part,
        counts=counts,
        paging=paging,
        changes=[
            (change, fields.differences(change.fields))
            for change in journal.changes(session, run_id, outcome, paging.offset, paging.size)
        ],
        groups=groups,
    )


@blueprint.get("/nguon/lan/<int:run_id>.json")
def run_json(run_id: int) -> Response:
    session, found = db.session(), _run(run_id)
    counts = journal.change_counts(session, run_id)
    changes = {}
    for outcome, _ in PARTS.values():
        changes[outcome] = [
            {
                "kind": change.kind,
                "id": change.id,
                "title": without_contacts(change.title),
                "url": record_address(change.kind, change.id, change.title),
                "fields": [
                    {"field": line.label, "before": line.before, "after": line.after, "hidden": line.hidden}
                    for line in fields.differences(change.fields)
                ],
            }
            for change in journal.changes(session, run_id, outcome, 0, Paging(1, 0).size)
        ]
    return twins.as_json(
        {
            **_run_json(found),
            "mode": found.mode,
            "kind": found.kind,
            "pages": found.pages,
            "failed_pages": found.failed,
            "bytes": found.bytes,
            "resumed": found.resumed,
            "reason_in_words": wording.explain(found.reason).title if found.reason else "",
            "problems": [_problem_json(group) for group in queries.problems(session, run_id)],
            "change_counts": counts,
            "changes": changes,
        }
    )


def _config() -> Config:
    config: Config = current_app.config["MARKETPLACE"]
    return config


def _run(run_id: int) -> Run:
    found = queries.run(db.session(), run_id)
    if found is None:
        abort(404)
    return found


def _run_json(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "source": run.source,
        "url": url_for("sync.run", run_id=run.id),
        "started_at": iso(run.started_at),
        "finished_at": iso(run.finished_at) if run.finished_at else None,
        "verdict": run.verdict,
        "reason": run.reason,
        "counts": run.counts,
    }


def _problem_json(group: ProblemGroup) -> dict[str, Any]:
    words = wording.explain(group.code)
    return {
        "code": group.code,
        "title": words.title,
        "cause": words.cause,
        "cure": words.cure,
        "count": group.count,
        "examples": [
            {
                "ref": without_contacts(one.ref),
                "url": clean.mask_person_ids(one.url),
                "detail": without_contacts(one.detail),
            }
            for one in group.examples
        ],
    }


def _open_problems(
    states: dict[str, SourceState], problems: dict[int, dict[str, int]]
) -> list[tuple[str, int, list[SourceState]]]:
    """The problems of every source's newest run by code: how many, and on which sources; most first."""
    total: dict[str, int] = {}
    where: dict[str, list[SourceState]] = {}
    for state in states.values():
        for code, count in problems.get(state.last.id, {}).items() if state.last else ():
            total[code] = total.get(code, 0) + count
            where.setdefault(code, []).append(state)
    return sorted(((code, count, where[code]) for code, count in total.items()), key=lambda item: (-item[1], item[0]))


def _summary(states: dict[str, SourceState]) -> str:
    """ "Một sàn đọc tốt, một tạm giữ.": how the connected sources stand, in one sentence."""
    told = {"tốt": 0, "tạm giữ": 0, "một phần": 0, "không đọc được": 0, "chưa đọc lần nào": 0, "đang tắt": 0}
    for state in states.values():
        told[_standing(state)] += 1
    parts = [f"{_count(count)} {'đọc ' if name == 'tốt' else ''}{name}" for name, count in told.items() if count]
    first, *others = parts or ["chưa có"]
    sentence = first.replace(" ", " sàn ", 1) if parts else "chưa có sàn nào được nối"
    return ", ".join((sentence[:1].upper() + sentence[1:], *others)) + "."


def _standing(state: SourceState) -> str:
    if state.mode == "off":
        return "đang tắt"
    if state.last is None:
        return "chưa đọc lần nào"
    if state.quarantine:
        return "không đọc được"
    if state.last.reason == "incremental":
        return "tốt"
    words = {"held": "tạm giữ", "failed": "không đọc được", "partial": "một phần"}
    return words.get(state.last.verdict or "", "tốt")


def _count(value: int) -> str:
    return ("không", "một", "hai", "ba", "bốn", "năm")[value] if value <= 5 else str(value)
