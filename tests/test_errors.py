"""What a person sees when something cannot be served."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client

from reading.views import pages


def failing(error: Exception):
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (RuntimeError("secret detail"), 500, "Something went wrong"),
        (PermissionDenied("secret detail"), 403, "You may not open this page"),
        (SuspiciousOperation("secret detail"), 400, "The request could not be understood"),
    ],
)
@pytest.mark.django_db
def test_error_page_is_designed_and_tells_no_detail(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str
):
    monkeypatch.setattr(pages, "data_version", failing(error))
    client.raise_request_exception = False
    response = client.get("/about/")
    text = response.content.decode()
    assert response.status_code == status
    assert words in text
    assert "secret detail" not in text
    assert 'class="site-header"' in text


@pytest.mark.django_db
def test_not_found_tells_no_detail(client: Client):
    text = client.get("/findings/zzz/").content.decode()
    assert "This page does not exist" in text
    assert "matches the given query" not in text


@pytest.mark.django_db
def test_error_page_needs_no_database(client: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/nowhere/")
