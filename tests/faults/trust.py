"""An authority that a namespace trusts, strangers that it does not, and certificates with every fault there is."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Identity:
    """The PEM files of a server: its key, and the certificates that it sends."""

    key: Path
    certificates: Path

    def context(self) -> ssl.SSLContext:
        """Make the context of a server that shows this."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificates, self.key)
        return context


class Trust:
    """An authority. `root` is the PEM file of its own certificate."""

    def __init__(self, folder: Path, organization: str, unit: str) -> None:
        self._ca = trustme.CA(organization_name=organization, organization_unit_name=unit)
        self._middle = trustme.CA(self._ca, organization_name=organization, organization_unit_name=f"{unit}, issuing")
        self._folder = folder
        self._numbers = count(1)
        self.root = folder / "root.pem"
        self._ca.cert_pem.write_to_path(str(self.root))

    def issue(
        self, *names: str, begin: datetime | None = None, end: datetime | None = None, middle: bool | None = None
    ) -> Identity:
        """Issue a certificate; `middle` says whether an intermediate that signed it is sent along, None has none."""
        issuer = self._ca if middle is None else self._middle
        leaf = issuer.issue_cert(*names, not_before=begin, not_after=end)
        pems = leaf.cert_chain_pems if middle else leaf.cert_chain_pems[:1]
        return self._write(leaf.private_key_pem.bytes(), b"".join(pem.bytes() for pem in pems))

    def self_signed(self, name: str) -> Identity:
        """Make a certificate that vouches for itself; this authority has no part in it."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(YESTERDAY)
            .not_valid_after(YESTERDAY + timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self._write(private, certificate.public_bytes(pem))

    def _write(self, key: bytes, certificates: bytes) -> Identity:
        number = next(self._numbers)
        identity = Identity(self._folder / f"key-{number}.pem", self._folder / f"certificates-{number}.pem")
        identity.key.write_bytes(key)
        identity.certificates.write_bytes(certificates)
        return identity
