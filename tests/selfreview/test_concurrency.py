"""Many people saving at once: every save is stored or refused as stale, and no one sees an engine's complaint."""

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest
from django.db import connection

from benchmarks.saving import Writer, writers
from benchmarks.servers import servers
from selfreview.actions import close_round, next_round, start_review
from selfreview.models import Answer, Questionnaire

PROCESSES, WRITERS, SAVES = 2, 50, 40


def database_url() -> str:
    """The test database, as DATABASE_URL names it."""
    said = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{said['NAME']}"
    return f"postgresql://{said['USER']}@{said['HOST'].replace('/', '%2F')}/{said['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_every_concurrent_save_is_stored_or_refused():
    first, lead, _ = start_review(questionnaire=Questionnaire.objects.get())
    close_round(review=first)
    review = next_round(team=first.team)  # an earlier round of the team must hold nobody up
    everyone = list(writers(review, lead, WRITERS))

    def write(writer: Writer, port: int) -> None:
        client = HTTPConnection("127.0.0.1", port, timeout=60)
        for number in range(SAVES):
            writer.save(client, number)
        client.close()

    with servers(database_url(), PROCESSES) as ports, ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, everyone, [ports[place % PROCESSES] for place in range(WRITERS)]))

    statuses = [status for writer in everyone for status in writer.statuses]
    assert len(statuses) == WRITERS * SAVES == 2_000
    assert set(statuses) == {200, 409}  # both happened, and nothing else
    answers = Answer.objects.filter(review=review).prefetch_related("revisions")
    assert len(answers) == WRITERS / 2
    kept = []
    for answer in answers:
        revisions = sorted(answer.revisions.all(), key=lambda one: one.number)
        assert [one.number for one in revisions] == list(range(1, answer.version + 1))
        assert answer.text == revisions[-1].text
        kept += [one.text for one in revisions]
    assert sorted(kept) == sorted(text for writer in everyone for text in writer.stored)
