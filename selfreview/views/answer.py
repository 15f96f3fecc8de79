"""One question per page: answer it, or write one's own view; settle a conflict; look at its history."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST

from findings.models import Coding
from schools.models import Quote
from selfreview import evidence, quick
from selfreview.access import Seat, private, seat_of
from selfreview.accord import Accord
from selfreview.actions import ClosedError, Conflict, Content, Saved, save_answer, save_view
from selfreview.forms import LEVEL_HELP, AnswerForm, WritingForm
from selfreview.models import Answer, Level, Question, Review, View

QUOTES_BESIDE = 3  # quotes of the five schools beside a question


@dataclass(frozen=True)
class Place:
    """A question among the questions of its round."""

    question: Question
    number: int
    count: int
    previous: Question | None
    next: Question | None


def place_of(review: Review, section: str, position: int) -> Place:
    """Where a question of a round stands. One query. Raises Http404 where its questionnaire has none such."""
    every = list(_questions(review))
    for index, one in enumerate(every):
        if one.section.slug == section and one.position == position:
            following = every[index + 1] if index + 1 < len(every) else None
            return Place(one, index + 1, len(every), every[index - 1] if index else None, following)
    raise Http404("No such question.")


def _questions(review: Review) -> QuerySet[Question]:
    """All that a round asks, in order, each with its section."""
    return Question.objects.filter(section__questionnaire=review.questionnaire_id).select_related("section")


@private
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, guid: UUID, section: str, position: int) -> HttpResponse:
    """A question with the school's answer, or with one's own view while views are written; a POST saves the answer."""
    if request.method == "POST":
        form = AnswerForm(request.POST)
        quickly = _saved_quickly(request, guid, section, position, form)
        return quickly or _save(request, seat_of(request, guid, write=True), section, position, form)
    seat = seat_of(request, guid)
    place = place_of(seat.review, section, position)
    if seat.writes_view:
        mine = View.objects.filter(review=seat.review, question=place.question, member=seat.member).first()
        return _render(request, seat, place, WritingForm(initial=_initial(mine)), mine)
    answer = Answer.objects.filter(review=seat.review, question=place.question).select_related("updated_by").first()
    return _render(request, seat, place, AnswerForm(initial=_initial(answer)), answer)


@private
@require_POST
def view(request: HttpRequest, guid: UUID, section: str, position: int) -> HttpResponse:
    """Save one's own view of a question."""
    seat = seat_of(request, guid, write=True)
    return _save(request, seat, section, position, WritingForm(request.POST))


def _initial(written: Answer | View | None) -> dict:
    said = {"base": written.version if written else 0, "save_id": uuid4()}
    return said | {name: getattr(written, name) for name in written.CONTENT} if written else said


def _render(
    request: HttpRequest,
    seat: Seat,
    place: Place,
    form: WritingForm,
    written: Answer | View | None,
    status: int = 200,
) -> HttpResponse:
    views = _open_views(seat.review, place.question)
    begun_from = next((one for one in views if str(one.guid) == request.GET.get("from")), None)
    if begun_from and seat.may_answer:
        form.initial |= {"level": begun_from.level, "text": begun_from.text}
    context = {
        "seat": seat,
        "place": place,
        "form": form,
        "draft_key": _draft_key(seat, place),
        "answer": written,
        "evidence": evidence.items(written.evidence) if written else [],
        "levels": [(value, label, LEVEL_HELP[value]) for value, label in Level.choices],
        "last_time": _last_time(seat.review, place.question),
        "views": views,
        "accord": Accord.of(one.level for one in views),
        "begun_from": begun_from,
        "findings": place.question.finding_links.published().select_related("finding"),
        "codes": place.question.code_links.published().select_related("code__codebook"),
        "quotes": _quotes_beside(place.question),
    }
    return render(request, "selfreview/question.html", context, status=status)


def _open_views(review: Review, question: Question) -> list[View]:
    """What members think of a question, once all may see it."""
    if review.views_opened_at is None:
        return []
    # Asked of the database once more: they may have been closed again since the round was read.
    shown = View.objects.filter(review=review, question=question, review__views_opened_at__isnull=False)
    return list(shown.exclude(level="", text="").select_related("member"))


def _last_time(review: Review, question: Question) -> Answer | None:
    """What the team said to the same question in the round before, whichever version of it that was."""
    if review.number == 1:
        return None
    first = Question.objects.first_versions(review.questionnaire.slug)
    same = [pk for pk, root in first.items() if root == first[question.pk]]
    before = Answer.objects.filter(review__team=review.team_id, review__number=review.number - 1, question__in=same)
    return before.select_related("review", "question").first()


def _quotes_beside(question: Question) -> list[Quote]:
    """Quotes that bear out the findings linked to a question, those under its codes first."""
    codes = question.code_links.values("code")
    coded = Coding.objects.published().filter(code__in=codes).values("quote")
    linked = Quote.objects.published().filter(evidence__finding__question_links__question=question)
    return list(
        linked.filter(pk__in=coded).for_reading().distinct().order_by("school__position", "position")[:QUOTES_BESIDE]
    )


