"""One question per page: answer it, settle a conflict, look at its history."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from findings.models import Coding
from schools.models import Quote
from selfreview.access import Seat, private, seat_of
from selfreview.actions import ClosedError, Conflict, restore_revision, save_answer
from selfreview.forms import LEVEL_HELP, AnswerForm
from selfreview.models import Answer, AnswerRevision, Level, Question, Review

QUOTES_BESIDE = 3  # quotes of the five schools beside a question


@dataclass(frozen=True)
class Place:
    """A question among the questions of its round."""

    question: Question
    number: int
    count: int
    previous: Question | None
    next: Question | None

    @classmethod
    def of(cls, review: Review, section: str, position: int) -> "Place | None":
        """Where a question stands; None where the questionnaire has no such question. One query."""
        questions = Question.objects.filter(section__questionnaire=review.questionnaire_id).select_related("section")
        every = list(questions)
        for index, one in enumerate(every):
            if one.section.slug == section and one.position == position:
                following = every[index + 1] if index + 1 < len(every) else None
                return cls(one, index + 1, len(every), every[index - 1] if index else None, following)
        return None


def _place(review: Review, section: str, position: int) -> Place:
    place = Place.of(review, section, position)
    if place is None:
        raise Http404("No such question.")
    return place


@private
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, guid: UUID, section: str, position: int) -> HttpResponse:
    """A question with its answer; a POST saves it."""
    seat = seat_of(request, guid, write=request.method == "POST")
    place = _place(seat.review, section, position)
    if request.method == "POST":
        return _save(request, seat, place)
    answer = Answer.objects.filter(review=seat.review, question=place.question).select_related("updated_by").first()
    form = AnswerForm(initial=_initial(answer))
    return _render(request, seat, place, form, answer)


def _initial(answer: Answer | None) -> dict:
    said = {"base": answer.version if answer else 0, "save_id": uuid4()}
    if answer:
        names = ("level", "text", "is_priority", "is_complete")
        said |= {name: getattr(answer, name) for name in names}
    return said


def _render(
    request: HttpRequest, seat: Seat, place: Place, form: AnswerForm, answer: Answer | None, status: int = 200
) -> HttpResponse:
    context = {
        "seat": seat,
        "place": place,
        "form": form,
        "answer": answer,
        "levels": [(value, label, LEVEL_HELP[value]) for value, label in Level.choices],
        "last_time": _last_time(seat.review, place.question),
        "findings": place.question.finding_links.published().select_related("finding"),
        "codes": place.question.code_links.published().select_related("code__codebook"),
        "quotes": _quotes_beside(place.question),
    }
    return render(request, "selfreview/question.html", context, status=status)


def _last_time(review: Review, question: Question) -> Answer | None:
    """What the team said to the same question in the round before."""
    if review.number == 1:
        return None
    before = Answer.objects.filter(review__team=review.team_id, review__number=review.number - 1, question=question)
    return before.select_related("review").first()


def _quotes_beside(question: Question) -> list[Quote]:
    """Quotes that bear out the findings linked to a question, those under its codes first."""
    codes = question.code_links.values("code")
    coded = Coding.objects.published().filter(code__in=codes).values("quote")
    linked = Quote.objects.published().filter(evidence__finding__question_links__question=question)
    return list(
        linked.filter(pk__in=coded).for_reading().distinct().order_by("school__position", "position")[:QUOTES_BESIDE]
    )


def _save(request: HttpRequest, seat: Seat, place: Place) -> HttpResponse:
    wants_json = request.headers.get("Accept") == "application/json"
    form = AnswerForm(request.POST)
    if not form.is_valid():
        if wants_json:
            return JsonResponse({"errors": form.errors}, status=400)
        return _render(request, seat, place, form, None, status=400)
    try:
        result = save_answer(
            review=seat.review,
            question=place.question,
            member=seat.member,
            content=form.content(),
            base=form.cleaned_data["base"],
            save_id=form.cleaned_data["save_id"],
        )
    except ClosedError as error:
        raise PermissionDenied from error
    if isinstance(result, Conflict):
        return _conflict(request, seat, place, form, result.theirs, as_json=wants_json)
    if wants_json:
        saved_at = date_format(timezone.localtime(result.answer.updated_at), "H:i")
        return JsonResponse({"version": result.answer.version, "saved_at": saved_at})
    return redirect(_after(request, seat, place))


def _after(request: HttpRequest, seat: Seat, place: Place) -> str:
    if "stay" in request.POST or place.next is None:
        return seat.review.get_absolute_url()
    following = place.next
    return reverse("selfreview:question", args=[seat.review.guid, following.section.slug, following.position])


def _conflict(
    request: HttpRequest, seat: Seat, place: Place, form: AnswerForm, theirs: Answer, *, as_json: bool
) -> HttpResponse:
    """409: both texts, who and when; nothing was written."""
    if as_json:
        return JsonResponse({"conflict": True, "by": str(theirs.updated_by or "A colleague")}, status=409)
    mine = form.content()
    merged = mine.text if mine.text == theirs.text else "\n\n".join(part for part in (theirs.text, mine.text) if part)
    context = {
        "seat": seat,
        "place": place,
        "mine": mine,
        "mine_level": Level(mine.level).label if mine.level else "",
        "theirs": theirs,
        "merged": merged,
        "levels": Level.choices,
        "save_id": uuid4(),
        "merge_id": uuid4(),
    }
    return render(request, "selfreview/conflict.html", context, status=409)


@private
@require_GET
def history(request: HttpRequest, guid: UUID, section: str, position: int) -> HttpResponse:
    """Every state that an answer was in."""
    seat = seat_of(request, guid)
    place = _place(seat.review, section, position)
    revisions = AnswerRevision.objects.filter(answer__review=seat.review, answer__question=place.question)
    context = {"seat": seat, "place": place, "revisions": revisions.select_related("saved_by")[:200]}
    return render(request, "selfreview/history.html", context)


@private
@require_POST
def restore(request: HttpRequest, guid: UUID, section: str, position: int, number: int) -> HttpResponse:
    """Make an earlier state the answer again."""
    seat = seat_of(request, guid, write=True)
    place = _place(seat.review, section, position)
    revision = get_object_or_404(
        AnswerRevision, answer__review=seat.review, answer__question=place.question, number=number
    )
    try:
        restore_revision(revision=revision, member=seat.member)
    except ClosedError as error:
        raise PermissionDenied from error
    return redirect("selfreview:question", guid, section, position)
