"""Settings: every key is listed, every mistake is told in one line that helps."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from connectors import REGISTRY
from connectors.platforms import PLATFORMS
from marketplace.config import Config, ConfigError, SourceSettings, load

ROOT = Path(__file__).parents[2]


def write(folder: Path, text: str) -> Path:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_example_lists_every_setting_with_its_default() -> None:
    example = tomllib.loads((ROOT / "config.example.toml").read_text(encoding="utf-8"))
    defaults = asdict(Config(instance=Path()))
    defaults.pop("instance")
    defaults["sources"] = {slug: asdict(SourceSettings()) for slug in REGISTRY}
    assert example == defaults


def test_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert config == Config(instance=tmp_path)
    assert config.mode("voso") == "sandbox"
    assert config.source("voso").home.startswith("http://127.0.0.1:")
    assert config.source("voso").delay_s == 0


def test_a_live_source_keeps_its_connectors_manners(tmp_path: Path) -> None:
    config = load(write(tmp_path, '[sources.voso]\nmode = "live"\n'))
    assert config.source("voso") == REGISTRY["voso"].source
    assert config.source("voso").delay_s >= 1


def test_a_moved_site_is_read_at_its_new_address(tmp_path: Path) -> None:
    config = load(write(tmp_path, '[sources.voso]\nmode = "live"\nhome = "https://moi.example.vn/"\nmax_drop = 0.5\n'))
    source = config.source("voso")
    assert source.home == "https://moi.example.vn"
    assert "voso.vn" in source.hosts
    assert source.max_drop == 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[sync]\ndelay = 3\n", "[sync] delay: unknown key"),
        ("[sync]\nattemps = 3\n", "did you mean attempts?"),
        ('[sync]\nattempts = "3"\n', '[sync] attempts: expected a whole number, got "3"'),
        ("[sync]\nattempts = true\n", "[sync] attempts: expected a whole number, got True"),
        ("[sync]\nattempts = 0\n", "[sync] attempts: expected 1 or more, got 0"),
        ("[sources.voso]\nmax_drop = 1.5\n", "[sources.voso] max_drop: expected 1.0 or less, got 1.5"),
        ("[site]\nname = 5\n", "[site] name: expected a text, got 5"),
        ("site = 5\n", "[site]: expected a table, got 5"),
        ("sources = 5\n", "sources: expected a table per marketplace, got 5"),
        ("[sources]\nvoso = 5\n", "[sources.voso]: expected a table, got 5"),
        ("[sources.vosso]\n", "[sources.vosso]: no such marketplace; did you mean voso?"),
        ('[sources.voso]\nmode = "on"\n', "[sources.voso] mode: expected one of live, sandbox, off"),
        ('[sources.voso.paths]\nshopp = "/s"\n', "[sources.voso.paths] shopp: no such path"),
        ("[sources.voso]\npaths = { shop = 3 }\n", "[sources.voso] paths: expected a table of texts"),
        ('[sources.voso]\nhome = "voso.vn"\n', "[sources.voso] home: expected an address such as https://example.vn"),
        ('[sources.voso]\nhome = "ftp://voso.vn"\n', "expected an address such as https://example.vn"),
        ('[sources.voso.paths]\nshop = "https://voso.vn/s"\n', "[sources.voso.paths] shop: expected a path below the"),
        ('[sources.voso.paths]\nshop = "/gian hang/"\n', 'below the base address, got "/gian hang/"'),
        ('[sources.voso.selectors]\n"card.titel" = "h3"\n', "card.titel: no such selector; did you mean card.title?"),
        ('[sources.voso.selectors]\n"card.title" = ".b >"\n', 'card.title: not a CSS selector: ".b >"'),
        (
            '[sources.voso.selectors]\ncard.title = ".."\n',
            '[sources.voso.selectors] card.title: not a CSS selector: ".."',
        ),
        ('[sources.voso.selectors]\n"card.title" = ""\n', 'card.title: not a CSS selector: ""'),
        ("[sources.voso.selectors]\ncard.title = 3\n", "[sources.voso] selectors: expected a table of texts"),
        ('[sources.cooplink.selectors]\nlabel.phone = "sđt||zalo"\n', "label.phone: expected words separated by |"),
        ('[sources.cooplink.selectors]\nlabel.phone = "SĐT|Địa chỉ"\n', '"dia chi" stands for label.address already'),
        (
            '[sources.voso]\nplatform = "nongsanantoan"\n[sources.voso.selectors]\n"shop.frame" = "div"\n',
            "[sources.voso.selectors] shop.frame: no such selector",
        ),
        ('[search]\nbackend = "elastic"\n', "[search] backend: expected one of tantivy, whoosh"),
        ('[sources.voso]\nschedule = "2am"\n', "[sources.voso] schedule: expected five fields as in a crontab"),
        ('[worker]\nnight = "late"\n', "[worker] night: expected two times of the day"),
        ('[mail]\nto = "a@example.vn"\n', "[mail] to: expected a list of texts"),
        ('[mail]\nhost = "mail.example.vn"\n', "[mail] host: a mail needs [mail] sender and to as well"),
        ("[sync\n", "not valid TOML"),
        ("colour = 1\n", "colour: unknown key"),
    ],
)
def test_a_mistake_is_told_with_file_key_and_what_was_expected(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text))
    message = str(caught.value)
    assert expected in message
    assert message.startswith(str(tmp_path / "config.toml"))
    assert "\n" not in message


@pytest.mark.parametrize("key", ["card.title", '"card.title"'])
def test_a_selector_is_set_by_its_name_with_or_without_quotes(tmp_path: Path, key: str) -> None:
    lines = ["[sources.voso]", 'mode = "live"', "[sources.voso.selectors]", f'{key} = "h3.ten, h4.ten"']
    source, usual = load(write(tmp_path, "\n".join(lines))).source("voso"), REGISTRY["voso"].source
    assert source.selectors == {**usual.selectors, "card.title": "h3.ten, h4.ten"}
    assert source.paths == usual.paths


def test_what_a_platform_may_be_told_is_its_own(tmp_path: Path) -> None:
    lines = ["[sources.voso]", 'platform = "nongsanantoan"', "[sources.voso.selectors]", 'card.price = "b.gia"']
    source = load(write(tmp_path, "\n".join(lines))).source("voso")
    assert source.selectors == {**PLATFORMS["nongsanantoan"].selectors, "card.price": "b.gia"}


def test_a_file_of_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes('[site]\nname = "Chợ"\n'.encode("utf-16"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load(tmp_path)


def test_the_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    config = load(tmp_path / "new")
    assert len(config.secret()) == 32
    assert config.secret() == config.secret()
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o077 == 0


def test_every_source_has_a_plan_and_the_sandbox_may_be_read_by_day(tmp_path: Path) -> None:
    config = load(
        write(tmp_path, '[sources.voso]\nmode = "live"\nschedule = "0 2 * * 0"\n[worker]\nnight = "01:00-05:00"\n')
    )
    assert config.plan("voso").cron == "0 2 * * 0"
    assert not config.plan("voso").night.whole_day
    assert config.plan("cooplink").night.whole_day
    staggered = [Config(instance=tmp_path).plan(slug).cron for slug in REGISTRY]
    assert len(set(staggered)) == len(staggered)


def test_the_user_agent_names_the_page_that_says_how_we_read(tmp_path: Path) -> None:
    assert load(tmp_path).user_agent == "ChoNongSanLongAn/0.1"
    site = '[site]\nurl = "https://nongsan.example.vn/"\ncontact = "Tổ trực, lienhe@example.vn"\n'
    agent = load(write(tmp_path, site)).user_agent
    assert agent.startswith("ChoNongSanLongAn/0.1 (+https://nongsan.example.vn/cach-doc; ")
    assert "lienhe@example.vn" in agent
    assert agent.isascii()
