"""What a person may write, checked."""

from typing import Any

from django import forms
from django.db.models import Q

from selfreview import evidence
from selfreview.actions import Content
from selfreview.frozen import DETAILS
from selfreview.models import Action, Membership, Review, Role, Team
from selfreview.models.review import EVIDENCE_LIMIT, TEXT_LIMIT, Level

LEVEL_HELP: dict[str, str] = {
    "not-started": "We have not turned to this yet.",
    "emerging": "Some of us try things out.",
    "developing": "We have a plan and are under way.",
    "established": "It is how we work, in most places.",
    "leading": "It works throughout, and others learn from us.",
    "not-sure": "We need to find out.",
    "not-applicable": "This does not concern our school.",
}


TOO_LONG = "Shorten it to %(limit_value)s characters: it has %(show_value)s."


class WritingForm(forms.Form):
    """A member's view: what is written, the version that it was begun from, and the name of this save."""

    level = forms.ChoiceField(choices=Level.choices, required=False, widget=forms.RadioSelect)
    text = forms.CharField(
        required=False,
        max_length=TEXT_LIMIT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9}),
        error_messages={"max_length": "Shorten your answer to %(limit_value)s characters: it has %(show_value)s."},
    )
    is_complete = forms.BooleanField(required=False)
    base = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    save_id = forms.UUIDField(widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """Browsers send line ends as CRLF; one kind is kept."""
        return _one_kind_of_line(self.cleaned_data["text"])

    def content(self) -> Content:
        """What was written, of a form that is sound."""
        names = set(self.cleaned_data) - {"base", "save_id"}
        return Content(**{name: self.cleaned_data[name] for name in names})


class AnswerForm(WritingForm):
    """The school's answer."""

    evidence = forms.CharField(
        required=False,
        max_length=EVIDENCE_LIMIT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": TOO_LONG},
    )
    is_priority = forms.BooleanField(required=False)

    def clean_evidence(self) -> str:
        """One link or document a line."""
        text = _one_kind_of_line(self.cleaned_data["evidence"])
        if fault := evidence.fault(text):
            raise forms.ValidationError(fault)
        return text


def _one_kind_of_line(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


class TeamForm(forms.ModelForm):
    """A school says who it is; nothing is required."""

    class Meta:
        model = Team
        fields = [*DETAILS]


class InviteForm(forms.Form):
    """A colleague to invite."""

    name = forms.CharField(max_length=80, label="Colleague’s name", help_text="As the team will see it.")
    email = forms.EmailField(
        required=False,
        label="E-mail address (optional)",
        help_text="We send the invitation there. Without one you pass the link on yourself.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        choices=[
            (Role.CONTRIBUTOR, "Contributor: reads and writes"),
            (Role.VIEWER, "Viewer: reads"),
            (Role.LEAD, "Lead: also invites people and deletes the review"),
        ]
    )


class NameForm(forms.Form):
    """How colleagues see a member."""

    own_name = forms.CharField(max_length=80, label="Your name", help_text="As colleagues see it beside your answers.")


class PenForm(forms.Form):
    """Who writes the school's answer besides the leads: everyone, nobody, or one member."""

    pen = forms.ChoiceField(label="Besides the leads, the agreed answer is written by", required=False)

    @classmethod
    def for_review(cls, review: Review, members: list[Membership], data: Any = None) -> "PenForm":
        """A form that offers the team's contributors by name."""
        holder = str(review.pen.guid) if review.pen else ""
        form = cls(data, initial={"pen": "everyone" if review.pen_for_all else holder})
        writers = [(str(one.guid), str(one)) for one in members if one.role == Role.CONTRIBUTOR]
        form.fields["pen"].choices = [("", "nobody"), ("everyone", "every contributor"), *writers]
        return form


class ActionForm(forms.ModelForm):
    """Something to do; only what is required. `base` is the version that a change was begun from."""

    base = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Action
        fields = ["title", "owner", "due", "status", "notes"]
        widgets = {"due": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    @classmethod
    def for_team(cls, team: Team, data: Any = None, **options: Any) -> "ActionForm":
        """A form that offers the team's own members as owners."""
        form = cls(data, **options)
        owner = form.fields["owner"]
        # Whoever has left stays the owner of what she had, until somebody takes it over.
        owner.queryset = Membership.objects.filter(Q(left_at=None) | Q(pk=form.instance.owner_id), team=team)
        owner.empty_label = "Nobody yet"
        form.fields["base"].initial = form.instance.version
        return form


class ShareForm(forms.Form):
    """A link to read a round."""

    note = forms.CharField(max_length=80, required=False, label="For whom", help_text="So that you know it again.")
    days = forms.IntegerField(
        min_value=1,
        max_value=365,
        initial=30,
        label="Days until it expires",
        error_messages={"invalid": "Enter a whole number of days, like 30."},
    )
