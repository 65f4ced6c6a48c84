"""What a workspace cites, and that this repository's own lock knows all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidencekit.errors import FileError
from evidencekit.sources.cited import LARGEST_ARTICLE, article_texts, cited_in, keys_of
from evidencekit.sources.lock import LOCK_NAME, lock_text, read_lock
from evidencekit.workspace.study import Report, Source
from evidencekit.workspace.workspace import load_workspace

ROOT = Path(__file__).parents[2]


def test_every_paper_cited_here_is_in_the_lock() -> None:
    cited = cited_in(load_workspace(ROOT).raise_errors())
    lock = read_lock(ROOT)
    assert len(cited) > 50
    assert lock.missing(cited) == ()


def test_the_lock_here_is_canonical() -> None:
    text = (ROOT / LOCK_NAME).read_text(encoding="utf-8")
    assert text == lock_text(read_lock(ROOT))


def test_records_copied_from_study_files_say_so_and_name_files_that_exist() -> None:
    seeded = [
        entry.record
        for entry in read_lock(ROOT).entries.values()
        if entry.record and entry.record.seeded_from
    ]
    assert seeded
    for record in seeded:
        assert not record.confirms
        assert all((ROOT / file).is_file() for file in record.seeded_from)


def test_identifiers_in_every_field_are_found_but_not_those_in_addresses() -> None:
    report = Report(
        doi="10.1000/A", pmid="12", note="see also doi:10.1000/b.", url="https://x/10.1000/c"
    )
    assert list(keys_of(report)) == ["doi:10.1000/a", "doi:10.1000/b"]
    assert list(keys_of(Report(pmid="0012"))) == ["pmid:12"]
    source = Source(
        report="https://doi.org/10.1000/d",
        seen_at="https://example.org/10.1000/e/full",
        locator="p. 1",
        reported="12 of 40",
        basis="read",
    )
    assert list(keys_of((source, {"k": [source]}))) == ["doi:10.1000/d"] * 2
    elsewhere = Source(
        report="https://example.org/10.1000/f", locator="", reported="", basis="read"
    )
    assert list(keys_of(elsewhere)) == []


def small_workspace(root: Path) -> Path:
    """A folder with nothing but articles to cite from."""
    (root / "studies").mkdir()
    (root / "articles" / "deep").mkdir(parents=True)
    (root / "articles" / "a.md").write_text("[1] doi:10.1000/b. [2] 10.1000/a", encoding="utf-8")
    (root / "articles" / "deep" / "b.txt").write_bytes(b"\xff 10.1000/a")
    (root / "articles" / "c.docx").write_bytes(b"10.1000/c")
    return root


def test_articles_are_read(tmp_path: Path) -> None:
    workspace = load_workspace(small_workspace(tmp_path)).workspace
    assert cited_in(workspace) == {
        "doi:10.1000/a": ("articles/a.md", "articles/deep/b.txt"),
        "doi:10.1000/b": ("articles/a.md",),
    }


def test_papers_that_claims_name_only_by_pubmed_are_cited(tmp_path: Path) -> None:
    (small_workspace(tmp_path) / "articles" / "a.claims.yaml").write_text(
        "- id: fewer\n  section: s\n  says: fewer\n  kind: direction\n  direction: lower\n"
        '  evidence: [{role: cited, pmid: "12"}]\n',
        encoding="utf-8",
    )
    assert cited_in(load_workspace(tmp_path).workspace)["pmid:12"] == ("articles/a.claims.yaml",)


def test_an_article_too_large_to_be_one_is_refused(tmp_path: Path) -> None:
    small_workspace(tmp_path)
    with (tmp_path / "articles" / "big.txt").open("wb") as file:
        file.truncate(LARGEST_ARTICLE + 1)
    with pytest.raises(FileError) as caught:
        list(article_texts(tmp_path))
    assert str(caught.value) == "articles/big.txt: larger than 16 MB: split it"
