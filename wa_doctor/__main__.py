"""Entry point; answers `--version` before anything else is imported."""

import os
import sys

from wa_doctor import __version__


def main() -> None:
    """
    Run the command line and leave the process with its exit code.

    What the process holds is not taken apart first: `run` has written everything and closed what it opened, and to
    free the messages of a large log one by one would take longer than to start.
    """
    if sys.argv[1:] in (["--version"], ["-V"]):
        return _tell_version()
    try:
        from wa_doctor.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # so early that `run` could not take it
        code = 130
    os._exit(code)


def _tell_version() -> None:
    try:
        os.write(1, f"wa-doctor {__version__}\n".encode())
    except OSError:
        return  # nobody reads it


if __name__ == "__main__":
    main()
