"""The one place where bytes leave the machine: paced, private, limited, and judged.

An adapter is mounted for each service and nothing is mounted for any other address, so a
redirect can lead to known services only. Contact address and keys are added to the request
as it goes out; neither the cache above nor a message ever sees them.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests import exceptions as errors
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse
from urllib3 import exceptions as lower_errors

from evidencekit.sources.believe import Disbelief
from evidencekit.sources.body import ENCODINGS, BrokenOff, TooLarge, TooSlow, read_body
from evidencekit.sources.limits import Clock, Limiter, retry_after
from evidencekit.sources.services import Service
from evidencekit.sources.unanswered import Reason, Unanswered

KEPT_HEADERS = ("content-type", "location", "x-api-pool")
"""Headers of an answer that are passed on; the rest, cookies included, is dropped."""

FETCHED_HEADER = "x-evidencekit-fetched"
"""Our own: seconds since 1970 when the answer came in."""

REDIRECTS = (301, 302, 303, 307, 308)


class ServiceAdapter(HTTPAdapter):
    """Sends the requests of one service.

    Parameters
    ----------
    name, service
        Its key and row in `SERVICES`.
    limiters
        One for each of its buckets.
    private
        Parameters added to every request as it goes out, such as the contact address.
    user_agent
        Name, version and contact address.
    clock
        Time.
    patience
        Seconds for one whole answer.
    largest
        Bytes of one answer.
    """

    def __init__(
        self,
        name: str,
        service: Service,
        *,
        limiters: Mapping[str, Limiter],
        private: Mapping[str, str],
        user_agent: str,
        clock: Clock,
        patience: float,
        largest: int,
    ) -> None:
        super().__init__(max_retries=0)
        self._name = name
        self._service = service
        self._limiters = limiters
        self._private = dict(private)
        self._user_agent = user_agent
        self._clock = clock
        self._patience = patience
        self._largest = largest
        self.sent = 0

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send a request when its turn has come; only an answer that is believed comes back."""
        path = urlsplit(str(request.url)).path
        limiter = self._limiters[self._service.bucket(path)]
        with limiter.turn():
            self.sent += 1
            status, headers, body = self._exchange(self._outgoing(request), request, kwargs)
        limiter.retune(self._service.headers(headers, limiter.rate))
        failure = self._failure(path, status, headers, body, str(request.url))
        if failure:
            raise failure
        return self._rebuilt(request, status, headers, body)

    def _outgoing(self, request: PreparedRequest) -> PreparedRequest:
        """A copy with the private parameters, in the body where there is one."""
        outgoing = request.copy()
        outgoing.headers["User-Agent"] = self._user_agent
        outgoing.headers["Accept-Encoding"] = ", ".join(ENCODINGS[1:])
        if not self._private:
            return outgoing
        if request.method == "POST":
            from urllib.parse import urlencode

            body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
            outgoing.prepare_body(f"{body}&{urlencode(self._private)}", None)
        else:
            outgoing.prepare_url(request.url, self._private)
        return outgoing

    def _exchange(
        self, outgoing: PreparedRequest, request: PreparedRequest, kwargs: dict[str, Any]
    ) -> tuple[int, Mapping[str, str], bytes]:
        failure: tuple[Reason, str]
        deadline = self._clock.monotonic() + self._patience
        try:
            response = super().send(outgoing, **{**kwargs, "stream": True})
            try:
                body = read_body(
                    response.raw,
                    encoding=response.headers.get("content-encoding", ""),
                    clock=self._clock,
                    deadline=deadline,
                    largest=self._largest,
                )
                return response.status_code, response.headers, body
            finally:
                response.close()
        except Exception as error:
            failure = _what_went_wrong(error)
        # Raised outside of the handler: the error in hand quotes the address with its keys.
        raise Unanswered(failure[0], service=self._name, url=str(request.url), detail=failure[1])

    def _failure(
        self, path: str, status: int, headers: Mapping[str, str], body: bytes, url: str
    ) -> Unanswered | None:
        wait = retry_after(headers.get("retry-after"), now=self._clock.wall())
        if status in REDIRECTS:
            return None
        reason, detail = _reason_of_status(status), f"status {status}"
        if reason is None:
            try:
                self._service.judge(path, status, body)
                return None
            except Disbelief as disbelief:
                reason, detail = disbelief.reason, disbelief.detail
        return Unanswered(reason, service=self._name, url=url, detail=detail, retry_after=wait)

    def _rebuilt(
        self, request: PreparedRequest, status: int, headers: Mapping[str, str], body: bytes
    ) -> Response:
        kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        kept[FETCHED_HEADER] = str(int(self._clock.wall()))
        raw = HTTPResponse(
            body=io.BytesIO(body),
            headers=kept,
            status=status,
            preload_content=False,
            request_url=request.url,
        )
        return self.build_response(request, raw)


def _reason_of_status(status: int) -> Reason | None:
    """Why an answer of this status is none; ``None`` when its body decides."""
    if status in (200, 404):
        return None
    if status == 429:
        return "rate_limited"
    if status in (401, 403):
        return "blocked"
    if status == 408 or status >= 500:
        return "server_error"
    if 400 <= status < 500:
        return "request_refused"
    return "not_believed"


_ERRORS: tuple[tuple[tuple[type[BaseException], ...], Reason, str], ...] = (
    ((TooLarge,), "too_large", ""),
    ((TooSlow,), "timeout", "the answer did not arrive whole in time"),
    ((BrokenOff,), "malformed", ""),
    ((errors.Timeout, lower_errors.TimeoutError), "timeout", ""),
    ((errors.SSLError, lower_errors.SSLError), "connection", "the certificate was not accepted"),
    ((errors.ProxyError,), "connection", "the proxy did not answer"),
    ((errors.ConnectionError, errors.ChunkedEncodingError), "connection", ""),
    ((lower_errors.HTTPError, OSError), "connection", "it broke off"),
    ((errors.RequestException, ValueError), "malformed", "the answer breaks the rules of HTTP"),
)


def _what_went_wrong(error: Exception) -> tuple[Reason, str]:
    """Reason and detail of an error, without its own words: they may quote keys."""
    for kinds, reason, detail in _ERRORS:
        if isinstance(error, kinds):
            ours = isinstance(error, (TooLarge, BrokenOff))
            return reason, str(error) if ours else detail
    raise error


class Redaction(logging.Filter):
    """Takes secrets out of the log lines of the HTTP library, which quote whole addresses."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        super().__init__()
        from urllib.parse import quote_plus

        self._secrets = {form for secret in secrets for form in (secret, quote_plus(secret))}

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace them in place; the line itself stays."""
        text = record.getMessage()
        for secret in self._secrets:
            text = text.replace(secret, "[hidden]")
        record.msg, record.args = text, ()
        return True
