"""How well our search answers the judged queries of tests/search_index/judged/, by class.

    python bench/judged.py [--backend whoosh] [--json]

Every query is asked once and answers with all its hits. Its mark is one divided by the rank of the first right answer,
0 when there is none; MRR is the mean. Told as well: queries without any hit, those that find what must not be found and
those that miss what must be. The queries that were not answered perfectly are listed.

Exit codes: 0 as judged, 1 not, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from search_index.documents import Document, Query
from search_index.index import BACKENDS, Index

FOLDER = Path(__file__).parents[1] / "tests" / "search_index" / "judged"
CLASSES = ("marks", "none", "synonym", "telex", "vni", "typo", "place", "phrase", "minus", "mixed", "prefix")
MRR = 0.95  # at least; and no typo without hits, nothing forbidden, nothing missing

# A query's text and whether its last word may be only begun, to the ids of all that is found, the best first.
Ask = Callable[[str, bool], Sequence[str]]


class Judgement(NamedTuple):
    """What one query must find. `typing`: its last word may be only the beginning of one."""

    kind: str
    query: str
    relevant: frozenset[str]
    found: frozenset[str]
    forbidden: frozenset[str]
    reason: str

    @property
    def typing(self) -> bool:
        return self.kind == "prefix"


class Verdict(NamedTuple):
    """How one query was answered: the rank of the first right answer (0: none), and what is amiss."""

    judgement: Judgement
    rank: int
    hits: int
    missing: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def mark(self) -> float:
        return 1 / self.rank if self.rank else 0.0


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("; ") if part)


@cache
def documents() -> tuple[Document, ...]:
    """The catalogue that is searched."""
    return tuple(
        Document(
            id=row["id"],
            kind=row["kind"],
            source=row["source"],
            ref=row["id"],
            title=row["title"],
            seller=row["seller"],
            category=row["category"],
            body=row["body"],
            places=_list(row["places"]),
            facets={"kind": (row["kind"],), "source": (row["source"],)},
        )
        for row in _rows("documents.csv")
    )


@cache
def judgements() -> tuple[Judgement, ...]:
    """The queries with what they name resolved to ids. Raises ValueError for a name that no document bears."""
    rows = _rows("documents.csv")

    def named(text: str) -> frozenset[str]:
        found: set[str] = set()
        for name in _list(text):
            thing, _, place = name.partition("@")
            meant = {
                row["id"]
                for row in rows
                if (row["id"] == thing or fnmatchcase(row["thing"], thing))
                and (not place or any(one.endswith(place) for one in _list(row["places"])))
            }
            if not meant:
                raise ValueError(f"queries.csv: no document is called {name!r}")
            found |= meant
        return frozenset(found)

    return tuple(
        Judgement(
            kind=row["class"],
            query=row["query"],
            relevant=named(row["relevant"]),
            found=named(row["found"]),
            forbidden=named(row["forbidden"]),
            reason=row["reason"],
        )
        for row in _rows("queries.csv")
    )


def judge(ask: Ask) -> list[Verdict]:
    """Every judged query, asked once."""
    verdicts = []
    for one in judgements():
        ids = list(ask(one.query, one.typing))
        rank = next((at for at, id in enumerate(ids, 1) if id in one.relevant), 0)
        missing, wrong = sorted(one.found.difference(ids)), sorted(one.forbidden.intersection(ids))
        verdicts.append(Verdict(one, rank, len(ids), tuple(missing), tuple(wrong)))
    return verdicts


def asking(index: Index) -> Ask:
    """Our own search as `judge` asks it."""

    def ask(text: str, typing: bool) -> list[str]:
        return [hit.id for hit in index.search(Query(text=text, typing=typing, limit=len(documents()))).hits]

    return ask


def ours(backend: str) -> list[Verdict]:
    """The judged queries answered by our search, in an index made for it."""
    with tempfile.TemporaryDirectory(prefix="judged-") as name:
        folder = Path(name) / "index"
        Index.build(folder, documents(), backend)
        index = Index.open(folder, backend)
        try:
            return judge(asking(index))
        finally:
            index.close()


def summary(verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """The marks of some verdicts: MRR, and how many queries found nothing, something forbidden, not all they must."""
    some = list(verdicts)
    return {
        "queries": len(some),
        "mrr": round(sum(one.mark for one in some) / len(some), 4),
        "without_hits": sum(not one.hits for one in some),
        "with_forbidden": sum(bool(one.wrong) for one in some),
        "with_missing": sum(bool(one.missing) for one in some),
    }


def by_class(verdicts: Sequence[Verdict]) -> dict[str, dict[str, Any]]:
    """`summary` of every class, and of all of them under "all"."""
    told = {name: summary(one for one in verdicts if one.judgement.kind == name) for name in CLASSES}
    return told | {"all": summary(verdicts)}


def held(verdicts: Sequence[Verdict]) -> bool:
    """Whether the judged set is answered as it must be."""
    whole = summary(verdicts)
    return bool(
        whole["mrr"] >= MRR
        and not any(not one.hits for one in verdicts if one.judgement.kind == "typo")
        and not whole["with_forbidden"]
        and not whole["with_missing"]
    )


def amiss(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """The queries that were not answered perfectly, with what was wrong and why it is judged so."""
    return [
        {
            "class": one.judgement.kind,
            "query": one.judgement.query,
            "rank": one.rank,
            "hits": one.hits,
            "forbidden": one.wrong,
            "missing": one.missing,
            "reason": one.judgement.reason,
        }
        for one in verdicts
        if one.rank != 1 or one.wrong or one.missing
    ]


def table(told: Mapping[str, Mapping[str, Any]]) -> str:
    """`by_class` for people."""
    lines = [f"{'class':<10}{'queries':>8}{'MRR':>8}{'no hit':>8}{'forbidden':>11}{'missing':>9}"]
    lines += [
        f"{name:<10}{one['queries']:>8}{one['mrr']:>8.3f}{one['without_hits']:>8}{one['with_forbidden']:>11}"
        f"{one['with_missing']:>9}"
        for name, one in told.items()
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/judged.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--backend", choices=sorted(BACKENDS), default="tantivy", help="default: tantivy")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    told = parser.parse_args(arguments)
    verdicts = ours(told.backend)
    classes, failed = by_class(verdicts), amiss(verdicts)
    if told.json:
        result = {"backend": told.backend, "classes": classes, "held": held(verdicts), "amiss": failed}
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        print(table(classes))
        for one in failed:
            faults = [f"rank {one['rank']} of {one['hits']}" if one["rank"] else f"no right answer in {one['hits']}"]
            faults += [f"{name}: {', '.join(one[name])}" for name in ("forbidden", "missing") if one[name]]
            print(f"\n{one['class']}: {one['query']}\n  {'; '.join(faults)}\n  {one['reason']}")
    return 0 if held(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
