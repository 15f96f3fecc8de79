"""The downloads besides /quotes.csv and /compare.csv: what is asked of each of them."""

from typing import Any

from django.test import Client

CSV = ["/schools.csv", "/findings.csv", "/codebooks/gateways.csv"]
FILES = [
    "/quotes.xlsx",
    "/codebooks/gateways.qdc",
    "/study/gill-2007.qdpx",
    "/study/gill-2007/datapackage.zip",
]
DOWNLOADS = CSV + FILES


def body(client: Client, road: str, parameters: dict[str, Any] | None = None) -> bytes:
    """What a download gives, whole."""
    response = client.get(road, parameters)
    assert response.status_code == 200, response.content
    return response.getvalue()
