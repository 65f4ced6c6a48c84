"""Settings: the file, the environment over it, and values that cannot be used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidencekit.errors import FileError, UsageError
from evidencekit.sources.services import SERVICES
from evidencekit.sources.settings import (
    BACKENDS,
    TEXTS,
    default_cache,
    make_settings,
    private_parameters,
    read_settings,
    user_agent,
)

FILE = """
mailto = "from.file@example.org"
ncbi_api_key = "key-from-file"
sources = ["europepmc"]
cache = "/somewhere/cache"
connections = 2

[urls]
crossref = "https://mirror.example.org/crossref/"
"""


def test_real_addresses_without_any_setting(tmp_path: Path) -> None:
    settings = read_settings({"EVIDENCEKIT_CONFIG": str(tmp_path / "none.toml")})
    assert settings.urls == {name: service.url for name, service in SERVICES.items()}
    assert (settings.mailto, settings.sources, settings.connections) == ("", (), 1)
    assert settings.cache == default_cache()
    assert settings.secrets == ()
    assert settings.backend == "sqlite"


def test_the_file_and_the_environment_over_it(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(FILE)
    variables = {"EVIDENCEKIT_CONFIG": str(path)}
    settings = read_settings(variables)
    assert settings.urls["crossref"] == "https://mirror.example.org/crossref"
    assert (settings.mailto, settings.ncbi_api_key) == ("from.file@example.org", "key-from-file")
    assert (settings.sources, settings.connections) == (("europepmc",), 2)
    assert settings.cache == "/somewhere/cache"
    variables |= {
        "EVIDENCEKIT_MAILTO": "from.environment@example.org",
        "NCBI_API_KEY": "key-from-environment",
        "EVIDENCEKIT_CROSSREF_URL": "http://127.0.0.1:8000/x",
        "EVIDENCEKIT_CACHE": str(tmp_path),
    }
    settings = read_settings(variables)
    assert settings.mailto == "from.environment@example.org"
    assert settings.urls["crossref"] == "http://127.0.0.1:8000/x"
    assert settings.cache == str(tmp_path)
    assert "key-from-environment" not in repr(settings)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_its_variable(name: str, tmp_path: Path) -> None:
    variables = {"EVIDENCEKIT_CONFIG": str(tmp_path / "none.toml")}
    variables[SERVICES[name].variable] = "http://127.0.0.1/mirror"
    assert read_settings(variables).urls[name] == "http://127.0.0.1/mirror"


BAD = [
    ({"mailto": "nobody"}, "EVIDENCEKIT_MAILTO is not an e-mail address; write name@example.org"),
    ({"mailto": "a@b.example\r\nX: 1"}, "EVIDENCEKIT_MAILTO is not an e-mail address"),
    ({"ncbi_api_key": "short"}, "NCBI_API_KEY does not look like a key"),
    ({"openalex_api_key": "with\nline feed"}, "OPENALEX_API_KEY does not look like a key"),
    ({"sources": ("scopus",)}, "unknown source 'scopus'; optional ones are europepmc, openalex"),
    ({"urls": {"scopus": "https://x"}}, "unknown service 'scopus'; there are crossref, doi"),
    ({"backend": "pickle"}, "unknown cache backend 'pickle'; there are sqlite, filesystem"),
    ({"backend": "redis"}, "the cache backend redis needs an address in EVIDENCEKIT_CACHE"),
    ({"connections": 0}, "connections is a number from 1 to 8, not 0"),
    ({"connections": 99}, "connections is a number from 1 to 8, not 99"),
]
ADDRESSES = [
    "ftp://example.org",
    "example.org",
    "https://",
    "https://example.org/?q=1",
    "https://user:password@example.org",
    "https://example.org/a b",
    "https://example.org/\r\n",
    "file:///etc/passwd",
]


@pytest.mark.parametrize(("given", "message"), BAD)
def test_values_that_cannot_be_used(given: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        make_settings(**given)  # type: ignore[arg-type]
    for secret in ("short", "with\nline feed"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize("url", ADDRESSES)
def test_addresses_that_cannot_be_used(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        make_settings(urls={"doi": url})
    assert str(caught.value) == (
        "EVIDENCEKIT_DOI_URL is not a base address: write https://host/path without query or "
        "password"
    )


FILES = {
    "mailto = ": "cannot read",
    'colour = "red"': "unknown setting 'colour'; the documentation lists them",
    "mailto = 3": "mailto is a text, in quotes",
    'sources = "europepmc"': 'sources is a list of names, as in ["europepmc"]',
    '[urls]\nscopus = "x"': "[urls] takes an address for each of crossref, doi",
    "urls = 3": "[urls] takes an address for each of crossref, doi",
    'connections = "2"': "connections is a number from 1 to 8, not '2'",
    "[urls]\ndoi = 3": "EVIDENCEKIT_DOI_URL is not a base address",
}


@pytest.mark.parametrize("text", FILES)
def test_files_that_cannot_be_used(text: str, tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text)
    with pytest.raises((UsageError, FileError), match=re.escape(FILES[text])):
        read_settings({"EVIDENCEKIT_CONFIG": str(path)})


def test_who_asks() -> None:
    settings = make_settings(mailto="a@example.org", ncbi_api_key="0123456789")
    assert private_parameters("crossref", settings) == {"mailto": "a@example.org"}
    assert private_parameters("pubmed", settings) == {
        "tool": "evidencekit",
        "email": "a@example.org",
        "api_key": "0123456789",
    }
    assert private_parameters("doi", settings) == {}
    assert private_parameters("pubmed", make_settings()) == {"tool": "evidencekit"}
    assert re.fullmatch(r"evidencekit/[\d.]+ \(mailto:a@example.org\)", user_agent("a@example.org"))
    assert re.fullmatch(r"evidencekit/[\d.]+", user_agent(""))


def test_the_documentation_names_every_setting() -> None:
    page = (Path(__file__).parents[2] / "docs" / "fetching.md").read_text(encoding="utf-8")
    for name, service in SERVICES.items():
        assert f"| `[urls]` `{name}` | `{service.variable}` |" in page
    for name, variable in TEXTS.items():
        assert f"| `{name}` | `{variable}` |" in page
    for backend in BACKENDS:
        assert f"`{backend}`" in page
