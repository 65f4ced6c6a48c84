"""Numbers of citation marks: lists and ranges written out."""

from __future__ import annotations

import re

NUMBERS = r"\d{1,4}(?:\s?[-‐‑–—−,;，、]\s?\d{1,4})*"
"""What stands between the brackets of a mark."""
LONGEST_RANGE = 200
"""References of one range at most; a longer one is not a mark."""


def expand(text: str) -> tuple[str, ...]:
    """The numbers of a mark, ranges written out; nothing when it cannot be a mark.

    Examples
    --------
    >>> expand("1-3,5")
    ('1', '2', '3', '5')
    >>> expand("0, 12")
    ()
    """
    found: list[int] = []
    for part in re.split(r"[,;，、]", text):
        ends = [int(number) for number in re.split(r"[-‐‑–—−]", part) if number.strip()]
        if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + LONGEST_RANGE:
            found.extend(range(ends[0], ends[1] + 1))
        elif len(ends) == 1:
            found.extend(ends)
        else:
            return ()
    if 0 in found:
        return ()
    return tuple(dict.fromkeys(str(number) for number in found))
