"""What a person may write, checked."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q

from schools.fields import one_line
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


class WrittenField(forms.CharField):
    """Text that people write at length: one kind of line end, and not too long, counted as the page counts it."""

    widget = forms.Textarea

    def __init__(self, *, most: int, what: str) -> None:
        super().__init__(required=False, strip=False)
        self.most, self.what = most, what

    def to_python(self, value: Any) -> str:
        """Browsers send line ends as CRLF; one kind is kept."""
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        """Not longer than it may be."""
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(f"Shorten {self.what} to {self.most:,} characters: it has {len(value):,}.")


class WritingForm(forms.Form):
    """A member's view: what is written, the version that it was begun from, and the name of this save."""

    level = forms.ChoiceField(choices=Level.choices, required=False, widget=forms.RadioSelect)
    text = WrittenField(most=TEXT_LIMIT, what="your answer")
    is_complete = forms.BooleanField(required=False)
    base = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    save_id = forms.UUIDField(widget=forms.HiddenInput)

    def content(self) -> Content:
        """What was written, of a form that is sound."""
        names = set(self.cleaned_data) - {"base", "save_id"}
        return Content(**{name: self.cleaned_data[name] for name in names})


class AnswerForm(WritingForm):
    """The school's answer."""

    evidence = WrittenField(most=EVIDENCE_LIMIT, what="the evidence")
    is_priority = forms.BooleanField(required=False)

    def clean_evidence(self) -> str:
        """One link or document a line."""
        if fault := evidence.fault(self.cleaned_data["evidence"]):
            raise forms.ValidationError(fault)
        return self.cleaned_data["evidence"]


class TeamForm(forms.ModelForm):
    """A school says who it is; nothing is required. What was not changed on the page is not saved."""

    class Meta:
        model = Team
        fields = [*DETAILS]
        # Numbers are typed as text: a field for numbers drops what is none, and then nobody can be told what is wrong.
        widgets = {
            "pupils": forms.TextInput(attrs={"inputmode": "numeric"}),
            "fsm_percent": forms.TextInput(attrs={"inputmode": "decimal"}),
            "urn": forms.TextInput(attrs={"inputmode": "numeric"}),
        }
        error_messages = {
            "pupils": {"invalid": "Enter the number of pupils as a whole number, like 240."},
            "fsm_percent": {"invalid": "Enter the percentage of free school meals as a number, like 12.5."},
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, auto_id="school_%s", **options)
        for field in self.fields.values():
            field.show_hidden_initial = True


class InviteForm(forms.Form):
    """A colleague to invite."""

    name = forms.CharField(
        max_length=80,
        validators=[one_line],
        label="Colleague’s name",
        help_text="As the team will see it.",
        error_messages={"required": "Enter your colleague’s name."},
    )
    email = forms.EmailField(
        required=False,
        label="E-mail address (optional)",
        help_text="We send the invitation there. Without one you pass the link on yourself.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Enter an e-mail address like name@school.example."},
    )
    role = forms.ChoiceField(
        choices=[
            (Role.CONTRIBUTOR, "Contributor: reads and writes"),
            (Role.VIEWER, "Viewer: reads"),
            (Role.LEAD, "Lead: also invites people and deletes the review"),
        ],
        error_messages={"required": "Choose a role.", "invalid_choice": "Choose one of the roles."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, auto_id="invite_%s", **options)


class NameForm(forms.Form):
    """How colleagues see a member."""

    own_name = forms.CharField(
        max_length=80,
        validators=[one_line],
        label="Your name",
        help_text="As colleagues see it beside your answers.",
        error_messages={"required": "Enter your name."},
    )


class PenForm(forms.Form):
    """Who writes the school's answer besides the leads: everyone, nobody, or one member."""

    pen = forms.ChoiceField(label="Who writes the school’s answer", required=False)

    @classmethod
    def for_review(cls, review: Review, members: list[Membership], data: Any = None) -> "PenForm":
        """A form that offers the team's contributors by name."""
        holder = str(review.pen.guid) if review.pen else ""
        form = cls(data, initial={"pen": "everyone" if review.pen_for_all else holder})
        writers = [(str(one.guid), f"The leads and {one}") for one in members if one.role == Role.CONTRIBUTOR]
        form.fields["pen"].choices = [("", "Only the leads"), ("everyone", "The leads and every contributor"), *writers]
        return form


class ActionForm(forms.ModelForm):
    """Something to do; only what is required.

    `base` is the version that a change was begun from; `save_id` becomes the identity of a new action, so that sending
    the form twice makes one.
    """

    base = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput)
    save_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Action
        fields = ["title", "owner", "due", "status", "notes"]
        widgets = {"due": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        error_messages = {
            "title": {"required": "Say what is to be done."},
            "due": {"invalid": "Enter a date like 31/03/2027."},
            "status": {"required": "Choose a status.", "invalid_choice": "Choose one of the statuses."},
        }

    @classmethod
    def for_team(cls, team: Team, data: Any = None, **options: Any) -> "ActionForm":
        """A form that offers the team's own members as owners."""
        form = cls(data, **options)
        owner = form.fields["owner"]
        # Whoever has left stays the owner of what she had, until somebody takes it over.
        owner.queryset = Membership.objects.filter(Q(left_at=None) | Q(pk=form.instance.owner_id), team=team)
        owner.empty_label = "Nobody yet"
        form.fields["base"].initial = form.instance.version
        form.fields["save_id"].initial = uuid4()
        return form


class ShareForm(forms.Form):
    """A link to read a round."""

    note = forms.CharField(
        max_length=80, required=False, validators=[one_line], label="For whom", help_text="So that you know it again."
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=365,
        initial=30,
        label="Days until it expires",
        error_messages={
            "required": "Enter for how many days the link works, like 30.",
            "invalid": "Enter the days as a whole number, like 30.",
            "min_value": "Enter at least 1 day.",
            "max_value": "Enter at most 365 days.",
        },
    )
