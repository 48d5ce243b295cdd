"""What was found together decides: codes, details, ids, numbers, statuses, and what a person tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wa_doctor.explain.diagnosis import diagnose

if TYPE_CHECKING:
    from wa_doctor.explain.explanation import Explanation, RankedCause

# Causes that end in "get another token": nothing but an answer about the token may lead there.
TOKEN = {
    "token-expired",
    "token-temporary",
    "token-invalidated",
    "token-malformed",
    "token-wrong-kind",
    "app-not-authorised",
}


def explain(text: str) -> Explanation:
    """Explain a text."""
    return diagnose([text])


def first(text: str) -> RankedCause:
    """Return the likeliest cause."""
    return explain(text).causes[0]


def fixes(cause: RankedCause) -> str:
    """Return all the steps of a cause."""
    return " ".join(f"{step.text} {step.command}" for step in cause.fix)


@pytest.mark.parametrize(
    ("number", "other"),
    [("5491122334455", "541122334455"), ("5215512345678", "525512345678"), ("5511987654321", "551187654321")],
)
def test_131030_with_a_number_of_two_spellings_names_the_number_to_put_on_the_list(number: str, other: str) -> None:
    """The advice is the exact number, not the rule."""
    cause = first(f'{{"to":"{number}"}} {{"error":{{"code":131030,"message":"(#131030) not in allowed list"}}}}')
    assert cause.id == "recipient-digits-differ"
    assert f"+{other}" in fixes(cause)
    assert number in " ".join(cause.why)


def test_131030_for_another_country_is_the_list_itself() -> None:
    """Where a number has one spelling, it is just not on the list."""
    assert first('{"to":"4915112345678"} (#131030) Recipient phone number not in allowed list').id == (
        "recipient-not-on-test-list"
    )


def test_100_33_with_an_id_that_looks_like_a_phone_number_says_so() -> None:
    """The commonest mix-up is named with the id that gave it away."""
    cause = first(
        '{"error":{"message":"Unsupported post request. Object with ID \'5511987654321\' does not exist",'
        '"type":"GraphMethodException","code":100,"error_subcode":33}}'
    )
    assert cause.id == "phone-number-as-id"
    assert "5511987654321" in cause.why[0]


def test_100_33_with_an_id_of_the_right_length_leaves_both_causes_open() -> None:
    """A wrong id and no access look the same, so both are named."""
    found = explain("(#100) subcode 33: Object with ID '104455667788990' does not exist")
    assert [cause.id for cause in found.causes[:2]] == ["wrong-phone-number-id", "asset-not-assigned"]


def test_a_masked_id_is_neither_a_word_nor_a_number() -> None:
    """Somebody blanked the id; that says nothing about it."""
    assert first("Object with ID 'xxxxxxxxxxx' does not exist, cannot be loaded").id == "wrong-phone-number-id"


def test_132001_while_the_template_is_approved_is_a_number_of_another_account() -> None:
    """What exists and is not found exists elsewhere."""
    cause = first("The template is approved in the manager. (#132001) Template name does not exist in the translation")
    assert cause.id == "template-other-waba"
    assert cause.confirm == "wa-doctor check --only number-owner"


@pytest.mark.parametrize(
    "text",
    [
        "ReadTimeout while sending, HTTPSConnectionPool(host='graph.facebook.com', port=443): Read timed out.",
        "graph.facebook.com answers 500 Internal Server Error to every call",
        '{"error":{"code":2,"message":"(#2) Service temporarily unavailable","is_transient":true}}',
        "HTTP/2 503\r\ncontent-type: text/html",
        "the access token check got 502 Bad Gateway",
        "Our webhook token probe: ECONNRESET",
        "(#80007) Rate limit issues while validating the token",
        "getaddrinfo EAI_AGAIN graph.facebook.com while checking the access token",
    ],
)
def test_a_failure_of_transport_is_never_read_as_a_dead_token(text: str) -> None:
    """Unreachable is not invalid: no cause that ends in another token comes first, or with any weight."""
    found = explain(text)
    assert found.causes
    assert [(cause.id, cause.score) for cause in found.causes if cause.id in TOKEN and cause.score >= 0.5] == []
    assert found.causes[0].id not in TOKEN


def test_a_program_that_takes_a_timeout_for_a_bad_token_is_what_is_wrong() -> None:
    """The false alarm itself is the cause, and the fix is in the program."""
    cause = first("A timeout marks the inbox as disconnected and asks for reauthorization; the token is fine.")
    assert cause.id == "transient-failure-read-as-token-trouble"


def test_190_with_could_not_be_decrypted_is_an_altered_token() -> None:
    """It is no question of time."""
    cause = first('{"error":{"code":190,"message":"The access token could not be decrypted","type":"OAuthException"}}')
    assert cause.id == "token-malformed"


@pytest.mark.parametrize(
    ("subcode", "cause"),
    [
        (458, "app-not-authorised"),
        (459, "user-must-act"),
        (460, "token-invalidated"),
        (463, "token-expired"),
        (464, "user-must-act"),
        (467, "token-invalidated"),
        (492, "token-invalidated"),
    ],
)
def test_the_subcodes_of_190_are_told_apart(subcode: int, cause: str) -> None:
    """Each ends in another thing to do."""
    body = f'{{"error":{{"code":190,"error_subcode":{subcode},"type":"OAuthException","message":"x"}}}}'
    assert first(body).id == cause


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        ("+1 212 555 0147", "us-marketing-stopped"),
        ("+1 416 555 0147", "marketing-limit"),
        ("+1 876 555 0147", "marketing-limit"),
        ("+49 1512 3456789", "marketing-limit"),
    ],
)
def test_131049_is_the_us_rule_only_for_us_area_codes(number: str, cause: str) -> None:
    """Canada and Jamaica share +1 and are not concerned."""
    assert first(f"recipient {number}, error 131049").id == cause


def test_a_recipients_number_is_masked_where_nobody_has_to_dial_it() -> None:
    """Only the digit rule needs all of it."""
    cause = first("recipient +1 212 555 0147, error 131049")
    assert "+1212*****47" in cause.why[0]
    assert "5550147" not in repr(cause)


def test_delivered_and_failed_for_one_message_is_delivered() -> None:
    """One of the recipient's devices has it."""
    cause = first(
        '[{"id":"wamid.A","status":"failed","recipient_id":"491511111111","errors":[{"code":131026,"title":"x"}]},'
        '{"id":"wamid.A","status":"read","recipient_id":"491511111111"}]'
    )
    assert cause.id == "multi-device-conflict"


