"""Starts the sites on loopback."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from .cooplink import Cooplink
from .longantrade import Longantrade
from .nongsanantoan import Nongsanantoan
from .postmart import Postmart
from .server import SiteServer
from .site import Site
from .voso import Voso
from .world import World


class Sandbox:
    """The sites of a world, served while the context lasts.

    >>> with Sandbox(World(sellers=20, listings=30)) as sandbox:
    ...     sandbox.urls["voso"]  # doctest: +ELLIPSIS
    'http://127.0.0.1:...'

    `ports`: by the slug of a source; a site that is not named gets any free one, as with 0. Raises KeyError
    for a site there is none of, OSError when a port is taken.
    """

    def __init__(self, world: World | None = None, ports: Mapping[str, int] | None = None) -> None:
        self.world = world or World()
        sites: tuple[Site, ...] = (
            Voso(self.world),
            Nongsanantoan(self.world),
            Cooplink(self.world),
            Postmart(self.world),
            Longantrade(self.world),
        )
        self.sites = {site.slug: site for site in sites}
        self._ports = dict(ports or {})
        for slug in self._ports.keys() - self.sites.keys():
            raise KeyError(slug)
        self._servers: list[SiteServer] = []

    @property
    def urls(self) -> dict[str, str]:
        """Address of each site by the slug of its source, without a trailing slash."""
        return {server.site.slug: server.url for server in self._servers}

    def __enter__(self) -> Sandbox:
        try:
            for slug, site in self.sites.items():
                self._servers.append(SiteServer(site, self._ports.get(slug, 0)))
        except OSError:
            for server in self._servers:
                server.server_close()
            raise
        for server in self._servers:
            server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()
