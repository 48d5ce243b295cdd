"""Completions are what the program writes, and what real shells make of them when Tab is pressed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from wa_doctor.cli.app import COMMANDS, run
from wa_doctor.cli.completion import scripts
from wa_doctor.cli.completion.__main__ import main
from wa_doctor.cli.completion.tree import Value, read_tree

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "completions"

# What is typed behind the program's name, and what stands there after Tab.
TYPED = {
    "prob": "probe ",
    "auth logo": "auth logout ",
    "check --sand": "check --sandbox ",
    "check --sandbox ex": "check --sandbox expired-token ",
    "token --only token-val": "token --only token-valid ",
    "check --skip webhook-sub": "check --skip webhook-subscribed ",
    "check --color al": "check --color always ",
    "check --format=ju": "check --format=junit ",
    "check --sandbox=mal": "check --sandbox=malformed-token ",
    "checks --format ma": "checks --format markdown ",
    "auth list --format ju": "auth list --format ju",
    "check --report js": "check --report json=",
    "check --report json=repo": "check --report json=report.json ",
    "check --env-file sett": "check --env-file settings.env ",
    "check --only token-valid --facts over": "check --only token-valid --facts overrides/",
    "check --profile sett": "check --profile sett",
}


def _shell(name: str) -> str:
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a directory with something to complete in it."""
    (tmp_path / "report.json").touch()
    (tmp_path / "settings.env").touch()
    (tmp_path / "overrides").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", ["wa-doctor.bash", "_wa-doctor", "wa-doctor.fish", "wa-doctor.ps1"])
def test_kept_file_is_what_the_program_writes(name: str) -> None:
    """Whoever changes an option runs `python -m wa_doctor.cli.completion completions`."""
    assert (KEPT / name).read_text(encoding="utf-8") == scripts()[name]


def test_nothing_else_is_kept() -> None:
    assert {path.name for path in KEPT.iterdir()} == set(scripts())


def test_the_module_writes_every_file(tmp_path: Path) -> None:
    assert main([str(tmp_path / "new")]) == 0
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "new").iterdir()} == scripts()


