"""Files of other programs: chosen, seen as what would be made of them, made, and taken back."""

import hashlib
import io
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from exchange.imports.plan import MOST_IN_A_STEP, Plan, in_words
from exchange.imports.undoing import done_since, take_back
from exchange.imports.writing import carry_out
from exchange.incoming.recognise import read
from exchange.incoming.records import Incoming, Limits, Unreadable
from exchange.incoming.transcripts import KIND as TRANSCRIPT
from exchange.views.uploads import Limited
from findings import actions
from findings.actions.base import Refused
from findings.models import Codebook, CodebookMember, DeskRole, Import
from findings.views.base import attempt, room
from schools.models import Study

MEGABYTE = 1024 * 1024


def limits() -> Limits:
    """How much of a file is read."""
    return Limits(unpacked=settings.IMPORT_UNPACKED_MB * MEGABYTE, codings=settings.IMPORT_MOST_CODINGS)


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
        places = CodebookMember.objects.filter(user=user).exclude(role=DeskRole.VIEWER)
        fields: dict[str, Any] = form.fields
        fields["study"].queryset = Study.objects.visible_to(user)
        fields["codebook"].queryset = Codebook.objects.filter(is_published=False, pk__in=places.values("codebook"))
        return form


def _limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Set the limit before anything reads what was sent; only then check where the form comes from."""
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def begin(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        request.import_limit = Limited(settings.IMPORT_LARGEST_MB * MEGABYTE, request)
        request.upload_handlers.insert(0, request.import_limit)
        return checked(request, *args, **options)

    return begin


@_limited
@room
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
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
    data, said = form.cleaned_data["file"].read(), form.cleaned_data
    try:
        held = _read(data, form.cleaned_data["file"].name)
        _plan(request, held, codebook=said["codebook"], study=said["study"])
    except (Unreadable, Refused) as error:
        form.add_error("file", f"Nothing was imported. {error}")
        return _choose(request, form, 400)
    Import.objects.filter(user=request.user, state=Import.State.PREVIEWED).delete()
    made = Import.objects.create(
        user=request.user,
        kind=held.kind,
        name=form.cleaned_data["file"].name[-120:],
        digest=hashlib.sha256(data).hexdigest(),
        data=data,
        made={
            "codebook": str(said["codebook"].guid) if said["codebook"] else "",
            "study": said["study"] and said["study"].slug,
        },
    )
    return redirect("exchange:import_preview", made.guid)


def _choose(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    found = (
        Import.objects.filter(user=request.user)
        .defer("data", "brought")
        .select_related("study", "into", "step__codebook")
    )
    context = {
        "form": form,
        "imports": found.prefetch_related("codebooks")[:50],
        "largest": settings.IMPORT_LARGEST_MB,
        "codings": settings.IMPORT_MOST_CODINGS,
        "at_once": MOST_IN_A_STEP,
    }
    return render(request, "exchange/imports.html", context, status=status)


def _read(data: bytes, name: str) -> Incoming:
    """All that comes in from a file. A transcript that names no case is named like its file. Raises Unreadable."""
    held = read(io.BytesIO(data), limits())
    if held.kind == TRANSCRIPT and len(held.sources) == 1 and held.sources[0].name == held.name:
        held.name = held.sources[0].name = Path(name).stem[:80].strip() or held.name
    return held


def _plan(request: HttpRequest, held: Incoming, **said: Any) -> Plan:
    return Plan.of(held, user=request.user, coder=actions.coder_of(user=request.user), **said)


def _planned(request: HttpRequest, one: Import) -> Plan:
    """The plan of a previewed import, as it is now. Raises Unreadable or Refused."""
    said = ImportForm.of(request.user)
    books, me = said.fields["codebook"].queryset, request.POST.get("me", "")
    codebook = books.filter(guid=one.made["codebook"]).first() if one.made.get("codebook") else None
    if one.made.get("codebook") and codebook is None:
        raise Refused("The codebook that this was for is not one that you may write in any more.")
    study = said.fields["study"].queryset.filter(slug=one.made.get("study") or "").first()
    held = _read(bytes(one.data), one.name)
    known = {str(coder.guid): coder.guid for coder in held.coders}
    return _plan(request, held, codebook=codebook, study=study, me=known.get(me))


@room
@require_http_methods(["GET", "HEAD", "POST"])
def import_preview(request: HttpRequest, guid: UUID) -> HttpResponse:
    """What would be made of a file; a POST makes it."""
    one = get_object_or_404(Import, guid=guid, user=request.user)
    if one.state != Import.State.PREVIEWED:  # its button was pressed twice, or it is open in another tab
        messages.info(request, f"“{one.name}” was decided already: {one.get_state_display().lower()}.")
        return redirect("exchange:imports")
    try:
        plan = _planned(request, one)
        if request.method == "POST":
            carry_out(plan=plan, imported=one)
            messages.success(request, f"“{one.name}” is imported.")
            return redirect("exchange:imports")
    except (Unreadable, Refused) as error:
        messages.error(request, f"Nothing was imported. {error}")
        return redirect("exchange:imports")
    who = [(coder, plan.who.by_guid[coder.guid]) for coder in plan.held.coders]
    context = {
        "import": one,
        "plan": plan,
        "new": in_words(plan.new()),
        "here": in_words(plan.here),
        "lost": dict(plan.lost()),
        "coders": [coder for coder, known in who if known != plan.who.mine],
    }
    return render(request, "exchange/import_preview.html", context)


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
    get_object_or_404(Import, guid=guid, user=request.user, state=Import.State.PREVIEWED).delete()
    messages.success(request, "Nothing was imported, and the file is not kept.")
    return redirect("exchange:imports")
