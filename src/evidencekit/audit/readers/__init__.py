"""What can be audited: one reader for each format, and how a format is recognised."""

from __future__ import annotations

from evidencekit.audit.readers.table import READERS, Reader, kind_of, read_bytes, read_document

__all__ = ["READERS", "Reader", "kind_of", "read_bytes", "read_document"]
