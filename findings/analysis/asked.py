"""What a page of the analysis can be asked, checked: forms by GET, so that the address is the state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from findings.access import Desk
from findings.analysis.whose import Whose
from findings.filters import ChoicesField
from findings.models import Code
from findings.tree import Node, codebook_tree
from schools.models import School


@dataclass(frozen=True)
class Chosen:
    """A value chosen for a field, with the words for both."""

    name: str
    value: str
    label: str
    filter_label: str


@dataclass(frozen=True)
class Offers:
    """What a codebook has to choose from: codes as a tree, retired ones too, and the schools of its study."""

    whose: Whose
    tree: list[Node]
    schools: list[School]

    @classmethod
    def at(cls, desk: Desk, user: Any) -> "Offers":
        """Four queries; five once the codings are opened."""
        whose = Whose.at(desk, user)
        return cls(whose, codebook_tree(desk.codebook), list(School.objects.filter(study=desk.codebook.study_id)))

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Codes by GUID, with the codes above them, and whether they are retired."""
        return [
            (str(node.code.guid), f"{node.path} (retired)" if node.code.retired_at else node.path) for node in self.tree
        ]

    def chosen_codes(self, guids: Sequence[str]) -> list[Code]:
        """These codes in the tree's order; without any, all that are in use."""
        wanted = set(guids)
        return [
            node.code
            for node in self.tree
            if (str(node.code.guid) in wanted if wanted else node.code.retired_at is None)
        ]

    def chosen_schools(self, slugs: Sequence[str]) -> list[School]:
        """These schools in the study's order; without any, all."""
        wanted = set(slugs)
        return [one for one in self.schools if not wanted or one.slug in wanted]


def ticks(label: str, hint: str = "") -> ChoicesField:
    """A field of several choices as tick boxes; none chosen means all, or what is usual."""
    return ChoicesField(required=False, label=label, help_text=hint, widget=forms.CheckboxSelectMultiple)


class QuestionForm(forms.Form):
    """A form by GET whose answers the page lists, each to be taken away."""

    @property
    def chosen(self) -> list[Chosen]:
        """What the address asks for, each to be taken away by itself; what is usual unasked is not in it."""
        if not hasattr(self.data, "getlist"):
            return []
        found = []
        for field in self:
            labels = dict(getattr(field.field, "choices", []))
            for value in dict.fromkeys(self.data.getlist(field.name)):
                if value and (value in labels or not labels):
                    found.append(Chosen(field.name, value, str(labels.get(value, value)), str(field.label)))
        return found


class AskForm(QuestionForm):
    """What every page asks: whose codings, which codes, which schools."""

    by = ticks("Whose codings")
    code = ticks("Codes")
    school = ticks("Schools")
    offers: Offers

    @classmethod
    def of(cls, offers: Offers, data: Any) -> Any:
        """A form that offers what the codebook has."""
        form = cls(data)
        form.offers = offers
        fields: dict[str, Any] = form.fields
        choices = {"by": offers.whose.choices, "code": offers.codes}
        choices["school"] = [(one.slug, one.name) for one in offers.schools]
        for name, offered in choices.items():
            if name in fields:
                fields[name].choices = offered
        return form

    @property
    def folds(self) -> list[tuple[Any, str]]:
        """The fields of many choices, each with what is chosen, in a word or two: for the page to fold."""
        usual = {"by": self.offers.whose.words()}
        return [
            (field, f"{len(chosen)} chosen" if (chosen := field.value()) else usual.get(field.name, "all"))
            for field in self
            if isinstance(field.field.widget, forms.CheckboxSelectMultiple) and field.field.choices
        ]

    @property
    def rest(self) -> list[Any]:
        """The other fields."""
        return [field for field in self if not isinstance(field.field.widget, forms.CheckboxSelectMultiple)]

    def said(self, name: str) -> Any:
        """What was chosen, or what stands for nothing chosen where the form is not sound."""
        return self.cleaned_data.get(name) if hasattr(self, "cleaned_data") else None

    @property
    def whose(self) -> list[str]:
        """Whose codings were chosen."""
        return self.said("by") or []


def with_default(form: forms.Form, name: str, default: Any) -> Any:
    """A choice, or the default where none was made or none is sound."""
    return getattr(form, "cleaned_data", {}).get(name) or default


def faults_of(form: forms.Form) -> list[str]:
    """What is wrong, a line each, for an answer in plain text."""
    return [f"{name}: {message}" for name, found in form.errors.items() for message in found]
