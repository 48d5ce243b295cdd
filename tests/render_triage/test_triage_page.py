"""The page of a triage as a file: what is in it, what its policy allows, that no log breaks out of its text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from wa_doctor.render.triage import html
from wa_doctor.render.triage._html.markup import el, link, prose
from wa_doctor.webhooks.message import Moment, Subject, Verdict

if TYPE_CHECKING:
    from wa_doctor.webhooks.document import Triage
    from wa_doctor.webhooks.message import Subjects

Write = Callable[..., str]

ASSETS = resources.files("wa_doctor.render.triage._html") / "assets"


class Elements(HTMLParser):
    """Collects the elements of a page, and the text of its scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Make sure that what is closed is what was opened last."""
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element without an end."""
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Remember what a browser would run, obey or read as data."""
        if self.open and self.open[-1] in ("script", "style"):
            self.raw.append((self.open[-1], self.found[-1][1], data))


def test_every_element_is_closed(any_triage: Triage, write: Write) -> None:
    """The page is well-formed whatever the log holds."""
    assert Elements(write("html", any_triage)).open == []


def test_the_page_asks_for_nothing(any_triage: Triage, write: Write) -> None:
    """No element loads anything: no address but that of a link, no style that fetches, no form that sends."""
    elements = Elements(write("html", any_triage))

    for tag, attributes in elements.found:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "audio", "video", "use", "image")
        assert not {"src", "srcset", "action", "data", "poster", "ping", "style", "background"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        if "href" in attributes:
            assert tag == "a"
            assert re.match(r"#|https?://", attributes["href"] or "")
    styles = "".join(text for tag, _, text in elements.raw if tag == "style")
    assert "@import" not in styles
    assert set(re.findall(r"url\([^)]*\)", styles)) == {"url(#failed)", "url(#undelivered)", "url(#accepted)"}


def test_the_policy_knows_the_script_and_the_style_by_their_hash(any_triage: Triage, write: Write) -> None:
    """A browser refuses whatever else stands in the page, or is put into it later."""
    elements = Elements(write("html", any_triage))
    policy = next(each["content"] for tag, each in elements.found if each.get("http-equiv"))
    code = [text for tag, attributes, text in elements.raw if tag == "script" and "type" not in attributes]
    style = [text for tag, _, text in elements.raw if tag == "style"]

    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert len(code) == len(style) == 1
    for text, directive in ((code[0], "script-src"), (style[0], "style-src")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy


def test_the_log_adds_no_element(triage: Triage, write: Write, listed: Callable[..., Subjects]) -> None:
    """A text that looks like markup changes nothing but text."""

    def tags(text: str) -> list[str]:
        subject = Subject(text, Verdict.FAILED, text, (Moment(1, text, note=text),), text, text, text, text, text)
        document = replace(triage, notes=(text,), subjects=listed((subject,)))
        return [tag for tag, _ in Elements(write("html", document)).found]

    for text in ("</script><script>alert(1)</script>", "<!--<script>", "]]>", "\u2028", '"><img src=x>', "&lt;b&gt;"):
        assert tags(text) == tags("harmless")


def test_the_page_is_ascii(any_triage: Triage, write: Write) -> None:
    """It survives every encoding on its way, and says the same in all of them."""
    page = write("html", any_triage)

    assert page.isascii()
    assert all(write("html", any_triage, encoding=each) == page for each in ("ascii", "cp1252", "utf-16"))


def test_every_script_and_style_is_in_the_page() -> None:
    """A file that was added is not forgotten."""
    names = {each.name for each in ASSETS.iterdir()}

    assert names == {*html.STYLES, *html.SCRIPTS, "patterns.svg"}


@pytest.mark.parametrize("name", html.SCRIPTS)
def test_scripts_make_no_element_of_text(name: str) -> None:
    """The policy would refuse it at run time; here it is refused while it is written."""
    source = (ASSETS / name).read_text(encoding="ascii")

    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|Function\(", source
    )
    assert not re.search(r"\bfetch\b|XMLHttpRequest|WebSocket|sendBeacon|import\(|localStorage", source)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example"])
def test_only_web_addresses_are_links(url: str) -> None:
    """A fix of a fact file of one's own may hold anything."""
    assert "<a" not in link(url)


def test_markup_is_safe_by_being_built() -> None:
    """Children and attributes are escaped, prose knows commands and nothing else."""
    assert el("p", "<b>", title='"<') == '<p title="&quot;&lt;">&lt;b&gt;</p>\n'
    assert prose("run `a<b` & wait") == "run <code>a&lt;b</code> &amp; wait"


def test_shared_values_are_written_once(triage: Triage, write: Write, listed: Callable[..., Subjects]) -> None:
    """Ten thousand messages of one template say so in a number each."""
    subject = next(triage.subjects.worst(1))
    page = write("html", replace(triage, limit=None, subjects=listed([subject] * 5_000)))
    recorded = "".join(text for _, attributes, text in Elements(page).raw if attributes.get("class") == "messages")

    assert len(json.loads(recorded.replace("][", ","))) == 2_000
    assert "spring_sale" not in recorded
    assert len(recorded) / 2_000 < 200


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_everything_can_be_read_and_seen(theme: int) -> None:
    """Text has a contrast of 4.5, what is drawn one of 3; https://www.w3.org/TR/WCAG22/."""
    css = (ASSETS / "page.css").read_text(encoding="ascii")
    pairs = re.findall(r"--([a-z]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", css)
    colours = {name: shades[theme] for name, *shades in pairs}

    for text in ("ink", "soft", "link", "problem", "warning"):
        for ground in ("ground", "raised"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for drawn in ("failed", "undelivered", "accepted", "delivered", "focus"):
        assert _contrast(colours[drawn], colours["ground"]) >= 3, drawn
