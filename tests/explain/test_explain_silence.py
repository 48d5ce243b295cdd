"""Nobody's answer blames nobody's token."""

from __future__ import annotations

import pytest

from wa_doctor.explain.diagnosis import diagnose
from wa_doctor.knowledge.causes import causes

TOKEN = {cause.id for cause in causes() if cause.family == "token"} - {"transient-failure-read-as-token-trouble"}


@pytest.mark.parametrize(
    "text",
    [
        "requests.exceptions.ReadTimeout: Read timed out. -> marking the access token as invalid",
        "HTTP/1.1 503 Service Unavailable while validating the token, so the account was disconnected",
        "connect ETIMEDOUT 157.240.9.35:443, access token check failed",
    ],
)
def test_a_timeout_or_a_5xx_is_never_read_as_a_dead_token(text: str) -> None:
    """Words such as "token" beside it change nothing."""
    assert {cause.id for cause in diagnose([text]).causes} & TOKEN == set()


def test_a_telephone_number_with_its_plus_in_the_place_of_an_id_is_named_as_that() -> None:
    text = "Unsupported post request. Object with ID '+442079460321' does not exist, code 100, error_subcode 33"
    assert diagnose([text]).causes[0].id == "phone-number-as-id"
