"""A marketplace changes its pages, and an administrator mends it with a text editor: no release, no programmer.

As a person does it: the command line, a real config.toml, the redesigned site over loopback.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from connectors.sandbox import Fault, Sandbox
from tests.marketplace.command import call
from tests.marketplace.test_cli import instance, lines

__all__ = ["instance"]


class Redesign(NamedTuple):
    """The class a site gives up, a list with it, and the settings that mend it (no two sources need the same)."""

    source: str
    find: str
    page: str
    mend: dict[str, str]


REDESIGNS = (
    Redesign("voso", "f-items", "/dac-san-nam-bo-c141", {"card.frame": ".o-moi"}),
    Redesign("nongsanantoanlongan", "media", "/shop", {"sellers.row": ".o-moi"}),
)


@pytest.mark.parametrize("redesign", REDESIGNS, ids=lambda redesign: redesign.source)
def test_a_redesigned_page_is_mended_in_the_configuration(
    instance: Path, tmp_path: Path, sandbox: Sandbox, redesign: Redesign
) -> None:
    source = redesign.source
    assert _runs(instance, source)["verdict"] == "ok"
    sandbox.sites[source].faults.add(Fault(kind="renamed_class", find=redesign.find, replace="o-moi"))
    assert _runs(instance, source)["reason"] == "layout"

    # The page as saved in a browser gives nothing; the verb tells what the name of its selector is.
    url = sandbox.urls[source] + redesign.page
    page = tmp_path / "page.html"
    page.write_bytes(requests.get(url, timeout=5).content)
    assert call(instance, "parse", source, str(page), "--url", url).returncode == 1
    told = tomllib.loads(call(instance, "sources", source).stdout)["sources"][source]["selectors"]
    assert {told[name] for name in redesign.mend} == {f".{redesign.find}"}

    settings = "".join(f'"{name}" = "{css}"\n' for name, css in redesign.mend.items())
    with (instance / "config.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[sources.{source}.selectors]\n{settings}")
    parsed = call(instance, "parse", source, str(page), "--url", url)
    assert parsed.returncode == 0, parsed.stderr
    assert {line["record"] for line in lines(parsed)} >= {"listing", "get"}
    preview = call(instance, "sync", source, "--preview", "--json")
    assert (preview.returncode, preview.stdout) == (0, ""), "nothing but the markup has changed"
    mended = _runs(instance, source)
    assert mended["verdict"] == "ok"
    assert all(kind["seen"] == kind["unchanged"] for kind in mended["counts"].values())


def test_what_was_set_is_shown_beside_the_default(instance: Path) -> None:
    with (instance / "config.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources.voso.selectors]\ncard.title = "h4.ten"\n')
    shown = call(instance, "sources", "voso").stdout
    assert '"card.title" = "h4.ten"  # by default ".f-items_name > a"' in shown
    assert shown.count("# by default") == 1
    listed = call(instance, "sources").stdout.splitlines()
    assert [line.split()[:2] for line in listed if line.startswith("voso")] == [["voso", "sandbox"]]


def _runs(instance: Path, source: str) -> dict[str, Any]:
    [run] = json.loads(call(instance, "sync", source, "--json").stdout)
    assert isinstance(run, dict)
    return run
