"""Starts both sites on loopback."""

from __future__ import annotations

from types import TracebackType

from .nongsanantoan import Nongsanantoan
from .server import SiteServer
from .site import Site
from .voso import Voso
from .world import World


class Sandbox:
    """Both sites of a world, served while the context lasts.

    >>> with Sandbox(World(sellers=20, listings=30)) as sandbox:
    ...     sandbox.urls["voso"]  # doctest: +ELLIPSIS
    'http://127.0.0.1:...'

    `ports`: of voso and of nongsanantoanlongan, 0 for any free one. Raises OSError when a port is taken.
    """

    def __init__(self, world: World | None = None, ports: tuple[int, int] = (0, 0)) -> None:
        self.world = world or World()
        self.sites: dict[str, Site] = {site.slug: site for site in (Voso(self.world), Nongsanantoan(self.world))}
        self._ports = ports
        self._servers: list[SiteServer] = []

    @property
    def urls(self) -> dict[str, str]:
        """Address of each site by the slug of its source, without a trailing slash."""
        return {server.site.slug: server.url for server in self._servers}

    def __enter__(self) -> Sandbox:
        try:
            for site, port in zip(self.sites.values(), self._ports, strict=True):
                self._servers.append(SiteServer(site, port))
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
