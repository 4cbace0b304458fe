"""Why a verb of the sync was not carried out."""

from __future__ import annotations


class ActionError(Exception):
    """A verb can't be carried out as asked. One line for the person who asked."""
