"""``evidencekit watch`` on the small workspace, against services on the loopback."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evidencekit.cli import main
from evidencekit.sources.entry import Entry
from evidencekit.sources.lock import LOCK_NAME, read_lock, update_lock
from evidencekit.sources.services import SERVICES
from evidencekit.sources.status import StatusAnswer
from evidencekit.watch.memory import WATCH_NAME, read_memory
from sources.server import bodies, faults
from sources.server.app import JSON, FakeServices, Handler
from sources.server.bodies import Paper
from workspaces import STUDIES, small_workspace

QUERY = "colds[tiab]"
NAMES = [str(study["id"]) for study in STUDIES]
CLEAN = tuple(Paper(doi=f"10.5555/{n}", pmid=str(100 + i)) for i, n in enumerate(NAMES))
NOTICE = {"DOI": "10.5555/notice", "type": "retraction", "updated": {"date-parts": [[2026, 3, 1]]}}
NEW = Paper(doi="10.5555/new", pmid="900", year=2026)


def run(root: Path, *words: str) -> int:
    """The command in the workspace."""
    return main(["watch", "--workspace", str(root), *words])


@pytest.fixture
def watched(tmp_path: Path, services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small workspace with a search; the services know its four papers and no other."""
    for name, service in SERVICES.items():
        monkeypatch.setenv(service.variable, services.urls[name])
    monkeypatch.setenv("EVIDENCEKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("EVIDENCEKIT_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("EVIDENCEKIT_MAILTO", "name@example.org")
    monkeypatch.delenv("NCBI_API_KEY", raising=False)
    services.papers = {paper.doi: paper for paper in CLEAN}
    root = small_workspace(tmp_path / "workspace")
    plan = root / "analyses" / "colds.yaml"
    text = plan.read_text(encoding="utf-8")
    search = f'measure: RR\nsearch: {{query: "{QUERY}", screened_to: 2026-01-31}}\n'
    plan.write_text(text.replace("measure: RR\n", search), encoding="utf-8", newline="\n")
    return root


def notice(services: FakeServices, study: str, **update: Any) -> None:
    """Crossref now knows an editorial notice about a study's paper."""
    old = services.papers[f"10.5555/{study}"]
    record = {"updated-by": [{**NOTICE, **update}]}
    services.papers[old.doi] = Paper(doi=old.doi, pmid=old.pmid, in_record=record)


def terms(services: FakeServices) -> list[str]:
    """The saved searches that PubMed was asked."""
    asked = [visit.query["term"][0] for visit in services.visits if "term" in visit.query]
    return [term for term in asked if QUERY in term]


def test_nothing_new(
    watched: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(watched) == 0
    summary = "4 papers: 0 to look at, 0 unanswered; 0 candidates, 0 new\n"
    assert capsys.readouterr() == ("", summary)
    assert terms(services) == [f"({QUERY}) AND 2026/01/31:3000/12/31[crdt]"]
    today = datetime.now(UTC).date()
    memory = read_memory(watched)
    assert memory.searches["colds"].query == QUERY
    assert date_of(memory.searches["colds"].on) in (today, today - timedelta(days=1))
    assert memory.searches["colds"].candidates == ()
    assert all(e.status["crossref"].state == "ok" for e in read_lock(watched).entries.values())
    page = (watched / "reports" / "watch.md").read_text(encoding="utf-8")
    assert page.endswith("\n\n- Nothing new.\n")


def date_of(text: str) -> Any:
    return datetime.fromisoformat(text).date()


def test_the_next_search_begins_a_day_before_the_last_one(
    watched: Path, services: FakeServices
) -> None:
    assert run(watched) == 0
    path = watched / WATCH_NAME
    document = json.loads(path.read_text(encoding="utf-8"))
    document["searches"]["colds"]["on"] = "2026-06-10"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert run(watched) == 0
    assert terms(services)[-1] == f"({QUERY}) AND 2026/06/09:3000/12/31[crdt]"
    assert run(watched, "--since", "4w") == 0
    day = datetime.now(UTC).date() - timedelta(weeks=4)
    assert terms(services)[-1] == f"({QUERY}) AND {day:%Y/%m/%d}:3000/12/31[crdt]"


def test_a_candidate_waits_until_somebody_decides(
    watched: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    services.papers[NEW.doi] = NEW
    assert run(watched) == 1
    out, err = capsys.readouterr()
    assert out == "new: colds: PMID 900, 10.5555/new: A trial of something & nothing (2026)\n"
    assert err == "4 papers: 0 to look at, 0 unanswered; 1 candidate, 1 new\n"
    assert run(watched, "--json") == 1
    document = json.loads(capsys.readouterr().out)
    (search,) = document["searches"]
    assert (search["new"], [item["pmid"] for item in search["waiting"]]) == ([], ["900"])
    path = watched / WATCH_NAME
    text = path.read_text(encoding="utf-8")
    decided = text.replace('"decision": ""', '"decision": "not randomised"')
    path.write_text(decided, encoding="utf-8")
    assert run(watched) == 0
    assert path.read_text(encoding="utf-8") == decided


def test_a_candidate_that_a_study_cites_is_settled(
    watched: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    services.papers[NEW.doi] = NEW
    assert run(watched) == 1
    study = watched / "studies" / "adams-2001.yaml"
    text = study.read_text(encoding="utf-8")
    cited = text.replace("reports:\n", 'reports:\n  - {doi: "10.5555/new", role: secondary}\n')
    study.write_text(cited, encoding="utf-8")
    assert run(watched) == 0
    assert read_memory(watched).searches["colds"].candidates == ()


def test_a_retracted_study_moves_the_result(
    watched: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(watched) == 0
    notice(services, "davis-2015")
    capsys.readouterr()
    assert run(watched) == 1
    typical = "per 1000 at typical risk"
    assert capsys.readouterr().out.splitlines() == [
        "paper: 10.5555/davis-2015: retracted, before ok; "
        "retraction 10.5555/notice (2026-03-01); reports davis-2015 (colds)",
        "result: colds without davis-2015: RR 0.74 (95% CI 0.42 to 1.30), k 3, "
        "with it RR 0.68 (95% CI 0.48 to 0.95), k 4",
        "  certainty: I² 0%, tau² 0.000, prediction 0.42 to 1.30, 429 people, "
        f"-91 (-201 to 104) {typical}; with it I² 0%, tau² 0.000, prediction 0.48 to 0.95, "
        f"612 people, -115 (-184 to -18) {typical}",
        "  the interval now includes no effect",
    ]
    # No news any longer, but the study is still pooled.
    assert run(watched, "--offline") == 1
    assert "10.5555/davis-2015: retracted; reports davis-2015" in capsys.readouterr().out
    plan = watched / "analyses" / "colds.yaml"
    left_out = "select: {exclude: [{study: davis-2015, why: {en: retracted, nl: ingetrokken}}]}\n"
    text = plan.read_text(encoding="utf-8").replace("measure: RR\n", f"measure: RR\n{left_out}")
    plan.write_text(text, encoding="utf-8")
    assert run(watched) == 0


def test_a_correction_is_told_once(
    watched: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(watched) == 0
    notice(services, "adams-2001", type="correction")
    capsys.readouterr()
    assert run(watched) == 1
    out = capsys.readouterr().out
    assert out == (
        "paper: 10.5555/adams-2001: corrected, before ok; "
        "correction 10.5555/notice (2026-03-01); reports adams-2001 (colds)\n"
    )
    assert run(watched) == 0


def test_an_outage_accuses_nobody_and_loses_no_day(
    watched: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    services.always["pubmed"] = faults.status(403)
    assert run(watched) == 4
    reason = (
        "PubMed: the service refuses this client; it is not asked again in this run (status 403)"
    )
    assert capsys.readouterr().out.splitlines() == [
        f"unanswered: colds: {reason}",
        f"unanswered: {reason} (4 papers)",
    ]
    assert read_memory(watched).searches == {}
    del services.always["pubmed"]
    assert run(watched) == 0
    assert terms(services)[-1].endswith("2026/01/31:3000/12/31[crdt]")


def test_a_title_that_was_not_had_is_asked_for_again(
    watched: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(watched) == 0
    services.papers[NEW.doi] = NEW
    down = faults.status(403)

    def only_records(handler: Handler) -> None:
        refused = "efetch" in handler.path and "900" in handler.path
        down(handler) if refused else handler.send(*handler.reply())

    services.always["pubmed"] = only_records
    capsys.readouterr()
    assert run(watched) == 1
    assert "new: colds: PMID 900: title not known\n" in capsys.readouterr().out
    assert {c.title for c in read_memory(watched).searches["colds"].candidates} == {""}
    del services.always["pubmed"]
    assert run(watched) == 1
    out = capsys.readouterr().out
    assert out == "waiting: colds: PMID 900, 10.5555/new: A trial of something & nothing (2026)\n"
    assert [c.pmid for c in read_memory(watched).searches["colds"].candidates] == ["900"]


def test_a_list_that_is_not_whole_keeps_the_day(
    watched: Path, services: FakeServices, capsys: pytest.CaptureFixture[str]
) -> None:
    services.papers[NEW.doi] = NEW

    def many(handler: Handler) -> None:
        if QUERY not in handler.term:
            handler.send(*handler.reply())
            return
        found = {"count": "10007", "idlist": ["900"]}
        body = bodies.as_json({"header": {"type": "esearch"}, "esearchresult": found})
        handler.send(200, JSON, body)

    services.always["pubmed"] = many
    assert run(watched) == 1
    assert capsys.readouterr().out.splitlines() == [
        "new: colds: PMID 900, 10.5555/new: A trial of something & nothing (2026)",
        "search: colds: PubMed does not list 10006 more records: narrow the query, or search "
        "from a later day with --since",
    ]
    # No run before: there is no day to keep, and the next one begins at screened_to again.
    assert read_memory(watched).searches == {}


def test_a_run_that_breaks_off_leaves_the_news_to_the_next(
    watched: Path, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(watched) == 0
    written = (watched / LOCK_NAME).read_bytes()
    notice(services, "adams-2001", type="correction")

    def interrupted(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("evidencekit.watch.run.run_search", interrupted)
        assert run(watched) == 130
    assert (watched / LOCK_NAME).read_bytes() == written
    assert run(watched) == 1


def test_a_retraction_is_a_finding_also_when_another_service_is_down(
    watched: Path, services: FakeServices
) -> None:
    notice(services, "davis-2015")
    services.always["pubmed"] = faults.status(403)
    assert run(watched) == 1


def test_offline_opens_no_socket_and_writes_no_lock(
    watched: Path, no_socket: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(watched, "--offline") == 4
    assert capsys.readouterr().out == "unanswered: its status is not in the lock (4 papers)\n"
    ok = Entry(status={"crossref": StatusAnswer(state="ok", on="2026-11-01")})
    update_lock(watched, {f"doi:10.5555/{name}": ok for name in NAMES})
    written = (watched / LOCK_NAME).read_bytes()
    assert run(watched, "--offline") == 0
    assert (watched / LOCK_NAME).read_bytes() == written
    assert not (watched / WATCH_NAME).exists()


def test_only_the_analyses_named(watched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(watched, "cold") == 2
    assert capsys.readouterr().err == (
        "evidencekit: there is no analysis 'cold'; did you mean \"colds\"?\n"
    )
    assert run(watched, "--offline", "--since", "30d") == 2
    assert run(watched, "--since", "soon") == 2


def test_this_repository_is_whole_in_its_lock(capsys: pytest.CaptureFixture[str]) -> None:
    """Transcribed entries satisfy ``fetch --frozen``."""
    root = Path(__file__).parents[2]
    assert main(["fetch", "--frozen", "--workspace", str(root)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(" papers, 0 not in the lock\n")
