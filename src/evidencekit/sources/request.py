"""What is asked of a service, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evidencekit.sources.cache import Kind
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.safe_json import parse_json


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a service said, believed.

    Parameters
    ----------
    service
        Its key in `SERVICES`.
    url
        What was asked, without contact address or keys.
    status
        200, or 404 where that is the service's own "there is none".
    body
        As sent, decompressed.
    fetched
        When it was received (UTC, whole seconds).
    from_cache
        Whether it was kept from an earlier request.
    pool
        Crossref's pool; empty elsewhere.
    """

    service: str
    url: str
    status: int
    body: bytes
    fetched: datetime
    from_cache: bool = False
    pool: str = ""

    def json(self) -> Any:
        """The body as plain values; it was checked to be JSON."""
        return parse_json(self.body)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is asked of a service.

    Parameters
    ----------
    service
        Its key in `SERVICES`.
    path
        Below the base address, beginning with a slash, identifiers encoded by `doi_path`.
    parameters
        In order; sent as a query, or as a form when *post*.
    kind
        What it is about, which decides how long an answer counts as fresh.
    accept
        Media type wanted.
    post
        Whether the parameters are too long for an address.
    """

    service: str
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    kind: Kind = "record"
    accept: str = "application/json"
    post: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A record and the answer it was read from; ``record`` is None when there is none."""

    record: BibliographicRecord | None
    answer: Answer
