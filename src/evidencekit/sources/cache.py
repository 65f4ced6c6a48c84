"""Answers kept between runs: for speed only, and deleted without loss.

What a workspace relies on stands in its lock file. The cache holds whole bodies of
believed answers, without contact address and keys; an error is never kept.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from evidencekit.errors import FileError
from evidencekit.sources.settings import Settings

if TYPE_CHECKING:
    from requests_cache import CachedSession

Kind = Literal["record", "status", "query", "agency"]

DAY = 86_400.0

MAXIMUM_AGE: dict[Kind, float] = {
    "record": 30 * DAY,
    "status": 7 * DAY,
    "query": 7 * DAY,
    "agency": 90 * DAY,
}
"""Seconds that an answer counts as fresh, by what it is about."""

NEGATIVE_AGE = DAY
"""Seconds that "there is no such thing" counts as fresh, whatever it is about."""

MOST_REDIRECTS = 5
"""From doi.org to an agency's server takes two."""

KEPT_FOR = 365 * DAY
"""Seconds after which an answer leaves the cache."""


def open_session(settings: Settings) -> CachedSession:
    """A session over the configured cache, to which nothing is mounted yet.

    Raises
    ------
    FileError
        The cache cannot be opened or written; the message says what to do.
    """
    from requests_cache import CachedSession

    try:
        session = CachedSession(
            _cache_name(settings),
            backend=settings.backend,
            expire_after=int(KEPT_FOR),
            allowable_methods=("GET", "POST"),
            allowable_codes=(200, 404),
            match_headers=["Accept"],
            # Judged answers only get this far, and nothing may hide that a DOI is gone.
            stale_if_error=False,
            **_backend_options(settings),
        )
        # Opens the file now, so that a damaged one is met here and not half-way.
        session.cache.contains("evidencekit")
    except (OSError, sqlite3.Error) as error:
        raise FileError(
            f"cannot use the cache in {settings.cache}: {error}; delete it (nothing is lost), "
            "or name another folder in EVIDENCEKIT_CACHE"
        ) from None
    except ImportError as error:
        raise FileError(
            f"the cache backend {settings.backend} needs another package: {error}; install it "
            "or use sqlite"
        ) from None
    session.adapters.clear()
    session.max_redirects = MOST_REDIRECTS
    return session


def _cache_name(settings: Settings) -> str:
    if settings.backend in ("sqlite", "filesystem"):
        folder = Path(settings.cache).expanduser()
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder / "answers")
    return "evidencekit"


def _backend_options(settings: Settings) -> dict[str, Any]:
    """Where a server keeps the cache, for the backends that have one."""
    if settings.backend == "redis":
        from redis import Redis

        return {"connection": Redis.from_url(settings.cache)}
    return {"host": settings.cache} if settings.backend == "mongodb" else {}