def test_the_module_wants_a_directory(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "DIRECTORY" in capsys.readouterr().err


def test_every_command_is_in_the_tree() -> None:
    assert [command.path[-1] for command in read_tree().commands] == list(COMMANDS)


def test_a_value_that_a_shell_would_take_apart_is_refused() -> None:
    with pytest.raises(ValueError, match="quoted"):
        Value("two words")


@pytest.mark.parametrize("name", [*COMMANDS, "auth list"])
def test_completed_formats_are_the_ones_the_command_knows(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A format that is unknown is answered with those that are known."""
    command = next(each for each in read_tree().walk() if each.typed == f"wa-doctor {name}")
    completed = {value.text for each in command.options if "--format" in each.names for value in each.values}
    if not any("--format" in option.names for option in command.options):
        return
    argument = ["1"] if command.argument else []
    assert run([*command.path[1:], *argument, "--format", "@"]) == 2
    known = re.search(r"known are ([a-z, ]+)", capsys.readouterr().err)
    assert known
    assert completed == set(known[1].split(", "))


@pytest.mark.parametrize(("typed", "becomes"), TYPED.items())
def test_bash_completes(typed: str, becomes: str, folder: Path) -> None:
    bash = _shell("bash")
    setup = folder / ".bashrc"
    setup.write_text(
        f"source {KEPT / 'wa-doctor.bash'}\n"
        """bind -x '"\\C-x\\C-p": printf "<<%s>>\\n" "$READLINE_LINE"'\nPS1=\n""",
        encoding="utf-8",
    )
    assert _press_tab([bash, "--noprofile", "--rcfile", str(setup), "-i"], typed, folder) == becomes


# Zsh writes the "=" of an option too, and takes it away again when a space is typed.
IN_ZSH = TYPED | {"check --sand": "check --sandbox="}


@pytest.mark.parametrize(("typed", "becomes"), IN_ZSH.items())
def test_zsh_completes(typed: str, becomes: str, folder: Path) -> None:
    zsh = _shell("zsh")
    (folder / ".zshrc").write_text(
        f"fpath=({KEPT} $fpath)\n"
        "autoload -Uz compinit && compinit -u -D\n"
        'shown() { print -r -- "<<$BUFFER>>" }\n'
        "zle -N shown\nbindkey '^X^P' shown\nsetopt no_beep\nPROMPT=\n",
        encoding="utf-8",
    )
    assert _press_tab([zsh, "-d", "-i"], typed, folder) == becomes


def test_zsh_takes_the_file_by_source_too(folder: Path) -> None:
    zsh = _shell("zsh")
    (folder / ".zshrc").write_text(
        "autoload -Uz compinit && compinit -u -D\n"
        f"source {KEPT / '_wa-doctor'}\n"
        'shown() { print -r -- "<<$BUFFER>>" }\n'
        "zle -N shown\nbindkey '^X^P' shown\nPROMPT=\n",
        encoding="utf-8",
    )
    assert _press_tab([zsh, "-d", "-i"], "auth logo", folder) == "auth logout "


@pytest.mark.parametrize(("typed", "becomes"), TYPED.items())
def test_fish_completes(typed: str, becomes: str, folder: Path) -> None:
    """Fish answers with the candidates, without the space that it would put behind the only one."""
    found = _fish(typed, folder)
    words = [candidate.partition("\t")[0] for candidate in found]
    assert words == ([] if becomes == typed else becomes.split()[-1:])


def test_fish_says_what_a_candidate_means(folder: Path) -> None:
    assert "expired-token\tthe token expired four days ago (190/463)" in _fish("check --sandbox ", folder)


def _fish(typed: str, folder: Path) -> list[str]:
    done = subprocess.run(
        [_shell("fish"), "--no-config", "-c", f"source {KEPT / 'wa-doctor.fish'}; complete -C 'wa-doctor {typed}'"],
        cwd=folder,
        env=os.environ | {"HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        ("wa-doctor check --sandbox ex", {"expired-token"}),
        ("wa-doctor check --color=a", {"--color=auto", "--color=always"}),
        ("wa-doctor auth l", {"login", "logout", "list"}),
    ],
)
def test_powershell_completes(typed: str, candidates: set[str]) -> None:
    shell = shutil.which("pwsh") or shutil.which("powershell")
    if not shell:
        pytest.skip("PowerShell is not installed")
    ask = f"[System.Management.Automation.CommandCompletion]::CompleteInput('{typed}', {len(typed)}, $null)"
    done = subprocess.run(
        [shell, "-NoProfile", "-Command", f". '{KEPT / 'wa-doctor.ps1'}'; {ask}.CompletionMatches.CompletionText"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert set(done.stdout.split()) == candidates


def test_powershell_file_has_no_syntax_error() -> None:
    """Where there is no PowerShell to run it, at least a parser of the language reads it to its end."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    text = scripts()["wa-doctor.ps1"]
    assert not parser.parse(text.encode()).root_node.has_error
    assert parser.parse(text.replace("}", "", 1).encode()).root_node.has_error, "the parser overlooks errors"


def _press_tab(shell: list[str], typed: str, folder: Path) -> str:
    """Type a line and Tab into an interactive shell on a terminal of its own; return what stands there then."""
    if sys.platform == "win32":
        pytest.skip("there are no pseudo-terminals")
    import pty

    keyboard, terminal = pty.openpty()
    environment = os.environ | {"HOME": str(folder), "ZDOTDIR": str(folder), "TERM": "xterm", "INPUTRC": "/dev/null"}
    shown = ""
    with subprocess.Popen(
        shell, stdin=terminal, stdout=terminal, stderr=terminal, cwd=folder, env=environment, start_new_session=True
    ) as process:
        os.close(terminal)
        try:
            os.write(keyboard, f"wa-doctor {typed}\t\x18\x10".encode())
            shown = _read_until(keyboard, ">>")
        finally:
            process.kill()
            os.close(keyboard)
    found = re.search(r"<<wa-doctor (.*?)>>", shown)
    assert found, shown
    return found[1]


def _read_until(terminal: int, end: str) -> str:
    import select

    text = ""
    give_up = time.monotonic() + 60
    while end not in text and time.monotonic() < give_up:
        if select.select([terminal], [], [], 1)[0]:
            text += os.read(terminal, 4096).decode(errors="replace")
    return text
