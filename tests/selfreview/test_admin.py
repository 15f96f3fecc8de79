"""The editors' desk for the questions."""

import pytest

from schools.actions import data_version
from selfreview.models import Question
from tests.desk import as_shown, check_pages, check_queries, check_refusal, desks, make_editor, road
from tests.factories import make_answer, make_question, make_question_finding

pytestmark = pytest.mark.django_db
MODELS = pytest.mark.parametrize("model", desks("selfreview"), ids=lambda model: model.__name__)


@MODELS
def test_desk_opens_for_an_editor(client, model):
    check_pages(client, model)


@MODELS
def test_desk_is_refused_to_others(client, model):
    check_refusal(client, model)


@MODELS
def test_desk_asks_as_often_for_many_rows(client, model):
    check_queries(client, model)


def test_save_of_a_link_is_one_data_version(client):
    client.force_login(make_editor())
    link, before = make_question_finding(), data_version().number
    sent = as_shown(client.get(road(Question, "change", link.question_id)))
    sent["finding_links-0-reason"] = "It helps more."
    assert client.post(road(Question, "change", link.question_id), sent).status_code == 302
    link.refresh_from_db()
    assert (link.reason, data_version().number) == ("It helps more.", before + 1)


def test_a_question_that_was_answered_is_not_deleted(client):
    client.force_login(make_editor())
    answered, free = make_answer().question, make_question()
    for question, status in ((answered, 403), (free, 200)):
        assert client.get(road(Question, "delete", question.pk)).status_code == status
