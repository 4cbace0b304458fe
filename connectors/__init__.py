"""Knows marketplaces: bytes in, records out. REGISTRY holds every connector by its slug."""

from collections.abc import Mapping
from types import MappingProxyType

from connectors import cooplink, longantrade, nongsanantoanlongan, postmart, voso
from connectors.contract import Connector, Parser, Source
from connectors.platforms import PLATFORMS

REGISTRY: Mapping[str, Connector] = MappingProxyType(
    {
        "nongsanantoanlongan": nongsanantoanlongan,
        "cooplink": cooplink,
        "postmart": postmart,
        "voso": voso,
        "longantrade": longantrade,
    }
)


def parser_of(source: Source) -> Parser:
    """What reads a source: its own connector, or the platform that configuration put in its place."""
    return PLATFORMS[source.platform] if source.platform else REGISTRY[source.slug]
