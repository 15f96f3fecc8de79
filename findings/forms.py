"""What a person may write in the workbench, checked."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import Q, QuerySet

from findings.actions import given_name
from findings.hues import HUES
from findings.models import DEFINITION_LIMIT, MEMO_LIMIT, Code, Codebook, Coder, Coding, Decision, DeskRole
from findings.seen import marks, now_of
from findings.side_by_side import SHOWS
from findings.tree import Node, codebook_tree
from schools.models import Quote, School, Study


def one_kind_of_line_end(text: str) -> str:
    """Browsers send line ends as CR LF; LF alone is kept."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class AtMost(MaxLengthValidator):
    """So many characters at most, with the numbers as people read them."""

    def __call__(self, value: str) -> None:
        """Raises ValidationError, which says how long the text is."""
        if len(value) > self.limit_value:
            words = f"Shorten this to {self.limit_value:,} characters: it has {len(value):,}."
            raise forms.ValidationError(words, code=self.code)


class TextField(forms.CharField):
    """Text of several lines, kept as typed."""

    def __init__(self, *, max_length: int, rows: int = 4, **options: Any) -> None:
        options = {"required": False, "strip": False, "validators": [AtMost(max_length)]} | options
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> str:
        """The text, with LF alone as line end, so that its length is what the person counts."""
        return one_kind_of_line_end(super().to_python(value))


class SeenMixin(forms.Form):
    """A form that says what it showed, so that an old page undoes nothing (see `findings.seen`)."""

    seen = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)

    @classmethod
    def showing(cls, data: Any = None, **values: Any) -> Any:
        """The form, with these values; what a save from it gives back as `seen` are their signs."""
        return cls(data, initial={**values, "seen": marks(values)})


def name_field(what: str, **options: Any) -> forms.CharField:
    """What something is called. `what`: as the words say that ask for it, “the code”."""
    said = {
        "required": f"Give {what} a name.",
        "max_length": "Shorten the name to %(limit_value)s characters: it has %(show_value)s.",
    }
    return forms.CharField(max_length=120, label="Name", error_messages=said, **options)


