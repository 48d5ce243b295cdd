"""
Reads what a person wants to know out of a certificate that could not be verified: whose, by whom, until when.

The `ssl` module describes a certificate only after it was trusted. This reads the same few fields of RFC 5280
from the DER itself, and nothing else: no signature is checked here and nothing is decided.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime


class UnreadableCertificate(ValueError):
    """The bytes are no certificate, or not one this reader understands."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """
    The fields of one certificate.

    `subject` and `issuer` are written as `CN=..., O=...`, most specific first. `names` are the DNS names and
    addresses it is good for, wildcards as they stand. `self_issued`: it names itself as its issuer, so it is a
    root or self-signed. `issuer_url` is where the issuer's certificate can be fetched: public authorities give
    it, those of a company or of a product that inspects TLS hardly ever.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    self_issued: bool
    issuer_url: str = ""


_INTEGER, _OCTETS, _OID, _UTC_TIME, _TIME = 0x02, 0x04, 0x06, 0x17, 0x18
_SEQUENCE, _SET, _VERSION, _EXTENSIONS = 0x30, 0x31, 0xA0, 0xA3
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87

_URL = 0x86

_ALT_NAMES = bytes.fromhex("551d11")  # 2.5.29.17
_ISSUER_ACCESS = bytes.fromhex("2b06010505070101")  # 1.3.6.1.5.5.7.1.1
_ISSUERS = bytes.fromhex("2b06010505073002")  # 1.3.6.1.5.5.7.48.2
_ATTRIBUTES = {
    bytes.fromhex("550403"): "CN",
    bytes.fromhex("55040a"): "O",
    bytes.fromhex("55040b"): "OU",
    bytes.fromhex("550406"): "C",
}
_ORDER = list(_ATTRIBUTES.values())

_UTF16, _UTF32 = 0x1E, 0x1C


def read_certificate(der: bytes) -> Certificate:
    """
    Read one DER certificate.

    Raises:
        UnreadableCertificate: it is not one.

    """
    (certificate,) = _exactly(der, _SEQUENCE)
    body = next(_parts(certificate), (0, b""))
    if body[0] != _SEQUENCE:
        raise UnreadableCertificate("no body")
    fields = [part for part in _parts(body[1]) if part[0] != _VERSION]
    # RFC 5280, 4.1: serial number, signature algorithm, issuer, validity, subject, public key, ...
    if [tag for tag, _ in fields[:6]] != [_INTEGER, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE]:
        raise UnreadableCertificate("fields out of order")
    begin, end = _validity(fields[3][1])
    extensions = dict(_extensions(next((value for tag, value in fields[6:] if tag == _EXTENSIONS), b"")))
    return Certificate(
        subject=_name(fields[4][1]),
        issuer=_name(fields[2][1]),
        names=tuple(_alternative_names(extensions.get(_ALT_NAMES, b""))),
        not_before=begin,
        not_after=end,
        self_issued=fields[2][1] == fields[4][1],
        issuer_url=_issuer_url(extensions.get(_ISSUER_ACCESS, b"")),
    )


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(data):
        header = data[position : position + 2]
        if len(header) < 2 or header[0] & 0x1F == 0x1F:
            raise UnreadableCertificate("cut off, or a tag no certificate has")
        tag, length = header
        position += 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= 4:
                raise UnreadableCertificate("a length no certificate has")
            length = int.from_bytes(data[position : position + size])
            position += size
        if position + length > len(data):
            raise UnreadableCertificate("cut off")
        yield tag, data[position : position + length]
        position += length


def _exactly(data: bytes, *tags: int) -> list[bytes]:
    parts = list(_parts(data))
    if tuple(tag for tag, _ in parts) != tags:
        raise UnreadableCertificate("not the parts that belong here")
    return [value for _, value in parts]


def _name(data: bytes) -> str:
    found: list[tuple[str, str]] = []
    for tag, relative in _parts(data):
        if tag != _SET:
            raise UnreadableCertificate("a name without parts")
        for _, attribute in _parts(relative):
            (_, oid), (kind, value) = _pair(attribute)
            if oid in _ATTRIBUTES:
                found.append((_ATTRIBUTES[oid], _text(kind, value)))
    found.sort(key=lambda each: _ORDER.index(each[0]))
    return ", ".join(f"{attribute}={value}" for attribute, value in found)


def _pair(data: bytes) -> tuple[tuple[int, bytes], tuple[int, bytes]]:
    parts = list(_parts(data))
    if len(parts) != 2:
        raise UnreadableCertificate("an attribute is a name and a value")
    return parts[0], parts[1]


def _text(kind: int, value: bytes) -> str:
    encoding = {_UTF16: "utf-16-be", _UTF32: "utf-32-be"}.get(kind, "utf-8")
    try:
        return value.decode(encoding)
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _validity(data: bytes) -> tuple[datetime, datetime]:
    times = [_time(tag, value) for tag, value in _parts(data)]
    if len(times) != 2:
        raise UnreadableCertificate("a validity is two times")
    return times[0], times[1]


def _time(tag: int, value: bytes) -> datetime:
    text = value.decode("ascii", "replace")
    if tag == _UTC_TIME:
        # RFC 5280, 4.1.2.5.1: years 50 to 99 belong to the last century.
        text = ("19" if text[:2] >= "50" else "20") + text
    elif tag != _TIME:
        raise UnreadableCertificate("not a time")
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as exc:
        raise UnreadableCertificate(f"not a time: {text!r}") from exc


def _extensions(wrapped: bytes) -> Iterator[tuple[bytes, bytes]]:
    for tag, extensions in _parts(wrapped):
        if tag != _SEQUENCE:
            raise UnreadableCertificate("extensions are a sequence")
        for _, extension in _parts(extensions):
            parts = list(_parts(extension))
            if len(parts) >= 2 and parts[0][0] == _OID and parts[-1][0] == _OCTETS:
                yield parts[0][1], parts[-1][1]


def _alternative_names(extension: bytes) -> Iterator[str]:
    for _, names in _parts(extension):
        for tag, value in _parts(names):
            if tag == _DNS_NAME:
                yield value.decode("latin-1")
            elif tag == _IP_ADDRESS and len(value) in (4, 16):
                yield str(ipaddress.ip_address(value))


def _issuer_url(extension: bytes) -> str:
    for _, ways in _parts(extension):
        for _, way in _parts(ways):
            (_, method), (kind, where) = _pair(way)
            if method == _ISSUERS and kind == _URL:
                return where.decode("latin-1")
    return ""
