"""Verdicts over the damages references suffer; nobody is accused by an outage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.matching.works import SHELF, SIBLING, YOGHURT, Shelf, citing, record
from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.identify import Identity, identify, rank, same_work
from evidencekit.audit.matching.library import SearchAnswer
from evidencekit.audit.matching.repair import VARIANTS, same_skeleton, supports, variants
from evidencekit.sources.identifiers import normalise_doi
from evidencekit.sources.record import BibliographicRecord, Relation

STRANGER = record(
    "10.5555/fish.1", "Fischer", 2019, "Colours of trout", "Journal of Fish", volume="3", pages="12"
)


def verdict(cited: CitedWork, **library: Any) -> Identity:
    return identify(cited, Shelf(**library))


@pytest.mark.parametrize("known", SHELF, ids=lambda known: known.doi)
@pytest.mark.parametrize(
    "damage",
    [
        {},
        {"title": ""},
        {"title": "Iets heel anders in het Nederlands", "container": ""},
        {"pages": ""},
        {"volume": "9", "issue": "9"},
        {"et_al": True},
    ],
    ids=str,
)
def test_a_right_doi_confirms_a_damaged_citation(
    known: BibliographicRecord, damage: dict[str, Any]
) -> None:
    found = verdict(citing(known, **damage))
    assert found.verdict == "confirmed"
    assert found.match is not None
    assert found.match.record is known
    assert found.searched == ()


@pytest.mark.parametrize("known", SHELF, ids=lambda known: known.doi)
def test_without_a_doi_the_other_fields_find_the_work(known: BibliographicRecord) -> None:
    found = verdict(citing(known, doi="", title=""))
    assert found.verdict == "confirmed"
    assert found.match is not None
    assert found.match.record is known
    assert found.searched == ("Crossref on 2026-11-24",)


@pytest.mark.parametrize("online", [True, False])
@pytest.mark.parametrize(
    "damaged", ["10.5555/slaap.4968", "10.5555/sleep.49b8", "10.5555/sleep.4986"]
)
def test_a_damaged_doi_is_repaired_by_the_record(damaged: str, online: bool) -> None:
    found = verdict(citing(YOGHURT, doi=damaged), online=online)
    assert found.verdict == "repaired"
    assert found.match is not None
    assert found.match.record.doi == "10.5555/sleep.4968"
    assert found.registration == ("not_registered" if online else "unchecked")
    assert found.mendable


def test_a_doi_of_another_paper_is_wrong_work_and_the_paper_meant_is_named() -> None:
    found = verdict(citing(YOGHURT, doi=STRANGER.doi), owners=(STRANGER,))
    assert found.verdict == "wrong-work"
    assert found.owner is not None
    assert found.owner.record is STRANGER
    assert found.match is not None
    assert found.match.record is YOGHURT


def test_a_doi_of_another_paper_of_an_invented_reference() -> None:
    invented = CitedWork(
        authors=("Quack", "Duck"), year=2001, title="Ponds", container="Pond", volume="1",
        pages="77-90", doi=STRANGER.doi,
    )  # fmt: skip
    found = verdict(invented, owners=(STRANGER,))
    assert (found.verdict, found.match) == ("wrong-work", None)


def test_the_same_work_with_anothers_coordinates_is_a_suggestion_only() -> None:
    cited = citing(
        SIBLING, doi="10.5555/j.cob.2020.10.006", year=2021, volume="68", pages="163-169",
        title="Mechanismen die probiotische soorten delen: gevolgen voor algemene claims",
    )  # fmt: skip
    found = verdict(cited)
    assert found.verdict == "wrong-coordinates"
    assert found.match is not None
    assert found.match.record is SIBLING
    assert not found.mendable


def test_another_paper_of_the_same_authors_is_not_the_work() -> None:
    cited = citing(
        SIBLING, doi="", year=2023, volume="80", pages="1-9",
        title="The taste of the shared kitchen and of its cooks",
    )  # fmt: skip
    assert verdict(cited).verdict == "not-found"


def test_nothing_is_not_found_unless_a_search_took_place() -> None:
    invented = CitedWork(authors=("Quack",), year=2001, title="Ponds", doi="10.5555/none")
    assert verdict(invented).verdict == "not-found"
    offline = verdict(invented, online=False)
    assert (offline.verdict, offline.why) == ("unchecked", "offline")


def test_a_registered_doi_whose_record_is_not_had_stays_unchecked() -> None:
    found = verdict(citing(YOGHURT, doi="10.7777/other"), silent=("10.7777/other",))
    assert (found.verdict, found.why) == ("unchecked", "its agency did not answer")
    same = verdict(citing(YOGHURT), silent=(YOGHURT.doi,))
    assert (same.verdict, same.searched) == ("confirmed", ("Crossref on 2026-11-24",))


def test_two_works_that_fit_alike_are_ambiguous() -> None:
    twin = replace(YOGHURT, doi="10.5555/sleep.5000")
    found = verdict(citing(YOGHURT, doi="", title=""), records=(YOGHURT, twin))
    assert (found.verdict, found.margin) == ("ambiguous", 0)


def test_a_preprint_and_its_article_are_one_work() -> None:
    preprint = replace(
        YOGHURT,
        doi="10.5555/2015.01.02",
        type="posted-content",
        relations=(Relation(type="is-preprint-of", identifier=YOGHURT.doi),),
    )
    assert same_work(preprint, YOGHURT)
    assert [c.record for c in rank(citing(YOGHURT), (preprint, YOGHURT))] == [YOGHURT]


def test_a_bare_doi_has_nothing_to_compare() -> None:
    assert verdict(CitedWork(doi=YOGHURT.doi)).verdict == "confirmed"


def test_a_half_fitting_paper_is_ambiguous_not_wrong() -> None:
    cited = CitedWork(authors=("Prins",), year=2015, doi=YOGHURT.doi)
    assert verdict(cited).verdict == "ambiguous"


@pytest.mark.parametrize(
    ("cited", "meant"),
    [
        ("10,5555/sleep.4968", "10.5555/sleep.4968"),
        ("10.5555/slee p.4968", "10.5555/sleep.4968"),
        ("10.5555/sleep.49O8", "10.5555/sleep.4908"),
        ("10.5555/fimmu.2023.1124234/full", "10.5555/fimmu.2023.1124234"),
        ("10.5555/sleep.4968.pdf", "10.5555/sleep.4968"),
        ("10.5555/sleep.4968?via=ihub", "10.5555/sleep.4968"),
        ("10.5555/2020.01.30.927871v2.full", "10.5555/2020.01.30.927871"),
    ],
)
def test_variants_of_spelling(cited: str, meant: str) -> None:
    assert meant in variants(cited)


def test_every_change_of_spelling_leaves_a_sound_doi_alone() -> None:
    for known in SHELF:
        assert [change(known.doi) for change in VARIANTS] == [known.doi] * len(VARIANTS)
        assert variants(known.doi) == ()


def test_skeletons_need_digits() -> None:
    assert same_skeleton("10.5555/slaap.4968", "10.5555/sleep.4968")
    assert not same_skeleton("10.5555/abc", "10.5555/xyz")
    assert not supports("", "10.5555/xyz")
    assert supports("10.5555/j.cell.2014.03.012", "10.5555/j.cell.2014.03.011")


@pytest.mark.parametrize("text", ["10.5555/sleep.4968/full", "10.5555/sleep.49 68"])
def test_a_spelling_is_tried_where_no_search_answers(text: str) -> None:
    class Closed(Shelf):
        def search(self, cited: CitedWork) -> SearchAnswer:
            return SearchAnswer()

    doi = normalise_doi(text) or ""
    found = identify(citing(YOGHURT, doi=doi, doi_text=text), Closed())
    assert found.match is not None
    assert found.match.record is YOGHURT
    assert found.verdict == ("repaired" if doi else "confirmed")