def own_name_field(*, required: bool = True) -> forms.CharField:
    """How fellow coders see a coder."""
    return forms.CharField(
        max_length=80,
        required=required,
        label="Your name, as fellow coders see it",
        help_text="It stands beside what you code. Your e-mail address is never shown.",
        error_messages={"required": "Write your name, as your fellow coders are to see it."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class NamedForm(forms.Form):
    """A form that asks for one's name where no name was given yet."""

    own_name = own_name_field()

    @classmethod
    def for_coder(cls, coder: Coder, data: Any = None, **options: Any) -> Any:
        """The form; `own_name` stands in it for a coder without a given name alone."""
        form = cls(data, **options)
        if given_name(coder):
            del form.fields["own_name"]
        return form


class StartForm(NamedForm):
    """A new codebook: empty, or with the codes of a published one."""

    name = name_field("the codebook", help_text="Up to 120 characters. You can change it later.")
    study = forms.ModelChoiceField(Study.objects.none(), to_field_name="slug", empty_label=None)
    source = forms.ModelChoiceField(
        Codebook.objects.published(),
        to_field_name="slug",
        required=False,
        empty_label="None: start empty",
        label="Start with the codes of",
        help_text="The codes are copied; the codings are not.",
    )

    @classmethod
    def for_coder(cls, coder: Coder, data: Any = None, *, study: str = "", **options: Any) -> "StartForm":
        """The form, with the studies that the coder may see, a published one first. `study`: the slug to begin with."""
        studies = Study.objects.visible_to(coder.user).order_by("-is_published", "pk")
        form = super().for_coder(coder, data, **({"initial": {"study": study or studies.first()}} | options))
        form.fields["study"].queryset = studies
        return form


class CoderNameForm(forms.Form):
    """How fellow coders see a coder."""

    own_name = own_name_field()


class DescribeForm(forms.Form):
    """What a codebook is called and is for."""

    name = name_field("the codebook")
    description = TextField(max_length=DEFINITION_LIMIT, label="What it is for")


class PublishForm(forms.Form):
    """How a codebook is cited, and whether its agreed codings are public, too."""

    version = forms.RegexField(
        r"^[0-9]+(\.[0-9]+){0,2}$",
        max_length=20,
        label="Version",
        help_text="Like 1.0.",
        error_messages=dict.fromkeys(("required", "invalid"), "Write a version like 1.0 or 2.1."),
    )
    authors = forms.CharField(
        max_length=300,
        label="Authors",
        help_text="Their names as they are to be cited, like “Ann Lee, Ben Shah”. Everyone can read them.",
        error_messages={"required": "Name the authors as they are to be cited."},
    )
    shows_agreed = forms.BooleanField(required=False, label="Publish the agreed codings with it")


class VersionForm(forms.Form):
    """The number of a new version, and whether all that was made with the codes comes along."""

    next_version = forms.RegexField(
        r"^[0-9]+(\.[0-9]+){0,2}$",
        max_length=20,
        label="Number of the new version",
        help_text="Like 1.1 for small changes, 2.0 for large ones.",
        error_messages=dict.fromkeys(("required", "invalid"), "Write a version like 1.1 or 2.0."),
    )
    with_codings = forms.BooleanField(
        required=False,
        initial=True,
        label="Take all codings, memos, decisions, summaries and saved queries along",
    )


class InviteForm(forms.Form):
    """Somebody to invite."""

    note = forms.CharField(
        max_length=80, required=False, label="For whom", help_text="So that you can tell your invitations apart."
    )
    role = forms.ChoiceField(
        choices=[
            (DeskRole.CODER, "Coder: codes, and adds and describes codes"),
            (DeskRole.VIEWER, "Viewer: reads, once the codings are opened"),
            (DeskRole.LEAD, "Lead: also merges codes, invites, opens, decides and publishes"),
        ]
    )


class CodeForm(SeenMixin, forms.ModelForm):
    """What a code means, and how it looks and is assigned."""

    name = name_field("the code")
    definition = TextField(max_length=DEFINITION_LIMIT, label="Definition")
    include = TextField(max_length=DEFINITION_LIMIT, label="Include when", rows=2)
    exclude = TextField(max_length=DEFINITION_LIMIT, label="Exclude when", rows=2)
    memo = TextField(
        max_length=MEMO_LIMIT,
        label="Memo",
        help_text="What you note about the code. All members can read it; it is not published.",
    )
    colour = forms.TypedChoiceField(choices=HUES, coerce=int, label="Colour")
    number_key = forms.TypedChoiceField(
        choices=[("", "None"), *((number, str(number)) for number in range(1, 10))],
        coerce=int,
        empty_value=None,
        required=False,
        label="Number key",
        help_text="Assigns the code on the coding page.",
    )
    example = forms.CharField(
        required=False,
        max_length=80,
        label="Example",
        help_text="The place of a quote that shows it clearly: school and line, like “a L137”, or “a Q3” for quote 3.",
    )

    class Meta:
        model = Code
        fields = ["name", "definition", "include", "exclude", "memo", "colour", "number_key"]

    @classmethod
    def of(cls, code: Code) -> "CodeForm":
        """The form of a code as it is now. Needs its example and that one's school loaded."""
        place = f"{code.example.school.slug} {code.example.locator}" if code.example else ""
        return cls(
            instance=code, initial={"example": place, "seen": marks(now_of(code, [*cls.Meta.fields, "example"]))}
        )

    def clean_example(self) -> Quote | None:
        """The quote at this place."""
        said = self.cleaned_data["example"].split()
        if not said:
            return None
        quotes = Quote.objects.filter(school__study=self.instance.codebook.study_id).select_related("school")
        quote = (
            quotes.filter(
                Q(school__slug__iexact=said[0]) | Q(school__letter__iexact=said[0]), locator__iexact=said[-1]
            ).first()
            if len(said) == 2
            else None
        )
        if quote is None:
            raise forms.ValidationError(
                "There is no quote at this place. Write the school and the line, like “a L137”."
            )
        return quote

    def validate_constraints(self) -> None:
        """The action checks what is taken, and says by which code."""


class SplitForm(forms.Form):
    """Which of a code's codings go to a new code, and what that is called."""

    name = name_field("the new code")
    coding = forms.ModelMultipleChoiceField(
        Coding.objects.none(),
        to_field_name="guid",
        label="Codings to split off",
        widget=forms.MultipleHiddenInput,  # the page has a tick beside each
        error_messages={"required": "Tick at least one coding to split off."}
        | dict.fromkeys(
            ("invalid_choice", "invalid_pk_value", "invalid_list"),
            "A coding that you ticked is no longer with this code: it was moved or deleted meanwhile. "
            "Look at the list again, and tick what is to go.",
        ),
    )

    @classmethod
    def of(cls, codings: QuerySet[Coding], data: Any = None) -> "SplitForm":
        """A form that takes some of these codings. Its fields stand apart from the code's own on the page."""
        form = cls(data, auto_id="split-%s")
        fields: dict[str, Any] = form.fields
        fields["coding"].queryset = codings
        fields["name"].label = "Name of the new code"
        fields["name"].widget.attrs["form"] = "split"
        return form

    @property
    def ticked(self) -> set[str]:
        """GUIDs of the codings that were ticked, as they were sent."""
        return set(self["coding"].value() or [])


class ParentForm(forms.Form):
    """A place in the tree for a code."""

    parent = forms.ChoiceField(required=False, label="Below which code")

    @classmethod
    def for_tree(cls, tree: list[Node], data: Any = None, *, but: set[int] | None = None) -> "ParentForm":
        """A form that offers the root and the codes in use, but for some."""
        form = cls(data)
        form.fields["parent"].choices = [("", "None: at the top")] + [
            (str(node.code.guid), node.path) for node in tree if node.code.pk not in (but or set())
        ]
        return form


class PassageForm(forms.Form):
    """A passage to code: by its place, with a code by GUID, by name, or a new one."""

    start = forms.IntegerField(required=False)
    end = forms.IntegerField(required=False)
    code = forms.UUIDField(required=False)
    code_name = forms.CharField(required=False, max_length=1000)
    new_name = forms.CharField(required=False, max_length=120)
    memo = TextField(max_length=MEMO_LIMIT)


class MemoForm(SeenMixin):
    """A memo on a coding."""

    memo = TextField(max_length=MEMO_LIMIT, label="Memo", rows=5)


class NoteForm(SeenMixin):
    """A memo on a quote, or a mark on it; what is not sent stays as it is."""

    memo = TextField(max_length=MEMO_LIMIT, label="Memo on this quote")
    is_key = forms.TypedChoiceField(choices=[("1", "yes"), ("0", "no")], coerce=lambda on: on == "1", required=False)
    is_done = forms.TypedChoiceField(choices=[("1", "yes"), ("0", "no")], coerce=lambda on: on == "1", required=False)

    def sent(self) -> dict[str, Any]:
        """What was sent, of a form that is sound."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.data and name != "seen"}


class DecisionForm(forms.Form):
    """What is decided about a passage."""

    code = forms.UUIDField()
    start = forms.IntegerField()
    end = forms.IntegerField()
    verdict = forms.ChoiceField(choices=Decision.Verdict.choices)
    to = forms.RegexField(r"^[0-9]{1,7}-[0-9]{1,7}$", required=False)
    reason = TextField(max_length=MEMO_LIMIT, label="Reason", rows=2)

    def passage(self) -> tuple[int, int] | None:
        """The adjusted passage, where one was given."""
        start, _, end = self.cleaned_data["to"].partition("-")
        return (int(start), int(end)) if end else None


class CodingsFilter(forms.Form):
    """Which codings to show."""

    code = forms.ChoiceField(required=False, label="Code")
    school = forms.ModelChoiceField(
        School.objects.none(), to_field_name="slug", required=False, empty_label="All schools", label="School"
    )
    coder = forms.ChoiceField(required=False, label="Coder")

    @classmethod
    def for_desk(cls, codebook: Codebook, is_open: bool, data: Any) -> "CodingsFilter":
        """A form that offers what the codebook has; coders only once their codings are opened. Three queries."""
        form = cls(data)
        fields: dict[str, Any] = form.fields
        fields["code"].choices = [("", "All codes")] + [
            (str(node.code.guid), f"{node.path} (retired)" if node.code.retired_at else node.path)
            for node in codebook_tree(codebook)
        ]
        fields["school"].queryset = School.objects.filter(study=codebook.study_id)
        if is_open:
            coders = Coder.objects.filter(codings__code__codebook=codebook).distinct().order_by("name", "pk")
            fields["coder"].choices = [("", "All coders")] + [(str(one.guid), one.name) for one in coders]
        else:
            del fields["coder"]
        return form

    def narrow(self, codings: QuerySet[Coding]) -> QuerySet[Coding]:
        """The codings chosen, by a form that is sound."""
        said = self.cleaned_data
        if said.get("code"):
            codings = codings.filter(code__guid=said["code"])
        if said.get("school"):
            codings = codings.filter(quote__school=said["school"])
        return codings.filter(coder__guid=said["coder"]) if said.get("coder") else codings


class SideFilter(forms.Form):
    """Which passages to compare."""

    show = forms.ChoiceField(choices=SHOWS, required=False, label="Show")
    school = forms.ModelChoiceField(
        School.objects.none(), to_field_name="slug", required=False, empty_label="All schools", label="School"
    )
    code = forms.ModelChoiceField(
        Code.objects.none(), to_field_name="guid", required=False, empty_label="All codes", label="Code"
    )
    quote = forms.ModelChoiceField(
        Quote.objects.none(), to_field_name="guid", required=False, label="Quote", widget=forms.HiddenInput
    )

    @classmethod
    def for_desk(cls, codebook: Codebook, data: Any) -> "SideFilter":
        """A form that offers the codebook's codes, and its study's schools and quotes."""
        form = cls(data)
        fields: dict[str, Any] = form.fields
        fields["school"].queryset = School.objects.filter(study=codebook.study_id)
        fields["code"].queryset = Code.objects.filter(codebook=codebook).order_by("position", "pk")
        fields["code"].label_from_instance = lambda code: f"{code} (retired)" if code.retired_at else str(code)
        fields["quote"].queryset = Quote.objects.filter(school__study=codebook.study_id)
        return form
