"""The editors' desk for what was collected."""

from typing import Any

from django import forms
from django.contrib import admin

from schools.admin_base import RecordDesk, RowInline, beginning, count_of, only
from schools.imports import FactResource, QuoteResource, fact_faults
from schools.models import (
    Advice,
    CaseSection,
    Fact,
    GlossaryTerm,
    Indicator,
    Quote,
    Reference,
    School,
    Study,
    Topic,
)
from schools.uploads import UploadMixin


class OneStudyForm(forms.ModelForm):
    """A record of a school whose topic or indicator is of the school's own study."""

    def clean(self) -> dict[str, Any]:
        """Check the studies against each other."""
        said = super().clean() or self.cleaned_data
        school = said.get("school")
        for name in {"topic", "indicator"} & said.keys():
            if school and said[name] and said[name].study_id != school.study_id:
                self.add_error(name, f"This {name} is of another study than the school.")
        return said


class FactForm(OneStudyForm):
    """A fact that is stated with its place, or not stated at all."""

    def clean(self) -> dict[str, Any]:
        """Check the fact as a whole."""
        said = super().clean()
        stated = said.get("value", ""), said.get("number"), said.get("locator", ""), said.get("note", "")
        for name, message in fact_faults(*stated).items():
            if name not in self.errors:
                self.add_error(name, message)
        return said


class TopicInline(RowInline):
    model = Topic


class FactInline(RowInline):
    model = Fact
    form = FactForm
    related = ("school", "indicator")
    classes = ("collapse",)
    fields = ("indicator", "value", "number", "locator", "note")


class QuoteInline(RowInline):
    model = Quote
    form = OneStudyForm
    related = ("school",)
    classes = ("collapse",)
    fields = ("position", "locator", "topic", "speaker_role", "text", "is_fragment")
    ordering = ("position",)


class AdviceInline(RowInline):
    model = Advice
    classes = ("collapse",)
    fields = ("position", "text", "locator")


@admin.register(Study)
class StudyAdmin(RecordDesk):
    list_display = ("title", "author", "year", "slug", count_of("schools"), "is_published", "is_front")
    list_filter = ("is_published",)
    search_fields = ("title", "subtitle", "author", "slug")
    inlines = (TopicInline,)


@admin.register(School)
class SchoolAdmin(RecordDesk):
    list_display = ("letter", "name", "study", "phase", "setting", "pupils", "fsm_percent", count_of("quotes"))
    list_display_links = ("letter", "name")
    list_filter = (only("study"), "phase", "setting")
    search_fields = ("name", "slug", "place", "known_for", "summary")
    autocomplete_fields = ("study",)
    related = ("study",)
    inlines: tuple[type[RowInline], ...] = (FactInline, QuoteInline, AdviceInline)


@admin.register(Topic)
class TopicAdmin(RecordDesk):
    list_display = ("label", "name", "slug", "study", "position", "in_cases")
    list_filter = (only("study"), "in_cases")
    search_fields = ("label", "name", "slug")
    autocomplete_fields = ("study",)
    related = ("study",)


@admin.register(CaseSection)
class CaseSectionAdmin(RecordDesk):
    form = OneStudyForm
    list_display = ("school", "topic", beginning("summary"), "locator")
    list_display_links = ("school", "topic")
    list_filter = (only("school__study"), only("topic"), only("school"))
    search_fields = ("summary", "locator", "school__name")
    autocomplete_fields = ("school", "topic")
    related = ("school", "topic")


@admin.register(Indicator)
class IndicatorAdmin(RecordDesk):
    list_display = ("label", "slug", "group", "unit", "study", "position")
    list_filter = (only("study"), "group")
    search_fields = ("label", "slug", "explanation")
    autocomplete_fields = ("study",)
    related = ("study",)


@admin.register(Fact)
class FactAdmin(UploadMixin, RecordDesk):
    form = FactForm
    list_display = ("school", "indicator", "stated", "locator", beginning("note", words=8))
    list_display_links = ("school", "indicator")
    list_filter = (("value", admin.EmptyFieldListFilter), only("school"), "indicator__group", only("indicator"))
    search_fields = ("value", "note", "locator", "indicator__label", "school__name")
    autocomplete_fields = ("school", "indicator")
    related = ("school", "indicator")
    resource_classes = (FactResource,)

    @admin.display(description="value", ordering="value", empty_value="not stated")
    def stated(self, fact: Fact) -> str | None:
        """The value; what is not stated says so."""
        return fact.value or None


@admin.register(Quote)
class QuoteAdmin(UploadMixin, RecordDesk):
    form: type[forms.ModelForm] = OneStudyForm
    list_display = ("school", "locator", "topic", "speaker_role", beginning("text", "quote", words=16))
    list_display_links = ("school", "locator")
    list_filter = (only("school__study"), only("school"), only("topic"), "speaker_role", "is_fragment")
    search_fields = ("text", "locator", "note", "school__name")
    autocomplete_fields = ("school", "topic")
    related = ("school", "topic")
    resource_classes: tuple[type, ...] = (QuoteResource,)


@admin.register(Advice)
class AdviceAdmin(RecordDesk):
    list_display = ("school", "position", beginning("text"), "locator")
    list_display_links = ("school", "position")
    list_filter = (only("school__study"), only("school"))
    search_fields = ("text", "locator", "school__name")
    autocomplete_fields = ("school", "quote")
    related = ("school",)


@admin.register(Reference)
class ReferenceAdmin(RecordDesk):
    list_display = ("author", "year", "title", "publication", "study", "locator")
    list_filter = (only("study"), "year")
    search_fields = ("author", "title", "publication")
    autocomplete_fields = ("study",)
    related = ("study",)


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(RecordDesk):
    list_display = ("abbreviation", "expansion", beginning("note"), "study", "locator")
    list_filter = (only("study"),)
    search_fields = ("abbreviation", "expansion", "note")
    autocomplete_fields = ("study",)
    related = ("study",)