def test_delivered_and_failed_for_two_messages_is_a_failure() -> None:
    """The rule is about one message id."""
    cause = first(
        '[{"id":"wamid.A","status":"failed","recipient_id":"491511111111","errors":[{"code":131026,"title":"x"}]},'
        '{"id":"wamid.B","status":"delivered","recipient_id":"491511111111"}]'
    )
    assert cause.id == "recipient-undeliverable"


def test_133010_is_about_the_number_that_sends() -> None:
    """It is often read as if the recipient had to register."""
    cause = first("The customer says he is registered, still (#133010) Account not registered on every send")
    assert cause.id == "number-not-registered"
    assert "sends" in cause.why[0]


def test_131031_at_registration_is_a_wrong_pin() -> None:
    """The same code means a ban elsewhere."""
    assert first("POST /register with the PIN gives 131031").id == "two-step-pin"
    assert first('{"error":{"code":131031,"message":"Business account has been locked."}}').id == "account-restricted"


def test_only_metas_test_app_in_subscribed_apps_is_a_missing_subscription() -> None:
    """A list that is not empty proves nothing."""
    theirs = '{"whatsapp_business_api_data":{"name":"WA DevX Webhook Events 1P App","id":"2202427980234937"}}'
    ours = '{"whatsapp_business_api_data":{"name":"Shop","id":"900000000000009"}}'
    assert first(f'{{"data":[{theirs}]}}').id == "waba-not-subscribed"
    assert "waba-not-subscribed" not in {cause.id for cause in explain(f'{{"data":[{theirs},{ours}]}}').causes}


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('x-app-usage: {"call_count":100,"total_time":20,"total_cputime":11}', "api-call-limit"),
        ("> GET /v19.0/123456789012345 HTTP/2\n< HTTP/2 200\n< facebook-api-version: v24.0", "api-version-old"),
        ("POST https://waba.example.org:9090/v1/messages", "onprem-retired"),
        ("https://graph.instagram.com/v25.0/me", "wrong-host"),
        ('{"is_valid":true,"type":"SYSTEM_USER","scopes":["whatsapp_business_management"]}', "scope-missing"),
        ('{"is_valid":true,"type":"APP","scopes":[]}', "token-wrong-kind"),
        ('{"verified_name":"Shop","status":"PENDING","platform_type":"CLOUD_API"}', "number-not-registered"),
        ('{"messages":[{"id":"wamid.Q","message_status":"held_for_quality_assessment"}]}', "message-held-for-quality"),
    ],
)
def test_what_has_to_be_computed_is(text: str, cause: str) -> None:
    """Headers, addresses and nodes speak without any error."""
    assert first(text).id == cause


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("190 Authorization: Bearer EEAAG" + "x1" * 60, "first letter twice"),
        ('190 Authorization: Bearer "EAAG' + "x1" * 60 + '"', "quotes"),
        ("190 Authorization: Bearer Bearer EAAG" + "x1" * 60, "Bearer twice"),
        ("190 token EAAG" + "x1" * 15 + " rejected", "characters long"),
        ("190 token\nEAAG" + "x1" * 30 + "\n" + "y2" * 30 + "\nrejected", "line break"),
    ],
)
def test_the_faults_of_a_pasted_token_are_told_without_the_token(text: str, fault: str) -> None:
    """Its shape is enough to see that it was damaged."""
    cause = first(text)
    assert cause.id == "token-malformed"
    assert any(fault in why for why in cause.why)
    assert "x1x1x1" not in repr(cause)


