"""Title and container, when what stands before and behind them is known."""

from __future__ import annotations

import re

from evidencekit.audit.parsing.clean import Clean
from evidencekit.audit.parsing.tails import Piece
from evidencekit.audit.reference import CLEAR, GUESSED, LIKELY

_BOUNDARY = re.compile(r"(?P<sign>[.?!])(?P<quote>[\"”’»')\]]?)(?P<blank>\s+)(?=\S)")
_QUOTES = {"“": "”", '"': '"', "«": "»", "„": "“", "‘": "’", "'": "'"}
_WORD = re.compile(r"[^\W\d_][\w'’&./()-]*")
_SMALL_TEXT = "of and the in for on a an de des der die und et la le en van voor y del & -"
_SMALL = frozenset(_SMALL_TEXT.split())
_WHOLE_WORD = re.compile(
    r"(?:(?<=\w\w\w)(?:tions?|sions?|ings?|ity|ities|isms?|sis|ies|ness|ments?|ures?|ances?|ences?|ogy|phy|ly"
    r"|[tl]ers|ors|ants?|ents|ives?|ous|cts|ical|ics|ated?|hood|ship|ease|ages?)|cells|loss|men|women"
    r"|adults|children|trials?|study|studies|review|analysis|[A-Z]{3,}|\d+)$"
)
_LONGEST_ABBREVIATION = 17
_IN_BOOK = re.compile(r"[.?!]\s+In:?\s+(?=[A-Z“\"*])")


def split_head(
    head: Clean, *, has_tail: bool, stop_ends: bool = False, by_comma: bool = False
) -> dict[str, Piece]:
    """Where title and container stand in the stretch between authors or year and the tail.

    Parameters
    ----------
    head
        The stretch.
    has_tail
        A volume or pages follow it, so it ends with a container.
    stop_ends
        A full stop at its end closes the container, rather than abbreviating its last word.
    by_comma
        The style may divide title and container by a comma.
    """
    ways = (_quoted, _emphasised, _after_comma) if by_comma else (_quoted, _emphasised)
    for way in ways:
        found = way(head)
        if found:
            return _trimmed(head.text, found, stop_ends=stop_ends)
    return _trimmed(head.text, _by_words(head.text, has_tail=has_tail), stop_ends=stop_ends)


def _quoted(head: Clean) -> dict[str, Piece] | None:
    """A title in quotation marks, followed by the container."""
    text = head.text
    closing = _QUOTES.get(text[:1])
    if not closing:
        return None
    end = -1
    for match in re.finditer(re.escape(closing) + r"(?=\s*[,.]?\s|\s*$)", text):
        if match.start() > 3:
            end = match.start()
            # A title may quote in turn; the next sign of the sort that ends in a stop decides.
            if text[end - 1] in ",.?!" or text[end + 1 : end + 2] in {",", "."}:
                break
    if end < 0:
        return None
    pieces = {"title": Piece(1, end, CLEAR)}
    if text[end + 1 :].strip(" ,."):
        pieces["container"] = Piece(end + 1, len(text), CLEAR)
    return pieces


def _emphasised(head: Clean) -> dict[str, Piece] | None:
    """A container in italics at the end; a title in italics is that of a book."""
    text = head.text
    if not head.emphasis:
        return None
    start, end = head.emphasis[-1]
    before = text[:start].rstrip()
    if text[end:].strip(" .,:;()") and len(text) - end > 12:
        return None
    if not before.strip(" .,"):
        return {"title": Piece(start, end, CLEAR)} if len(text[start:end].split()) > 1 else None
    if before[-1] not in ".?!,”\"’'":
        return None
    return {"title": Piece(0, start, CLEAR), "container": Piece(start, len(text), CLEAR)}


def _by_words(text: str, *, has_tail: bool) -> dict[str, Piece]:
    """By the last full stop, or an earlier one when abbreviated words follow it."""
    in_book = _IN_BOOK.search(text)
    if in_book:
        return {
            "title": Piece(0, in_book.start() + 1, LIKELY),
            "container": Piece(in_book.end(), len(text), LIKELY),
        }
    boundaries = list(_BOUNDARY.finditer(text))
    chosen = None
    right = len(text)
    for match in reversed(boundaries):
        segment = text[match.end() : right]
        if chosen is not None and not _is_abbreviated(segment):
            break
        chosen = match
        right = match.start()
        if match["sign"] in "?!":
            break
    if chosen is None:
        return _one_piece(text, has_tail=has_tail)
    sure = CLEAR if len(boundaries) == 1 else LIKELY
    return {
        "title": Piece(0, chosen.end("quote"), sure),
        "container": Piece(chosen.end(), len(text), sure),
    }


def _after_comma(head: Clean) -> dict[str, Piece] | None:
    """A container after the last comma, all of whose full stops abbreviate words of it."""
    text = head.text
    comma = text.rfind(", ")
    container = text[comma + 2 :]
    parts = _BOUNDARY.split(container)[::4]
    if comma < 10 or not container[:1].isupper() or not all(map(_is_abbreviated, parts[:-1])):
        return None
    return {
        "title": Piece(0, comma, GUESSED),
        "container": Piece(comma + 2, len(text), GUESSED),
    }


def _one_piece(text: str, *, has_tail: bool) -> dict[str, Piece]:
    """No full stop: a comma may divide, as in Harvard style; else it is all title."""
    comma = text.rfind(", ")
    if has_tail and comma > 10 and text[comma + 2 : comma + 3].isupper():
        return {
            "title": Piece(0, comma, GUESSED),
            "container": Piece(comma + 2, len(text), GUESSED),
        }
    return {"title": Piece(0, len(text), GUESSED)} if text.strip() else {}


def _is_abbreviated(segment: str) -> bool:
    """A stretch before a full stop that reads like part of an abbreviated name: ``J``, ``Pers``."""
    words = segment.split()
    if not words or len(words) > 4:
        return False
    last = words[-1].rsplit("-", 1)[-1].strip("()")
    if len(last) > _LONGEST_ABBREVIATION or not _WORD.fullmatch(words[-1].strip("()")):
        return False
    if _WHOLE_WORD.search(last) and not (len(words) == 1 and len(last) < 4):
        return False
    return all(word[0].isupper() or word.casefold() in _SMALL for word in words)


def _trimmed(text: str, pieces: dict[str, Piece], *, stop_ends: bool) -> dict[str, Piece]:
    """Pieces without the blanks, quotes and stops around them."""
    result = {}
    for name, piece in pieces.items():
        start, end = piece.start, piece.end
        stops = " .,;:" if name == "title" else " ,;:"
        while start < end and text[start] in " .,;:":
            start += 1
        while end > start and text[end - 1] in stops:
            end -= 1
        closed = stop_ends and name == "container" and text[end - 1 : end] == "."
        if closed and "." not in text[start : end - 1]:
            end -= 1
        if end > start:
            result[name] = Piece(start, end, piece.confidence)
    return result
