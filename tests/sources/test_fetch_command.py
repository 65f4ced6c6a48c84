"""``evidencekit fetch`` against services on the loopback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidencekit.cli import fetch as command
from evidencekit.cli import main
from evidencekit.sources.entry import Entry
from evidencekit.sources.fetch import Progress
from evidencekit.sources.fetch_budget import expected_requests
from evidencekit.sources.lock import LOCK_NAME, read_lock
from evidencekit.sources.settings import make_settings
from sources.server import faults
from sources.server.app import FakeServices
from sources.server.bodies import Paper
from sources.test_draft import TRIAL


def run(root: Path, *words: str) -> int:
    """The command in the workspace."""
    return main(["fetch", "--workspace", str(root), *words])


def test_every_cited_paper_is_fetched_once(
    cited_workspace: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cited_workspace) == 0
    out, err = capsys.readouterr()
    assert out == "status: 10.5555/two: retracted\n"
    asked = len(services.visits)
    assert err == (
        f"2 papers, 2 asked for with {asked} requests: 2 new, 0 changed, 0 absent, "
        "0 not fully answered\n"
    )
    assert set(read_lock(cited_workspace).entries) == {"doi:10.5555/one", "doi:10.5555/two"}
    written = (cited_workspace / LOCK_NAME).read_bytes()
    assert run(cited_workspace) == 0
    assert len(services.visits) == asked
    assert (cited_workspace / LOCK_NAME).read_bytes() == written
    assert capsys.readouterr().err.startswith("2 papers, 0 asked for with 0 requests: 0 new")


def test_refresh_asks_again_and_shows_what_changed(
    cited_workspace: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cited_workspace, "10.5555/one") == 0
    services.papers["10.5555/one"] = Paper(
        doi="10.5555/one",
        pmid="11",
        in_record={
            "volume": "13",
            "updated-by": [{"DOI": "10.5555/n", "type": "retraction", "updated": {}}],
        },
    )
    capsys.readouterr()
    assert run(cited_workspace, "10.5555/one", "--refresh") == 0
    out = capsys.readouterr().out.splitlines()
    assert out == [
        "changed: 10.5555/one: updates, volume; ok to retracted",
        "status: 10.5555/one: retracted",
    ]


def test_since_asks_for_the_status_alone(
    cited_workspace: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cited_workspace) == 0
    asked = len(services.visits)
    assert run(cited_workspace, "--since", "30d") == 0
    assert len(services.visits) == asked
    services.papers["10.5555/one"] = Paper(
        doi="10.5555/one",
        pmid="11",
        in_record={"volume": "13", "updated-by": [{"DOI": "10.5555/n", "type": "retraction"}]},
    )
    # Tomorrow is later than every answer, so all are asked again.
    before = read_lock(cited_workspace).entries["doi:10.5555/one"]
    text = (cited_workspace / LOCK_NAME).read_text(encoding="utf-8")
    days = sorted(
        {a.on for e in read_lock(cited_workspace).entries.values() for a in e.status.values()}
    )
    for day in days:
        text = text.replace(day, "2020-01-01T00:00:00Z")
    (cited_workspace / LOCK_NAME).write_text(text, encoding="utf-8", newline="\n")
    capsys.readouterr()
    assert run(cited_workspace, "--since", "30d") == 0
    assert "changed: 10.5555/one: ok to retracted" in capsys.readouterr().out
    after = read_lock(cited_workspace).entries["doi:10.5555/one"]
    assert after.digest == before.digest
    assert after.status["crossref"].state == "retracted"


def test_a_source_that_is_down_leaves_papers_unchecked(
    cited_workspace: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    services.always["pubmed"] = faults.status(403)
    assert run(cited_workspace, "--json", "10.5555/one") == 4
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["schema_version"] == 1
    assert document["status"] == {"doi:10.5555/one": "unchecked"}
    (reasons,) = document["failed"].values()
    assert reasons == [
        "PubMed: the service refuses this client; it is not asked again in this run (status 403)"
    ]
    assert err.endswith("1 new, 0 changed, 0 absent, 1 not fully answered\n")
    del services.always["pubmed"]
    assert run(cited_workspace, "10.5555/one") == 0
    assert read_lock(cited_workspace).entries["doi:10.5555/one"].status["pubmed"].state == "ok"


def test_frozen_asks_nothing(
    cited_workspace: Path,
    services: FakeServices,
    no_lock_write: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(cited_workspace, "--frozen") == 4
    out, err = capsys.readouterr()
    assert out == "10.5555/one\n10.5555/two\n"
    assert err == "2 papers, 2 not in the lock\n"
    assert run(cited_workspace, "--frozen", "--json") == 4
    assert json.loads(capsys.readouterr().out)["missing"] == ["doi:10.5555/one", "doi:10.5555/two"]
    assert services.visits == []
    assert not (cited_workspace / LOCK_NAME).exists()


@pytest.fixture
def no_lock_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when the lock is written."""

    def refuse(*args: object) -> None:
        raise AssertionError("the lock was written")

    monkeypatch.setattr("evidencekit.sources.lock.write_lock", refuse)


