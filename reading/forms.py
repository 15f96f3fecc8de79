"""What a reader can ask of a page, checked."""

from django import forms

from findings.comparison import MOST
from findings.filters import KeysField
from schools.models import School, Setting


class LikeMineForm(forms.Form):
    """A visitor's own school: any of the three will do, none is kept."""

    pupils = forms.IntegerField(
        label="Pupils",
        required=False,
        min_value=1,
        max_value=5000,
        help_text="How many on roll",
        # A text box: one for numbers throws away what is not a number, and what was typed is to be kept.
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "Enter the number of pupils as a whole number, like 230."},
    )
    fsm = forms.DecimalField(
        label="Free school meals (%)",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text="Percentage of pupils",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "Enter the percentage as a number from 0 to 100, like 17.5."},
    )
    setting = forms.ChoiceField(label="Setting", required=False, choices=[("", "Any"), *Setting.choices])


class CompareForm(forms.Form):
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


class CodeChoiceForm(forms.Form):
    """Which code's passages a quote page marks; all when empty."""

    code = forms.CharField(required=False, max_length=200)
