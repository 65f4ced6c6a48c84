"""What counts as news of a paper, and how a watch is worded."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evidencekit.errors import ExitCode
from evidencekit.sources.updates import State
from evidencekit.watch.memory import Candidate
from evidencekit.watch.movement import movements
from evidencekit.watch.papers import Paper, papers_of
from evidencekit.watch.run import Watched
from evidencekit.watch.searches import SearchOutcome
from evidencekit.watch.text import as_json, lines, markdown
from evidencekit.workspace.workspace import load_workspace

PAPER = Paper(key="doi:10.5555/x", reports=("adams-2001",), cited_by=(), before="ok", now="ok")
QUIET = Watched(
    on=date(2026, 11, 24),
    papers=(PAPER,),
    pooled={"adams-2001": ("colds",)},
    searches=(),
    movements=(),
    failed={},
)


@pytest.mark.parametrize(
    ("before", "now", "notices", "changed"),
    [
        ("ok", "ok", (), False),
        ("unchecked", "ok", (), False),
        ("unchecked", "corrected", (), True),
        ("ok", "unchecked", (), False),
        ("retracted", "ok", (), True),
        ("corrected", "corrected", ("erratum PMID 5",), True),
    ],
)
def test_news(before: State, now: State, notices: tuple[str, ...], changed: bool) -> None:
    paper = replace(PAPER, before=before, now=now, notices=notices)
    assert paper.changed is changed


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({}, False),
        ({"before": "corrected", "now": "corrected"}, False),
        ({"before": "concern", "now": "concern"}, True),
        ({"before": "concern", "now": "concern", "reports": (), "cited_by": ("a",)}, False),
        ({"absent": True, "now": "unchecked"}, True),
    ],
)
def test_what_needs_a_person(change: dict[str, object], needed: bool) -> None:
    found = replace(QUIET, papers=(replace(PAPER, **change),))
    assert found.needs_person is needed
    assert found.exit_code == (ExitCode.FINDINGS if needed else ExitCode.OK)


def test_silence_is_code_4_unless_there_is_a_finding() -> None:
    silent = replace(QUIET, failed={"doi:10.5555/x": ("PubMed: no answer",)})
    assert silent.exit_code == ExitCode.NETWORK
    search = SearchOutcome(analysis="colds", failed=("PubMed: no answer",))
    assert replace(QUIET, searches=(search,)).exit_code == ExitCode.NETWORK
    waiting = SearchOutcome(analysis="colds", waiting=(Candidate(pmid="5", found="2026-11-24"),))
    assert replace(silent, searches=(waiting,)).exit_code == ExitCode.FINDINGS


def test_a_report_and_a_citation_are_told_apart(small: Path) -> None:
    study = load_workspace(small).raise_errors().studies["adams-2001"]
    review = replace(study.reports[0], doi="10.5555/review", role="review")
    both = replace(study, reports=(*study.reports, review))
    assert papers_of([both]) == {
        "doi:10.5555/adams-2001": (("adams-2001",), ()),
        "doi:10.5555/review": ((), ("adams-2001",)),
    }


def test_the_page_shows_titles_as_they_are() -> None:
    title = "*Zinc* <b>[retracted]</b> a_b"
    item = Candidate(pmid="5", found="2026-11-24", title=title)
    search = SearchOutcome(analysis="colds", new=("5",), waiting=(item,))
    found = replace(QUIET, searches=(search,))
    assert markdown(found) == (
        "# Watch of 2026-11-24\n\n"
        "- new: colds: PMID 5: \\*Zinc\\* \\<b\\>\\[retracted\\]\\</b\\> a\\_b\n"
    )


def test_many_candidates_are_counted() -> None:
    items = tuple(Candidate(pmid=str(n), found="2026-11-24", title="t") for n in range(1, 5))
    found = replace(QUIET, searches=(SearchOutcome(analysis="colds", waiting=items),))
    assert lines(found, most=2) == [
        "waiting: colds: PMID 1: t",
        "waiting: colds: PMID 2: t",
        "waiting: colds: and 2 more",
    ]
    assert len(lines(found)) == 4


def test_a_result_that_is_gone_and_a_judgement_to_make_again(small: Path) -> None:
    workspace = load_workspace(small).raise_errors()
    names = ["adams-2001", "baker-2004", "clark-2010", "davis-2015"]
    *_, gone = movements(workspace.plans["colds"], workspace, names)
    (said,) = lines(replace(QUIET, movements=(gone,)))
    assert said == (
        f"result: colds without {', '.join(names)}: nothing can be pooled ({gone.reason}); "
        "with it RR 0.68 (95% CI 0.48 to 0.95), k 4"
    )
    (moved,) = movements(workspace.plans["colds"], workspace, ["clark-2010"])
    judged = replace(moved, whole=replace(moved.whole, level="very_low"))
    assert lines(replace(QUIET, movements=(judged,)))[-1] == (
        "  judged very low with it: judge again"
    )
    document = json.loads(json.dumps(as_json(replace(QUIET, movements=(moved, gone)))))
    assert document["movements"][0]["without"]["k"] == 3
    assert document["movements"][1]["without"] is None
