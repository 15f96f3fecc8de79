"""What a reader can ask of a page, checked."""

import re
from typing import Any

from django import forms

from findings.comparison import MOST
from findings.drawing import LIGHT, THEMES
from findings.filters import KeysField
from schools.models import School, Setting, Study


class PlainNumberMixin(forms.Field):
    """Takes a number as people write it: 1,200 and 17% are as good as 1200 and 17."""

    def to_python(self, value: object) -> object:
        """Without thousands commas, blanks and a per cent sign."""
        if isinstance(value, str):
            value = re.sub(r",(?=\d{3}\b)|\s|%$", "", value.strip())
        return super().to_python(value)


class WholeNumberField(PlainNumberMixin, forms.IntegerField):
    """A whole number as people write it."""


class NumberField(PlainNumberMixin, forms.DecimalField):
    """A number as people write it."""


PUPILS = "Enter the number of pupils as a whole number from 1 to 5,000, like 230."
MEALS = "Enter the percentage as a number from 0 to 100, like 17.5."


class LikeMineForm(forms.Form):
    """A visitor's own school: any of the three will do, none is kept."""

    # Text boxes: those for numbers throw away what is not a number, and what was typed is to be kept.
    pupils = WholeNumberField(
        label="Pupils",
        required=False,
        min_value=1,
        max_value=5000,
        help_text="How many on roll",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": PUPILS, "min_value": PUPILS, "max_value": PUPILS},
    )
    fsm = NumberField(
        label="Free school meals (%)",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text="Percentage of pupils",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"), MEALS
        ),
    )
    setting = forms.ChoiceField(
        label="Setting",
        required=False,
        choices=[("", "Any"), *Setting.choices],
        help_text="Where it stands",
        error_messages={"invalid_choice": "Choose a setting from the list."},
    )


class OfStudyForm(forms.Form):
    """A form that chooses among the schools of a study; of all studies, where none is given."""

    def __init__(self, *args: Any, study: Study | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if isinstance(field, KeysField):
                field.study = study


class CompareForm(OfStudyForm):
    """Schools to compare."""

    school = KeysField(
        find=lambda keys: School.objects.published().filter(slug__in=keys), noun="school", required=False
    )
    hide = forms.ChoiceField(required=False, choices=[("", "Show all rows"), ("equal", "Hide rows that are the same")])

    def clean_school(self) -> list[School]:
        """At most as many as fit side by side."""
        schools = self.cleaned_data["school"]
        if len(schools) > MOST:
            raise forms.ValidationError(f"Choose at most {MOST} schools: you chose {len(schools)}. Untick some.")
        return schools


class FigureForm(OfStudyForm):
    """How a figure is drawn. `v` names the data version that the address was made for; any is taken."""

    theme = forms.ChoiceField(
        required=False,
        choices=list(THEMES.items()),
        error_messages={"invalid_choice": "“%(value)s” is not a theme. Choose light or dark."},
    )
    v = forms.CharField(required=False, max_length=40)
    about = forms.ChoiceField(required=False, choices=[("", "The file"), ("1", "What it is: study, version, filters")])

    def clean_theme(self) -> str:
        """Light, where nothing is asked for."""
        return self.cleaned_data["theme"] or LIGHT


class SchoolsFigureForm(FigureForm):
    """A figure of chosen schools, in the order given; of the first ones where none is chosen."""

    MOST = 12  # columns that can be told apart on a phone

    school = KeysField(
        find=lambda keys: School.objects.published().filter(slug__in=keys), noun="school", required=False
    )

    def clean_school(self) -> list[School]:
        """At most as many as fit."""
        schools = self.cleaned_data["school"]
        if len(schools) > self.MOST:
            raise forms.ValidationError(f"Choose at most {self.MOST} schools: you chose {len(schools)}.")
        return schools
