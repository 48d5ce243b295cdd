"""The reader of certificates agrees with a real parser, and is not led astray by what is none."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from wa_doctor.network.certificate import UnreadableCertificate, read_certificate

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _certificate(
    subject: x509.Name, issuer: x509.Name, end: datetime, names: list[x509.GeneralName], url: str = ""
) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(12345)
        .not_valid_before(BEGIN)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if url:
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(url))
        status = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://o"))
        builder = builder.add_extension(x509.AuthorityInformationAccess([status, access]), critical=False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _name(**parts: str) -> x509.Name:
    oids = {
        "cn": NameOID.COMMON_NAME,
        "o": NameOID.ORGANIZATION_NAME,
        "ou": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "c": NameOID.COUNTRY_NAME,
        "l": NameOID.LOCALITY_NAME,
    }
    return x509.Name([x509.NameAttribute(oids[key], value) for key, value in parts.items()])


LEAF = _certificate(
    _name(c="DE", l="Köln", o="Straßenbahn Köln", cn="graph.example"),
    _name(c="US", o="Example Trust", cn="Example Issuing CA 3"),
    datetime(2026, 9, 1, 12, tzinfo=UTC),
    [
        x509.DNSName("graph.example"),
        x509.DNSName("*.graph.example"),
        x509.RFC822Name("nobody@graph.example"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
    ],
    "http://ca.example/issuing-3.der",
)


def test_whose_by_whom_until_when_and_for_which_names() -> None:
    """The fields a person wants are read, a mail address among the names is left out."""
    found = read_certificate(LEAF)
    assert found.subject == "CN=graph.example, O=Straßenbahn Köln, C=DE"
    assert found.issuer == "CN=Example Issuing CA 3, O=Example Trust, C=US"
    assert found.not_before == BEGIN
    assert found.not_after == datetime(2026, 9, 1, 12, tzinfo=UTC)
    assert found.names == ("graph.example", "*.graph.example", "192.0.2.1", "2001:db8::1")
    assert found.issuer_url == "http://ca.example/issuing-3.der"
    assert not found.self_issued


def test_years_from_2050_on_are_written_another_way() -> None:
    """From 2050 on RFC 5280 writes four digits of the year."""
    end = datetime(2051, 1, 2, 3, 4, 5, tzinfo=UTC)
    found = read_certificate(_certificate(_name(cn="a"), _name(cn="a"), end, []))
    assert found.not_after == end
    assert found.names == ()
    assert found.issuer_url == ""
    assert found.self_issued


def test_the_last_century_is_not_taken_for_this_one() -> None:
    """Two digits from 50 on belong to the last century."""
    text = LEAF.replace(b"\x17\x0d260301120000Z", b"\x17\x0d990301120000Z")
    assert read_certificate(text).not_before.year == 1999


def test_names_alike_in_what_is_shown_do_not_make_it_self_issued() -> None:
    """Self-issued is judged by the whole name, not by the parts that are shown."""
    found = read_certificate(
        _certificate(_name(cn="a", l="here"), _name(cn="a", l="there"), BEGIN.replace(year=2027), [])
    )
    assert found.subject == found.issuer
    assert not found.self_issued


@pytest.mark.parametrize("length", range(0, 400, 7))
def test_a_certificate_cut_off_is_refused(length: int) -> None:
    """What ends early is no certificate."""
    with pytest.raises(UnreadableCertificate):
        read_certificate(LEAF[:length])


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",
        b"\x30\x85\x01\x00\x00\x00\x00",
        b"HTTP/1.1 200 OK\r\n",
        b"\x30\x00",
        b"\x1f\x00",
    ],
)
def test_what_is_no_certificate_is_refused(junk: bytes) -> None:
    """Empty, indefinite and oversized lengths, and other protocols are refused."""
    with pytest.raises(UnreadableCertificate):
        read_certificate(junk)


@settings(max_examples=300, deadline=None)
@given(position=st.integers(0, len(LEAF) - 1), value=st.integers(0, 255))
def test_a_damaged_certificate_is_read_or_refused_and_nothing_else(position: int, value: int) -> None:
    """One changed byte anywhere never raises anything but the one exception."""
    damaged = bytearray(LEAF)
    damaged[position] = value
    try:
        found = read_certificate(bytes(damaged))
    except UnreadableCertificate:
        return
    assert isinstance(found.subject, str)
