"""Did-you-mean: the nearest allowed word, if one is near enough to be meant."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """``"did you mean X?"``, or an empty text.

    Parameters
    ----------
    word
        What stands in the file.
    allowed
        What may stand there.
    """
    # Imported here: no finding, no need for it.
    from difflib import get_close_matches

    words = sorted(set(allowed))
    by_folded = {_folded(candidate): candidate for candidate in words}
    near = get_close_matches(_folded(word), list(by_folded), n=1, cutoff=0.6)
    return f'did you mean "{by_folded[near[0]]}"?' if near else ""


def one_of(allowed: Iterable[str], *, limit: int = 12) -> str:
    """``"allowed: a, b, c"``, shortened when there are many."""
    words = list(allowed)
    if not words:
        return "there is none"
    shown = ", ".join(words[:limit])
    more = f" and {len(words) - limit} more" if len(words) > limit else ""
    return f"allowed: {shown}{more}"


def _folded(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")
