"""The editors' desk for the questions. What schools answer is theirs: it has no desk."""

from django.contrib import admin

from schools.admin_base import RecordDesk, RowInline, count_of
from selfreview.models import Question, QuestionCode, QuestionFinding, Questionnaire, Section


class SectionInline(RowInline):
    model = Section


class QuestionInline(RowInline):
    model = Question
    fields = ("position", "text", "locator")


class QuestionCodeInline(RowInline):
    model = QuestionCode
    autocomplete_fields = ("code",)


class QuestionFindingInline(RowInline):
    model = QuestionFinding
    autocomplete_fields = ("finding",)


@admin.register(Questionnaire)
class QuestionnaireAdmin(RecordDesk):
    list_display = ("name", "slug", "version", "study", count_of("sections"), "is_published")
    list_filter = ("study", "is_published")
    search_fields = ("name", "slug", "introduction")
    autocomplete_fields = ("study",)
    related = ("study",)
    inlines = (SectionInline,)


@admin.register(Section)
class SectionAdmin(RecordDesk):
    list_display = ("title", "questionnaire", "position", count_of("questions"), "locator")
    list_filter = ("questionnaire",)
    search_fields = ("title", "slug")
    autocomplete_fields = ("questionnaire",)
    related = ("questionnaire",)
    inlines = (QuestionInline,)


@admin.register(Question)
class QuestionAdmin(RecordDesk):
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