def test_frozen_is_content_with_what_is_known(
    cited_workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cited_workspace) == 0
    capsys.readouterr()
    assert run(cited_workspace, "--frozen") == 0
    assert capsys.readouterr() == ("", "2 papers, 0 not in the lock\n")


def test_offline_opens_no_socket(
    cited_workspace: Path, no_socket: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cited_workspace, "--offline") == 4
    out, err = capsys.readouterr()
    assert "nothing is kept of this request and the run is offline (2 papers)" in out
    assert err.endswith("0 new, 0 changed, 0 absent, 2 not fully answered\n")
    assert not (cited_workspace / LOCK_NAME).exists()


def test_offline_takes_what_the_cache_has(
    cited_workspace: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cited_workspace) == 0
    written = read_lock(cited_workspace)
    (cited_workspace / LOCK_NAME).unlink()
    request.getfixturevalue("no_socket")
    assert run(cited_workspace, "--offline") == 0
    assert read_lock(cited_workspace) == written


def test_a_doi_that_is_not_registered_is_absent(
    cited_workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cited_workspace, "10.5555/none") == 0
    assert capsys.readouterr().out == "absent: 10.5555/none\n"


def test_a_draft_is_written(cited_workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    registry = cited_workspace / "trial.json"
    registry.write_text(json.dumps(TRIAL), encoding="utf-8")
    assert run(cited_workspace, "--add", "10.5555/one", "--registry", str(registry)) == 0
    out, err = capsys.readouterr()
    path = cited_workspace / "drafts" / "example-2020.yaml"
    assert out == f"{path.as_posix()}\n"
    assert err.endswith("a draft: complete what says TODO, then move it to studies/\n")
    assert "registration: [NCT00000001]" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--registry", "x.json"], 2, "--registry goes with --add"),
        (["10.5555/one", "--add", "10.5555/two"], 2, "--add takes its own DOI; name no other"),
        (["--since", "soon"], 2, "'soon' is not an age; write days or weeks: 30d, 4w"),
        (["no-such-study"], 2, "'no-such-study' is neither a study here nor a DOI nor a PMID"),
        (
            ["--add", "10.5555/none"],
            4,
            "doi.org has no record of 10.5555/none",
        ),
    ],
)
def test_what_cannot_be_done(
    cited_workspace: Path,
    words: list[str],
    code: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(cited_workspace, *words) == code
    assert f"evidencekit: {message}" in capsys.readouterr().err


def test_a_large_run_says_so_beforehand(capsys: pytest.CaptureFixture[str]) -> None:
    settings = make_settings()
    keys = tuple(f"doi:10.5555/{number}" for number in range(5000))
    command._show_budget(keys[:10], settings)
    assert capsys.readouterr().err == ""
    command._show_budget(keys, settings)
    expected = expected_requests(keys, settings)
    err = capsys.readouterr().err
    parts = ", ".join(f"{name} {number}" for name, number in expected.items())
    assert sum(expected.values()) > command.BUDGET
    assert err == f"about {sum(expected.values())} requests for 5000 papers: {parts}\n"


def test_a_bar_is_drawn_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(tell: object) -> dict[str, Entry]:
        if callable(tell):
            tell(Progress(done=2, total=3, requests=4))
        return {"told": Entry()} if callable(tell) else {}

    assert command._with_progress(3, work) == {}
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert command._with_progress(3, work) == {"told": Entry()}
    out, err = capsys.readouterr()
    assert out == ""
    assert "papers" in err
