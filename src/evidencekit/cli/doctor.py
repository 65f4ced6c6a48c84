"""``evidencekit doctor``: whether everything that commands need is here and answers."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from evidencekit.cli.common import add_workspace_option, emit_json, write_text
from evidencekit.cli.health import Health, examine, service_health
from evidencekit.errors import ExitCode

DESCRIPTION = """\
Look at the installation, the cache, the lock of the workspace and the services that fetch asks
(one small question to each), and say what to do about what is not right.
"""
MARKS = {"good": "ok", "attention": "!", "bad": "X"}


def fill(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its options."""
    parser.description = DESCRIPTION
    parser.add_argument("--offline", action="store_true", help="do not ask the services")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Examine; returns the exit code."""
    found = examine(args.workspace)
    services = {} if args.offline else _services()
    if args.json:
        emit_json(
            {
                "command": "doctor",
                "checks": {name: asdict(health) for name, health in found.items()},
                "services": {name: asdict(health) for name, health in services.items()},
            }
        )
    else:
        for name, health in (found | services).items():
            write_text(_line(name, health))
    if any(health.condition == "bad" for health in found.values()):
        return ExitCode.FINDINGS
    silent = any(health.condition != "good" for health in services.values())
    return ExitCode.NETWORK if silent else ExitCode.OK


def _services() -> dict[str, Health]:
    from evidencekit.sources.cache import MAXIMUM_AGE
    from evidencekit.sources.probes import probe
    from evidencekit.sources.settings import read_settings
    from evidencekit.sources.transport import Transport

    # Asked anew: what the cache has kept says nothing about today.
    with Transport(read_settings(), refresh=frozenset(MAXIMUM_AGE)) as transport:
        return service_health(probe(transport))


def _line(name: str, health: Health) -> str:
    remedy = f" - {health.remedy}" if health.remedy else ""
    return f"{MARKS[health.condition]:<3}{name}: {health.found}{remedy}"
