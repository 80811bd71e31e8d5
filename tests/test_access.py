"""Who may read: passwords, TLS, certificates of clients, and a file that changes while it is in use."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from auditor.errors import UsageError
from auditor.serve import access, web
from tests.test_web import Reader, serving


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def test_basic_authentication(tmp_path: Path) -> None:
    file = tmp_path / "web.yml"
    file.write_text(f"basic_auth_users:\n  prometheus: {hashed('s3cret')}\n")
    with serving(file) as (server, said):
        ask = Reader(server)
        status, headers, body = ask("/metrics")
        assert (status, headers["www-authenticate"]) == (401, 'Basic realm="branch-drift", charset="UTF-8"')
        assert b"branch_drift" not in body
        for wrong in (
            basic("prometheus", "wrong"), basic("nobody", "s3cret"), basic("prometheus", "x" * 100), basic("", ""),
            {"Authorization": "Basic !"}, {"Authorization": "Bearer x"}, {"Authorization": "Basic " + "\xff"},
        ):  # fmt: skip
            assert ask("/", **wrong)[0] == 401
        for _ in range(2):
            assert ask("/", **basic("prometheus", "s3cret"))[0] == 200
        assert ask("/healthz")[0] == 200
        assert ask("/readyz")[0] == 503
        file.write_text(f"basic_auth_users:\n  prometheus: {hashed('changed')}\n")
        assert ask("/", **basic("prometheus", "s3cret"))[0] == 401
        assert ask("/", **basic("prometheus", "changed"))[0] == 200
        file.write_text("basic_auth_users: [")
        assert ask("/", **basic("prometheus", "changed"))[0] == 200
        assert ask("/")[0] == 401
        assert len(said) == 1
        assert "stays in force" in said[0]


def openssl(folder: Path, *args: str) -> None:
    subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)


def certificate(folder: Path, name: str, authority: str | None = None) -> None:
    """NAME.key and NAME.crt, signed by itself or by an authority."""
    made = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    signed = ("-CA", f"{authority}.crt", "-CAkey", f"{authority}.key") if authority else ()
    alternative = ("-addext", "subjectAltName=IP:127.0.0.1") if authority else ()
    files = ("-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}")
    openssl(folder, *made, *files, *signed, *alternative)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    certificate(folder, "ca")
    for name in ("server", "renewed", "client"):
        certificate(folder, name, "ca")
    certificate(folder, "stranger")
    return folder


def over_tls(server: web.Server, folder: Path, client: str | None = None) -> tuple[int, str]:
    """Status of `/healthz`, and the common name of the server's certificate."""
    context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    if client:
        context.load_cert_chain(folder / f"{client}.crt", folder / f"{client}.key")
    port = server.server_address[1]
    with closing(http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)) as connection:
        connection.request("GET", "/healthz")
        peer: Any = connection.sock.getpeercert()
        return connection.getresponse().status, dict(part[0] for part in peer["subject"])["commonName"]


def test_tls_and_a_renewed_certificate(certificates: Path, tmp_path: Path) -> None:
    for end in ("crt", "key"):
        (tmp_path / f"s.{end}").write_bytes((certificates / f"server.{end}").read_bytes())
    file = tmp_path / "web.yml"
    file.write_text("tls_server_config: {cert_file: s.crt, key_file: s.key, min_version: TLS13}\n")
    with serving(file) as (server, said):
        assert over_tls(server, certificates) == (200, "server")
        with socket.create_connection(("127.0.0.1", server.server_address[1]), 5) as plain:
            plain.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
            assert b"HTTP" not in plain.recv(100)
        for end in ("crt", "key"):
            (tmp_path / f"s.{end}").write_bytes((certificates / f"renewed.{end}").read_bytes())
        assert over_tls(server, certificates) == (200, "renewed")
    assert said == []


def test_client_certificates(certificates: Path) -> None:
    file = certificates / "web.yml"
    who = "client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.crt"
    file.write_text(f"tls_server_config: {{cert_file: server.crt, key_file: server.key, {who}}}\n")
    with serving(file) as (server, said):
        assert over_tls(server, certificates, "client")[0] == 200
        for stranger in (None, "stranger"):
            with pytest.raises(OSError, match=r"."):
                over_tls(server, certificates, stranger)
    assert said == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("basic_auth_user: {a: b}", 'web.yml:1: basic_auth_user: is no known key; did you mean "basic_auth_users"?'),
        ("tls_server_config:\n  cert_file: a\n  key_file: b\n  ciphers: x", "web.yml:4: tls_server_config.ciphers"),
        ("tls_server_config: {cert_file: a}", "key_file: is missing"),
        ("tls_server_config: {cert_file: a, key_file: b, min_version: TLS10}", "'TLS12' or 'TLS13'"),
        ("tls_server_config: {cert_file: a, key_file: b, client_ca_file: c}", "needed together"),
        ("tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequestClientCert}", "NoClientCert"),
        ("tls_server_config: {cert_file: a, key_file: b}", "No such file"),
        ("basic_auth_users: {a: s3cret}", "is no bcrypt hash"),
        ("basic_auth_users: {a: x, a: y}", "bcrypt"),
        ("http_server_config: {http2: true}", "no known key"),
        ("[", "is not YAML"),
    ],
)
def test_faults_of_the_web_configuration_are_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "web.yml"
    file.write_text(text)
    with pytest.raises(UsageError) as refused:
        access.Access(file, print)
    assert said in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_locked_key_does_not_ask_on_the_terminal(certificates: Path) -> None:
    openssl(certificates, "ec", "-in", "server.key", "-out", "locked.key", "-aes256", "-passout", "pass:x1234")
    file = certificates / "locked.yml"
    file.write_text("tls_server_config: {cert_file: server.crt, key_file: locked.key}\n")
    with pytest.raises(UsageError, match="protected by a password"):
        access.Access(file, print)


def test_the_example_of_a_web_configuration() -> None:
    found = access.read(Path(__file__).parent.parent / "config" / "web-config.example.yaml")
    assert found.tls_server_config is not None
    assert bcrypt.checkpw(b"change-me", found.basic_auth_users["prometheus"].encode())
