"""The references of a document."""

from __future__ import annotations

from evidencekit.audit.document import Document
from evidencekit.audit.listing import find_list
from evidencekit.audit.parsing.parse import read_reference
from evidencekit.audit.reference import ReferenceList


def references_of(document: Document) -> ReferenceList:
    """Find and parse the reference list of a document, or take the records of a structured file."""
    if document.records is not None:
        end = len(document.text)
        return ReferenceList(references=document.records, found_by="records", start=0, end=end)
    found = find_list(document)
    return ReferenceList(
        references=tuple(
            read_reference(document, entry, position)
            for position, entry in enumerate(found.entries, 1)
        ),
        found_by=found.found_by,
        start=found.start,
        end=found.end,
        notes=found.notes,
    )
