"""Every code that can be yielded is explained, in words an officer can act on."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import get_args

import pytest

import connectors
from connectors.problems import PROBLEMS, Explanation
from connectors.refusals import FetchCode

_YIELDED = re.compile(r"""(?:ReadError\(|\.note\(|\.report\(|code=)\s*"([a-z_]+)\"""")
_CONDITIONAL = re.compile(r"""(?:ReadError|\.note)\(\s*"([a-z_]+)" if .*? else "([a-z_]+)\"""")


def _codes_in_the_source() -> set[str]:
    """The codes the reading modules write down; the sandbox invents pages and yields none."""
    folder = Path(connectors.__file__).parent
    codes: set[str] = set()
    for file in folder.rglob("*.py"):
        if "sandbox" not in file.parts:
            source = file.read_text("utf-8")
            codes.update(_YIELDED.findall(source))
            codes.update(code for pair in _CONDITIONAL.findall(source) for code in pair)
    return codes


def test_every_code_of_the_connectors_is_explained() -> None:
    codes = _codes_in_the_source()
    assert {"layout", "bad_row", "empty_list", "duplicate_ref", "price_unreadable", "id_mismatch"} <= codes
    assert codes - PROBLEMS.keys() == set()


def test_every_refusal_of_a_fetch_is_explained() -> None:
    assert set(get_args(FetchCode)) - PROBLEMS.keys() == set()


@pytest.mark.parametrize(("code", "told"), PROBLEMS.items())
def test_explanations_are_sentences(code: str, told: Explanation) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    assert told.scope in ("item", "page", "run")
    for text in (told.title, told.cause, told.cure):
        assert unicodedata.is_normalized("NFC", text)
        assert "!" not in text
        assert text[0].isupper() or text.startswith("robots.txt")
    assert not told.title.endswith(".")
    assert told.cause.endswith(".")
    assert told.cure.endswith(".")
    assert len({told.title, told.cause, told.cure}) == 3


def test_titles_are_unique() -> None:
    assert len({told.title for told in PROBLEMS.values()}) == len(PROBLEMS)
