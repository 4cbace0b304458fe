"""Knows marketplaces: bytes in, records out. REGISTRY holds every connector by its slug."""

from collections.abc import Mapping
from types import MappingProxyType

from connectors import cooplink, nongsanantoanlongan, voso
from connectors.contract import Connector

REGISTRY: Mapping[str, Connector] = MappingProxyType(
    {
        "nongsanantoanlongan": nongsanantoanlongan,
        "cooplink": cooplink,
        "voso": voso,
    }
)
