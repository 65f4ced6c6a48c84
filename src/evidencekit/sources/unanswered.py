"""Why a source gave no answer that can be believed.

An outage is never an accusation: whatever goes wrong between here and a service
ends as one `Unanswered`, and a DOI whose source is unanswered is `unchecked`,
never "absent" and never "clean".
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

from evidencekit.errors import EvidencekitError, ExitCode

Reason = Literal[
    "offline",
    "not_asked",
    "timeout",
    "connection",
    "rate_limited",
    "blocked",
    "server_error",
    "not_believed",
    "too_large",
    "malformed",
    "refused_content",
    "redirected_away",
    "request_refused",
    "stopped",
]
REASONS: tuple[Reason, ...] = get_args(Reason)


class Cause(NamedTuple):
    """One row of `CAUSES`."""

    meaning: str
    remedy: str
    retry: bool


CAUSES: dict[Reason, Cause] = {
    "offline": Cause(
        "nothing is kept of this request and the run is offline",
        "run `evidencekit fetch` once with a connection",
        retry=False,
    ),
    "not_asked": Cause(
        "the source was not asked in this run",
        "turn it on if its answer is wanted",
        retry=False,
    ),
    "timeout": Cause(
        "the service did not answer in time",
        "try again later; what was answered is kept",
        retry=True,
    ),
    "connection": Cause(
        "no connection, or it broke off",
        "check the network and the proxy settings, then run again; what was answered is kept",
        retry=True,
    ),
    "rate_limited": Cause(
        "the service asks for fewer requests",
        "wait some minutes and run again; what was answered is kept",
        retry=True,
    ),
    "blocked": Cause(
        "the service refuses this client; it is not asked again in this run",
        "set a contact address, wait, and if it stays so write to the service",
        retry=False,
    ),
    "server_error": Cause(
        "the service reports an error of its own",
        "try again later",
        retry=True,
    ),
    "not_believed": Cause(
        "what came back is not what this service sends: a log-in page, a proxy or another "
        "program may have answered",
        "open the address in a browser, and run again when the service itself answers",
        retry=False,
    ),
    "too_large": Cause(
        "the answer is larger than any real one",
        "report it if the record is really this large",
        retry=False,
    ),
    "malformed": Cause(
        "the answer is broken off or damaged",
        "run again; if it stays so, report the address",
        retry=True,
    ),
    "refused_content": Cause(
        "the answer holds what no real one does (entities, extreme nesting)",
        "do not use this source until it is known who answers there",
        retry=False,
    ),
    "redirected_away": Cause(
        "the answer points to a server that is not one of the known services",
        "check the configured address",
        retry=False,
    ),
    "request_refused": Cause(
        "the service does not accept the request",
        "check the identifier; if it is right, report the address",
        retry=False,
    ),
    "stopped": Cause(
        "the service failed several times in a row and is not asked again in this run",
        "run again later; what was answered is kept",
        retry=False,
    ),
}


class Unanswered(EvidencekitError):
    """A source gave no answer that can be believed.

    Parameters
    ----------
    reason
        One of `REASONS`.
    service
        Name of the service, such as ``"crossref"``.
    url
        What was asked, without contact address or key.
    detail
        What was found, in a few words; may be empty.
    retry_after
        Seconds the service asks to wait; ``None`` when it does not say.
    """

    exit_code = ExitCode.NETWORK

    def __init__(
        self,
        reason: Reason,
        *,
        service: str,
        url: str = "",
        detail: str = "",
        retry_after: float | None = None,
    ) -> None:
        self.reason: Reason = reason
        self.service = service
        self.url = url
        self.detail = detail
        self.retry_after = retry_after
        super().__init__(self._text())

    @property
    def retry(self) -> bool:
        """Whether asking once more may help."""
        return CAUSES[self.reason].retry

    def _text(self) -> str:
        cause = CAUSES[self.reason]
        what = f" ({self.detail})" if self.detail else ""
        where = f" {self.url}" if self.url else ""
        return f"{self.service}{where}: {cause.meaning}{what} - {cause.remedy}"

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        fields = (self.reason, self.service, self.url, self.detail, self.retry_after)
        return _restored, fields


def _restored(
    reason: Reason, service: str, url: str, detail: str, retry_after: float | None
) -> Unanswered:
    return Unanswered(reason, service=service, url=url, detail=detail, retry_after=retry_after)
