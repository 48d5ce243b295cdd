"""The page of a triage in a real browser: it runs without a network, sorts, searches, turns pages, prints, darkens."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from wa_doctor.webhooks.message import Moment, Reason, Subject, Verdict

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

    from wa_doctor.webhooks.document import Triage
    from wa_doctor.webhooks.message import Subjects

pytest.importorskip("selenium", reason="selenium, which drives the browser, is not installed")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
HOUR = 3600


class Open(Protocol):
    """Opens a triage in the browser."""

    def __call__(self, document: Triage | None = None, *, page: str = "", fragment: str = "") -> Chrome:
        """Open it, or the text of a page; `fragment` stands behind the address."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Start one Chromium for all of these tests, with a profile of its own."""
    binary = next((found for each in BROWSERS if (found := shutil.which(each))), None)
    driver = shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("Chromium and chromedriver are not installed")

    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in (
        "--headless",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(argument)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium has none for root, and a container has no other user
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options, webdriver.ChromeService(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


@pytest.fixture
def open_page(browser: Chrome, tmp_path: Path, triage: Triage, write: Callable[..., str]) -> Iterator[Open]:
    """Return a function that opens a triage; afterwards nothing was said on the console or asked of a network."""

    def opened(document: Triage | None = None, *, page: str = "", fragment: str = "") -> Chrome:
        file = tmp_path / "triage.html"
        file.write_bytes((page or write("html", document or triage)).encode())
        browser.get(f"{file.as_uri()}{fragment}")
        return browser

    browser.get("about:blank")
    _forget(browser)
    yield opened
    assert _log(browser, "browser") == []
    assert set(_requests(browser)) <= {(tmp_path / "triage.html").as_uri()}
    _device(browser, "Emulation.clearDeviceMetricsOverride")
    _device(browser, "Emulation.setEmulatedMedia", media="", features=[])


def _log(browser: Chrome, kind: str) -> list[dict[str, Any]]:
    log: list[dict[str, Any]] = browser.get_log(kind)  # type: ignore[no-untyped-call]
    return log


def _forget(browser: Chrome) -> None:
    _log(browser, "browser")
    _log(browser, "performance")


def _requests(browser: Chrome) -> Iterator[str]:
    for entry in _log(browser, "performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            if not url.startswith("about:"):
                yield url.partition("#")[0]


def _device(browser: Chrome, command: str, **arguments: Any) -> Any:
    return browser.execute_cdp_cmd(command, arguments)


def _all(browser: Chrome, css: str) -> list[WebElement]:
    return browser.find_elements("css selector", css)


def _one(browser: Chrome, css: str) -> WebElement:
    return browser.find_element("css selector", css)


def _ids(browser: Chrome) -> list[str]:
    ids: list[str] = browser.execute_script(
        "return [...document.querySelectorAll('button.open')].map((each) => each.title)"
    )
    return ids


def _wait(browser: Chrome, condition: Callable[[], bool]) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(browser, 20, 0.02).until(lambda _: condition())


@pytest.fixture
def many(triage: Triage, listed: Callable[..., Subjects]) -> Triage:
    """Return a triage of 330 messages: 30 failed, 20 undelivered, 280 delivered."""
    begin = triage.hours[0].start
    subjects = [
        Subject(
            f"wamid.MANY{number:04}",
            Verdict.FAILED if number < 30 else Verdict.UNDELIVERED if number < 50 else Verdict.DELIVERED,
            "because of a reason" if number % 2 else "because of another",
            (Moment(begin + number * 60, "sent"), Moment(begin + number * 60 + 5, "failed" if number < 30 else "read")),
            recipient=f"+49 151 *****{number % 100:02}",
            template="spring_sale" if number % 3 else "order_update",
            codes=((131049 if number % 2 else 131026, None),) if number < 30 else (),
            titles=("Title",) if number < 30 else (),
            reasons=(Reason("the phone is off", "possible", "it happens"),) if 30 <= number < 50 else (),
            latency=None if number < 50 else 330 - number,
        )
        for number in range(330)
    ]
    return replace(triage, subjects=listed(subjects))


def test_the_page_loads_without_a_network_or_a_complaint(any_triage: Triage, open_page: Open) -> None:
    """Charts and table are there, nothing was asked for, and the console is silent."""
    browser = open_page(any_triage)

    assert _one(browser, "h1").text
    assert bool(_all(browser, "#verdicts-chart svg.chart path")) == bool(any_triage.hours)
    assert len(_all(browser, "#messages tbody tr:not(.details)")) == len(any_triage.subjects)


def test_line_ends_of_windows_do_not_break_the_policy(
    open_page: Open, triage: Triage, write: Callable[..., str]
) -> None:
    """A page that was written with CRLF still runs: a browser hashes what it has read."""
    browser = open_page(page=write("html", triage).replace("\n", "\r\n"))

    assert _all(browser, "#verdicts-chart svg.chart")


def test_no_text_of_the_log_becomes_a_script(open_page: Open) -> None:
    """A recipient called `<script>` is a recipient called so, also when a message is opened."""
    browser = open_page()
    before = browser.execute_script("return document.querySelectorAll('script').length")
    for at in range(len(_all(browser, "button.open"))):
        _all(browser, "button.open")[at].click()

    assert "</script><script>alert(1)</script> <!--" in _one(browser, ".details").text
    assert browser.execute_script("return document.querySelectorAll('script').length") == before
    assert not _all(browser, "main b b, main img")


def test_the_policy_holds(browser: Chrome, open_page: Open) -> None:
    """A script that somebody manages to add is not run, text is not parsed, nothing is fetched."""
    open_page()
    browser.execute_script(
        "const added = document.createElement('p'); added.id = 'added'; document.body.append(added);"
        "window.addEventListener('securitypolicyviolation', (event) => added.append(event.violatedDirective, ' '));"
        "try { document.querySelector('h1').innerHTML = '<b>x</b>'; } catch { added.append('refused '); }"
        "const script = document.createElement('script');"
        "try { script.text = 'window.pwned = true'; document.body.append(script); } catch { added.append('refused '); }"
        "fetch('http://127.0.0.1:9/').catch(() => added.append('offline '));"
    )
    _wait(browser, lambda: "offline" in _one(browser, "#added").text)

    assert _one(browser, "#added").text.count("refused") == 2
    assert "connect-src" in _one(browser, "#added").text
    assert browser.execute_script("return window.pwned") is None
    assert not _all(browser, "h1 b")
    _forget(browser)  # the complaints of the policy are what this test is about


# The table.


def test_a_head_sorts_up_then_down_then_not(many: Triage, open_page: Open) -> None:
    """The third click brings back the order of the program: the worst first."""
    browser = open_page(many)
    head = _all(browser, ".messages thead button")[2]
    as_written = _ids(browser)
    seen = []
    for _ in range(3):
        head.click()
        seen.append((_all(browser, ".messages thead th")[2].get_attribute("aria-sort"), _ids(browser)[0]))

    assert seen == [("ascending", "wamid.MANY0000"), ("descending", "wamid.MANY0329"), ("none", as_written[0])]


def test_what_is_missing_is_sorted_last_both_ways(many: Triage, open_page: Open) -> None:
    """A message that was never delivered has no latency, and is neither the quickest nor the slowest."""
    browser = open_page(many)
    head = _all(browser, ".messages thead button")[7]
    head.click()
    assert _ids(browser)[0] == "wamid.MANY0329"
    head.click()
    assert _ids(browser)[0] == "wamid.MANY0050"


def test_a_search_finds_words_in_any_order(many: Triage, open_page: Open) -> None:
    """Every word has to be there, in whatever column, whatever its case."""
    browser = open_page(many)
    _one(browser, "#search").send_keys("SPRING 131049 another")
    _wait(browser, lambda: "match" in _one(browser, "#messages .status").text)
    assert _one(browser, "#messages .status").text == "0 of 330 messages match"

    _one(browser, "#search").clear()
    _one(browser, "#search").send_keys("131049 Spring_sale")
    _wait(browser, lambda: _one(browser, "#messages .status").text == "10 of 330 messages match")
    assert all(int(each[-2:]) % 2 and int(each[-2:]) % 3 for each in _ids(browser))


def test_verdicts_and_codes_are_filters(many: Triage, open_page: Open) -> None:
    """A verdict that is not ticked and a code that was not chosen are left out."""
    browser = open_page(many)
    _all(browser, "fieldset input")[3].click()
    assert _one(browser, "#messages .status").text == "50 of 330 messages match"
    _one(browser, "#code option[value='131026']").click()
    assert _one(browser, "#messages .status").text == "15 of 330 messages match"


def test_pages_are_turned(many: Triage, open_page: Open) -> None:
    """Fifty rows at a time, more if wanted, and no further than the last."""
    browser = open_page(many)

    def press(label: str) -> None:
        next(each for each in _all(browser, ".pager button") if each.text == label).click()

    assert len(_ids(browser)) == 50
    press("Next")
    assert _one(browser, ".pager span").text == "51 to 100 of 330"
    press("Last")
    assert _one(browser, ".pager span").text == "301 to 330 of 330"
    assert [each.text for each in _all(browser, ".pager button:disabled")] == ["Next", "Last"]
    _one(browser, ".pager option[value='200']").click()
    assert len(_ids(browser)) == 200


def test_messages_that_were_left_out_are_announced(many: Triage, open_page: Open) -> None:
    """The table says that it holds the worst, how many there are, and what writes all."""
    browser = open_page(replace(many, limit=20))

    assert len(_ids(browser)) == 20
    assert "The worst 20 of 330 messages are in this page" in _one(browser, "#messages .note").text
    assert "wa-doctor triage --format csv" in _one(browser, "#messages .note code").text


def test_a_message_opens_on_its_timeline(open_page: Open) -> None:
    """A click, or Enter on its button, shows its events, why, and what to do; the code leads to its explanation."""
    browser = open_page()
    button = _all(browser, "button.open")[0]
    button.send_keys("\ue007")
    detail = _one(browser, ".details").text

    assert _all(browser, "button.open")[0].get_attribute("aria-expanded") == "true"
    assert browser.switch_to.active_element == _all(browser, "button.open")[0]
    assert re.search(r"2026-11-18 10:00:06\s+sent came 3 times", detail)
    assert re.search(r"2026-11-18 10:01:07\s+\+1 min 1 s\s+failed 131049", detail)
    assert "Wait 24 hours" in detail
    _one(browser, ".details a.code").click()
    assert _one(browser, "article:target h3").text.startswith("131049")


def test_an_address_opens_one_message(many: Triage, open_page: Open) -> None:
    """Two people talk about the same row: its link opens it, on whatever page it is."""
    browser = open_page(many, fragment="#message=wamid.MANY0207")

    assert _one(browser, ".pager span").text == "201 to 250 of 330"
    assert "wamid.MANY0207" in _one(browser, ".details").text


# The charts.


def test_a_bar_lists_its_messages(many: Triage, open_page: Open) -> None:
    """The arrow keys read the bars, Enter shows the messages of one, and a button takes that back."""
    from selenium.webdriver.common.keys import Keys

    browser = open_page(many)
    chart = _one(browser, "#verdicts-chart svg.chart")
    chart.send_keys(Keys.ARROW_RIGHT)
    said = _one(browser, "#verdicts-chart .tip").text
    chart.send_keys(Keys.ARROW_RIGHT)
    chart.send_keys(Keys.ENTER)

    assert said.startswith("2026-11-18 08:00 to 09:00 UTC")
    assert "failed 12" in said
    assert _one(browser, "#messages .status").text == "60 of 330 messages match"
    _one(browser, ".chip").click()
    assert _one(browser, "#messages .status").text == "330 messages"


def test_a_bar_of_failures_lists_what_failed_then(many: Triage, open_page: Open) -> None:
    """In the chart of failures the time is that of the failure."""
    from selenium.webdriver.common.keys import Keys

    browser = open_page(many)
    chart = _one(browser, "#codes-chart div.chart")
    chart.send_keys(Keys.ARROW_RIGHT)
    chart.send_keys(Keys.ENTER)

    assert _one(browser, "#messages .status").text == "30 of 330 messages match"


def test_a_verdict_can_be_taken_out_of_the_chart(open_page: Open) -> None:
    """Without the delivered the scale is that of the rest."""
    browser = open_page()

    def top() -> int:
        labels = _all(browser, "#verdicts-chart .axis text[text-anchor='end']")
        return max(int(each.text.replace(",", "")) for each in labels if each.text.replace(",", "").isdigit())

    assert top() >= 2_000
    delivered = _all(browser, "#verdicts-chart .legend button")[3]
    delivered.click()
    assert delivered.get_attribute("aria-pressed") == "false"
    assert top() <= 1_000


def test_events_are_marked_on_the_time_axis(open_page: Open) -> None:
    """Each mark says what happened, and leads to its line in the story."""
    browser = open_page()
    marks = _all(browser, "#verdicts-chart a.mark")
    names = " ".join(str(each.get_attribute("aria-label")) for each in marks)

    assert "346 messages failed with 131056" in names
    assert "the template was paused" in names
    assert [len(_all(browser, str(each.get_dom_attribute("href")))) for each in marks] == [1] * len(marks)


def test_every_chart_is_a_table_as_well(open_page: Open) -> None:
    """What is drawn can be read: by hour and verdict, by hour and code."""
    browser = open_page()
    for figure, row in (
        ("verdicts-chart", "2026-11-18 10:00 880 30 0 1,400"),
        ("codes-chart", "2026-11-18 10:00 520 346 4 0"),
    ):
        _one(browser, f"#{figure} summary").click()
        _wait(browser, lambda figure=figure: bool(_all(browser, f"#{figure} details tbody tr")))  # type: ignore[misc]
        assert row in [each.text for each in _all(browser, f"#{figure} details tbody tr")]


def test_a_year_in_hours_is_drawn_in_as_many_bars_as_there_is_room_for(triage: Triage, open_page: Open) -> None:
    """The bars stand for more time, and their sum stays."""
    hours = tuple(replace(triage.hours[0], start=triage.hours[0].start + at * HOUR) for at in range(365 * 24))
    browser = open_page(replace(triage, hours=hours))
    bars = re.search(r"(\d+) bars of (\d+) days", str(_one(browser, "svg.chart").get_attribute("aria-label")))

    assert bars
    assert int(bars[1]) < 250
    assert f"failed {365 * 24 * 12:,}" in _one(browser, "#verdicts-chart .legend").text


# How it looks.


def _ground(browser: Chrome) -> str:
    return str(browser.execute_script("return getComputedStyle(document.body).backgroundColor"))


def test_the_page_is_dark_where_the_system_is(open_page: Open) -> None:
    """And the button has the last word."""
    browser = open_page()
    light = _ground(browser)
    _device(browser, "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    dark = _ground(browser)
    _one(browser, "#theme").click()

    assert dark != light
    assert _one(browser, "#theme").text == "Theme: light"
    assert _ground(browser) == light
    _one(browser, "#theme").click()
    assert _ground(browser) == dark


def test_no_verdict_is_told_by_its_colour_alone(open_page: Open) -> None:
    """Each has a fill of its own, all but one with a pattern, and its name beside it."""
    browser = open_page()
    fills = [
        browser.execute_script("return getComputedStyle(arguments[0]).fill", each)
        for each in _all(browser, "#verdicts-chart .legend button rect")
    ]

    assert len(set(fills)) == 4
    assert sum(each.startswith("url(") for each in fills) == 3
    assert [each.text.split()[0] for each in _all(browser, ".legend button")] == [
        "failed",
        "undelivered",
        "accepted",
        "delivered",
    ]


@pytest.mark.parametrize("width", [320, 400, 768, 1280])
def test_nothing_is_wider_than_the_screen(width: int, open_page: Open) -> None:
    """A telephone shows the whole width, with a message opened as well."""
    browser = open_page()
    _device(browser, "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    _all(browser, "button.open")[0].click()
    chart = "return document.querySelector('#verdicts-chart svg.chart').getBoundingClientRect().width"
    _wait(browser, lambda: bool(browser.execute_script(f"{chart} <= {width}")))

    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_everything_one_can_reach_has_a_name(open_page: Open) -> None:
    """A screen reader says what each button, link, box and region is."""
    browser = open_page()
    _all(browser, "button.open")[0].click()
    nodes = _device(browser, "Accessibility.getFullAXTree")["nodes"]
    spoken = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"] and any(each["name"] == "focusable" for each in node.get("properties", []))
    ]
    unnamed = [role for role, name in spoken if not name.strip() and role not in ("RootWebArea", "option")]

    assert unnamed == []
    assert {"button", "link", "checkbox", "searchbox", "combobox"} <= {role for role, _ in spoken}


def test_it_is_readable_without_scripts(browser: Chrome, open_page: Open) -> None:
    """Figures, causes, story and codes are text; what is missing says so, and how to get it."""
    _device(browser, "Emulation.setScriptExecutionDisabled", value=True)
    try:
        open_page()
        text = _one(browser, "body").text
    finally:
        _device(browser, "Emulation.setScriptExecutionDisabled", value=False)

    for said in (
        "Do this first",
        "8,440",
        "Message not delivered",
        "What happened",
        "needs JavaScript",
        "--format csv",
    ):
        assert said in text


def test_paper_gets_the_charts_and_the_first_200_rows(many: Triage, open_page: Open) -> None:
    """What is only for a screen stays there, and the page on the screen is as before."""
    browser = open_page(many)
    browser.execute_script(
        "addEventListener('beforeprint', () => {"
        " window.printed = [...document.querySelectorAll('button.open')].length; })"
    )
    pdf = base64.b64decode(_device(browser, "Page.printToPDF", printBackground=True)["data"])

    assert browser.execute_script("return window.printed") == 200
    assert len(_ids(browser)) == 50
    assert pdf.startswith(b"%PDF")
    assert 4 <= len(re.findall(rb"/Type /Page\b", pdf)) <= 20
    _device(browser, "Emulation.setEmulatedMedia", media="print")
    assert not _one(browser, ".filters").is_displayed()
    assert not _one(browser, ".pager").is_displayed()
    assert _one(browser, "#verdicts-chart svg.chart").is_displayed()
    assert _one(browser, "#messages .printed").text == "The first 200 of 330 are printed."
