"""Every fault a site may have × every connector: what was known stays, the reason is shown, the next run recovers.

The world behind the sandbox stays the same from beginning to end; only the fault comes and goes. A fault that cannot
happen to a site is left out by the site itself, which says why (`Site.immune`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from installation import A_WEEK, Installation, differences, installed

from connectors import REGISTRY
from connectors.problems import PROBLEMS
from connectors.sandbox import Fault, World
from connectors.sandbox.faults import ROBOTS, Kind
from marketplace.sync import pricing
from marketplace.sync.models import Run

Kinds = Fault | tuple[Fault, ...]
IMPATIENT = {"read_timeout_s": 0.05, "total_timeout_s": 0.1}
PRICE = (*pricing.COLUMNS, "price_per_kg_vnd")
# A description may repeat the seller's telephone.
OF_A_SELLER = ("product_count", "description")
AN_HOUR = timedelta(hours=1)
FAILED, HELD, PARTIAL, OK = "failed", "held", "partial", "ok"


@dataclass(frozen=True)
class Trouble:
    """A fault and what a run must make of it."""

    name: str
    fault: Fault
    verdict: str
    # The reason of the verdict; of a run that is ok nevertheless: the problem it must tell ("" for none). Several
    # where the sites differ: a list of JSON that is no JSON, a list of HTML without its parts.
    reason: str | tuple[str, ...] = ""
    may_change: tuple[str, ...] = ()  # columns that then say what the site says
    first: str = ""  # the verdict of a first reading, where it is another: nothing can be missing in it
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def reasons(self) -> tuple[str, ...]:
        return (self.reason,) if isinstance(self.reason, str) else self.reason


def status(code: int, **more: Any) -> Fault:
    return Fault(kind="status", status=code, **more)


def robots(kind: Kind, **more: Any) -> Fault:
    return Fault(kind=kind, path=ROBOTS, **more)


TROUBLES = (
    # What stands on the lists
    Trouble("empty list", Fault(kind="empty_list"), FAILED, "below_minimum"),
    Trouble("list cut in half", Fault(kind="half_list"), HELD, "large_drop", first=OK),
    Trouble("renamed class", Fault(kind="renamed_class"), FAILED, "layout"),
    Trouble("paging that repeats for ever", Fault(kind="paging_loop"), PARTIAL, "paging_loop"),
    Trouble("duplicate refs", Fault(kind="duplicates"), OK, "duplicate_ref"),
    Trouble("refs in another case", Fault(kind="other_case"), OK, may_change=("url",)),
    Trouble("decomposed names", Fault(kind="nfd"), OK),
    Trouble("prices as pictures", Fault(kind="price_picture"), OK, "price_unreadable", may_change=PRICE),
    Trouble("missing sellers", Fault(kind="no_seller"), OK, may_change=OF_A_SELLER),
    # Something else than the page
    Trouble("a web page about nothing", Fault(kind="html"), FAILED, ("layout", "not_json")),
    Trouble("JSON about nothing", Fault(kind="json"), FAILED, ("not_html", "layout", "not_json")),
    Trouble("empty body", Fault(kind="empty_body"), FAILED, ("not_html", "not_json")),
    Trouble("binary", Fault(kind="binary"), FAILED, ("not_html", "not_json")),
    Trouble("page cut in the middle", Fault(kind="truncated"), FAILED, ("truncated", "not_json")),
    Trouble("200 with a challenge", Fault(kind="challenge", status=200), FAILED, "challenge"),
    Trouble("403 with a challenge", Fault(kind="challenge"), FAILED, "challenge"),
    # Refusals
    Trouble("401", status(401), FAILED, "blocked"),
    Trouble("403", status(403), FAILED, "blocked"),
    Trouble("404", status(404), FAILED, "not_found"),
    Trouble("500", status(500), FAILED, "server_error"),
    Trouble("429 for too long", status(429, retry_after=3600), FAILED, "rate_limited"),
    Trouble("503 for too long", status(503, retry_after=86_400), FAILED, "rate_limited"),
    Trouble("429 once", status(429, retry_after=7, times=1), OK, settings={"attempts": 2}),
    Trouble("500 three times", status(500, times=3), OK, settings={"attempts": 4}),
    Trouble("500 here and there", status(500, times=1), PARTIAL, "server_error"),
    # Ways of an answer
    Trouble("slow body", Fault(kind="slow", seconds=4.0), FAILED, "timeout", settings=IMPATIENT),
    Trouble("body without end", Fault(kind="endless"), FAILED, "too_large", settings={"max_page_bytes": 1_000_000}),
    Trouble("dripping body without end", Fault(kind="drip"), FAILED, "timeout", settings=IMPATIENT),
    Trouble("huge page", Fault(kind="huge", size=1_000_000), FAILED, "too_large", settings={"max_page_bytes": 900_000}),
    Trouble("dropped connection", Fault(kind="dropped"), FAILED, "unreachable"),
    Trouble("redirect loop", Fault(kind="redirect_loop"), FAILED, "redirect_loop"),
    Trouble("moved host", Fault(kind="moved"), FAILED, "moved"),
    Trouble("robots.txt forbids", Fault(kind="robots_forbid"), FAILED, "robots"),
)
# Read by the client before any connector sees a page: one source stands for all.
ROBOTS_TROUBLES = (
    Trouble("robots.txt broken", robots("status", status=500), FAILED, "server_error"),
    Trouble("robots.txt a challenge", robots("challenge"), FAILED, "challenge"),
    Trouble("robots.txt moved", robots("moved"), FAILED, "moved"),
    Trouble("robots.txt drips", robots("drip"), FAILED, "timeout", settings=IMPATIENT),
    Trouble("robots.txt absent", robots("status", status=404), OK),
    Trouble("robots.txt refused", robots("status", status=403), OK),
    Trouble("robots.txt a redirect loop", robots("redirect_loop"), OK),
    Trouble("robots.txt huge", robots("huge", size=2_000_000), OK),
    Trouble("robots.txt without end", robots("endless"), OK),
    Trouble("robots.txt binary", robots("binary"), OK),
    Trouble("robots.txt a web page", robots("html"), OK),
)

everywhere = pytest.mark.parametrize("slug", REGISTRY)


def troubles(*some: Trouble) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("trouble", some, ids=lambda trouble: trouble.name.replace(" ", "-"))


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("faults"), World(seed=3, sellers=18, listings=24, posts=3)) as made:
        yield made


def possible(market: Installation, slug: str, trouble: Trouble) -> None:
    why = market.site(slug).immune.get(trouble.fault.kind)
    if why is not None:
        assert len(why) > 20, "a site that leaves a fault out says why"
        pytest.skip(f"{slug}: {why}")


def judged(market: Installation, run: Run, trouble: Trouble, verdict: str) -> None:
    """The verdict, the reason, and that a reader of our pages is told: what, why, and what can be done."""
    told = market.problems(run)
    if verdict == PARTIAL and not run.pages:
        verdict = FAILED  # the one list of the site could not be read: nothing is left of the run
    assert run.verdict == verdict, (run.reason, run.detail, told)
    sources, details = market.page("/nguon"), market.page(f"/nguon/lan/{run.id}")
    if verdict == OK:
        assert run.reason == ""
        codes = [code for code in trouble.reasons if code] if verdict == trouble.verdict else []
        assert not codes or told[codes[0]] > 0, told
    else:
        assert run.reason in trouble.reasons, (run.detail, told)
        codes = [run.reason]
    for code in codes:
        words = PROBLEMS[code]
        assert words.title.lower() in sources.lower()
        assert words.cause in details
        assert words.cure in details


@troubles(*TROUBLES)
@everywhere
def test_what_was_known_stays_and_the_next_run_recovers(market: Installation, slug: str, trouble: Trouble) -> None:
    possible(market, slug, trouble)
    known = market.filled(slug)
    whole, alive = market.everything(slug), market.signs_of_life(slug)
    points = market.price_points(slug)
    site = market.site(slug)
    site.faults.add(trouble.fault)
    # Where nothing can be read, own pages need not be due: it saves half of the requests.
    later = AN_HOUR if trouble.verdict == FAILED else A_WEEK
    with market.on(later):
        run = market.sync(slug, **trouble.settings)
        judged(market, run, trouble, trouble.verdict)
    if trouble.verdict == FAILED:
        assert market.everything(slug) == whole
    assert differences(known, market.records(slug), but=trouble.may_change) == []
    if trouble.may_change != OF_A_SELLER:
        assert market.signs_of_life(slug) == alive
    assert market.price_points(slug) == points

    market.site_faults_end()
    with market.on(2 * later):
        again = market.sync(slug)
    assert (again.verdict, again.reason) == (OK, ""), market.problems(again)
    assert differences(known, market.records(slug)) == []
    if trouble.may_change != OF_A_SELLER:
        assert market.signs_of_life(slug) == alive
    assert market.price_points(slug) == points


@troubles(*(trouble for trouble in TROUBLES if trouble.verdict != FAILED))
@everywhere
def test_a_first_reading_in_trouble_invents_nothing(market: Installation, slug: str, trouble: Trouble) -> None:
    possible(market, slug, trouble)
    known = market.filled(slug)
    market.empty()
    market.site(slug).faults.add(trouble.fault)
    with market.on(timedelta()):
        run = market.sync(slug, **trouble.settings)
        judged(market, run, trouble, trouble.first or trouble.verdict)
    assert market.records(slug).keys() <= known.keys()

    market.site_faults_end()
    with market.on(A_WEEK):
        again = market.sync(slug)
    assert (again.verdict, again.reason) == (OK, ""), market.problems(again)
    assert differences(known, market.records(slug)) == []


@troubles(*ROBOTS_TROUBLES)
def test_robots_txt_is_obeyed_and_believed_only_where_it_is_one(market: Installation, trouble: Trouble) -> None:
    test_what_was_known_stays_and_the_next_run_recovers(market, next(iter(REGISTRY)), trouble)
