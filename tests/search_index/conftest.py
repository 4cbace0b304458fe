"""Every test that asks for `backend` or `index` runs once per backend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from search_index.index import BACKENDS, Index


@pytest.fixture(params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path, backend: str) -> Iterator[Index]:
    opened = Index.open(folder, backend)
    yield opened
    opened.close()
