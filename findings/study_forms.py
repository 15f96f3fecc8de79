"""What a person may write of a study of one's own, checked."""

from decimal import Decimal
from typing import Any

from django import forms

from findings.forms import SeenMixin, TextField
from findings.seen import now_of
from schools.fields import check_locator
from schools.models import Fact, Indicator, Phase, Quote, School, Setting, SpeakerRole, Study
from schools.studies import NO_PLACE

TEXT_LIMIT = 10_000  # characters of a summary
QUOTE_LIMIT = 20_000
FACT_LIMIT = 500
NOT_STATED = [("", "Not stated")]


class TitleForm(forms.Form):
    """A new study: its title is enough to begin."""

    title = forms.CharField(max_length=200, label="Title", help_text="You can change it later.")


class StudyForm(TitleForm):
    """What a study is."""

    author = forms.CharField(
        max_length=200, required=False, label="Authors", help_text="As they are cited: Ann Gill; Mia Moss"
    )
    year = forms.IntegerField(min_value=1800, max_value=2200, label="Year")
    fieldwork = forms.CharField(max_length=200, required=False, label="Fieldwork", help_text="When and where.")
    summary = TextField(max_length=TEXT_LIMIT, label="Summary")
    method = TextField(max_length=TEXT_LIMIT, label="Method")

    @classmethod
    def of(cls, study: Study, data: Any = None) -> "StudyForm":
        """The form, with what the study says now."""
        return cls(data, initial={name: getattr(study, name) or None for name in cls.base_fields})


class NewCaseForm(forms.Form):
    """A new case: its name is enough."""

    name = forms.CharField(max_length=80, label="Name of the case", help_text="Like “Hill Primary School”.")


class CaseForm(NewCaseForm):
    """What a case is."""

    letter = forms.CharField(max_length=4, label="Letter", help_text="The sign that the case keeps everywhere.")
    phase = forms.ChoiceField(choices=NOT_STATED + Phase.choices, required=False, label="Phase")
    setting = forms.ChoiceField(choices=NOT_STATED + Setting.choices, required=False, label="Setting")
    pupils = forms.IntegerField(min_value=1, max_value=100_000, required=False, label="Pupils")
    fsm_percent = forms.DecimalField(
        min_value=0, max_value=100, max_digits=4, decimal_places=1, required=False, label="Free school meals (%)"
    )
    place = forms.CharField(max_length=200, required=False, label="Place, as described")
    known_for = forms.CharField(max_length=160, required=False, label="Known for")
    summary = TextField(max_length=TEXT_LIMIT, label="Summary")

    @classmethod
    def of(cls, school: School, data: Any = None) -> "CaseForm":
        """The form, with what the case says now."""
        return cls(data, initial={name: getattr(school, name) for name in cls.base_fields})


class FactsForm(forms.Form):
    """What is known of a case, one field for each thing that the study asks, and one thing more."""

    indicators: list[Indicator]
    there: dict[int, Fact]
    new_label = forms.CharField(max_length=80, required=False, label="Something else: what it is")
    new_value = forms.CharField(max_length=FACT_LIMIT, required=False, label="Something else: what is known of it")

    @classmethod
    def of(cls, school: School, data: Any = None) -> "FactsForm":
        """The form with the facts of a case. Two queries."""
        form = cls(data)
        form.there = {fact.indicator_id: fact for fact in school.facts.all()}
        form.indicators = list(Indicator.objects.filter(study=school.study_id))
        for one in form.indicators:
            value = form._was(one.pk)
            form.fields[f"fact_{one.pk}"] = forms.CharField(
                max_length=FACT_LIMIT, required=False, label=one.label, help_text=one.explanation, initial=value
            )
        form.order_fields([f"fact_{one.pk}" for one in form.indicators])
        return form

    def clean(self) -> dict[str, Any]:
        """Something else is named and said, or neither; what the study asks already has its field."""
        said = super().clean() or {}
        label, value = said.get("new_label", ""), said.get("new_value", "")
        if label and not value:
            self.add_error("new_value", "Say what is known of it, or empty its name.")
        if value and not label:
            self.add_error("new_label", "Say what this is.")
        if label.casefold() in {one.label.casefold() for one in self.indicators}:
            self.add_error("new_label", f"“{label}” has a field of its own above.")
        return said

    def values(self) -> dict[int, tuple[str, Decimal | None, str, str]]:
        """Value, number, locator and note by indicator, of the facts that were changed."""
        said = {one.pk: self.cleaned_data[f"fact_{one.pk}"] for one in self.indicators}
        changed = {key: value for key, value in said.items() if value != self._was(key)}
        return {key: (value, None, "", NO_PLACE) for key, value in changed.items()}

    def _was(self, key: int) -> str:
        return self.there[key].value if key in self.there else ""


class QuoteForm(SeenMixin):
    """Words that somebody said."""

    text = TextField(max_length=QUOTE_LIMIT, rows=6, required=True, label="Words")
    speaker = forms.CharField(
        max_length=80,
        required=False,
        label="Speaker",
        help_text="A name or sign. Empty shows the role alone.",
    )
    speaker_role = forms.ChoiceField(choices=SpeakerRole.choices, initial=SpeakerRole.OTHER, label="Role")
    locator = forms.CharField(
        max_length=80,
        required=False,
        validators=[check_locator],
        label="Line of your transcript",
        help_text="Like L137 or L129-L133. Left empty, the quote has a number, like Q3, and no line.",
        error_messages={"invalid": "Write a line like L137, L404+L406 or L129-L133."},
    )

    @classmethod
    def of(cls, quote: Quote, data: Any = None) -> "QuoteForm":
        """The form, with the quote as it is now."""
        return cls.showing(data, **now_of(quote, [name for name in cls.base_fields if name != "seen"]))

    def clean_text(self) -> str:
        """Words; spaces alone are none."""
        text = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError("Write what was said.")
        return text
