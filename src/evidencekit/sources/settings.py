"""Addresses, contact, keys and the cache: from a configuration file, then the environment.

Only fetching reads these; an analysis depends on nothing but its files. The file is
``sources.toml`` in the user's configuration folder (``EVIDENCEKIT_CONFIG`` names another)::

    mailto = "name@example.org"      # EVIDENCEKIT_MAILTO
    ncbi_api_key = "..."             # NCBI_API_KEY
    openalex_api_key = "..."         # OPENALEX_API_KEY
    sources = ["europepmc"]          # optional sources to ask as well
    cache = "/shared/evidence/cache" # EVIDENCEKIT_CACHE
    backend = "sqlite"               # or filesystem, memory, redis, mongodb
    connections = 1                  # at once, for each service

    [urls]
    crossref = "https://mirror.example.org/crossref"   # EVIDENCEKIT_CROSSREF_URL

An environment variable wins over the file. Keys belong in the environment or in this file,
never in a workspace.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evidencekit.errors import FileError, UsageError
from evidencekit.sources.services import SERVICES

BACKENDS = ("sqlite", "filesystem", "memory", "redis", "mongodb")
"""Backends of requests-cache. The last two need the package of that name, and take the
address of a server as *cache*."""

TEXTS = {
    "mailto": "EVIDENCEKIT_MAILTO",
    "ncbi_api_key": "NCBI_API_KEY",
    "openalex_api_key": "OPENALEX_API_KEY",
    "cache": "EVIDENCEKIT_CACHE",
    "backend": "EVIDENCEKIT_CACHE_BACKEND",
}
"""Settings that are texts, and the environment variable that overrides each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """How sources are reached.

    Parameters
    ----------
    urls
        Base address by service.
    mailto
        Contact address, which the services ask for; empty when none is set.
    ncbi_api_key, openalex_api_key
        Keys of the user; never shown in ``repr``.
    sources
        Optional services that are asked as well.
    cache
        Folder of the cache, or the address of its server for other backends.
    backend
        One of `BACKENDS`.
    connections
        At once for each service, at most; a service's own headers may lower it.
    timeout
        Seconds to connect, and to wait for the next bytes.
    patience
        Seconds for one whole answer.
    """

    urls: Mapping[str, str]
    mailto: str = ""
    ncbi_api_key: str = field(default="", repr=False)
    openalex_api_key: str = field(default="", repr=False)
    sources: tuple[str, ...] = ()
    cache: str = ""
    backend: str = "sqlite"
    connections: int = 1
    timeout: tuple[float, float] = (10.0, 30.0)
    patience: float = 180.0

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must not appear in a log, cache, lock or message."""
        return tuple(filter(None, (self.ncbi_api_key, self.openalex_api_key, self.mailto)))


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings of the configuration file, overridden by the environment.

    Parameters
    ----------
    environment
        Variables; those of the process when not given.

    Raises
    ------
    FileError
        The file cannot be read.
    UsageError
        A setting has a value that cannot be used; the message names it and never a key's value.
    """
    variables = os.environ if environment is None else environment
    path = _configuration_file(variables)
    given = _read_file(path)
    unknown = given.keys() - {*TEXTS, "sources", "connections", "urls"}
    if unknown:
        raise UsageError(f"{path}: unknown setting {min(unknown)!r}; the documentation lists them")
    texts = {name: _text(given, name, path, variables) for name, variable in TEXTS.items()}
    urls = given.get("urls", {})
    if not isinstance(urls, dict) or urls.keys() - SERVICES.keys():
        raise UsageError(f"{path}: [urls] takes an address for each of {', '.join(SERVICES)}")
    return make_settings(
        urls={
            name: variables.get(service.variable) or urls.get(name) or service.url
            for name, service in SERVICES.items()
        },
        sources=tuple(_list_of_texts(given, "sources", path)),
        connections=given.get("connections", 1),
        **{name: text for name, text in texts.items() if text},
    )


