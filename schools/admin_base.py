"""What all of the editors' desk shares: published data get a new version with every edit, and text stays as it was."""

from collections.abc import Callable
from contextlib import suppress
from operator import attrgetter
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import Truncator
from simple_history.admin import SimpleHistoryAdmin

from schools.actions import publish_change
from schools.history import keep_state_before

admin.site.site_header = admin.site.site_title = "ICT Lead: editors’ desk"
admin.site.index_title = "What the site publishes"


class TextField(forms.CharField):
    """Text of several lines, whose lines end as they were stored.

    A browser sends CR LF. Stored so, every passage after the first line end would begin one character too early.
    """

    def to_python(self, value: Any) -> Any:
        """The text, with LF alone as line end."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


def text_fields(*, rows: int) -> dict:
    """`formfield_overrides` for text of several lines."""
    return {models.TextField: {"form_class": TextField, "widget": AdminTextareaWidget(attrs={"rows": rows})}}


TO_STUDY = {"study": "study", "school": "school__study", "quote": "quote__school__study", "theme": "theme__study"}


def of_editors(model: type[models.Model]) -> dict[str, bool]:
    """What tells the rows of the site's own studies from those of a study that somebody brought, which are private."""
    if model._meta.model_name == "study":
        return {"is_editorial": True}
    names = {field.name for field in model._meta.fields}
    return next(({f"{path}__is_editorial": True} for name, path in TO_STUDY.items() if name in names), {})


def page_of_record(record: models.Model) -> str | None:
    """Where a record stands on the public pages of its study; None for what has no page, or is not published."""
    if not hasattr(record, "get_absolute_url"):
        return None
    study = record if record._meta.model_name == "study" else None
    for path in ("study", "school.study", "theme.study", "codebook.study"):
        with suppress(AttributeError):
            study = study or attrgetter(path)(record)
    if study is None or not study.is_published:
        return None
    return study.get_absolute_url() if study is record else study.at(record.get_absolute_url())


class ReadsRelated(BaseModelAdmin):
    """Part of a desk: the rows of the site's own studies, with what they show of others, so that no row of a page asks
    for it again."""

    related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """The rows with all that they show of others."""
        rows = super().get_queryset(request).filter(**of_editors(self.model))
        return rows.select_related(*self.related)

    def get_field_queryset(self, db: Any, db_field: models.ForeignKey, request: HttpRequest) -> models.QuerySet | None:
        """A row is offered as a choice as its own desk reads it."""
        site, model = self.admin_site, db_field.remote_field.model
        if not site.is_registered(model):
            return super().get_field_queryset(db, db_field, request)
        return site.get_model_admin(model).get_queryset(request)


class Desk(ReadsRelated, admin.ModelAdmin):
    """A desk for the rows of one model. Who edits here changes published data, so each edit is a new data version."""

    formfield_overrides = text_fields(rows=6)
    list_per_page = 50

    def view_on_site(self, obj: models.Model) -> str | None:
        """The record's public page, at its own study."""
        return page_of_record(obj)

    class Media:
        css = {"all": ["css/desk.css"]}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        """The rows with all that they show of others, and what the columns by `count_of` count."""
        counted = [column.counts for column in self.list_display if hasattr(column, "counts")]
        counts = {f"{relation}_count": models.Count(relation, distinct=True) for relation in counted}
        return super().get_queryset(request).annotate(**counts)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...] | list[str]:
        """An order in any case: that of the model is lost where rows are counted, and choices are shown in pages."""
        return super().get_ordering(request) or self.model._meta.ordering or ("pk",)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        """A record's identity is shown and never typed."""
        shown = tuple(super().get_readonly_fields(request, obj))
        return (*shown, "guid") if obj and hasattr(obj, "guid") else shown

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Save the record, where it changed; what it was stays in its history.

        A record that was only looked at gets no history: loading the study leaves alone what has one.
        """
        if form.has_changed() or not change:
            keep_state_before(obj)
            super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the rows of an inline; what they were stays in their history."""
        for row in formset.initial_forms:
            if row.has_changed():
                keep_state_before(row.instance)
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The last step of saving a page, with all that stands on it: one edit, one data version."""
        super().save_related(request, form, formsets, change)
        if not change or form.has_changed() or any(formset.has_changed() for formset in formsets):
            publish_change()

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        """Delete a record: one edit, one data version."""
        super().delete_model(request, obj)
        publish_change()

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        """Delete the records chosen in the list: one edit, one data version."""
        super().delete_queryset(request, queryset)
        publish_change()


class RecordDesk(Desk, SimpleHistoryAdmin):
    """A desk for records whose every state is kept: who changed what, and when."""

    object_history_list_template = "admin/history_list.html"

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **options: Any) -> HttpResponse:
        """The history of a record that this desk has, or had; of no other."""
        self.check_own(request, object_id)
        return super().history_view(request, object_id, *args, **options)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """An earlier state, to read. Without this a POST would write it back, past permissions and data version."""
        if request.method == "POST":
            raise PermissionDenied
        self.check_own(request, object_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def check_own(self, request: HttpRequest, object_id: str) -> None:
        """Raise Http404 for a record of a private study, and for one that was: its history tells as much as it does."""
        if not object_id.isdecimal() or self.get_queryset(request).filter(pk=object_id).exists():
            return
        past = self.model.history.filter(id=object_id)
        is_here = self.model._base_manager.filter(pk=object_id).exists()
        if is_here or (past.exists() and not past.filter(**of_editors(self.model)).exists()):
            raise Http404("No such record.")


class RowInline(ReadsRelated, admin.TabularInline):
    """Rows of another model on the page of the record that they belong to."""

    formfield_overrides = text_fields(rows=3)
    extra = 0
    show_change_link = True

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """A field whose choices are read once for all rows of the page."""
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if field and db_field.name not in self.autocomplete_fields:
            field.choices = list(field.choices)
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """A field without the signs for adding, changing, deleting and viewing its choices: four on every row."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


def only(path: str) -> tuple[str, type[admin.RelatedOnlyFieldListFilter]]:
    """A filter of a list that names only what the list holds: no private study, no team's codebook or coder."""
    return path, admin.RelatedOnlyFieldListFilter


def beginning(attribute: str, label: str = "", *, words: int = 12, ordering: str | None = None) -> Callable[[Any], str]:
    """A column with the first words of a text; `ordering` is for a text that is no column of the database."""

    @admin.display(description=label or attribute, ordering=ordering or attribute)
    def column(row: Any) -> str:
        return Truncator(getattr(row, attribute)).words(words)

    column.__name__ = attribute  # names the column's class, so that the style sheet can give it room
    return column


def count_of(relation: str, label: str = "") -> Callable[[Any], int]:
    """A column with the number of related rows."""

    @admin.display(description=label or relation, ordering=f"{relation}_count")
    def column(row: Any) -> int:
        return getattr(row, f"{relation}_count")

    column.counts = relation  # the desk's query counts them
    return column
