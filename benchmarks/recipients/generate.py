"""
Writes a made-up list of recipients: CSV with id, phone and name, the same for the same seed.

    python benchmarks/recipients/generate.py 1000000 > list.csv

Numbers are of about 40 countries in the styles that people write; 2 % are of regions on Meta's list, 1 % are broken.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

# Calling codes as often as lists have them, and how many digits stand behind each where it is not ten.
_CODES = """
    1 1 1 1 44 49 33 34 39 31 48 55 55 52 54 57 51 56 91 91 91 62 62 60 63 65 66 81 82 84 86 90 92 20 27 234 254 966
    971 972 7 380 351 353 46 47 45 358
"""
_BEHIND = """
    49:11 55:11 54:11 62:11 86:11 65:8 47:8 45:8 33:9 34:9 31:9 48:9 51:9 56:9 60:9 66:9 82:9 84:9 27:9 254:9 966:9
    971:9 972:9 380:9 351:9 353:9 46:9 358:9
"""
CODES = tuple(_CODES.split())
BEHIND = {code: int(count) for code, count in (each.split(":") for each in _BEHIND.split())}
_LISTED = {"53": 8, "98": 10, "850": 10, "963": 9, "7978": 7, "7949": 7, "7959": 7, "38065": 7, "38071": 7}
_BROKEN = ("", "n/a", "12345", "+999 1234567", "5.35E+09", "98-912-ABC-DEFG", "0532 123 45 67")
_GIVEN = ("Ana", "Björn", "Chidi", "Duc", "Elif", "Fatima", "Giulia", "Hana", "Ivan", "Joao")
_FAMILY = ("Silva", "Nguyen", "Öztürk", "Smith", "Kowalska", "Okafor", "Rossi", "Tanaka", "Novak", "Haddad")


def rows(count: int, seed: int = 1) -> Iterator[str]:
    """Yield the header and so many rows, without line ends."""
    random_ = random.Random(seed)
    yield "id,phone,name"
    for number in range(1, count + 1):
        yield f"{number},{_phone(random_)},{random_.choice(_GIVEN)} {random_.choice(_FAMILY)}"


def _phone(random_: random.Random) -> str:
    kind = random_.random()
    if kind < 0.01:
        return random_.choice(_BROKEN)
    code = random_.choice(tuple(_LISTED)) if kind < 0.03 else random_.choice(CODES)
    behind = _LISTED.get(code) or BEHIND.get(code, 10)
    rest = str(random_.randrange(2 * 10 ** (behind - 1), 10**behind))
    style = random_.random()
    if style < 0.4:
        return f"+{code}{rest}"
    if style < 0.8:
        return f"{code}{rest}"
    if style < 0.9:
        return f"+{code} {rest[:3]} {rest[3:]}"
    return f"00{code}{rest}" if style < 0.95 else f"+{code} ({rest[:3]}) {rest[3:-4]}-{rest[-4:]}"


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    sys.stdout.writelines(f"{row}\n" for row in rows(wanted))