def _save(request: HttpRequest, seat: Seat, section: str, position: int, form: WritingForm) -> HttpResponse:
    """Save what was written. A script, which saves every few seconds, is told in a word how it went; a person sees it.

    Raises Http404 where the round has no such question.
    """
    if _asked_by_script(request):
        question = get_object_or_404(_questions(seat.review), section__slug=section, position=position)
        return _save_for_script(request, seat, question, form)
    place = place_of(seat.review, section, position)
    if not form.is_valid():
        return _render(request, seat, place, form, None, status=400)
    try:
        result = _stored(seat, place.question, form)
    except ClosedError:
        return not_saved(request, seat, place, form.content())
    if isinstance(result, Conflict):
        return _conflict(request, seat, place, form, result.theirs)
    # Proof for the browser, which keeps a draft until the server has it; and a word for the person.
    draft = f"{_draft_key(seat, place)} {form.cleaned_data['save_id']}"
    messages.success(request, f"Question {place.question.number} is saved.", extra_tags=draft)
    return redirect(_after(request, seat, place))


def _asked_by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _saved_quickly(
    request: HttpRequest, guid: UUID, section: str, position: int, form: AnswerForm
) -> JsonResponse | None:
    """The answer to an autosave that goes on from what stands, as nearly every one does; None for all others."""
    if not (_asked_by_script(request) and form.is_valid()):
        return None
    content, said = form.content(), form.cleaned_data
    saved = quick.save(request, guid, section, position, content=content, base=said["base"], save_id=said["save_id"])
    return JsonResponse(_saved(saved, content)) if saved else None


def _save_for_script(request: HttpRequest, seat: Seat, question: Question, form: WritingForm) -> JsonResponse:
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    try:
        result = _stored(seat, question, form)
    except ClosedError:
        return JsonResponse({"reason": _moved_on(request, seat)}, status=409)
    if isinstance(result, Conflict):
        by = str(result.theirs.updated_by or "A colleague")
        return JsonResponse({"conflict": True, "by": by, "version": result.theirs.version}, status=409)
    return JsonResponse(_saved(result, form.content()))


def _draft_key(seat: Seat, place: Place) -> str:
    """Under which the browser keeps what was written here."""
    kind = "view" if seat.writes_view else "answer"
    return f"{seat.review.guid}/{place.question.guid}/{seat.member.guid}/{kind}"


def _saved(result: Saved, sent: Content) -> dict[str, Any]:
    """What the page has to know after a save: `stands` only where it is other than what was sent."""
    written = result.written
    said = {name: getattr(written, name) for name in written.CONTENT}
    saved_at = date_format(timezone.localtime(written.updated_at), "H:i")
    known = {"version": result.version, "saved_at": saved_at}
    is_as_sent = result.version != written.version or all(getattr(sent, name) == said[name] for name in said)
    return known if is_as_sent else known | {"stands": said}


def _stored(seat: Seat, question: Question, form: WritingForm) -> Saved | Conflict:
    """Save what was written, as answer or as view. Raises ClosedError where the round has moved on meanwhile."""
    said = form.cleaned_data
    written = {"review": seat.review, "question": question, "member": seat.member}
    written |= {"content": form.content(), "save_id": said["save_id"]}
    save = save_answer if isinstance(form, AnswerForm) else save_view
    return save(**written, base=said["base"])


MOVED_ON = {
    Review.State.VIEWS: "Everybody has been asked for a view of their own first, so the school’s answer waits.",
    Review.State.OPEN: "The views were opened for everybody to see meanwhile, so yours can no longer change.",
    "pen": "The school’s answer is written by others now. Pass them what you wrote.",
    Review.State.CLOSED: "The round was closed meanwhile, so its answers can no longer change.",
}


def not_saved(request: HttpRequest, seat: Seat, place: Place, content: Content) -> HttpResponse:
    """409: the round has moved on since the page was opened. What was written is shown, to be copied."""
    context = {"seat": seat, "place": place, "content": content, "reason": _moved_on(request, seat)}
    return render(request, "selfreview/not_saved.html", context, status=409)


def _moved_on(request: HttpRequest, seat: Seat) -> str:
    state = Review.objects.values_list("state", flat=True).get(pk=seat.review.pk)
    wrote_answer = request.resolver_match is not None and request.resolver_match.url_name != "view"
    return MOVED_ON["pen" if wrote_answer and state == Review.State.OPEN else Review.State(state)]


def _after(request: HttpRequest, seat: Seat, place: Place) -> str:
    if "stay" in request.POST or place.next is None:
        return seat.review.get_absolute_url()
    following = place.next
    return reverse("selfreview:question", args=[seat.review.guid, following.section.slug, following.position])


def _conflict(request: HttpRequest, seat: Seat, place: Place, form: WritingForm, theirs: Answer) -> HttpResponse:
    """409: both texts, who and when; nothing was written."""
    mine = form.content()
    context = {
        "seat": seat,
        "place": place,
        "mine": mine,
        "draft_key": _draft_key(seat, place),
        "mine_level": Level(mine.level).label if mine.level else "",
        "mine_evidence": evidence.items(mine.evidence),
        "theirs": theirs,
        "their_evidence": evidence.items(theirs.evidence),
        "merged": _both(theirs.text, mine.text, "\n\n"),
        "merged_evidence": _both(theirs.evidence, mine.evidence, "\n"),
        "levels": Level.choices,
        "save_id": uuid4(),
        "merge_id": uuid4(),
    }
    return render(request, "selfreview/conflict.html", context, status=409)


def _both(theirs: str, mine: str, between: str) -> str:
    """Two texts one after the other; one of them where they are the same or the other is empty."""
    return mine if mine == theirs else between.join(part for part in (theirs, mine) if part)
