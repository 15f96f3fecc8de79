"""What tests of the editors' desk share: an editor, the address of a page, and what its form would send unchanged."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser, Permission
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories

APPS = ("schools", "findings", "selfreview")
BUILDERS: dict[str, Callable[[], models.Model]] = {
    "advice": factories.make_advice,
    "casesection": factories.make_section,
    "fact": factories.make_fact,
    "glossaryterm": factories.make_term,
    "indicator": factories.make_indicator,
    "quote": factories.make_quote,
    "reference": factories.make_reference,
    "school": factories.make_school,
    "study": factories.make_study,
    "topic": factories.make_topic,
    "caseevidence": factories.make_case_evidence,
    "code": factories.make_code,
    "codebook": factories.make_codebook,
    "coder": factories.make_coder,
    "coding": factories.make_coding,
    "evidence": factories.make_evidence,
    "finding": factories.make_finding,
    "theme": factories.make_theme,
    "uncoded": factories.make_uncoded,
    "question": factories.make_question,
    "questionnaire": factories.make_questionnaire,
    "section": factories.make_question_section,
}
INLINE = re.compile(r"<style|<[^>]+\s(?:style|on\w+)=|<script(?![^>]*\ssrc=)(?![^>]*application/json)|javascript:")


def desks(app: str) -> list[type[models.Model]]:
    """The models of an app that have a desk."""
    return sorted(
        (model for model in admin.site._registry if model._meta.app_label == app), key=lambda one: one.__name__
    )


def make_editor(*, view_only: bool = False) -> AbstractBaseUser:
    """A member of staff with every permission on what the site publishes, and on nothing else."""
    editor = factories.make_user(is_staff=True)
    permissions = Permission.objects.filter(content_type__app_label__in=APPS)
    if view_only:
        permissions = permissions.filter(codename__startswith="view_")
    editor.user_permissions.set(permissions)
    return editor


def road(model: type[models.Model], page: str, *args: Any) -> str:
    """The address of a page of a model's desk: changelist, add, change, history, delete, import, process_import."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def as_shown(response: Any) -> dict[str, str]:
    """All that the form of an add or change page would send if nobody typed anything."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    sent: dict[str, str] = {}
    for form in forms:
        for bound in form:
            value, widget = bound.value(), bound.field.widget
            if hasattr(widget, "decompress"):
                sent |= {f"{bound.html_name}_{place}": str(part) for place, part in enumerate(widget.decompress(value))}
            elif value is not None and value is not False:
                sent[bound.html_name] = "on" if value is True else str(value)
    return sent


def queries_of(client: Client, url: str) -> int:
    """How often a page asks the database."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def check_pages(client: Client, model: type[models.Model]) -> None:
    """Every page of a desk opens, finds, and holds nothing that the site's policy forbids."""
    client.force_login(make_editor())
    record = BUILDERS[str(model._meta.model_name)]()
    urls = [
        road(model, "changelist"),
        road(model, "changelist") + "?q=school",
        road(model, "add"),
        road(model, "change", record.pk),
        road(model, "history", record.pk),
        road(model, "delete", record.pk),
    ]
    if hasattr(model, "history"):
        urls.append(road(model, "simple_history", record.pk, model.history.filter(id=record.pk).first().pk))
    for url in urls:
        response = client.get(url)
        assert response.status_code == 200, url
        assert INLINE.findall(response.content.decode()) == [], url
    for field in admin.site.get_model_admin(model).autocomplete_fields:
        asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
        assert client.get("/admin/autocomplete/", asked).json()["results"], field


def check_refusal(client: Client, model: type[models.Model]) -> None:
    """Nobody else sees a desk: visitors are asked to sign in, members of staff without permission are refused."""
    record = BUILDERS[str(model._meta.model_name)]()
    pages = [road(model, "changelist"), road(model, "add")]
    pages += [road(model, page, record.pk) for page in ("change", "history", "delete")]
    for url in pages:
        assert client.get(url).status_code == 302, url
    client.force_login(factories.make_user(is_staff=True))
    for url in pages:
        assert client.get(url).status_code == 403, url


def check_queries(client: Client, model: type[models.Model]) -> None:
    """A list asks the database as often for 20 rows as for 2, each with records of its own to show."""
    client.force_login(make_editor())
    records = [str(BUILDERS[str(model._meta.model_name)]().pk) for _ in range(20)]

    def queries(count: int) -> int:
        url = f"{road(model, 'changelist')}?id__in={','.join(records[:count])}"
        assert client.get(url).context["cl"].result_count == count
        return queries_of(client, url)

    assert queries(2) == queries(20)
