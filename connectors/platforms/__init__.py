"""Parsers of shop software that many sites run. PLATFORMS holds every one by the name configuration uses.

A platform is a module with `start`, `parse` and `kind_of` as a connector has them, and with the defaults of what
configuration may change: `paths` and `selectors`.
"""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.contract import Platform
from connectors.platforms import (
    fleetcart,
    haravan,
    nongsanantoan,
    nukeviet,
    opencart,
    selectors,
    structured_site,
    woocommerce,
    wordpress,
)

PLATFORMS: Mapping[str, Platform] = MappingProxyType(
    {
        "nongsanantoan": nongsanantoan,
        "woocommerce": woocommerce,
        "wordpress": wordpress,
        "haravan": haravan,
        "opencart": opencart,
        "nukeviet": nukeviet,
        "fleetcart": fleetcart,
        "structured": structured_site,
        "selectors": selectors,
    }
)
