"""WooCommerce on WordPress: products by the Store API, stall keepers by the API of Dokan or WCFM.

Facts and how sure they are: connectors/sources/longantrade.md. The Store API tells everything but the seller; which
products a stall has is asked stall by stall. Without Dokan or WCFM the site is one shop and names no sellers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from connectors import answers
from connectors.answers import Answer
from connectors.contract import Get, Page, Source, Yield
from connectors.platforms.woocommerce.products import products
from connectors.platforms.woocommerce.stalls import stall, stores, vendors
from connectors.reading import path_of

__all__ = ["fits", "kind_of", "namespaces", "parse", "paths", "probe", "selectors", "start"]

PER_PAGE = 100  # the most the API gives at once

paths: Mapping[str, str] = {"api": "/wp-json"}
selectors: Mapping[str, str] = {}
probe = "/wp-json/"


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - no list tells what changed since
    """The API's own table of contents: it says which plug-ins answer."""
    yield Get(url=f"{source.home}{_api(source)}/", kind="contents")


def fits(root: object, page: Page) -> bool:
    """By the Store API among the namespaces of the API."""
    return page.get.kind != "detect/home" and _has_store(namespaces(root))


def namespaces(contents: object) -> list[str]:
    """The parts of a WordPress API, by its table of contents."""
    told = contents.get("namespaces") if isinstance(contents, Mapping) else None
    return [name for name in told if isinstance(name, str)] if isinstance(told, list) else []


def kind_of(source: Source, url: str) -> str | None:
    """The kind of an address of the API."""
    path = path_of(source, url).rstrip("/")
    if path == _api(source):
        return "contents"
    match path.removeprefix(_api(source) + "/").split("/"):
        case ["wc", "store", "products"] | ["wc", "store", "v1", "products"]:
            return "products"
        case ["dokan", "v1", "stores"]:
            return "stores"
        case ["wcfmmp", "v1", "store-vendors"]:
            return "vendors"
        case ["dokan", "v1", "stores", _, "products"] | ["wcfmmp", "v1", "store-vendors", _, "products"]:
            return "stall?"
    return None


def parse(source: Source, page: Page) -> Iterator[Yield]:
    """Read one answer of the API."""
    if page.get.kind == "stall?" and page.status >= 400:
        return iter(())  # this version of the plug-in does not say what a stall sells
    readers = {"contents": _contents, "products": products, "stores": stores, "vendors": vendors, "stall?": stall}
    return answers.read(source, page, readers)


def _api(source: Source) -> str:
    return "/" + source.paths.get("api", paths["api"]).strip("/")


def _has_store(told: list[str]) -> bool:
    return any(name == "wc/store" or name.startswith("wc/store/") for name in told)


def _contents(answer: Answer) -> list[Yield]:
    told = namespaces(answer.value)
    if not _has_store(told):
        raise answer.missing("“wc/store” trong namespaces của WordPress")
    lists = {"products": "wc/store/v1/products" if "wc/store/v1" in told else "wc/store/products"}
    if "dokan/v1" in told:
        lists["stores"] = "dokan/v1/stores"
    if "wcfmmp/v1" in told:
        lists["vendors"] = "wcfmmp/v1/store-vendors"
    api = answer.source.home + _api(answer.source)
    return [Get(url=f"{api}/{route}?per_page={PER_PAGE}&page=1", kind=kind) for kind, route in lists.items()]
