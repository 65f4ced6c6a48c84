"""The Retraction Watch data as a file, read only when given: no request at all.

Crossref publishes it at https://gitlab.com/crossref/retraction-watch-data.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from evidencekit.errors import FileError
from evidencekit.sources.cleaning import partial_date, squeeze
from evidencekit.sources.identifiers import normalise_doi, normalise_pmid
from evidencekit.sources.record import PartialDate, Update

NEEDED = ("RetractionNature", "OriginalPaperDOI", "RetractionDOI", "RetractionDate")
NATURES = {
    "retraction": "retraction",
    "expression of concern": "expression_of_concern",
    "correction": "correction",
    "reinstatement": "reinstatement",
}


def read_retraction_watch(path: Path, dois: Iterable[str]) -> dict[str, tuple[Update, ...]]:
    """Notices about the papers asked for, by DOI, oldest first.

    Parameters
    ----------
    path
        The CSV file.
    dois
        In normal form.

    Returns
    -------
    dict
        Every DOI asked for; an empty tuple where the file has no notice.

    Raises
    ------
    FileError
        The file cannot be read or lacks a column.
    """
    found: dict[str, list[Update]] = {doi: [] for doi in dois}
    try:
        # The file holds stray bytes; one damaged reason must not hide 60,000 rows.
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            rows = csv.DictReader(stream)
            missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
            if missing:
                raise FileError(
                    f"{path}: no column {missing[0]}; the Retraction Watch file of Crossref has it"
                )
            for row in rows:
                doi = normalise_doi(row["OriginalPaperDOI"] or "")
                if doi in found:
                    found[doi].append(_update(row))
    except (OSError, csv.Error) as error:
        raise FileError(f"cannot read {path}: {error}; fetch the file again") from None
    return {doi: tuple(sorted(updates, key=_by_date)) for doi, updates in found.items()}


def _update(row: Mapping[str, str | None]) -> Update:
    nature = squeeze(row["RetractionNature"] or "").casefold()
    reasons = [part.strip("+ ") for part in (row.get("Reason") or "").split(";")]
    return Update(
        direction="affected",
        type=NATURES.get(nature, nature.replace(" ", "_") or "unknown"),
        doi=normalise_doi(row["RetractionDOI"] or ""),
        pmid=normalise_pmid(row.get("RetractionPubMedID") or ""),
        date=_date(row["RetractionDate"] or ""),
        source="retraction-watch",
        note="; ".join(filter(None, reasons)),
    )


def _date(text: str) -> PartialDate | None:
    """``2/6/2010 0:00``: month, day, year."""
    found = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})\b", text.strip(), re.ASCII)
    return partial_date(found[3], found[1], found[2]) if found else None


def _by_date(update: Update) -> tuple[str, str]:
    return str(update.date or ""), update.type
