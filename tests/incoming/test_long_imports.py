"""An import that takes long is told of while it is done, and is done to its end whoever listens."""

import logging
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from exchange.incoming.records import Unreadable
from exchange.views import importing, progress
from exchange.views.progress import at_once, beside
from findings.models import Coding, Import
from schools.models import Study
from tests.incoming.files import project, qdpx, selection, source
from tests.incoming.test_imports import two_coders
from tests.incoming.test_roads import ROAD, signed_in, upload


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody for whom every file is long, and every row a part."""
    monkeypatch.setattr(importing, "LONG", 0)
    monkeypatch.setattr("exchange.imports.writing.SMALLEST", 1)
    return signed_in()


def told(response: Any) -> str:
    assert response.streaming
    assert (response["Content-Encoding"], response["X-Accel-Buffering"]) == ("identity", "no")
    assert "no-store" in response["Cache-Control"]
    return b"".join(response.streaming_content).decode()


def in_order(text: str, *words: str) -> bool:
    places = [text.find(one) for one in words]
    return -1 not in places and places == sorted(places)


@pytest.mark.django_db
def test_a_long_file_is_told_of_from_the_first_byte_to_the_last_row(client: Client) -> None:
    studies = Study.objects.count()
    page = told(upload(client, two_coders()))
    assert in_order(page, "<title>What would be imported", "<li>Reading the file.", "2 codings. Looking", "1 study")
    one = Import.objects.get()
    preview = f"{ROAD}{one.guid}/"
    assert f'action="{preview}"' in page
    assert in_order(told(client.get(preview)), "<li>Reading the file.</li>", "Nothing is imported yet", "</html>")
    assert Study.objects.count() == studies
    page = told(client.post(preview))
    steps = ["Bringing it in", "Texts: 1 of 1.", "Codings: 1 of 2.", "Codings: 2 of 2.", "is imported</h2>", "</html>"]
    assert in_order(page, *steps)
    one.refresh_from_db()
    [codebook] = one.codebooks.all()
    assert (one.state, one.made["codings"], cache.get(importing.key_of(one))) == ("done", 2, None)
    assert f"/workbench/{codebook.guid}/" in page
    assert f"{preview}undo/" in page


@pytest.mark.django_db
def test_who_goes_away_loses_nothing_and_sees_meanwhile_how_far_it_is(client: Client) -> None:
    told(upload(client, two_coders()))
    preview = f"{ROAD}{Import.objects.get().guid}/"
    response = client.post(preview)
    lines = iter(response.streaming_content)
    while b"Codings: 1 of 2." not in next(lines):
        pass
    assert "It is being brought in." in (page := client.get(ROAD).content.decode())
    assert "Codings: 1 of 2." in page
    for again in (client.get(preview, follow=True), client.post(preview, follow=True)):
        assert "is being brought in just now" in again.content.decode()
    response._iterator.close()  # what a server does when its reader is gone, without the end of the connection
    one = Import.objects.get()
    assert (one.state, Coding.objects.filter(code__codebook__in=one.codebooks.all()).count()) == ("done", 2)
    assert "It is being brought in." not in client.get(ROAD).content.decode()


@pytest.mark.django_db
def test_what_cannot_come_in_is_told_in_the_page_that_began(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = project(source("First", selection(3, 80, "Trust")))
    page = told(upload(client, qdpx("We trust them.", broken)))
    assert in_order(
        page, "<li>Reading the file.</li>", "Nothing was imported</h2>", "A passage from 3 to 80", "</html>"
    )
    assert not Import.objects.exists()
    told(upload(client, two_coders()))
    studies, one = Study.objects.count(), Import.objects.get()

    def breaks(*args: Any, **options: Any) -> Any:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr("exchange.imports.writing._Writer._notes", breaks)  # after the codings were written
        page = told(client.post(f"{ROAD}{one.guid}/"))
    assert in_order(page, "Codings: 2 of 2.", "Nothing was imported</h2>", progress.FAILED, "</html>")
    assert "the disk is full" in caplog.text
    assert "the disk is full" not in page
    one.refresh_from_db()
    assert (one.state, Study.objects.count()) == ("previewed", studies)
    assert "is imported</h2>" in told(client.post(f"{ROAD}{one.guid}/"))


@pytest.mark.django_db
def test_no_upload_takes_another_preview_away() -> None:
    client, first = signed_in(), two_coders()
    previews = {upload(client, first).url, upload(client, first).url}
    assert len(previews) == 1  # the same file for the same place
    for number in range(importing.MOST_UNDECIDED - 1):
        previews.add(upload(client, qdpx(f"{number} more.", project(source("First")))).url)
    assert len(previews) == Import.objects.count() == importing.MOST_UNDECIDED
    page = upload(client, b"path\nTrust\n")
    assert page.status_code == 400
    assert "5 of your files wait to be decided about: “talk.sqlite3”" in page.content.decode()
    assert upload(client, first).url in previews
    assert "Nothing is imported yet" in client.get(previews.pop()).content.decode()


def test_a_step_that_takes_long_says_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "BEAT", 0.01)

    def slow() -> int:
        time.sleep(0.05)
        return 7

    work = beside(slow)
    assert next(work) == "This has gone on for 0 seconds."
    assert at_once(work) == 7

    def broken() -> None:
        raise Unreadable("No.")

    with pytest.raises(Unreadable, match="No."):
        at_once(beside(broken))
