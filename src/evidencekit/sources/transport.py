"""Asking a service, politely and at most as often as needed.

One `Transport` is made for a run and passed to every client. It looks into the cache,
waits its turn, tries again where that may help, stops asking a service that refuses or
keeps failing, and answers with an `Answer` or raises `Unanswered`.
"""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from evidencekit.sources.body import LARGEST
from evidencekit.sources.cache import MAXIMUM_AGE, NEGATIVE_AGE, Kind, open_session
from evidencekit.sources.limits import MAXIMUM_PAUSE, Clock, Limiter
from evidencekit.sources.request import Answer, Request
from evidencekit.sources.services import SERVICES
from evidencekit.sources.settings import Settings, private_parameters, user_agent
from evidencekit.sources.unanswered import Unanswered

if TYPE_CHECKING:
    from requests_cache import AnyResponse

    from evidencekit.sources.adapter import ServiceAdapter

BACK_OFF = (2.0, 8.0, 32.0)
"""Seconds before the second, third and fourth try, when the service names none."""

JITTER = 0.25
"""Largest share added to a wait, so that many clients do not come back at once."""

STOP_AFTER = 3
"""Requests in a row that all tries failed for, after which a service is left alone."""

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

log = logging.getLogger("evidencekit.sources")


class Transport:
    """Asks services on behalf of clients.

    Parameters
    ----------
    settings
        Addresses, contact, keys, cache.
    offline
        Answer from the cache only, fresh or not; no socket is ever opened.
    refresh
        Kinds of answers that are asked for anew, even though fresh ones are kept from
        earlier runs.
    clock, rng
        Time and chance; a test passes its own.
    largest
        Bytes of one answer.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        offline: bool = False,
        refresh: frozenset[Kind] = frozenset(),
        clock: Clock | None = None,
        rng: random.Random | None = None,
        largest: int = LARGEST,
    ) -> None:
        self.settings = settings
        self.offline = offline
        self._refresh = refresh
        self._clock = clock or Clock()
        self._rng = rng or random.Random()
        self._renewed: set[Request] = set()
        self._session = open_session(settings)
        self._limiters: dict[str, dict[str, Limiter]] = {}
        self._adapters: dict[str, ServiceAdapter] = {}
        self._failures: dict[str, int] = dict.fromkeys(SERVICES, 0)
        self._stopped: dict[str, Unanswered] = {}
        self._redaction: logging.Filter | None = None
        if not offline:
            self._mount(largest)

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> Literal[False]:
        self.close()
        return False

    def close(self) -> None:
        """Close connections and cache."""
        self._session.close()  # type: ignore[no-untyped-call]
        if self._redaction:
            logging.getLogger("urllib3.connectionpool").removeFilter(self._redaction)

    @property
    def requests(self) -> dict[str, int]:
        """Requests sent so far in this run, by service."""
        return {name: adapter.sent for name, adapter in self._adapters.items() if adapter.sent}

    def ask(self, request: Request) -> Answer:
        """Answer from the cache, else from the service.

        Raises
        ------
        Unanswered
            No answer that can be believed was had.
        """
        url = self._url(request)
        kept = self._kept(request, url)
        if kept:
            return kept
        if self.offline:
            raise Unanswered("offline", service=request.service, url=url)
        if request.service in self._stopped:
            first = self._stopped[request.service]
            raise Unanswered(first.reason, service=request.service, url=url, detail=first.detail)
        try:
            answer = self._try(request, url)
        except Unanswered as failure:
            self._note_failure(failure)
            raise
        self._failures[request.service] = 0
        self._renewed.add(request)
        return answer

    def _url(self, request: Request) -> str:
        if not request.path.startswith("/"):
            raise ValueError(f"path must begin with a slash: {request.path!r}")
        base = self.settings.urls[request.service] + request.path
        if request.post or not request.parameters:
            return base
        return f"{base}?{urlencode(request.parameters)}"

    def _kept(self, request: Request, url: str) -> Answer | None:
        response = self._send(request, url, only_if_cached=True)
        # requests-cache answers 504 of its own when nothing is kept.
        if response.status_code == 504 or not response.from_cache:
            return None
        answer = _answer(request, url, response)
        age = self._clock.wall() - answer.fetched.timestamp()
        if request.kind in self._refresh and request not in self._renewed:
            return None
        allowed = NEGATIVE_AGE if answer.status == 404 else MAXIMUM_AGE[request.kind]
        return answer if self.offline or age <= allowed else None

    def _try(self, request: Request, url: str) -> Answer:
        for wait in (*BACK_OFF, None):
            try:
                response = self._send(request, url, force_refresh=True)
                if response.status_code not in (200, 404):
                    # A redirect that names no target comes back as it is.
                    raise Unanswered(
                        "redirected_away",
                        service=request.service,
                        url=url,
                        detail=f"status {response.status_code} without a target",
                    )
            except Unanswered as failure:
                asked = failure.retry_after
                log.debug("%s", failure)
                if not failure.retry or wait is None or (asked or 0) > MAXIMUM_PAUSE:
                    raise
                pause = (wait if asked is None else asked) * (1 + JITTER * self._rng.random())
                self._pause(request, pause)
            else:
                return _answer(request, url, response)
        raise AssertionError("the last try returns or raises")

    def _send(self, request: Request, url: str, **how: bool) -> AnyResponse:
        from requests import exceptions as errors

        try:
            return self._session.request(
                "POST" if request.post else "GET",
                url,
                data=urlencode(request.parameters) if request.post else None,
                headers={"Accept": request.accept} | (FORM if request.post else {}),
                timeout=self.settings.timeout,
                **how,
            )
        except errors.InvalidSchema:
            detail = "an address outside the known services"
        except errors.TooManyRedirects:
            detail = "it goes round in circles"
        except (errors.RequestException, UnicodeError):
            detail = "to no valid address"
        raise Unanswered("redirected_away", service=request.service, url=url, detail=detail)

    def _pause(self, request: Request, seconds: float) -> None:
        bucket = SERVICES[request.service].bucket(request.path)
        self._limiters[request.service][bucket].pause(seconds)

    def _note_failure(self, failure: Unanswered) -> None:
        name = failure.service
        if failure.reason == "blocked":
            self._stopped[name] = failure
        elif failure.retry or failure.reason == "not_believed":
            self._failures[name] += 1
            if self._failures[name] >= STOP_AFTER:
                detail = f"last: {failure.reason.replace('_', ' ')}"
                self._stopped[name] = Unanswered("stopped", service=name, detail=detail)

    def _mount(self, largest: int) -> None:
        from evidencekit.sources.adapter import Redaction, ServiceAdapter

        for name, service in SERVICES.items():
            limiters = {
                bucket: Limiter(rate, most_at_once=self.settings.connections, clock=self._clock)
                for bucket, rate in service.rates.items()
            }
            adapter = ServiceAdapter(
                name,
                service,
                limiters=limiters,
                private=private_parameters(name, self.settings),
                user_agent=user_agent(self.settings.mailto),
                clock=self._clock,
                patience=self.settings.patience,
                largest=largest,
            )
            self._limiters[name], self._adapters[name] = limiters, adapter
            self._session.mount(f"{self.settings.urls[name]}/", adapter)
        self._redaction = Redaction(self.settings.secrets)
        logging.getLogger("urllib3.connectionpool").addFilter(self._redaction)


def _answer(request: Request, url: str, response: AnyResponse) -> Answer:
    from evidencekit.sources.adapter import FETCHED_HEADER

    return Answer(
        service=request.service,
        url=url,
        status=response.status_code,
        body=response.content,
        fetched=datetime.fromtimestamp(int(response.headers[FETCHED_HEADER]), UTC),
        from_cache=bool(response.from_cache),
        pool=response.headers.get("x-api-pool", ""),
    )
