"""What a person may write, checked."""

from typing import Any

from django import forms
from django.db.models import Q

from selfreview.actions import Content
from selfreview.models import Action, Membership, Role, Team
from selfreview.models.review import TEXT_LIMIT, Level

LEVEL_HELP: dict[str, str] = {
    "not-started": "We have not turned to this yet.",
    "emerging": "Some of us try things out.",
    "developing": "We have a plan and are under way.",
    "established": "It is how we work, in most places.",
    "leading": "It works throughout, and others learn from us.",
    "not-sure": "We need to find out.",
    "not-applicable": "This does not concern our school.",
}


class AnswerForm(forms.Form):
    """An answer, the version it was begun from, and the name of this save."""

    level = forms.ChoiceField(choices=Level.choices, required=False, widget=forms.RadioSelect)
    text = forms.CharField(
        required=False,
        max_length=TEXT_LIMIT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 9}),
        error_messages={"max_length": "Shorten your answer to %(limit_value)s characters: it has %(show_value)s."},
    )
    is_priority = forms.BooleanField(required=False)
    is_complete = forms.BooleanField(required=False)
    base = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    save_id = forms.UUIDField(widget=forms.HiddenInput)

    def clean_text(self) -> str:
        """Browsers send line ends as CRLF; one kind is kept."""
        return self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")

    def content(self) -> Content:
        """What was written, of a form that is sound."""
        said = self.cleaned_data
        return Content(said["level"], said["text"], said["is_priority"], said["is_complete"])


class TeamForm(forms.ModelForm):
    """A school says who it is; nothing is required."""

    class Meta:
        model = Team
        fields = ["name", "phase", "setting", "pupils", "fsm_percent", "urn"]


class InviteForm(forms.Form):
    """A colleague to invite."""

    name = forms.CharField(max_length=80, label="Colleague’s name", help_text="As the team will see it.")
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


class ActionForm(forms.ModelForm):
    """Something to do; only what is required."""

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
