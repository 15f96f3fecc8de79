"""The editors' desk for what was made of it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.text import Truncator

from findings.models import CaseEvidence, Code, Codebook, Coder, Coding, Evidence, Finding, Theme, Uncoded
from findings.team_work import REFUSAL, may_stand_on
from schools.admin import QuoteAdmin, QuoteInline, SchoolAdmin, StudyAdmin
from schools.admin_base import RecordDesk, RowInline, beginning, count_of, only
from schools.imports import QuoteResource
from schools.models import Quote, School, Study


class CodingForm(forms.ModelForm):
    """A coding whose passage lies in its quote."""

    coded_at = forms.SplitDateTimeField(widget=AdminSplitDateTime, initial=timezone.now)

    def clean(self) -> dict[str, Any]:
        """Check the passage against the quote."""
        said = super().clean() or self.cleaned_data
        quote, start, end = said.get("quote"), said.get("start"), said.get("end")
        if start is not None and end is not None and start >= end:
            self.add_error("end", "A passage ends after it starts.")
        elif quote and end is not None and end > len(quote.text):
            self.add_error(
                "end", f"The quote has {len(quote.text)} characters: the passage can end at {len(quote.text)}."
            )
        return said


class CodeForm(forms.ModelForm):
    """A code whose parent is of the same codebook."""

    def clean(self) -> dict[str, Any]:
        """Check the parent."""
        said = super().clean() or self.cleaned_data
        parent, codebook = said.get("parent"), said.get("codebook")
        if parent and codebook and parent.codebook_id != codebook.pk:
            self.add_error("parent", f"This code is of another codebook, {parent.codebook}.")
        return said


@admin.display(description="quote", ordering="quote")
def place(row: Any) -> str:
    """A column with the place of the row's quote: School A, L137."""
    return f"{row.quote.school}, {row.quote.locator}"


@admin.display(description="words")
def words(row: Any) -> str:
    """A column with the first words of the row's quote."""
    return Truncator(row.quote.text).words(12)


class EditorialRows(BaseModelAdmin):
    """Part of a desk: a team's codings, and those who made them, are the team's own, and no editor's to see."""

    editorial: dict[str, Any] = {"code__codebook__is_editorial": True}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The editors' rows."""
        return super().get_queryset(request).filter(**self.editorial)


class EditorialDesk(EditorialRows, RecordDesk):
    """A desk for editors' records of which teams have some, too: those have no history here either."""

    def check_own(self, request: HttpRequest, object_id: str) -> None:
        """Raise Http404 but for an editors' record, there still or deleted."""
        super().check_own(request, object_id)
        known = object_id.isdecimal() and (
            self.model.objects.filter(pk=object_id, **self.editorial).exists()
            or self.model.history.filter(id=object_id, **self.editorial).exists()
        )
        if not known:
            raise Http404("No such record.")