def make_settings(
    *,
    urls: Mapping[str, str] | None = None,
    mailto: str = "",
    ncbi_api_key: str = "",
    openalex_api_key: str = "",
    sources: tuple[str, ...] = (),
    cache: str = "",
    backend: str = "sqlite",
    connections: int = 1,
) -> Settings:
    """Settings, checked; parameters as of `Settings`.

    Raises
    ------
    UsageError
        A value cannot be used.
    """
    unknown = dict(urls or {}).keys() - SERVICES.keys()
    if unknown:
        raise UsageError(f"unknown service {min(unknown)!r}; there are {', '.join(SERVICES)}")
    addresses = {name: service.url for name, service in SERVICES.items()} | dict(urls or {})
    for name, url in addresses.items():
        _check_url(name, url)
    if mailto and not re.fullmatch(r"[\w.+'-]{1,64}@[\w-]+(\.[\w-]+)+", mailto, re.ASCII):
        raise UsageError("EVIDENCEKIT_MAILTO is not an e-mail address; write name@example.org")
    for variable, key in (("NCBI_API_KEY", ncbi_api_key), ("OPENALEX_API_KEY", openalex_api_key)):
        if key and not re.fullmatch(r"[\w-]{8,128}", key, re.ASCII):
            raise UsageError(f"{variable} does not look like a key: letters, digits and hyphens")
    optional = [name for name, service in SERVICES.items() if service.optional]
    for name in sources:
        if name not in optional:
            raise UsageError(f"unknown source {name!r}; optional ones are {', '.join(optional)}")
    if backend not in BACKENDS:
        raise UsageError(f"unknown cache backend {backend!r}; there are {', '.join(BACKENDS)}")
    if backend in BACKENDS[3:] and "://" not in cache:
        raise UsageError(f"the cache backend {backend} needs an address in EVIDENCEKIT_CACHE")
    if not isinstance(connections, int) or not 1 <= connections <= 8:
        raise UsageError(f"connections is a number from 1 to 8, not {connections!r}")
    return Settings(
        urls={name: url.rstrip("/") for name, url in addresses.items()},
        mailto=mailto,
        ncbi_api_key=ncbi_api_key,
        openalex_api_key=openalex_api_key,
        sources=sources,
        cache=cache or default_cache(),
        backend=backend,
        connections=connections,
    )


def default_cache() -> str:
    """The cache folder of this user on this system."""
    from platformdirs import user_cache_dir

    return user_cache_dir("evidencekit", appauthor=False)


def private_parameters(service: str, settings: Settings) -> dict[str, str]:
    """What is added to a request as it goes out: who asks, and their key."""
    parameters = {
        "crossref": {"mailto": settings.mailto},
        "datacite": {"mailto": settings.mailto},
        "openalex": {"api_key": settings.openalex_api_key},
        "pubmed": {
            "tool": "evidencekit",
            "email": settings.mailto,
            "api_key": settings.ncbi_api_key,
        },
    }
    return {name: value for name, value in parameters.get(service, {}).items() if value}


def user_agent(mailto: str) -> str:
    """Name, version and contact address, as the services ask for them."""
    from evidencekit import __version__

    contact = f" (mailto:{mailto})" if mailto else ""
    return f"evidencekit/{__version__}{contact}"


def _configuration_file(variables: Mapping[str, str]) -> Path:
    from platformdirs import user_config_path

    named = variables.get("EVIDENCEKIT_CONFIG")
    return (
        Path(named) if named else user_config_path("evidencekit", appauthor=False) / "sources.toml"
    )


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileError(f"cannot read {path}: {error}; correct it or move it away") from None


def _text(given: Mapping[str, Any], name: str, path: Path, variables: Mapping[str, str]) -> str:
    value = variables.get(TEXTS[name]) or given.get(name, "")
    if not isinstance(value, str):
        raise UsageError(f"{path}: {name} is a text, in quotes")
    return value.strip()


def _list_of_texts(given: Mapping[str, Any], name: str, path: Path) -> list[str]:
    value = given.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f'{path}: {name} is a list of names, as in ["europepmc"]')
    return value


def _check_url(name: str, url: object) -> None:
    if not isinstance(url, str) or not _is_base(url):
        raise UsageError(
            f"{SERVICES[name].variable} is not a base address: write https://host/path without "
            "query or password"
        )


def _is_base(url: str) -> bool:
    parts = urlsplit(url)
    return (
        parts.scheme in ("https", "http")
        and bool(parts.hostname)
        and not (parts.query or parts.fragment)
        and parts.username is None
        and url.isprintable()
        and " " not in url
    )
