"""Fixtures of the sources: no socket leaves the loopback, and time is free."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from evidencekit.sources.limits import Clock
from evidencekit.sources.services import SERVICES
from evidencekit.sources.settings import make_settings
from evidencekit.sources.transport import Transport
from sources.server.app import FakeServices
from sources.server.bodies import Paper

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any test that connects to another machine, or is led there by a proxy."""
    connect = socket.socket.connect

    def checked(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise AssertionError(f"connection to {address} in a test")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked)
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at any socket whatever."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


class FreeTime:
    """A clock whose sleep costs nothing and is remembered."""

    def __init__(self, wall: float | None = None) -> None:
        self.now = 1000.0
        self.offset = 0.0 if wall is None else wall - self.now
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self.slept.append(seconds)
        self.now += seconds

    @property
    def clock(self) -> Clock:
        """As the transport wants it."""
        import time

        wall = (lambda: self.now + self.offset) if self.offset else time.time
        return Clock(monotonic=lambda: self.now, wall=wall, sleep=self.sleep)


@pytest.fixture
def free_time() -> FreeTime:
    """A clock that costs nothing."""
    return FreeTime()


PAPERS = (
    Paper(doi="10.5555/one", pmid="11"),
    Paper(doi="10.5555/two", pmid="12", corrections=(("RetractionIn", "13", "10.5555/notice"),)),
    Paper(doi="10.5555/data", agency="DataCite"),
    Paper(doi="10.5555/medra", agency="mEDRA"),
    Paper(doi="10.5555/com,ma", pmid="14"),
    Paper(doi="10.5555/(sici)1096-911x(199805)30:5<297::aid-mpo7>3.0.co;2-a", pmid="15"),
)


@pytest.fixture
def services() -> Iterator[FakeServices]:
    """The services with a few papers."""
    with FakeServices(PAPERS) as fake:
        yield fake


@pytest.fixture
def cited_workspace(
    tmp_path: Path, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A workspace with one article that cites two papers; commands ask the fake services."""
    for name, service in SERVICES.items():
        monkeypatch.setenv(service.variable, services.urls[name])
    monkeypatch.setenv("EVIDENCEKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("EVIDENCEKIT_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("EVIDENCEKIT_MAILTO", "name@example.org")
    monkeypatch.delenv("NCBI_API_KEY", raising=False)
    root = tmp_path / "workspace"
    (root / "articles").mkdir(parents=True)
    (root / "studies").mkdir()
    text = "As shown [1].\n\n[1] doi:10.5555/one.\n[2] https://doi.org/10.5555/TWO\n"
    (root / "articles" / "a.md").write_text(text, encoding="utf-8")
    return root


MakeTransport = Callable[..., Transport]


@pytest.fixture
def make_transport(
    services: FakeServices, tmp_path: Path, free_time: FreeTime
) -> Iterator[MakeTransport]:
    """A function that makes transports on the fake services, with free time unless given."""
    made: list[Transport] = []

    def make(*, settings: dict[str, Any] | None = None, **options: Any) -> Transport:
        configured = make_settings(
            **{"urls": services.urls, "cache": str(tmp_path / "cache"), **(settings or {})}
        )
        options = {"clock": free_time.clock, "rng": random.Random(1), **options}
        made.append(Transport(configured, **options))
        return made[-1]

    yield make
    for transport in made:
        transport.close()