class CodingInline(EditorialRows, RowInline):
    model = Coding
    form = CodingForm
    related = ("quote", "code__codebook", "coder")
    fields = ("code", "coder", "start", "end", "passage", "memo", "coded_at")
    readonly_fields = ("passage",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Codes by codebook/code: two codebooks can have codes of one name."""
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if field and db_field.name == "code":
            field.choices = [(key, key.instance.key if key else label) for key, label in field.choices]
        return field


class UncodedInline(EditorialRows, RowInline):
    editorial = {"codebook__is_editorial": True}
    model = Uncoded
    related = ("quote",)


class EvidenceInline(RowInline):
    """Findings that a quote bears out."""

    model = Evidence
    related = ("finding", "quote")
    fields = ("finding", "coder", "reason")
    autocomplete_fields = ("finding",)


class FindingEvidenceInline(EvidenceInline):
    """Quotes that bear a finding out."""

    related = ("finding", "quote__school")
    fields = ("quote", "coder", "reason")
    autocomplete_fields = ("quote",)


class CaseEvidenceInline(RowInline):
    model = CaseEvidence
    related = ("finding", "school")
    autocomplete_fields = ("school",)


class CodeInline(RowInline):
    model = Code
    fields = ("position", "slug", "name", "definition", "include", "exclude", "locator")
    ordering = ("position",)


class FindingInline(RowInline):
    model = Finding
    fields = ("position", "slug", "title", "statement", "locator", "note")


class KeepsTeamsWork(admin.ModelAdmin):
    """Part of a desk: what a team's private work stands on is not deleted, and nothing of that work is told."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
        """What would be deleted with the records; or, in place of all of it, that they stay."""
        if may_stand_on(objs):
            return [], {}, set(), [REFUSAL]
        return super().get_deleted_objects(objs, request)


class KeepsTeamsWorkFormSet(forms.BaseInlineFormSet):
    """Rows of which none is deleted that a team's private work stands on."""

    def clean(self) -> None:
        """Check what is to be deleted."""
        super().clean()
        if may_stand_on(form.instance for form in self.deleted_forms):
            raise forms.ValidationError(f"One of the rows cannot be deleted: {REFUSAL[0].lower()}{REFUSAL[1:]}")


class KeptQuoteInline(QuoteInline):
    formset = KeepsTeamsWorkFormSet


SHORTER = "Private work of a team may stand at the end of this text: it can be changed, but not made shorter."


class CodedQuoteResource(QuoteResource):
    """Quotes, some of which are coded already."""

    def faults(self, instance: Quote) -> dict[str, str]:
        """Passages that a shorter text would cut off."""
        beyond = Coding.objects.filter(quote=instance.pk, end__gt=len(instance.text))
        editorial = beyond.filter(code__codebook__is_editorial=True).count()
        if editorial:
            return {"text": f"Coded passages reach beyond the end of this text: {editorial}. Move them first."}
        there = Quote.objects.filter(pk=instance.pk).first()
        is_shorter = there is not None and len(instance.text) < len(there.text)
        return {"text": SHORTER} if is_shorter and may_stand_on([there]) else {}


admin.site.unregister([Study, School, Quote])


@admin.register(Study)
class KeptStudyAdmin(KeepsTeamsWork, StudyAdmin):
    """A study that keeps its teams' codebooks."""


@admin.register(School)
class KeptSchoolAdmin(KeepsTeamsWork, SchoolAdmin):
    """A school that keeps what teams made of its quotes."""

    inlines = tuple(KeptQuoteInline if one is QuoteInline else one for one in SchoolAdmin.inlines)


@admin.register(Quote)
class CodedQuoteAdmin(KeepsTeamsWork, QuoteAdmin):
    """A quote with all that was made of it."""

    inlines = (CodingInline, UncodedInline, EvidenceInline)
    resource_classes = (CodedQuoteResource,)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Passages are places in the text, so new text can mean other words: say so."""
        super().save_related(request, form, formsets, change)
        editorial = form.instance.codings.filter(code__codebook__is_editorial=True)
        if change and "text" in form.changed_data and (editorial.exists() or may_stand_on([form.instance])):
            messages.warning(
                request, "The words of this quote changed. Look whether its coded passages are still right."
            )


@admin.register(Coder)
class CoderAdmin(EditorialDesk):
    editorial = {"is_person": False, "agreed_for": None}
    exclude = ("user", "agreed_for", "is_person")
    list_display = ("name", "slug", "note", count_of("codings"))
    search_fields = ("name", "slug")


@admin.register(Codebook)
class CodebookAdmin(EditorialDesk):
    editorial = {"is_editorial": True}
    exclude = ("is_editorial", "revision", "published_at", "authors", "shows_agreed", "opened_at", "follows")
    list_display = ("name", "slug", "version", "study", count_of("codes"), "position", "is_published")
    list_filter = (only("study"), "is_published")
    search_fields = ("name", "slug", "description")
    autocomplete_fields = ("study",)
    related = ("study",)
    inlines = (CodeInline,)


@admin.register(Code)
class CodeAdmin(EditorialDesk):
    editorial = {"codebook__is_editorial": True}
    exclude = ("retired_at", "merged_into", "memo")
    form = CodeForm
    list_display = (
        "name",
        "codebook",
        "parent",
        beginning("definition"),
        "position",
        count_of("codings"),
    )
    list_filter = (only("codebook"),)
    search_fields = ("name", "slug", "definition", "codebook__slug")
    autocomplete_fields = ("codebook", "parent", "example")
    related = ("codebook", "parent")


@admin.register(Coding)
class CodingAdmin(EditorialDesk):
    form = CodingForm
    list_display = (place, "code", "coder", beginning("passage", ordering="start"), beginning("memo"), "coded_at")
    list_display_links = (place, "code")
    list_filter = (only("code__codebook"), only("coder"), only("quote__school"), only("code"))
    search_fields = ("memo", "quote__text", "quote__locator", "code__name")
    autocomplete_fields = ("quote", "code")
    related = ("quote__school", "code__codebook", "coder")
    readonly_fields = ("passage",)
    date_hierarchy = "coded_at"


@admin.register(Uncoded)
class UncodedAdmin(EditorialDesk):
    editorial = {"codebook__is_editorial": True}
    list_display = (place, words, "codebook", "coder", beginning("reason"))
    list_filter = (only("codebook"), only("coder"), only("quote__school"))
    search_fields = ("reason", "quote__text", "quote__locator")
    autocomplete_fields = ("quote",)
    related = ("quote__school", "codebook", "coder")


@admin.register(Theme)
class ThemeAdmin(RecordDesk):
    list_display = ("name", "question", "study", "position", count_of("findings"))
    list_filter = (only("study"),)
    search_fields = ("name", "question", "slug")
    autocomplete_fields = ("study",)
    related = ("study",)
    inlines = (FindingInline,)


@admin.register(Finding)
class FindingAdmin(RecordDesk):
    list_display = (
        "title",
        "theme",
        "position",
        beginning("statement"),
        count_of("evidence", "quotes"),
        "locator",
    )
    list_filter = (only("theme"),)
    search_fields = ("title", "statement", "slug")
    autocomplete_fields = ("theme",)
    related = ("theme",)
    inlines = (FindingEvidenceInline, CaseEvidenceInline)


@admin.register(Evidence)
class EvidenceAdmin(RecordDesk):
    list_display = ("finding", place, words, "coder", beginning("reason"))
    list_display_links = ("finding", place)
    list_filter = (only("finding__theme"), only("quote__school"), only("coder"), only("finding"))
    search_fields = ("reason", "quote__text", "quote__locator", "finding__title")
    autocomplete_fields = ("finding", "quote")
    related = ("finding", "quote__school", "coder")


@admin.register(CaseEvidence)
class CaseEvidenceAdmin(RecordDesk):
    list_display = ("finding", "school", "coder", beginning("reason"), "locator")
    list_display_links = ("finding", "school")
    list_filter = (only("finding__theme"), only("school"), only("coder"), only("finding"))
    search_fields = ("reason", "locator", "finding__title")
    autocomplete_fields = ("finding", "school")
    related = ("finding", "school", "coder")
