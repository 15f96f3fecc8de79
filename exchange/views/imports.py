"""Files of other programs: chosen, seen as what would be made of them, made, and taken back."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from exchange.imports.plan import MOST_IN_A_STEP, in_words
from exchange.imports.undoing import done_since, take_back
from exchange.incoming.records import Unreadable
from exchange.views.importing import (
    MEGABYTE,
    done_part,
    importing,
    is_long,
    key_of,
    planning_again,
    preview_context,
    preview_part,
    previewing,
)
from exchange.views.progress import at_once, told_page, under_way
from exchange.views.uploads import Limited
from findings import actions
from findings.actions.base import Refused
from findings.models import Codebook, CodebookMember, DeskRole, Import
from findings.views.base import attempt, room
from schools.models import Study

SEEN = "What would be imported"


class ImportForm(forms.Form):
    """A file, and where it goes."""

    file = forms.FileField(label="File")
    codebook = forms.ModelChoiceField(
        Codebook.objects.none(),
        to_field_name="guid",
        required=False,
        empty_label="Where it belongs by itself, or a new study",
        label="Into",
        help_text="Choose a codebook where the file comes from a program that forgets identities, like QualCoder.",
    )
    study = forms.ModelChoiceField(
        Study.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label="Not needed",
        label="Study",
        help_text="For transcripts that go into a study of your own, and for a file of codes without texts, which "
        "becomes a new codebook for this study.",
    )

    @classmethod
    def of(cls, user: Any, *data: Any, **options: Any) -> "ImportForm":
        """A form that offers the codebooks that a person may write in."""
        form = cls(*data, **options)
        fields: dict[str, Any] = form.fields
        fields["codebook"].queryset, fields["study"].queryset = cls.places(user)
        return form

    @staticmethod
    def places(user: Any) -> tuple[QuerySet[Codebook], QuerySet[Study]]:
        """The codebooks and the studies that a person may choose."""
        mine = CodebookMember.objects.filter(user=user).exclude(role=DeskRole.VIEWER)
        books = Codebook.objects.filter(is_published=False, pk__in=mine.values("codebook"))
        return books, Study.objects.visible_to(user)


def _limited(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Set the limit before anything reads what was sent; only then check where the form comes from."""
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def begin(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        request.import_limit = Limited(settings.IMPORT_LARGEST_MB * MEGABYTE, request)
        request.upload_handlers.insert(0, request.import_limit)
        return checked(request, *args, **options)

    return begin


@_limited
@room
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponseBase:
    """What was imported, and another file."""
    if request.method != "POST":
        return _choose(request, ImportForm.of(request.user, initial={"study": request.GET.get("study", "")}))
    form = ImportForm.of(request.user, request.POST, request.FILES)
    if request.import_limit.too_large:
        form.errors.pop("file", None)
        form.add_error(
            "file", f"The file is larger than {settings.IMPORT_LARGEST_MB} MB. Export fewer sources at a time."
        )
    if not form.is_valid():
        return _choose(request, form, 400)
    said = form.cleaned_data
    data, name = said["file"].read(), said["file"].name
    work = previewing(request, data, name, said["codebook"], said["study"])
    if is_long(len(data)):
        return told_page(request, work, lambda made: preview_part(request, *made), title=SEEN, name=name)
    try:
        one, _ = at_once(work)
    except (Unreadable, Refused) as error:
        form.add_error("file", f"Nothing was imported. {error}")
        return _choose(request, form, 400)
    return redirect("exchange:import_preview", one.guid)


def _choose(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    found = (
        Import.objects.filter(user=request.user)
        .defer("data", "brought")
        .select_related("study", "into", "step__codebook")
    ).prefetch_related("codebooks")[:50]
    told = under_way([key_of(one) for one in found if one.state == Import.State.PREVIEWED])
    context = {
        "form": form,
        "imports": [(one, told.get(key_of(one))) for one in found],
        "largest": settings.IMPORT_LARGEST_MB,
        "codings": settings.IMPORT_MOST_CODINGS,
        "at_once": MOST_IN_A_STEP,
    }
    return render(request, "exchange/imports.html", context, status=status)


@room
@require_http_methods(["GET", "HEAD", "POST"])
def import_preview(request: HttpRequest, guid: UUID) -> HttpResponseBase:
    """What would be made of a file; a POST makes it."""
    one = get_object_or_404(Import, guid=guid, user=request.user)
    if one.state != Import.State.PREVIEWED:  # its button was pressed twice, or it is open in another tab
        messages.info(request, f"“{one.name}” was decided already: {one.get_state_display().lower()}.")
        return redirect("exchange:imports")
    if under_way([key_of(one)]):
        messages.info(request, f"“{one.name}” is being brought in just now.")
        return redirect("exchange:imports")
    places = ImportForm.places(request.user)
    if request.method == "POST":
        return _make(request, one, *places)
    work = planning_again(request, one, *places)
    if is_long(len(one.data)):
        return told_page(request, work, partial(preview_part, request, one), title=SEEN, name=one.name)
    try:
        return render(request, "exchange/import_preview.html", preview_context(one, at_once(work)))
    except (Unreadable, Refused) as error:
        return _not_made(request, error)


def _make(request: HttpRequest, one: Import, *places: Any) -> HttpResponseBase:
    work = importing(request, one, *places)
    if is_long(len(one.data or b"")):
        show = partial(done_part, request)
        return told_page(request, work, show, title="Importing", name=one.name, key=key_of(one))
    try:
        at_once(work)
    except (Unreadable, Refused) as error:
        return _not_made(request, error)
    messages.success(request, f"“{one.name}” is imported.")
    return redirect("exchange:imports")


def _not_made(request: HttpRequest, error: Exception) -> HttpResponse:
    messages.error(request, f"Nothing was imported. {error}")
    return redirect("exchange:imports")


@room
@require_http_methods(["GET", "HEAD", "POST"])
def import_undo(request: HttpRequest, guid: UUID) -> HttpResponse:
    """What goes when an import is taken back; a POST takes it back."""
    one = get_object_or_404(Import.objects.defer("data"), guid=guid, user=request.user, state=Import.State.DONE)
    mine = actions.coder_of(user=request.user)
    since = done_since(one, mine)
    if request.method == "POST" and request.POST.get("codings", "0") == str(since.own_codings):
        attempt(request, take_back, f"“{one.name}” is taken back.", imported=one, mine=mine, with_own=True)
        return redirect("exchange:imports")
    context = {"import": one, "made": in_words(one.made), "since": since, "is_other": request.method == "POST"}
    return render(request, "exchange/import_undo.html", context, status=409 if request.method == "POST" else 200)


@room
@require_POST
def import_forget(request: HttpRequest, guid: UUID) -> HttpResponse:
    """Decide against a file that was previewed: nothing of it is kept."""
    with transaction.atomic():  # one that is being brought in is waited for, and is none of these then
        undecided = Import.objects.select_for_update().defer("data").filter(state=Import.State.PREVIEWED)
        get_object_or_404(undecided, guid=guid, user=request.user).delete()
    messages.success(request, "Nothing was imported, and the file is not kept.")
    return redirect("exchange:imports")
