"""The command ``evidencekit``: parse, call, print, exit code. No arithmetic lives here."""

from __future__ import annotations

import argparse
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidencekit.errors import EvidencekitError

COMMANDS = {
    "analyse": "run analyses; write figures/",
    "pool": "pool the studies of one table, without a workspace",
    "batch": "pool every meta-analysis of one long table",
    "audit": "check the references of a text",
    "validate": "check the data files",
    "fetch": "ask doi.org, Crossref and PubMed about cited papers; write metadata.lock.json",
    "watch": "ask what became of included papers, and what saved searches find that is new",
    "doctor": "look at the installation, the cache, the lock and the services",
    "cite": "print references, from metadata.lock.json",
    "init": "make a new workspace",
    "schema": "JSON Schemas of the data files, for editors",
}
"""Every command, a module of this room, and what it does in a few words."""

ALIASES = {"analyse": ["analyze"]}

EPILOG = """\
exit codes: 0 clean; 1 findings; 2 usage; 3 files that cannot be read or written;
4 network needed and not had; 5 internal error; 130 interrupted
"""


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of the command line.

    Parameters
    ----------
    only
        The command that will run: only its module is loaded, so that ``--help`` (which
        runs none: pass "") starts at once. None loads all.
    """
    from evidencekit import __version__

    parser = argparse.ArgumentParser(
        prog="evidencekit",
        description="Curated trials in, meta-analyses, figures and grading tables out.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"evidencekit {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, purpose in COMMANDS.items():
        aliases = ALIASES.get(name, [])
        command = subparsers.add_parser(name, help=purpose, aliases=aliases)
        if only is None or only in (name, *aliases):
            _module(name).fill(command)
    return parser


def _module(name: str):  # type: ignore[no-untyped-def]
    from importlib import import_module

    return import_module(f"evidencekit.cli.{name}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code and never lets a traceback out."""
    words = sys.argv[1:] if argv is None else list(argv)
    command = next((word for word in words if not word.startswith("-")), "")
    try:
        args = build_parser(command).parse_args(words)
        return _run(args)
    except SystemExit as stop:  # argparse: 0 for --help and --version, 2 for usage
        return int(stop.code or 0)
    except KeyboardInterrupt:
        _say("interrupted; files already complete were kept, nothing is half-written")
        return 130


def _run(args: argparse.Namespace) -> int:
    from evidencekit.errors import EvidencekitError, ExitCode

    try:
        return int(args.run(args))
    except BrokenPipeError:
        # The reader of our output has gone (a pager was quit): not an error.
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except EvidencekitError as error:
        _explain(error, args)
        return error.exit_code
    except OSError as error:
        _say(f"evidencekit: {_os_message(error)}")
        return ExitCode.UNREADABLE
    except Exception as error:
        _say(_internal(error))
        return ExitCode.INTERNAL


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _explain(error: EvidencekitError, args: argparse.Namespace) -> None:
    """Say what is wrong; with ``--json`` also as one object on standard output."""
    from evidencekit.errors import DataError

    findings = error.findings if isinstance(error, DataError) else ()
    if getattr(args, "json", False):
        from evidencekit.cli.common import emit_json

        emit_json(
            {
                "error": str(error),
                "exit_code": int(error.exit_code),
                "findings": [finding.to_dict() for finding in findings],
            }
        )
    for finding in findings:
        _say(str(finding))
    _say(f"evidencekit: {error}")


def _os_message(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _internal(error: Exception) -> str:
    """Say what broke, and keep the traceback in a file for the report."""
    import tempfile
    import traceback

    message = f"evidencekit: internal error: {type(error).__name__}: {error}"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="evidencekit-crash-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        return message
    return f"{message}\n  please report it with {file.name}"
