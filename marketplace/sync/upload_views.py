"""The officers' page for files of a marketplace's operator: hand in, look at the preview, take the good rows in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from connectors import REGISTRY
from connectors.tables import KINDS, MAX_BYTES
from marketplace.catalogue.search_request import page_number
from marketplace.config import Config
from marketplace.db import db, writer
from marketplace.people import audit
from marketplace.people.access import person, roles
from marketplace.sync.actions import ActionError
from marketplace.sync.import_report import ImportReport, RowResult
from marketplace.sync.importing import take_file
from marketplace.sync.lease import Busy, is_held, lease
from marketplace.sync.setting import is_trial
from marketplace.sync.uploads import RowNotes, Upload, Uploads
from marketplace.web import fields, twins
from marketplace.web.errors import BadAddress
from marketplace.web.paging import Paging
from marketplace.web.privacy import without_contacts

blueprint = Blueprint("uploads", __name__, url_prefix="/can-bo/nhap-tep")

OFFICERS: Final = ("officer", "admin")
KIND_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accounts": "Tài khoản người bán",
        "listings": "Sản phẩm",
        "requests": "Tin cần mua, cần bán",
        "figures": "Số liệu đã công bố",
    }
)
# Parts of a preview: name in the address → (outcome, label before, label after the import).
PARTS: Final = {
    "loi": ("refused", "Cần sửa", "Không nhận"),
    "moi": ("new", "Sẽ thêm", "Đã thêm"),
    "doi": ("changed", "Sẽ đổi", "Đã đổi"),
    "nhu-cu": ("unchanged", "Như cũ", "Như cũ"),
}
ROWS: Final = 50  # on one page
BUSY: Final = "Sàn này đang được đọc hoặc đang nhập tệp khác. Thử lại sau ít phút."


@blueprint.get("")
@roles(*OFFICERS)
def choose() -> str:
    uploads = _uploads()
    uploads.tidy(g.now)
    return _form(uploads)


@blueprint.post("")
@roles(*OFFICERS)
def hand_in() -> str | AnyResponse | tuple[str, int]:
    kind, source, file = request.form.get("loai", ""), request.form.get("san", ""), request.files.get("tep")
    faults = {}
    if kind not in KINDS:
        faults["loai"] = "Chọn loại dữ liệu có trong tệp"
    if source not in REGISTRY:
        faults["san"] = "Chọn sàn đã xuất tệp này"
    if file is None or not file.filename:
        faults["tep"] = "Chọn một tệp XLSX hoặc CSV"
    uploads = _uploads()
    if faults or file is None:
        return _form(uploads, faults), 422
    upload = uploads.add(file.stream, file.filename or "", kind, source, person().name, g.now)
    fault = _look_through(uploads, upload)
    if fault:
        uploads.remove(upload)
        return _form(uploads, {"tep": fault}), 422
    _note("file_handed_in", upload)
    return redirect(url_for("uploads.preview", upload_id=upload.id), 303)


# Nothing else reads more than a small form (marketplace.people.access); the rest is the form around the file.
hand_in.max_bytes = MAX_BYTES + 100_000  # type: ignore[attr-defined]


@blueprint.get("/<upload_id>")
@roles(*OFFICERS)
def preview(upload_id: str) -> str:
    uploads, upload = _known(upload_id)
    return _rows(uploads, upload, BUSY if request.args.get("ban") else "")


@blueprint.post("/<upload_id>/nhap")
@roles(*OFFICERS)
def take(upload_id: str) -> AnyResponse | tuple[str, int]:
    """Take the good rows in. A second click while that goes on leads to the page that says so."""
    uploads, upload = _known(upload_id)
    address = url_for("uploads.preview", upload_id=upload.id)
    try:
        with lease(writer(db.engine), _lease_of(upload)) as put_off:
            uploads, upload = _known(upload_id)  # as it stands now that nobody else can change it
            if upload.taken:
                return redirect(address, 303)
            fault = _take_in(uploads, upload, put_off)
    except Busy:
        return redirect(address, 303)
    if fault == BUSY:
        return redirect(url_for("uploads.preview", upload_id=upload.id, ban=1), 303)
    return (_rows(uploads, upload, fault), 422) if fault else redirect(address, 303)


@blueprint.post("/<upload_id>/bo")
@roles(*OFFICERS)
def drop(upload_id: str) -> AnyResponse:
    """Throw a file away, unless it is being taken in or was."""
    uploads, upload = _known(upload_id)
    address = url_for("uploads.preview", upload_id=upload.id)
    try:
        with lease(writer(db.engine), _lease_of(upload)):
            uploads, upload = _known(upload_id)
            if upload.taken:
                return redirect(address, 303)
            uploads.remove(upload)
    except Busy:
        return redirect(address, 303)
    _note("file_dropped", upload)
    return redirect(url_for("uploads.choose"), 303)


@blueprint.get("/<upload_id>/dong-loi.csv")
@roles(*OFFICERS)
def refused_csv(upload_id: str) -> Response:
    uploads, upload = _known(upload_id)
    rows = [(row["row"], row["column"], row["value"], row["reason"]) for row in uploads.rows(upload, "refused")]
    _note("refused_rows_downloaded", upload, rows=len(rows))
    return twins.as_csv("dong-loi", ("Dòng", "Cột", "Giá trị", "Cần sửa"), rows)


def _rows(uploads: Uploads, upload: Upload, fault: str) -> str:
    """The page of a file: its counts, and the rows of one part. Looking at rows is noted."""
    first = next((name for name, (outcome, *_) in PARTS.items() if upload.counts[outcome]), "nhu-cu")
    part = request.args.get("xem") or first
    if part not in PARTS:
        raise BadAddress(f"Không có phần “{part[:40]}” trong trang này.")
    outcome = PARTS[part][0]
    paging = Paging(page_number(request.args), upload.counts[outcome], ROWS)
    rows = list(uploads.rows(upload, outcome, paging.offset, paging.size))
    _note("file_rows_viewed", upload, part=part, page=paging.number)
    return render_template(
        "sync/upload.html",
        upload=upload,
        kind=KIND_NAMES[upload.kind],
        parts=PARTS,
        part=part,
        outcome=outcome,
        paging=paging,
        rows=rows,
        fault=fault,
        under_way=not upload.taken and is_held(db.session(), _lease_of(upload), g.now),
    )


def _look_through(uploads: Uploads, upload: Upload) -> str:
    """Work the preview out and keep it; a sentence when the file can't be read."""
    try:
        with uploads.noting(upload) as notes:
            report = _take(uploads, upload, notes, lambda: None, preview=True)
    except Busy:
        return BUSY
    except ActionError as error:
        return _in_words(uploads, upload, error)
    seen = replace(upload, counts=notes.counts, unused=report.unused, sheets_without=report.sheets_without)
    uploads.save(replace(seen, trial=report.trial, leaving=report.leaving))
    return ""


