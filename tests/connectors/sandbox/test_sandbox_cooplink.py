from __future__ import annotations

import pytest
from sandbox_visit import Answer, visit, walk

from connectors.sandbox import World
from connectors.sandbox.cooplink import Cooplink


def names(answer: Answer) -> list[str]:
    return [row.select("td")[2].get_text() for row in answer.soup.select(".notice-row")]


@pytest.fixture
def many() -> Cooplink:
    return Cooplink(World(sellers=60, listings=60, notices=50))


def test_every_notice_stands_in_the_table_once(many: Cooplink) -> None:
    pages = sorted(walk(many, ["/"], r"/\?page=\d+"))
    assert {"/?page=2", "/?page=3"} <= set(pages)
    shown = [name for page in ("/", "/?page=2", "/?page=3") for name in names(visit(many, page))]
    assert sorted(shown) == sorted(notice.registrant.name for notice in many.floor.all_notices())
    assert len(shown) == 50


@pytest.mark.parametrize("query", ["?dress=cards", ""])
def test_cards_by_query_or_by_option_stay_cards_on_the_next_page(many: Cooplink, query: str) -> None:
    if not query:
        many.dress = "cards"
    answer = visit(many, f"/{query}")
    assert len(answer.soup.select(".notice-card")) == 20
    assert not answer.soup.select("table")
    following = next(path for path in answer.paths() if path.endswith("page=2"))
    assert len(visit(many, following).soup.select(".notice-card")) == 20


def test_a_card_tells_what_the_row_tells(many: Cooplink) -> None:
    row = visit(many, "/").soup.select(".notice-row")[0]
    told = [cell.get_text() for cell in row.select("td")][2:]
    card = visit(many, "/?dress=cards").soup.select(".notice-card")[0]
    lines = [line.get_text().partition(": ")[2] for line in card.select(".card-body p")]
    assert lines == [value for value in told if value]


def test_every_card_leads_to_its_notice(many: Cooplink) -> None:
    reached = walk(many, ["/?dress=cards"], r"/\?dress=cards&page=\d+|/tin/\d+")
    assert {path for path in reached if path.startswith("/tin/")} == {f"/tin/{number}" for number in range(1, 51)}
    assert visit(many, "/tin/999").status == 404
    assert visit(many, "/tin/²").status == 404


def test_every_page_says_that_it_is_a_sandbox(many: Cooplink) -> None:
    for target in ("/", "/?dress=cards", "/tin/1", "/dang-ky", "/khong-co"):
        answer = visit(many, target)
        assert "Trang mẫu: dữ liệu bịa" in answer.text
        assert answer.text.endswith("</html>\n")
        assert "cooplink.com.vn" not in answer.text


def test_changes_show_at_once(many: Cooplink) -> None:
    notice = many.world.add_notice()
    many.world.replace_notice(notice._replace(product="Cà na <mới>"))
    assert visit(many, f"/tin/{notice.number}").text.count("Cà na &lt;mới&gt;") == 2
    many.world.remove_notice(notice.number)
    assert visit(many, f"/tin/{notice.number}").status == 404
    with pytest.raises(KeyError):
        many.world.remove_notice(notice.number)
