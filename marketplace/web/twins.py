"""The JSON and CSV twins of a page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response

Cell = str | int | float | None
# What a spreadsheet takes for the start of a formula. A title of a marketplace must not run in the reader's office.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(data: Mapping[str, Any], status: int = 200) -> Response:
    """Plain data as JSON, Vietnamese letters unescaped."""
    return Response(json.dumps(data, ensure_ascii=False, indent=1), status, mimetype="application/json")


def as_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """A file for spreadsheets: UTF-8 with a byte order mark, which Excel needs; None is an empty cell.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    response = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _cell(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
