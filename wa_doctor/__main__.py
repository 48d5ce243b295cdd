"""Entry point; answers `--version` before anything else is imported."""

import sys

from wa_doctor import __version__


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"wa-doctor {__version__}\n")
        return

    from wa_doctor.cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
