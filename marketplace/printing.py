"""What the command line prints: runs, differences, hits and figures, as lines or as plain data for JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from connectors.tables.rows import masked
from marketplace.config import Config, SourceSettings

if TYPE_CHECKING:  # each verb loads what it works with, and no more
    from marketplace.people.models import User
    from marketplace.sync.differences import Difference
    from marketplace.sync.import_report import ImportReport, RowResult
    from marketplace.sync.models import Run
    from search_index.documents import Results


def told(run: Run) -> str:
    counts = ", ".join(
        f"{name} {sum(kind.get(name, 0) for kind in run.counts.values())}"
        for name in ("seen", "new", "changed", "unchanged", "revived", "gone", "missing", "outside")
    )
    reason = f" ({run.reason}{': ' + run.detail if run.detail else ''})" if run.reason else ""
    return f"{run.source}: run {run.id} {run.verdict}{reason}; {counts}; {run.pages} pages, {run.failed} failed"


def source_settings(config: Config, slug: str) -> Iterator[str]:
    """The paths and selectors of a source as lines of config.toml; beside what was set there stands the default."""
    source, own = config.source(slug), config.sources.get(slug, SourceSettings())
    default = replace(config, sources={slug: replace(own, paths={}, selectors={})}).source(slug)
    yield f"# {source.title}, read at {source.home}" + (f" as {source.platform}" if source.platform else "")
    for table in ("paths", "selectors"):
        yield f"[sources.{slug}.{table}]"
        for name, told in getattr(source, table).items():
            usual = getattr(default, table)[name]
            yield f"{_toml(name)} = {_toml(told)}" + (f"  # by default {_toml(usual)}" if told != usual else "")


def _toml(told: str) -> str:
    return json.dumps(told, ensure_ascii=False)  # a text of JSON is one of TOML


def difference(item: Difference, as_json: bool) -> str:
    fields = {name: {"now": _plain(old), "then": _plain(new)} for name, (old, new) in item.fields.items()}
    if as_json:
        known = {
            "kind": item.kind,
            "ref": item.ref,
            "title": item.title,
            "outcome": item.outcome,
            "fields": fields,
        }
        return json.dumps(known, ensure_ascii=False)
    changes = "; ".join(f"{name}: {change['now']} → {change['then']}" for name, change in fields.items())
    return f"{item.outcome:<9} {item.kind:<8} {item.ref}  {item.title}  {changes}".rstrip()


def run_json(run: Run) -> dict[str, Any]:
    names = (
        "id",
        "source",
        "mode",
        "kind",
        "verdict",
        "reason",
        "detail",
        "counts",
        "pages",
        "failed",
        "bytes",
        "resumed",
    )
    moments = {name: _plain(getattr(run, name)) for name in ("started_at", "finished_at")}
    return {**{name: getattr(run, name) for name in names}, **moments}


def row(result: RowResult) -> str:
    """One row of a file and what became of it."""
    if result.fault is not None:
        fault = result.fault
        return f"row {result.row:<6} refused    {fault.column}: “{fault.value}” – {fault.reason}"
    changes = masked("; ".join(f"{name}: {_plain(old)} → {_plain(new)}" for name, (old, new) in result.fields.items()))
    return f"row {result.row:<6} {result.outcome:<10} {result.title}  {changes}".rstrip()


def import_json(report: ImportReport) -> dict[str, Any]:
    """The rows of a file: how many went in, which were refused and why, how many told nothing new."""
    refused = [
        {"row": one.row, "column": one.column, "value": one.value, "reason": one.reason} for one in report.refused
    ]
    return {"accepted": report.accepted, "refused": refused, "unchanged": report.unchanged}


def imported(report: ImportReport, preview: bool) -> Iterator[str]:
    """The end of an import in a few lines."""
    intro = "preview, nothing written – " if preview else ""
    counts = f"{report.accepted} accepted, {report.unchanged} unchanged, {len(report.refused)} refused"
    yield f"{intro}{counts}"
    if report.leaving:
        leave = "would leave" if preview else "left"
        yield f"{report.leaving} trial records {leave} the catalogue: the source has gone live since they were taken in"
    if report.unused:
        yield f"columns not read: {', '.join(report.unused)}"
    if report.sheets_without:
        yield f"sheets without such a table: {', '.join(report.sheets_without)}"


def user_json(user: User) -> dict[str, Any]:
    """An account, without its password."""
    moments = {name: _plain(getattr(user, name)) for name in ("created_at", "disabled_at")}
    return {**{name: getattr(user, name) for name in ("login", "name", "role")}, **moments}


def search_json(found: Results) -> dict[str, Any]:
    """Hits and facets as plain data, with what was read into the query; `id` is the record's own number within its
    kind.
    """
    return {
        "total": found.total,
        "read_as": found.read_as,
        "changes": [
            {"kind": change.kind, "typed": change.typed, "taken": list(change.taken)} for change in found.changes
        ],
        "spellings": list(found.spellings),
        "hits": [
            {
                "kind": hit.kind,
                "id": int(hit.id.partition(":")[2]),
                "title": hit.title,
                "source": hit.source,
                "ref": hit.ref,
                "score": round(hit.score, 4),
            }
            for hit in found.hits
        ],
        "facets": {name: {count.value: count.count for count in counts} for name, counts in found.facets.items()},
    }


def statistics(found: dict[str, Any]) -> Iterator[str]:
    """The report of figures, a line each; what is not known says so."""
    for one in found["sources"]:
        read = f"last good run {one['last_good_run'] or 'none'}, {one['verdict'] or 'never read'}"
        yield f"{one['title']} ({one['mode']}), {read}"
        for name, value in one["observed"].items():
            yield f"  observed  {name:<24} {'unknown' if value is None else value}"
        for name, item in one["reported"].items():
            least = "at least " if item["qualifier"] == "at_least" else ""
            others = f", together with {', '.join(item['together_with'])}" if item["together_with"] else ""
            yield f"  reported  {name:<24} {least}{item['value']} ({item['as_of']}{others})"
        if one["gap"]:
            yield f"  {one['gap']}"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
