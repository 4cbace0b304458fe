"""Which addresses a connection may be opened to, and how long each step may take."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.refusals import FetchError
from connectors.transport import Wire, may_connect

PRIVATE = [
    "0.0.0.0",  # noqa: S104 - an address to refuse, nothing is bound to it
    "10.0.0.1",
    "100.64.0.1",  # carrier-grade NAT
    "169.254.169.254",  # cloud metadata
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001:db8::1",
    "2002:a00:1::",  # 6to4 of 10.0.0.1
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
LOOPBACK = ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::"]
PUBLIC = ["1.1.1.1", "103.9.200.1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2001:4860:4860::8888", "2402:800::1"]


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("allow_loopback", [False, True])
def test_private_and_reserved_addresses(address: str, allow_loopback: bool) -> None:
    assert not may_connect(address, allow_loopback=allow_loopback)


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_only_where_allowed(address: str) -> None:
    assert may_connect(address, allow_loopback=True)
    assert not may_connect(address, allow_loopback=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert may_connect(address, allow_loopback=False)


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_wrapping_an_address_in_ipv6_changes_nothing(address: IPv4Address) -> None:
    plain = may_connect(str(address), allow_loopback=False)
    for prefix in ("::ffff:", "64:ff9b::"):
        assert may_connect(f"{prefix}{address}", allow_loopback=False) == plain
    six_to_four = IPv6Address((0x2002 << 112) | (int(address) << 80))
    assert may_connect(str(six_to_four), allow_loopback=False) == plain


def test_patience_shrinks_with_the_time_that_is_left() -> None:
    at = [100.0]
    wire = Wire(allow_loopback=False, connect_timeout_s=10, read_timeout_s=30, total_timeout_s=120, clock=lambda: at[0])
    wire.begin()
    assert (wire.patience(), wire.patience(10)) == (30, 10)
    at[0] += 115
    assert (wire.patience(), wire.patience(10)) == (5, 5)
    at[0] += 5
    with pytest.raises(FetchError, match="not complete after 120 s") as caught:
        wire.patience()
    assert caught.value.code == "timeout"
    wire.begin()
    assert wire.patience() == 30
