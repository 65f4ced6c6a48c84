"""Editorial status: direction, reinstatement, disagreement, and that silence is not clean."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.sources.record import (
    BibliographicRecord,
    PartialDate,
    Relation,
    Title,
    Update,
)
from evidencekit.sources.status import StatusAnswer, merged_status
from evidencekit.sources.updates import (
    PUBLICATION_TYPES,
    STATES,
    TITLE_SIGNS,
    UPDATE_STATES,
    State,
    is_notice,
    notices_about,
    state_of,
    state_of_notices,
    update_type,
    worst,
)

DOI = "10.1000/paper"


def about(kind: str, *, date: str = "", doi: str = "10.1000/notice", source: str = "") -> Update:
    """A notice about the paper."""
    when = PartialDate.from_text(date) if date else None
    return Update(direction="affected", type=kind, doi=doi, date=when, source=source)


def paper(*updates: Update, title: str = "A trial", **more: object) -> BibliographicRecord:
    """The record of the paper."""
    return BibliographicRecord(
        doi=DOI,
        titles=(Title(text=title),),
        updates=updates,
        **more,  # type: ignore[arg-type]
    )


def answer(state: State, *notices: Update, reason: str = "") -> StatusAnswer:
    """An answer of one source."""
    return StatusAnswer(state=state, on="2026-11-24", notices=notices, reason=reason)


@pytest.mark.parametrize(("kind", "state"), UPDATE_STATES.items())
def test_every_kind_of_notice_puts_the_paper_in_its_state(kind: str, state: State) -> None:
    assert state_of(paper(about(kind))) == state


@pytest.mark.parametrize("kind", UPDATE_STATES)
def test_the_notice_itself_is_not_affected(kind: str) -> None:
    notice = paper(Update(direction="notice", type=kind, doi="10.1000/other"))
    assert state_of(notice) == "ok"
    later_work = UPDATE_STATES[kind] == "superseded" or "republished" in kind
    assert is_notice(notice) is not later_work


def test_an_unknown_notice_is_kept_and_accuses_nobody() -> None:
    record = paper(about("something_new"))
    assert state_of(record) == "ok"
    assert [n.type for n in notices_about(record)] == ["something_new"]


@pytest.mark.parametrize("kind", ["new_version", "correction", "retraction"])
def test_a_paper_listed_among_its_own_notices_is_left_alone(kind: str) -> None:
    both = (about(kind, doi=DOI), Update(direction="notice", type=kind, doi=DOI))
    record = paper(*both)
    assert state_of(record) == "ok"
    assert not is_notice(record)
    assert notices_about(record) == ()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("RetractionIn", ("retraction", "affected")),
        ("RetractionOf", ("retraction", "notice")),
        ("Retraction in", ("retraction", "affected")),
        ("ExpressionOfConcernIn", ("expression_of_concern", "affected")),
        ("ExpressionOfConcernFor", ("expression_of_concern", "notice")),
        ("CorrectedandRepublishedIn", ("corrected_and_republished", "affected")),
        ("RetractedandRepublishedIn", ("retracted_and_republished", "affected")),
        ("RetractedandRepublishedFrom", ("retracted_and_republished", "notice")),
        ("ErratumIn", ("erratum", "affected")),
        ("ErratumFor", ("erratum", "notice")),
        ("UpdateIn", ("update", "affected")),
        ("UpdateOf", ("update", "notice")),
        ("CommentIn", ("comment", "affected")),
        ("partial_retraction", ("partial_retraction", None)),
        ("Expression of concern", ("expression_of_concern", None)),
        ("Reinstatement", ("reinstatement", None)),
    ],
)
def test_words_of_the_services(word: str, expected: tuple[str, str | None]) -> None:
    assert update_type(word) == expected


@pytest.mark.parametrize(
    ("notices", "state"),
    [
        ([("retraction", "2010-02"), ("reinstatement", "2012")], "reinstated"),
        ([("retraction", ""), ("reinstatement", "")], "reinstated"),
        ([("retraction", "2010"), ("reinstatement", "2012"), ("retraction", "2013")], "retracted"),
        ([("expression_of_concern", "2010"), ("reinstatement", "2012")], "reinstated"),
        ([("correction", "2010"), ("retraction", "2010"), ("reinstatement", "2012")], "corrected"),
        ([("correction", "2010"), ("expression_of_concern", "2009")], "concern"),
        ([], "ok"),
    ],
)
def test_reinstatement_takes_back_what_was_before_it(
    notices: list[tuple[str, str]], state: State
) -> None:
    updates = [about(kind, date=date, doi=f"10.1000/{i}") for i, (kind, date) in enumerate(notices)]
    for order in itertools.permutations(updates):
        assert state_of_notices(order) == state


@pytest.mark.parametrize(
    ("title", "state", "notice"),
    [
        ("RETRACTED: A trial", "retracted", False),
        ("[Retracted] A trial", "retracted", False),
        ("RETRACTED ARTICLE: A trial", "retracted", False),
        ("WITHDRAWN: A trial", "withdrawn", False),
        ("REMOVED: A trial", "removed", False),
        ("Retraction: A trial", "ok", True),
        ("Retraction notice to “A trial”", "ok", True),
        ("Expression of Concern: A trial", "ok", True),
        ("Correction: A trial", "ok", True),
        ("Correction to: A trial", "ok", True),
        ("Corrigendum to “A trial”", "ok", True),
        ("Erratum: A trial", "ok", True),
        ("Correction of anaemia: a trial", "ok", False),
        ("Withdrawn patients in trials", "ok", False),
        ("Retraction of gingiva", "ok", False),
        ("A trial", "ok", False),
    ],
)
def test_titles_that_publishers_mark(title: str, state: State, notice: bool) -> None:
    record = paper(title=title)
    assert (state_of(record), is_notice(record)) == (state, notice)


def test_a_notice_titled_like_a_retracted_paper_is_the_notice() -> None:
    pointing = paper(
        Update(direction="notice", type="retraction", doi="10.1000/o"), title="Retracted: T"
    )
    assert (state_of(pointing), is_notice(pointing)) == ("ok", True)
    one_page = paper(title="Retracted: T", first_page="1", last_page="1")
    assert (state_of(one_page), is_notice(one_page)) == ("ok", True)
    paged = paper(title="Retracted: T", first_page="1", last_page="8")
    assert (state_of(paged), is_notice(paged)) == ("retracted", False)


@pytest.mark.parametrize(("kind", "meaning"), PUBLICATION_TYPES.items())
def test_publication_types(kind: str, meaning: tuple[str, str]) -> None:
    record = paper(publication_types=("Journal Article", kind.title()))
    direction, word = meaning
    assert is_notice(record) is (direction == "notice")
    assert state_of(record) == (UPDATE_STATES[word] if direction == "affected" else "ok")


def test_a_mark_that_outlives_its_retraction() -> None:
    record = paper(
        about("retraction", date="2010"),
        about("reinstatement", date="2012", doi="10.1000/n2"),
        title="RETRACTED: A trial",
        publication_types=("Retracted Publication",),
    )
    assert state_of(record) == "reinstated"


def test_a_preprint_with_a_journal_version_is_superseded() -> None:
    relation = Relation(type="is-preprint-of", identifier="10.1000/journal")
    assert state_of(paper(relations=(relation,))) == "superseded"
    itself = Relation(type="is-preprint-of", identifier=DOI)
    assert state_of(paper(relations=(itself,))) == "ok"
    other = Relation(type="has-preprint", identifier="10.1000/pre")
    assert state_of(paper(relations=(other,))) == "ok"


@given(st.lists(st.sampled_from(STATES), max_size=6))
def test_the_worst_wins(states: list[State]) -> None:
    found = worst(states)
    assert found in (states or ["ok"])
    assert all(STATES.index(found) <= STATES.index(state) for state in states)


@given(st.dictionaries(st.sampled_from("abcde"), st.sampled_from(STATES), max_size=5))
def test_silence_is_neither_clean_nor_an_accusation(states: dict[str, State]) -> None:
    status = merged_status({name: answer(state) for name, state in states.items()})
    bad = [s for s in states.values() if s not in ("ok", "unchecked")]
    if bad:
        assert status.state == worst(bad)
    elif "unchecked" in states.values() or not states:
        assert status.state == "unchecked"
    else:
        assert status.state == "ok"
    assert set(status.answered) | set(status.unanswered) == set(states)
    assert not set(status.answered) & set(status.unanswered)


def test_one_notice_known_to_two_sources_is_one_notice() -> None:
    status = merged_status(
        {
            "crossref": answer(
                "retracted",
                about("retraction", date="2010-02-06", source="publisher"),
                about("retraction", date="2010-02-02", source="retraction-watch"),
            ),
            "pubmed": answer("retracted", about("retraction", date="2010")),
        }
    )
    (notice,) = status.notices
    assert notice.types == {
        "publisher": "retraction",
        "retraction-watch": "retraction",
        "pubmed": "retraction",
    }
    assert str(notice.date) == "2010"
    assert (status.state, status.disagreements) == ("retracted", ())


def test_two_notices_of_one_source_under_one_identifier_stay_two() -> None:
    updates = (about("correction", date="2010"), about("retraction", date="2011"))
    status = merged_status({"crossref": answer("retracted", *updates)})
    assert [dict(n.types) for n in status.notices] == [
        {"crossref": "correction"},
        {"crossref": "retraction"},
    ]


def test_disagreement_is_shown() -> None:
    status = merged_status(
        {
            "crossref": answer("corrected", about("correction", date="2004")),
            "europepmc": answer("ok"),
            "pubmed": answer("partially_retracted", about("partial_retraction", date="2004")),
        }
    )
    assert status.state == "partially_retracted"
    assert status.notices[0].state == "partially_retracted"
    assert status.disagreements == (
        "crossref says corrected, europepmc says ok, pubmed says partially_retracted",
        "10.1000/notice is correction at crossref, partial_retraction at pubmed",
    )


def test_a_reinstatement_known_to_one_source_stands_against_the_other() -> None:
    retraction = about("retraction", date="2010")
    status = merged_status(
        {
            "crossref": answer(
                "reinstated", retraction, about("reinstatement", date="2012", doi="10.1000/n2")
            ),
            "openalex": answer("retracted"),
            "pubmed": answer("retracted", retraction),
        }
    )
    assert status.state == "reinstated"
    assert status.disagreements == (
        "crossref says reinstated, openalex says retracted, pubmed says retracted",
    )


def test_a_superseded_paper_stays_so_when_it_was_also_reinstated() -> None:
    notices = (about("retraction", date="2010"), about("reinstatement", date="2012", doi="10.1/n"))
    status = merged_status({"a": answer("reinstated", *notices), "b": answer("superseded")})
    assert status.state == "superseded"


def test_an_answer_has_a_time() -> None:
    message = "'soon' is neither a day (2026-01-31) nor a time (2026-01-31T09:30:00Z)"
    with pytest.raises(ValueError, match=re.escape(message)):
        StatusAnswer(state="ok", on="soon")


def test_tables_hold_together() -> None:
    assert set(UPDATE_STATES.values()) | {"ok", "unchecked"} == set(STATES)
    for _, _, kind in TITLE_SIGNS:
        assert kind in UPDATE_STATES
    for _, kind in PUBLICATION_TYPES.values():
        assert kind in UPDATE_STATES
