"""What may stand in the address of a download, besides the filters of the page that it is a download of."""

from typing import Any

from django import forms

from exchange.quotes_csv import Layout
from findings.comparison import FEWEST, MOST
from findings.filters import KeysField
from findings.models import Codebook
from reading.forms import CompareForm
from schools.models import School, Study


class FormulasForm(forms.Form):
    """What becomes of text that a spreadsheet would calculate. Empty is the default."""

    formulas = forms.ChoiceField(required=False, choices=[("", "Guarded"), ("keep", "Left as they are")])


class CsvForm(FormulasForm):
    """How a CSV file is written. Empty is the default."""

    bom = forms.ChoiceField(required=False, choices=[("", "No"), ("1", "Yes: Excel then reads accents rightly")])
    about = forms.ChoiceField(required=False, choices=[("", "The file"), ("1", "What it is: study, version, filters")])

    def options(self) -> dict[str, Any]:
        """The options of `exchange.tabular.csv_stream`. Needs a valid form."""
        return {"bom": bool(self.cleaned_data["bom"]), "keep_formulas": bool(self.cleaned_data["formulas"])}


class QuotesCsvForm(CsvForm):
    """How quotes are written as CSV."""

    layout = forms.ChoiceField(required=False, choices=[("", Layout.LONG), *((one, one) for one in Layout)])

    def clean_layout(self) -> str:
        """The layout; long, where none was asked for."""
        return self.cleaned_data["layout"] or Layout.LONG


class CodebookCsvForm(CsvForm):
    """How a codebook is written as CSV."""

    layout = forms.ChoiceField(required=False, choices=[("", "Every column"), ("tags", "Tags, for Taguette")])


class ProjectForm(forms.Form):
    """Which published codebooks a project has, instead of the editors'."""

    codebook = KeysField(find=lambda keys: Codebook.objects.published().filter(slug__in=keys), noun="codebook")

    def __init__(self, data: Any, study: Study) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["codebook"].required, fields["codebook"].study = False, study


class CodingsCsvForm(CsvForm):
    """Which quotes a member's codings are of."""

    key = forms.ChoiceField(required=False, choices=[("", "All quotes"), ("1", "Key quotes only")])
    coded = forms.ChoiceField(required=False, choices=[("", "All quotes"), ("1", "Only quotes with a coding")])


class CompareCsvForm(CsvForm, CompareForm):
    """Which schools are written side by side as CSV. Where the page explains itself, a file of nothing is a fault."""

    def clean_school(self) -> list[School]:
        """As many schools as a comparison needs."""
        schools = super().clean_school()
        if len(schools) < FEWEST:
            raise forms.ValidationError(f"Choose {FEWEST} to {MOST} schools, like school=a&school=c.")
        return schools
