"""The editors' desk for the questions. What schools answer is theirs: it has no desk."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from schools.admin_base import RecordDesk, RowInline, count_of, only
from selfreview.models import Question, QuestionCode, QuestionFinding, Questionnaire, Section
from selfreview.versions import is_answered, new_version


class KeepsItsWords(BaseModelAdmin):
    """Part of a desk: what has been answered can be read here, and changed only in a new version."""

    def _is_free(self, record: Any) -> bool:
        return record is None or not is_answered(record)

    words: tuple[str, ...] = ()  # the fields that stay

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing that has been answered."""
        return super().has_delete_permission(request, obj) and self._is_free(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The words and their place, where they have been answered."""
        shown = tuple(super().get_readonly_fields(request, obj))
        return shown if self._is_free(obj) else (*shown, *self.words)


class KeepsItsRows(KeepsItsWords, RowInline):
    """Rows of what may have been answered: none can be added then either."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows of the record `obj`."""
        return super().has_add_permission(request, obj) and self._is_free(obj)


class SectionInline(KeepsItsRows):
    model = Section
    words = ("slug", "title", "position")


class QuestionInline(KeepsItsRows):
    model = Question
    fields = ("position", "text", "locator")
    words = ("position", "text")


class QuestionCodeInline(RowInline):
    model = QuestionCode
    autocomplete_fields = ("code",)


class QuestionFindingInline(RowInline):
    model = QuestionFinding
    autocomplete_fields = ("finding",)


@admin.register(Questionnaire)
class QuestionnaireAdmin(KeepsItsWords, RecordDesk):
    words = ("slug", "version")
    actions = ("make_new_version",)
    list_display = ("name", "slug", "version", "study", count_of("sections"), "is_published")
    list_filter = (only("study"), "is_published")
    search_fields = ("name", "slug", "introduction")
    autocomplete_fields = ("study",)
    related = ("study",)
    inlines = (SectionInline,)

    @admin.action(description="Make a new version to edit", permissions=["add"])
    def make_new_version(self, request: HttpRequest, questionnaires: QuerySet) -> None:
        """A copy of each, unpublished, in which the words can be changed."""
        for one in questionnaires:
            copy = new_version(questionnaire=one)
            self.message_user(request, f"{copy} is made. It is not published yet.")


@admin.register(Section)
class SectionAdmin(KeepsItsWords, RecordDesk):
    words = ("questionnaire", "slug", "title", "position")
    list_display = ("title", "questionnaire", "position", count_of("questions"), "locator")
    list_filter = ("questionnaire",)
    search_fields = ("title", "slug")
    autocomplete_fields = ("questionnaire",)
    related = ("questionnaire",)
    inlines = (QuestionInline,)

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> QuerySet | None:
        """A section joins a questionnaire that nobody has begun to answer."""
        rows = super().get_field_queryset(db, db_field, request)
        return rows.filter(reviews=None) if rows is not None and db_field.name == "questionnaire" else rows


@admin.register(Question)
class QuestionAdmin(KeepsItsWords, RecordDesk):
    words = ("section", "position", "text", "replaces")
    raw_id_fields = ("replaces",)
    list_display = (
        "number",
        "text",
        "section",
        count_of("code_links", "codes"),
        count_of("finding_links", "findings"),
        "locator",
    )
    list_display_links = ("number", "text")
    list_filter = ("section__questionnaire", "section")
    search_fields = ("text", "locator")
    autocomplete_fields = ("section",)
    related = ("section__questionnaire",)
    inlines = (QuestionCodeInline, QuestionFindingInline)

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> QuerySet | None:
        """A question joins a section of a questionnaire that nobody has begun to answer."""
        rows = super().get_field_queryset(db, db_field, request)
        return rows.filter(questionnaire__reviews=None) if rows is not None and db_field.name == "section" else rows
