"""When something was seen, and how it came here."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Literal

Origin = Literal["fetched", "transcribed"]
"""``fetched``: a service's own bytes; ``transcribed``: a person read it at the place named."""


def check_moment(text: str) -> None:
    """Refuse what is neither a day (2026-01-31) nor a second of UTC (2026-01-31T09:30:00Z).

    Raises
    ------
    ValueError
        With the text.
    """
    # A text of the right form may still name a day that does not exist.
    with suppress(ValueError):
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text, re.ASCII):
            datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            return
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            date.fromisoformat(text)
            return
    raise ValueError(f"{text!r} is neither a day (2026-01-31) nor a time (2026-01-31T09:30:00Z)")


def utc_text(moment: datetime) -> str:
    """A moment to the second, in UTC, as `check_moment` wants it.

    Raises
    ------
    ValueError
        When the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("the moment has no time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