def _take_in(uploads: Uploads, upload: Upload, put_off: Callable[[], None]) -> str:
    """Take a file in; a sentence when that failed. What went in before a fault is noted and found all the same."""
    if upload.trial != is_trial(_config(), upload.source, upload.kind):
        return "Chế độ của sàn đã đổi sau khi xem trước. Bỏ tệp này rồi gửi lại để xem trước lần nữa."
    fault, report, notes = "", None, uploads.noting(upload)
    try:
        with notes:
            report = _take(uploads, upload, notes, put_off, preview=False)
    except Busy:
        fault = BUSY
    except ActionError as error:
        fault = _in_words(uploads, upload, error)
    finally:
        accepted = notes.counts["new"] + notes.counts["changed"]
        if report is not None or accepted:
            run = {"run": report.run_id} if report is not None else {}
            _note("file_imported", upload, accepted=accepted, refused=notes.counts["refused"], **run)
    if report is not None:
        try:
            uploads.taken(replace(upload, leaving=report.leaving), notes.counts, report.run_id)
        except OSError as error:  # taken in once more, its rows will be as they were
            current_app.logger.warning("%s: what became of it can't be kept: %s", upload.id, error)
    if report is not None or accepted:
        _update_index()
    return fault


def _lease_of(upload: Upload) -> str:
    return f"upload:{upload.id}"


def _in_words(uploads: Uploads, upload: Upload, error: ActionError) -> str:
    """Why a file can't be taken, without where we keep it."""
    told = str(error).replace(f"{uploads.path(upload)}: ", "")
    return f"{told[:1].upper()}{told[1:]}."


def _take(
    uploads: Uploads, upload: Upload, notes: RowNotes, put_off: Callable[[], None], *, preview: bool
) -> ImportReport:
    def told(result: RowResult) -> None:
        notes.add("changed" if result.outcome == "revived" else result.outcome, _as_note(result))

    kind = next(one for one in KINDS if one == upload.kind)
    return take_file(
        _config(),
        db.engine,
        upload.source,
        kind,
        uploads.path(upload),
        preview=preview,
        told=told,
        progress=lambda _done, _expected: put_off(),
    )


def _as_note(result: RowResult) -> dict[str, Any]:
    if result.fault is not None:
        fault = result.fault
        return {"row": fault.row, "column": fault.column, "value": fault.value, "reason": fault.reason}
    lines = fields.differences(result.fields)
    return {
        "row": result.row,
        "title": without_contacts(result.title),
        "lines": [
            {"label": one.label, "before": one.before, "after": one.after, "hidden": one.hidden} for one in lines
        ],
    }


def _update_index() -> None:
    """Bring the search in step; where another process is at it, the rows wait in the outbox for its next round."""
    from marketplace.instance import update_index
    from search_index.index import IndexBusy, IndexUnusable

    try:
        update_index(_config(), db.engine)
    except (IndexBusy, IndexUnusable) as error:
        current_app.logger.warning("the imported rows are not in the search yet: %s", error)


def _form(uploads: Uploads, faults: Mapping[str, str] = MappingProxyType({})) -> str:
    return render_template(
        "sync/uploads.html",
        kinds=KIND_NAMES,
        sources={slug: _config().source(slug) for slug in REGISTRY},
        trial=[_config().source(slug).title for slug in REGISTRY if is_trial(_config(), slug, "accounts")],
        chosen=request.form if request.method == "POST" else request.args,
        faults=faults,
        uploads=uploads.all(),
        most=MAX_BYTES,
    )


def _note(action: str, upload: Upload, **detail: Any) -> None:
    who = person()
    with writer(db.engine).begin() as session:
        subject = f"{upload.source}, {upload.kind}: {upload.name}"
        audit.note(session, g.now, who.name, action, subject, user_id=who.id, upload=upload.id, **detail)


def _known(upload_id: str) -> tuple[Uploads, Upload]:
    uploads = _uploads()
    uploads.tidy(g.now)
    upload = uploads.get(upload_id)
    if upload is None:
        abort(404, "Tệp này không còn: đã bỏ, hoặc đã quá 24 giờ. Gửi lại tệp nếu cần.")
    return uploads, upload


def _uploads() -> Uploads:
    return Uploads(_config().uploads_folder)


def _config() -> Config:
    config: Config = current_app.config["MARKETPLACE"]
    return config
