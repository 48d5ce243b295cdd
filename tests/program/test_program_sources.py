"""Where values come from: option, environment, env file, profile; the report names the place of each."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wa_doctor.settings import SETTINGS, Setting

if TYPE_CHECKING:
    from tests.program.conftest import Ended, Program

# In the order in which they win.
BY_OPTION, BY_ENVIRONMENT, BY_FILE, BY_PROFILE = (
    "118340927561041",
    "118340927561042",
    "118340927561043",
    "118340927561044",
)


def _inputs(ended: Ended) -> dict[str, dict[str, str]]:
    return {each["name"]: each for each in ended.document["inputs"]}


def _look(program: Program, *arguments: str | Path, **environ: str) -> dict[str, dict[str, str]]:
    return _inputs(program("check", "--only", "config", "--format", "json", *arguments, environ=environ))


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """Return an env file with a WABA id."""
    path = tmp_path / "settings.env"
    path.write_text(f"# from the wiki\nexport WA_WABA_ID='{BY_FILE}'\n\n", encoding="utf-8")
    return path


@pytest.fixture
def default_profile(program: Program) -> None:
    """Store a profile with a WABA id that is used unasked."""
    for path in program.profile_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'[default]\nwaba_id = "{BY_PROFILE}"\n\n["the other"]\nwaba_id = "1"\n', encoding="utf-8")


@pytest.mark.usefixtures("default_profile")
def test_first_place_that_has_a_value_wins(program: Program, env_file: Path) -> None:
    option = ("--waba-id", BY_OPTION)
    file = ("--env-file", env_file)
    environ = {"WA_WABA_ID": BY_ENVIRONMENT}
    found = [
        _look(program, *option, *file, **environ),
        _look(program, *file, **environ),
        _look(program, *file),
        _look(program),
    ]
    assert [(each["WABA id"]["shown"], each["WABA id"]["source"]) for each in found] == [
        (BY_OPTION, "--waba-id"),
        (BY_ENVIRONMENT, "WA_WABA_ID"),
        (BY_FILE, f"WA_WABA_ID in {env_file}"),
        (BY_PROFILE, "profile default"),
    ]


@pytest.mark.usefixtures("default_profile")
def test_value_of_nothing_but_blanks_is_none(program: Program) -> None:
    """CI systems set variables that have no value to an empty string."""
    assert _look(program, WA_WABA_ID=" ")["WABA id"]["source"] == "profile default"


@pytest.mark.usefixtures("default_profile")
def test_profile_is_chosen_by_option_before_environment(program: Program) -> None:
    assert _look(program, "--profile", "the other")["WABA id"]["source"] == "profile the other"
    assert _look(program, WA_PROFILE="the other")["WABA id"]["source"] == "profile the other"
    chosen = _look(program, "--profile", "default", WA_PROFILE="the other")
    assert chosen["WABA id"]["source"] == "profile default"


@pytest.mark.usefixtures("default_profile")
def test_sandbox_takes_nothing_from_elsewhere(program: Program) -> None:
    """Credentials of real work must not be mixed with those of a scenario."""
    found = _look(program, "--sandbox", "healthy", WA_WABA_ID=BY_ENVIRONMENT)
    assert {each["source"] for each in found.values()} == {"sandbox healthy"}


@pytest.mark.usefixtures("default_profile")
@pytest.mark.parametrize("command", ["check", "token", "probe"])
def test_sandbox_refuses_what_it_would_not_use(program: Program, command: str, env_file: Path) -> None:
    ended = program(command, "--sandbox", "healthy", "--env-file", env_file, code=2)
    assert "--sandbox brings values of its own; leave --env-file out" in ended.stderr
    ended = program(command, "--sandbox", "healthy", "--env-file", env_file, "--profile", "the other", code=2)
    assert "leave --env-file and --profile out" in ended.stderr


def test_options_are_laid_over_a_sandbox(program: Program) -> None:
    """What somebody gives for this one run is meant, and shows what the sandbox says about it."""
    ended = program(
        "check", "--sandbox", "healthy", "--waba-id", BY_OPTION, "--token-stdin", "--format", "json",
        stdin="EAAgNoTokenOfThisSandbox0123456789",
        code=1,
    )  # fmt: skip
    assert ended.ids("fail") == {"token-valid"}
    assert _inputs(ended)["WABA id"]["source"] == "--waba-id"
    assert _inputs(ended)["access token"]["source"] == "--token-stdin"


@pytest.mark.parametrize(
    ("setting", "variable"),
    [(setting, variable) for setting in SETTINGS for variable in setting.environment],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_every_name_of_a_variable_is_read(program: Program, setting: Setting, variable: str) -> None:
    value = "https://hooks.example.com/wa" if "url" in setting.name else "EAAg0123456789abcdef"
    found = _look(program, **{variable: value})[setting.label]
    assert found["source"] == variable
    assert (value in found["shown"]) != setting.secret


def test_names_of_ours_win_over_those_of_others(program: Program) -> None:
    found = _look(program, PHONE_NUMBER_ID="2", WA_PHONE_NUMBER_ID="109927745130846")
    assert found["phone number id"]["source"] == "WA_PHONE_NUMBER_ID"


def test_token_on_stdin_wins(program: Program) -> None:
    ended = program(
        "check", "--only", "config", "--format", "json", "--token-stdin",
        stdin="EAAgFromStdin0123456789\nsecond line\n",
        environ={"WA_ACCESS_TOKEN": "EAAgFromTheEnvironment0123456789"},
    )  # fmt: skip
    assert _inputs(ended)["access token"]["source"] == "--token-stdin"


def test_text_says_where_the_token_came_from(program: Program) -> None:
    text = program("check", "--only", "config", environ={"WHATSAPP_TOKEN": "EAAgFromTheEnvironment0123456789"}).stdout
    assert text.splitlines()[0].endswith("token from WHATSAPP_TOKEN")


@pytest.fixture
def own_facts(tmp_path: Path) -> Path:
    """Return a directory of fact files in which one error code has another title."""
    errors = tmp_path / "facts" / "errors"
    errors.mkdir(parents=True)
    ours = Path(__file__).parents[2] / "wa_doctor" / "knowledge" / "data" / "errors" / "131030.toml"
    text = re.sub(r'(?m)^title = ".*"$', 'title = "Our own title"', ours.read_text(encoding="utf-8"))
    (errors / "131030.toml").write_text(text, encoding="utf-8")
    return tmp_path / "facts"


def test_own_facts_are_named_in_the_report(program: Program, own_facts: Path) -> None:
    """Whoever lays facts over ours can see it in every report."""
    ended = program("check", "--sandbox", "healthy", "--facts", own_facts, "--format", "json", code=0)
    assert any("131030" in each for each in ended.document["overrides"])


def test_own_facts_can_belong_to_a_profile(program: Program, own_facts: Path) -> None:
    """They hold for every command that is run with it."""
    for path in program.profile_files():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"[ours]\nfacts = {json.dumps(str(own_facts))}\n", encoding="utf-8")
    assert "Our own title" not in program("explain", "131030", code=0).stdout
    assert "Our own title" in program("explain", "131030", code=0, environ={"WA_PROFILE": "ours"}).stdout
    checked = program("check", "--sandbox", "healthy", "--format", "json", code=0, environ={"WA_PROFILE": "ours"})
    assert any("131030" in each for each in checked.document["overrides"])


def test_login_keeps_facts_that_can_be_read_alone(program: Program, own_facts: Path) -> None:
    missing = program(
        "auth", "login", "--token-stdin", "--facts", own_facts / "nothing", stdin="EAAg0123456789", code=2
    )
    assert "is not a directory" in missing.stderr


def test_line_break_behind_the_app_secret_costs_a_note(program: Program) -> None:
    """Secret stores keep one, and with it no proof would be right."""
    with program.sandbox() as served:
        environ = served["environment"]
        environ["WA_APP_SECRET"] += "\n"
        ended = program("check", "--only", "account-access", "--format", "json", environ=environ, code=0)
    assert ended.stderr == "wa-doctor: white space around the app secret was removed\n"
