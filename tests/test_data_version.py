"""Whatever a published page shows, a change of it raises the data version: table by table, and by who writes it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from findings.actions import publish
from schools.actions import data_version
from schools.admin_base import Desk
from schools.models import DataVersion
from selfreview.models import Question, QuestionCode, QuestionFinding
from tests.bench import make_team
from tests.desk import APPS, BUILDERS, as_shown, make_editor, road
from tests.factories import make_question_code, make_question_finding
from tests.test_published import shared_roads

pytestmark = pytest.mark.django_db
MODELS = {model._meta.db_table: model for model in apps.get_models() if not model._meta.proxy}
# Written at the question's desk.
LINKS: dict[type[models.Model], Callable[[], Any]] = {
    QuestionCode: make_question_code,
    QuestionFinding: make_question_finding,
}
AT_A_DESK = [model for model in MODELS.values() if model._meta.model_name in BUILDERS and model._meta.app_label in APPS]


def test_every_table_that_a_published_page_reads_is_tried_here(client: Client):
    read: set[str] = set()
    for address in shared_roads():
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        read |= {table for one in asked for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', one["sql"])}
    tables = {MODELS[table] for table in read & MODELS.keys()}
    assert len(tables) > 20
    assert tables <= {*AT_A_DESK, *LINKS, DataVersion}


@pytest.mark.parametrize("model", AT_A_DESK, ids=lambda model: model.__name__)
def test_edit_at_the_desk_is_a_data_version(client: Client, model: type[models.Model]):
    client.force_login(make_editor())
    row, before = BUILDERS[str(model._meta.model_name)](), data_version().number
    assert isinstance(admin.site._registry[model], Desk)
    assert client.post(road(model, "delete", row.pk), {"post": "yes"}).status_code == 302
    assert not model._base_manager.filter(pk=row.pk).exists()
    assert data_version().number == before + 1


@pytest.mark.parametrize("model", LINKS, ids=lambda model: model.__name__)
def test_edit_of_a_question_s_link_is_a_data_version(client: Client, model: type[models.Model]):
    client.force_login(make_editor())
    link, before = LINKS[model](), data_version().number
    sent = as_shown(client.get(road(Question, "change", link.question_id)))
    inline = "code_links" if model is QuestionCode else "finding_links"
    sent[f"{inline}-0-reason"] = "It helps more."
    assert client.post(road(Question, "change", link.question_id), sent).status_code == 302
    assert data_version().number == before + 1


def test_codebook_that_a_team_publishes_is_a_data_version():
    team, before = make_team(), data_version().number
    publish(codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False)
    assert data_version().number == before + 1
