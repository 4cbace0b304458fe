"""Certificates are checked; a connection that breaks is something else."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from loopback_site import HEAD, PAGE, NewClient, Site, Time, names, raw, refused, reply, serve

from connectors.client import PoliteClient


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate of 127.0.0.1, valid in every year a test may run."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "site.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls_site(certificate: Path) -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serve(lambda listening: context.wrap_socket(listening, server_side=True)) as running:
        yield running


def test_a_certificate_nobody_vouches_for(tls_site: Site, client: PoliteClient, time: Time) -> None:
    error = refused(client, f"{tls_site.url}/")
    assert (error.code, error.stop) == ("tls", True)
    assert "self-signed" in error.detail
    assert time.slept == [], "a bad certificate is not asked for again"
    assert tls_site.asked == []


def test_a_trusted_site(
    tls_site: Site, certificate: Path, new_client: NewClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(certificate))
    tls_site.routes["/"] = reply(PAGE)
    tls_site.routes["/drip"] = raw(HEAD + b"\r\n", b"x", pause_s=0.01, endless=True)
    with new_client() as client:
        assert client.get(f"{tls_site.url}/").body == PAGE
        assert client.get(f"{tls_site.url}/").body == PAGE
        assert len(tls_site.peers) == 1
    with new_client(allow_loopback=False) as client:
        assert refused(client, f"{tls_site.url}/").code == "private_address"
    names(monkeypatch, ["127.0.0.1"])
    with new_client() as client:
        error = refused(client, tls_site.url.replace("127.0.0.1", "cho.example.vn") + "/")
        assert (error.code, error.stop) == ("tls", True), "the certificate of another name"


def test_a_server_that_hangs_up_on_tls_is_tried_again(new_client: NewClient, time: Time) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            for _ in range(2):
                listener.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        error = refused(new_client(attempts=2), f"https://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
    assert error.code == "unreachable"
    assert time.slept == [1]