def test_a_token_that_somebody_shortened_for_the_paste_is_no_damaged_token() -> None:
    """EAAG... is how careful people write."""
    assert "token-in-text" not in repr(explain("Authorization: Bearer EAAGm0PX4ZCps... and nothing else to say"))
    assert explain("Authorization: Bearer EAAGm0PX4ZCpsBAabcdefgh...").causes == ()


def test_codes_outrank_words() -> None:
    """The message of another error, in a text that names its code, is not a second error."""
    found = explain("(#131047) Re-engagement message. Earlier I had read about: Media upload error")
    assert [match.code for match in found.matches if match.kind == "error"] == [131047]


def test_a_bare_message_is_the_error_it_belongs_to_with_less_confidence() -> None:
    """Titles are not stable, so a message alone is never certain."""
    (match,) = explain("it only says: Recipient phone number not in allowed list").matches
    assert (match.code, match.confidence) == (131030, "medium")


def test_a_code_that_no_rule_knows_brings_its_own_record() -> None:
    """The catalogue is the cause of last resort."""
    cause = first('{"error":{"code":131209,"message":"(#131209) Invalid Group Profile Picture Aspect Ratio"}}')
    assert cause.id == "error-131209"
    assert cause.fix


def test_an_unknown_code_is_said_to_be_unknown_with_what_came_along() -> None:
    """Nothing is guessed about it, and the advice sent with it is passed on."""
    found = explain(
        '{"entities":[{"entity_type":"WABA","errors":[{"error_code":141099,"error_description":"The flux is low",'
        '"possible_solution":"Charge it."}]}]}'
    )
    (match,) = found.matches
    assert (match.kind, match.status, match.title) == ("health", "unknown", "The flux is low")
    assert "not in the catalogue" in match.cause
    assert match.fix[0].text == "Charge it."
    assert found.exit_code == 0


def test_an_unknown_code_alone_explains_nothing() -> None:
    """To repeat the number is no explanation, so the exit code says that nothing was recognised."""
    found = explain('{"error":{"code":987654,"type":"OAuthException"}}')
    assert [match.status for match in found.matches] == ["unknown"]
    assert found.exit_code == 1


def test_a_subcode_with_a_record_of_its_own_is_explained_by_it() -> None:
    """100 says nothing, 2388293 does."""
    (match,) = explain('{"error":{"code":100,"error_subcode":2388293,"message":"Invalid parameter"}}').matches
    assert match.category == "template_creation"
    assert match.subcode == 2388293


def test_localised_texts_are_shown_and_never_matched() -> None:
    """A translation that sounds like another error changes nothing."""
    found = explain(
        '{"error":{"message":"Invalid parameter","code":100,"error_subcode":2388293,"error_user_title":'
        '"Recipient phone number not in allowed list","error_user_msg":"Re-engagement message"}}'
    )
    assert [match.code for match in found.matches] == [100]
    assert found.matches[0].evidence.user_title == "Recipient phone number not in allowed list"


def test_the_trace_of_the_headers_goes_with_the_error() -> None:
    """Support asks for it."""
    found = explain('< HTTP/2 400\n< x-fb-request-id: AfRoMhEaDeR1\n\n{"error":{"code":100,"message":"(#100) x"}}')
    assert found.matches[0].evidence.fbtrace_id == "AfRoMhEaDeR1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
        "My printer does not work since yesterday and the paper is stuck.",
        "The committee met on Tuesday to discuss the budget of the library and its opening hours.",
        "it does not work",
        "java.lang.NullPointerException at com.example.Foo.bar(Foo.java:12)",
        "\x00\x01\x02\xff",
    ],
)
def test_what_has_nothing_to_do_with_it_is_not_recognised(text: str) -> None:
    """No cause is better than a wrong one."""
    found = explain(text)
    assert (found.causes, found.exit_code) == ((), 1)


def test_a_healthy_body_is_said_to_be_healthy() -> None:
    """To have read it and found nothing is worth saying."""
    found = explain('{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[]}]}')
    assert found.unmatched == ("a webhook was read, and there is no error in it",)
    assert found.exit_code == 1


def test_ranks_count_from_one_and_scores_fall() -> None:
    """The list is a ranking."""
    found = explain("Webhook is verified, sending works, incoming messages never arrive. Error 131047 once.")
    assert [cause.rank for cause in found.causes] == list(range(1, len(found.causes) + 1))
    scores = [cause.score for cause in found.causes]
    assert scores == sorted(scores, reverse=True)
    assert all(cause.why for cause in found.causes)


def test_no_place_in_a_sentence_is_left_unfilled() -> None:
    """A reader never sees the name of a variable."""
    texts = (
        "131030 for an Argentine number that is on the list",
        "Object with ID 'undefined' does not exist",
        "131049 for a customer in the USA",
        "190 Bearer Bearer EAAx",
    )
    for text in texts:
        for cause in explain(text).causes:
            assert not any(
                f"{{{name}}}" in f"{cause.why} {fixes(cause)}"
                for name in ("id", "number", "masked", "other", "region", "code", "digits", "fault")
            )
