"""Is this what the service sends? Bodies are looked at before they are believed or kept.

An HTTP status proves nothing: a log-in page of a hotel answers 200 or 404 to everything,
Crossref labels plain text as JSON, and NCBI reports its rate limit with status 200. Each
function below takes the path asked, the status and the body; it returns when the answer is
believed and raises `Disbelief` when not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evidencekit.sources.safe_json import MalformedJson, UnsafeJson, parse_json
from evidencekit.sources.safe_xml import MalformedXml, UnsafeXml, parse_xml
from evidencekit.sources.unanswered import Reason

Judge = Callable[[str, int, bytes], None]


class Disbelief(Exception):
    """The body is not an answer of this service."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail


def crossref(path: str, status: int, body: bytes) -> None:
    """Crossref: an envelope with status ok, or the plain text "Resource not found."."""
    if status == 404:
        # Nineteen bytes of plain text, sometimes labelled JSON.
        if body.strip() != b"Resource not found." or not _single(path):
            raise Disbelief("not_believed", f"status 404 with {_glimpse(body)}")
        return
    data = _json(body)
    if _is_object(data) and "message" in data:
        if data.get("status") == "ok" and _is_object(data["message"]):
            return
        raise Disbelief("server_error", f"Crossref status {_short(data.get('status'))}")
    raise Disbelief("not_believed", f"no Crossref envelope in {_glimpse(body)}")


def doi(path: str, status: int, body: bytes) -> None:
    """doi.org: agencies as a list, handles with a response code, CSL from other agencies."""
    data = _json(body)
    if "/ra/" in path:
        if status == 200 and isinstance(data, list) and all(_is_agency(entry) for entry in data):
            return
    elif "/api/handles/" in path:
        code = data.get("responseCode") if _is_object(data) else None
        if (status, code) in {(200, 1), (200, 200), (404, 100)}:
            return
        if code == 2:
            raise Disbelief("server_error", "handle response code 2")
    elif status == 200 and _is_object(data) and isinstance(data.get("DOI"), str):
        return
    raise Disbelief("not_believed", f"status {status} with {_glimpse(body)}")


def datacite(path: str, status: int, body: bytes) -> None:
    """DataCite: JSON:API with attributes, or its own 404."""
    data = _json(body)
    if status == 200 and _is_object(data) and _is_object(data.get("data")):
        return
    errors = data.get("errors") if _is_object(data) else None
    if status == 404 and isinstance(errors, list) and errors and _is_object(errors[0]):
        return
    raise Disbelief("not_believed", f"status {status} with {_glimpse(body)}")


def eutils(path: str, status: int, body: bytes) -> None:
    """NCBI E-utilities: JSON of esearch and esummary, XML of efetch, and errors with status 200."""
    if status != 200:
        raise Disbelief("not_believed", f"status {status} with {_glimpse(body)}")
    if path.endswith("/efetch.fcgi"):
        _pubmed_xml(body)
        return
    data = _json(body)
    if not _is_object(data):
        raise Disbelief("not_believed", f"no object in {_glimpse(body)}")
    if "error" in data:
        _ncbi_error(str(data["error"]))
    found = data.get("esearchresult") if path.endswith("/esearch.fcgi") else data.get("result")
    if not _is_object(found):
        raise Disbelief("not_believed", f"no result in {_glimpse(body)}")
    if "ERROR" in found:
        raise Disbelief("server_error", _short(found["ERROR"]))


def europepmc(path: str, status: int, body: bytes) -> None:
    """Europe PMC: a result list and its length."""
    data = _json(body)
    found = data.get("resultList", {}) if _is_object(data) else {}
    if status == 200 and _is_object(found) and isinstance(found.get("result"), list):
        return
    raise Disbelief("not_believed", f"status {status} with {_glimpse(body)}")


def openalex(path: str, status: int, body: bytes) -> None:
    """OpenAlex: a list of works and its length."""
    data = _json(body)
    if status == 200 and _is_object(data) and isinstance(data.get("results"), list):
        return
    raise Disbelief("not_believed", f"status {status} with {_glimpse(body)}")


def _pubmed_xml(body: bytes) -> None:
    if body.lstrip()[:1] == b"{":
        data = _json(body)
        _ncbi_error(str(data.get("error")) if _is_object(data) else _glimpse(body))
    try:
        root = parse_xml(body)
    except UnsafeXml as error:
        raise Disbelief("refused_content", str(error)) from None
    except MalformedXml as error:
        if _is_page(body):
            raise Disbelief("not_believed", f"a web page: {_glimpse(body)}") from None
        raise Disbelief("malformed", str(error)) from None
    if root.tag == "PubmedArticleSet":
        return
    message = root.findtext("ERROR")
    if message is not None:
        _ncbi_error(message)
    raise Disbelief("not_believed", f"XML of another kind: {_short(root.tag)}")


def _ncbi_error(message: str) -> None:
    reason: Reason = "rate_limited" if "rate limit" in message.lower() else "server_error"
    raise Disbelief(reason, _short(message))


def _json(body: bytes) -> Any:
    if _is_page(body):
        raise Disbelief("not_believed", f"a web page: {_glimpse(body)}")
    try:
        return parse_json(body)
    except UnsafeJson as error:
        raise Disbelief("refused_content", str(error)) from None
    except MalformedJson as error:
        if body.lstrip()[:1] in (b"{", b"["):
            raise Disbelief("malformed", str(error)) from None
        raise Disbelief("not_believed", f"no JSON: {_glimpse(body)}") from None


def _is_page(body: bytes) -> bool:
    start = body.lstrip()[:200].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<script"))


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_agency(entry: Any) -> bool:
    return (
        _is_object(entry)
        and isinstance(entry.get("DOI"), str)
        and bool({"RA", "status"} & entry.keys())
    )


def _single(path: str) -> bool:
    return "/works/" in path


def _glimpse(body: bytes) -> str:
    """The first characters, harmless to print."""
    if not body.strip():
        return "an empty body"
    return _short(body[:80].decode("utf-8", "replace"))


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:60])
    return repr(shown)
