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


@pytest.mark.django_db
@pytest.mark.parametrize(("charset", "status"), [("utf-7", 400), ("unicode_escape", 400), ("UTF-8", 404), ("", 404)])
def test_text_comes_as_utf8_or_not_at_all(client: Client, charset: str, status: int):
    body = '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n+2AA-\\ud800\r\n--b--\r\n'
    kind = f"multipart/form-data; boundary=b{'; charset=' * bool(charset)}{charset}"
    road = "/review/00000000-0000-4000-8000-000000000000/what/1/"
    assert client.post(road, body, content_type=kind).status_code == status
