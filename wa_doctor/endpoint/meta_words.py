"""
What Meta says when a callback URL is saved and its own handshake does not succeed.

The forms were reported by users of the Graph API and of the App Dashboard; that with a number of curl was seen
in an emulation only. Meta says no more than this: which of many causes it was is for `wa-doctor webhook` to find.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from wa_doctor.redact import plain

if TYPE_CHECKING:
    from wa_doctor.model import Evidence

DASHBOARD = "The callback URL or verify token couldn't be validated."

_FAILED = "(#2200) Callback verification failed with the following errors: "
_SEEN = "as users report it"
_LIKELY = "in this form, which is not confirmed"

# https://curl.se/libcurl/c/libcurl-errors.html
_CURL = {
    6: "Couldn't resolve host name",
    7: "Couldn't connect to server",
    28: "Operation timed out",
    35: "SSL connect error",
    52: "Empty reply from server",
    56: "Failure when receiving data from the peer",
    60: "SSL peer certificate or SSH remote key was not OK",
}


def for_status(status: int) -> Evidence:
    """Return what Meta says of an answer that is not 200."""
    try:
        phrase = f"; HTTP Message = {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    return {"meta_says": f"{_FAILED}HTTP Status Code = {status}{phrase}", "meta_says_it": _SEEN}


def for_mismatch(challenge: str, body: str) -> Evidence:
    """Return what Meta says of an answer 200 that is not the challenge."""
    said = f'(#2201) response does not match challenge, expected value="{challenge}", received="{plain(body, 40)}"'
    return {"meta_says": said, "meta_says_it": _SEEN}


def for_curl(number: int) -> Evidence:
    """Return what Meta probably says where there was no answer, by the number of the error in curl."""
    said = f"{_FAILED}curl_errno = {number}; curl_error = {_CURL[number]}; HTTP Status Code = 0"
    return {"meta_says": said, "meta_says_it": _LIKELY}


def in_dashboard() -> Evidence:
    """Return what the App Dashboard says of whatever it is."""
    return {"meta_says": DASHBOARD, "meta_says_it": _SEEN}
