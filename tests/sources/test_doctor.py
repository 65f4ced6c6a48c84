"""``evidencekit doctor``: each check with what it finds, and the services one by one."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

import pytest

from evidencekit.cli import health, main
from evidencekit.cli.health import HEALTH_CHECKS, Health
from evidencekit.sources.lock import LOCK_NAME
from evidencekit.sources.probes import BEHIND_DOI_ORG, PROBES, probe
from evidencekit.sources.services import SERVICES
from sources.conftest import MakeTransport
from sources.server import faults
from sources.server.app import FakeServices


def test_every_service_has_its_question() -> None:
    assert set(PROBES) | BEHIND_DOI_ORG == set(SERVICES)
    assert not set(PROBES) & BEHIND_DOI_ORG


def test_all_is_well(
    cited_workspace: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", "--workspace", str(cited_workspace)]) == 0
    capsys.readouterr()
    assert main(["doctor", "--workspace", str(cited_workspace), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document["checks"]) == sorted(HEALTH_CHECKS)
    good = [name for name, check in document["checks"].items() if check["condition"] == "good"]
    assert {"python", "packages", "fonts", "contact", "cache", "lock"} <= set(good)
    assert document["checks"]["lock"]["found"] == "2 papers cited, 0 not in the lock, 0 to ask for"
    assert {s["found"] for s in document["services"].values()} == {"answers"}
    assert set(document["services"]) == {
        SERVICES[name].title for name in PROBES if not SERVICES[name].optional
    }


def test_a_service_that_is_down_is_named(
    cited_workspace: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    services.always["pubmed"] = faults.status(403)
    assert main(["doctor", "--workspace", str(cited_workspace)]) == 4
    lines = capsys.readouterr().out.splitlines()
    assert (
        "!  PubMed: PubMed: the service refuses this client; it is not asked again in this run "
        "(status 403) - check the network and try again; what it would have said stays unchecked"
    ) in lines
    assert "ok Crossref: answers" in lines
    assert (
        "!  lock: 2 papers cited, 2 not in the lock, 0 to ask for - run `evidencekit fetch`"
        in lines
    )


def test_optional_services_are_asked_when_turned_on(make_transport: MakeTransport) -> None:
    optional = tuple(name for name, service in SERVICES.items() if service.optional)
    transport = make_transport(settings={"sources": optional})
    assert probe(transport) == dict.fromkeys(PROBES, "")


def test_offline_asks_nobody(
    cited_workspace: Path, no_socket: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--workspace", str(cited_workspace), "--offline", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["services"] == {}


def test_a_damaged_lock_is_bad(cited_workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (cited_workspace / LOCK_NAME).write_text("{", encoding="utf-8")
    assert main(["doctor", "--workspace", str(cited_workspace), "--offline"]) == 1
    assert "X  lock: " in capsys.readouterr().out


def test_a_cache_that_cannot_be_written_is_bad(
    cited_workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("EVIDENCEKIT_CACHE", str(tmp_path / "file"))
    found = health.check_cache(cited_workspace)
    assert found == Health(
        condition="bad",
        found=f"{tmp_path / 'file'} cannot be written: Not a directory",
        remedy="make it writable, or set EVIDENCEKIT_CACHE to another folder",
    )
    monkeypatch.setenv("EVIDENCEKIT_CACHE_BACKEND", "memory")
    assert health.check_cache(cited_workspace) == Health(condition="good", found="kept by memory")


def test_what_is_missing_is_named(
    cited_workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(health, "EXTRAS", {"odd": ("no_such_module",), "json": ("json",)})
    assert health.check_extras(cited_workspace) == Health(
        condition="attention",
        found="not installed: odd",
        remedy="if needed: pip install 'evidencekit[odd]'",
    )
    monkeypatch.setattr("evidencekit.render.text.FONT_FOLDER", tmp_path)
    assert health.check_fonts(cited_workspace).condition == "bad"
    monkeypatch.delenv("EVIDENCEKIT_MAILTO")
    assert health.check_contact(cited_workspace).condition == "attention"
    monkeypatch.setattr(health, "PACKAGES", ("no-such-package",))
    assert health.examine(cited_workspace)["packages"] == Health(
        condition="bad",
        found="the package no-such-package is not installed",
        remedy="install evidencekit again with pip",
    )
    with pytest.raises(metadata.PackageNotFoundError):
        health.check_packages(cited_workspace)


def test_another_encoding_is_worth_knowing(
    cited_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Latin:
        encoding = "ISO-8859-1"

    monkeypatch.setattr("sys.stdout", Latin())
    assert health.check_locale(cited_workspace) == Health(
        condition="attention",
        found="ISO-8859-1: characters it lacks are printed as escapes",
        remedy="set PYTHONUTF8=1",
    )
