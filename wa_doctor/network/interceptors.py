"""Products that answer in another's name: recognised by what they write into certificates and headers."""

from __future__ import annotations

import re

# As they appear in the issuer of a forged certificate, or in `Server` and `Via`.
_PRODUCTS = {
    "Zscaler": r"zscaler",
    "Netskope": r"netskope|goskope",
    "Fortinet FortiGate": r"fortinet|forti(?:gate|guard|proxy)|\bFGT?\d",
    "Palo Alto Networks": r"palo ?alto|prisma access|globalprotect",
    "Symantec Blue Coat": r"blue ?coat|proxysg",
    "Sophos": r"sophos",
    "Kaspersky": r"kaspersky",
    "ESET": r"\beset\b",
    "Avast": r"\bavast\b",
    "AVG": r"\bavg (?:web|technologies)",
    "Bitdefender": r"bitdefender",
    "Norton": r"norton web",
    "Dr.Web": r"dr\.? ?web",
    "AdGuard": r"adguard",
    "mitmproxy": r"mitmproxy",
    "Charles Proxy": r"charles proxy",
    "Fiddler": r"fiddler",
    "Burp Suite": r"portswigger",
    "OWASP ZAP": r"\bzap\b.*root|owasp.*zed",
    "Proxyman": r"proxyman",
    "Cisco Umbrella": r"umbrella|opendns",
    "Cisco Secure Web Appliance": r"ironport",
    "McAfee (Skyhigh, Trellix)": r"mcafee|skyhigh|trellix",
    "Check Point": r"check ?point",
    "Forcepoint": r"forcepoint|websense",
    "Barracuda": r"barracuda",
    "WatchGuard": r"watchguard|fireware",
    "SonicWall": r"sonicwall",
    "Untangle": r"untangle",
    "Cato Networks": r"\bcato\b",
    "iboss": r"\biboss\b",
    "Lightspeed": r"lightspeed",
    "Smoothwall": r"smoothwall",
    "Cloudflare Gateway": r"gateway ca.*cloudflare|cloudflare.*gateway",
    "Squid": r"\bsquid\b",
    "tinyproxy": r"tinyproxy",
    "Privoxy": r"privoxy",
}

_PATTERN = re.compile(
    "|".join(f"(?P<product_{index}>{words})" for index, words in enumerate(_PRODUCTS.values())), re.IGNORECASE
)


def product_in(text: str) -> str:
    """Return the product that gives itself away in a certificate name or a header, or an empty string."""
    found = _PATTERN.search(text)
    if not found or not found.lastgroup:
        return ""
    return list(_PRODUCTS)[int(found.lastgroup.removeprefix("product_"))]
