"""The services that are asked, one row each: where, how fast, and how to tell their answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from evidencekit.sources import believe
from evidencekit.sources.limits import Rate, crossref_rate, ncbi_rate, same_rate

Headers = Callable[[Mapping[str, str], Rate], Rate]


class Service(NamedTuple):
    """One row of `SERVICES`.

    Parameters
    ----------
    title
        Name for people.
    url
        Base address; `Settings.urls` may put another in its place.
    variable
        Environment variable that does so.
    rates
        What is kept to before the first answer, by bucket.
    bucket
        Bucket of a path below the base address.
    headers
        How the rate is read from an answer.
    judge
        Whether a body is believed.
    optional
        Asked only when turned on.
    """

    title: str
    url: str
    variable: str
    rates: Mapping[str, Rate]
    bucket: Callable[[str], str]
    headers: Headers
    judge: believe.Judge
    optional: bool = False


def _one_bucket(path: str) -> str:
    return "all"


def _crossref_bucket(path: str) -> str:
    """Crossref counts single works and lists apart."""
    return "single" if re.search(r"/works/.", path) else "array"


SERVICES: dict[str, Service] = {
    "crossref": Service(
        title="Crossref",
        url="https://api.crossref.org",
        variable="EVIDENCEKIT_CROSSREF_URL",
        # The public pool; a contact address raises it, which the headers then say.
        rates={"single": Rate(limit=5), "array": Rate(limit=1)},
        bucket=_crossref_bucket,
        headers=crossref_rate,
        judge=believe.crossref,
    ),
    "doi": Service(
        title="doi.org",
        url="https://doi.org",
        variable="EVIDENCEKIT_DOI_URL",
        rates={"all": Rate(limit=5)},
        bucket=_one_bucket,
        headers=same_rate,
        judge=believe.doi,
    ),
    "pubmed": Service(
        title="PubMed",
        url="https://eutils.ncbi.nlm.nih.gov",
        variable="EVIDENCEKIT_EUTILS_URL",
        rates={"all": Rate(limit=3)},
        bucket=_one_bucket,
        headers=ncbi_rate,
        judge=believe.eutils,
    ),
    "datacite": Service(
        title="DataCite",
        url="https://api.datacite.org",
        variable="EVIDENCEKIT_DATACITE_URL",
        rates={"all": Rate(limit=3)},
        bucket=_one_bucket,
        headers=same_rate,
        judge=believe.datacite,
    ),
    "crosscite": Service(
        # doi.org sends requests for records of other agencies on to here.
        title="Crosscite",
        url="https://data.crosscite.org",
        variable="EVIDENCEKIT_CROSSCITE_URL",
        rates={"all": Rate(limit=1)},
        bucket=_one_bucket,
        headers=same_rate,
        judge=believe.doi,
    ),
    "europepmc": Service(
        title="Europe PMC",
        url="https://www.ebi.ac.uk/europepmc/webservices/rest",
        variable="EVIDENCEKIT_EUROPEPMC_URL",
        rates={"all": Rate(limit=5)},
        bucket=_one_bucket,
        headers=same_rate,
        judge=believe.europepmc,
        optional=True,
    ),
    "openalex": Service(
        title="OpenAlex",
        url="https://api.openalex.org",
        variable="EVIDENCEKIT_OPENALEX_URL",
        rates={"all": Rate(limit=5)},
        bucket=_one_bucket,
        headers=same_rate,
        judge=believe.openalex,
        optional=True,
    ),
}
"""Every service; Retraction Watch is a file, not a service."""
