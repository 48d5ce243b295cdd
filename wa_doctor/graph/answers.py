"""
Shapes of Meta's answers, with pydantic at this edge only. Import it inside functions: pydantic is heavy.

Every key of an answer may be missing, ids come as strings and as integers, enumerations hold words that no
page lists: all of that is data here, not an error. Sources: the debug_token reference (read 2026-03-30), the
health status page (2026-06-17) and replies recorded in public repositories.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from wa_doctor.redact import plain


def _text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return value
    return plain(value)


def _texts(value: object) -> object:
    if value is None:
        return ()
    return [value] if isinstance(value, (str, int)) else value


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_texts)]
Word = Annotated[str, BeforeValidator(lambda value: str(_text(value)).upper())]
"""A word of an enumeration; Meta's own samples and live replies differ in case."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _absent(cls, answer: object) -> object:
        """Read a null as an absent key: Meta sends either for what has no value."""
        return (
            {key: value for key, value in answer.items() if value is not None} if isinstance(answer, dict) else answer
        )


class NestedError(_Answer):
    """`data.error` of an introspection: the error a call with the inspected token would get."""

    code: int = 0
    message: Text = ""
    subcode: int | None = None


class GranularScope(_Answer):
    """A scope and the assets it holds for; `target_ids` None means that it is not restricted."""

    scope: Text = ""
    target_ids: Texts | None = None


class DebugToken(_Answer):
    """`data` of `GET /debug_token`. Times are unix seconds; see `never_expires` before reading a 0."""

    is_valid: bool = False
    type: Word = ""
    app_id: Text = ""
    application: Text = ""
    user_id: Text = ""
    issued_at: int | None = None
    expires_at: int | None = None
    data_access_expires_at: int | None = None
    scopes: Texts = ()
    granular_scopes: tuple[GranularScope, ...] = ()
    error: NestedError | None = None

    @property
    def never_expires(self) -> bool:
        """A 0 means "never" only on a valid token: a revoked one carries it too."""
        return self.is_valid and self.expires_at == 0


class Me(_Answer):
    """`GET /me?fields=id,name`."""

    id: Text = ""
    name: Text = ""


class Permission(_Answer):
    """One row of `GET /me/permissions`; `status` is GRANTED, DECLINED or EXPIRED."""

    permission: Text = ""
    status: Word = ""


class HealthError(_Answer):
    """What keeps an entity from sending, with what Meta proposes."""

    error_code: int = 0
    error_description: Text = ""
    possible_solution: Text = ""


class HealthEntity(_Answer):
    """One entity of `health_status`: PHONE_NUMBER, WABA, BUSINESS, APP or MESSAGE_TEMPLATE."""

    entity_type: Word = ""
    id: Text = ""
    can_send_message: Word = ""
    additional_info: Texts = ()
    errors: tuple[HealthError, ...] = ()


class HealthStatus(_Answer):
    """`health_status` of a node; the aggregate may say BLOCKED for calling alone, so read the entities."""

    can_send_message: Word = ""
    entities: tuple[HealthEntity, ...] = ()


class WebhookConfiguration(_Answer):
    """Where webhooks of a number go: the number's override, the WABA's, or the app's URL, in this order."""

    application: Text = ""
    whatsapp_business_account: Text = ""
    phone_number: Text = ""


class Throughput(_Answer):
    """`throughput.level`: STANDARD, HIGH, NOT_APPLICABLE (a number that is not registered)."""

    level: Word = ""


class PhoneNumber(_Answer):
    """`GET /{PHONE_NUMBER_ID}`; a known field without a value is left out of the answer."""

    id: Text = ""
    display_phone_number: Text = ""
    verified_name: Text = ""
    quality_rating: Word = ""
    status: Word = ""
    platform_type: Word = ""
    name_status: Word = ""
    code_verification_status: Word = ""
    account_mode: Word = ""
    throughput: Throughput = Throughput()
    webhook_configuration: WebhookConfiguration = WebhookConfiguration()
    health_status: HealthStatus | None = None


class Waba(_Answer):
    """`GET /{WABA_ID}`."""

    id: Text = ""
    name: Text = ""
    account_review_status: Word = ""
    business_verification_status: Word = ""
    country: Word = ""
    primary_business_location: Word = ""


class SubscribedApp(_Answer):
    """The app behind one row of `GET /{WABA_ID}/subscribed_apps`."""

    id: Text = ""
    name: Text = ""


class SubscribedAppRow(_Answer):
    """One row of `GET /{WABA_ID}/subscribed_apps`."""

    whatsapp_business_api_data: SubscribedApp = SubscribedApp()
    override_callback_uri: Text = ""


class SubscribedField(_Answer):
    """A webhook field and the version it is sent in."""

    name: Text = ""
    version: Text = ""


class Subscription(_Answer):
    """One row of `GET /{APP_ID}/subscriptions`."""

    object: Text = ""
    callback_url: Text = ""
    active: bool = False
    fields: tuple[SubscribedField, ...] = ()


class Cursors(_Answer):
    """Where a list goes on."""

    after: Text = ""


class Paging(_Answer):
    """`next` is present while there is more; its URL is never followed, for it may carry a token."""

    cursors: Cursors = Cursors()
    next: Annotated[bool, BeforeValidator(bool)] = False


class Page(_Answer):
    """A list of rows, each still to be read in its own shape."""

    data: tuple[dict[str, Any], ...] = ()
    paging: Paging = Paging()


class Envelope(_Answer):
    """`error` of an answer that says no. Only `message`, `type` and `code` are promised."""

    code: int = 0
    error_subcode: int | None = None
    message: Text = ""
    type: Text = ""
    error_user_title: Text = ""
    error_user_msg: Text = ""
    is_transient: bool = False
    fbtrace_id: Text = ""
    error_data: Any = Field(default=None)

    @property
    def details(self) -> str:
        """`error_data.details`, or `error_data` itself where Meta sends a bare sentence."""
        if isinstance(self.error_data, dict):
            return plain(self.error_data.get("details") or "")
        return plain(self.error_data) if isinstance(self.error_data, str) else ""
