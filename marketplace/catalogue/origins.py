"""Where we know a record from: pages everybody sees, or files of the marketplace's operator alone.

A row's `hashes` note what told of it: {page kind: content hash}, for a file {"file:accounts": …}.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, cast, func, or_

from marketplace.board.models import Request
from marketplace.catalogue.models import Listing, Seller
from marketplace.catalogue.rules import FILE

Model = type[Seller] | type[Listing] | type[Request]


def told_by_file(model: Model, kind: str) -> ColumnElement[bool]:
    """Records a file of this kind has told."""
    return cast(model.hashes, Text).contains(f'"{FILE}{kind}":', autoescape=True)


def told_by_files_alone(model: Model) -> ColumnElement[bool]:
    """Records no page has ever shown.

    The column is read as text, which every database can: with the keys of files struck out, any key that still begins
    with its quotation mark is that of a page. Hashes are hexadecimal, so they hold neither mark nor comma.
    """
    keys = func.replace(cast(model.hashes, Text), f'"{FILE}', "")
    return (keys != "{}") & ~or_(keys.startswith('{"'), keys.contains(', "'))
